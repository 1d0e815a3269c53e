"""Runs one extractor over pages and times it; a program of its own, run by path.

It runs in the environment of the library it measures, so it imports nothing of Newsloom but in the two
adapters that need it. On standard input one page a line, {"id", "url", "file", "observed"}; on standard
output one line for each with what was found and the seconds it took, then one with the peak of memory.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Read = Callable[[bytes, dict[str, Any]], dict[str, Any]]
WARM_UP = 5  # pages read before the clock starts: models and tables are loaded then


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        declared = re.search(rb"charset=[\"']?([\w-]+)", body[:4096])
        try:
            return body.decode(declared[1].decode() if declared else "cp1252", "replace")
        except LookupError:
            return body.decode("cp1252", "replace")


def load_newsloom() -> Read:
    """Measure Newsloom's own `extract`."""
    from datetime import UTC, datetime  # noqa: PLC0415 - each adapter imports only what it measures

    from newsloom.extract import draft_to_json, extract  # noqa: PLC0415 - as above
    from newsloom.records import Page  # noqa: PLC0415 - as above

    now = datetime.now(UTC)

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        seen = datetime.fromisoformat(row["observed"]) if row.get("observed") else now
        draft = draft_to_json(extract(Page(address=row["url"], final=row["url"], body=body, observed=seen)))
        return {
            **{name: draft[name] for name in ("title", "authors", "published", "text")},
            "images": [image["url"] for image in draft["images"]],
            "canonical": draft["webUrl"],
            "site_name": draft["provider"]["name"],
        }

    return read


def load_parse() -> Read:
    """Measure the parse alone: the floor under everything that reads the same tree."""
    from selectolax.lexbor import LexborHTMLParser  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        LexborHTMLParser(body)
        return {}

    return read


def load_trafilatura() -> Read:
    """Measure trafilatura with its metadata, as its users call it."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        found = bare_extraction(body, url=row["url"], with_metadata=True, include_comments=False)
        if found is None:
            return {}
        values: dict[str, Any] = found if isinstance(found, dict) else found.as_dict()
        return {
            "title": values.get("title"),
            "authors": [name for name in (values.get("author") or "").split("; ") if name],
            "published": values.get("date"),
            "text": values.get("text"),
            "images": [values["image"]] if values.get("image") else [],
            "canonical": values.get("url"),
            "site_name": values.get("sitename"),
        }

    return read


def load_resiliparse() -> Read:
    """Measure resiliparse's main text: it reads no metadata."""
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        return {"text": extract_plain_text(_text(body), main_content=True, alt_texts=False)}

    return read


def load_readability() -> Read:
    """Measure readability-lxml: a title and a main text."""
    from lxml import html  # noqa: PLC0415 - as above
    from readability import Document  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        document = Document(_text(body))
        return {
            "title": document.short_title(),
            "text": html.fromstring(document.summary()).text_content(),
        }

    return read


def load_newspaper4k() -> Read:
    """Measure newspaper4k on a page that is already there."""
    import newspaper  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        article = newspaper.article(row["url"], input_html=_text(body), fetch_images=False)
        return {
            "title": article.title,
            "authors": article.authors,
            "published": article.publish_date.isoformat() if article.publish_date else None,
            "text": article.text,
            "images": [article.top_image] if article.top_image else [],
            "canonical": article.canonical_link,
        }

    return read


def load_htmldate() -> Read:
    """Measure htmldate's day of first publication."""
    from htmldate import find_date  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        return {"published": find_date(_text(body), url=row["url"], original_date=True)}

    return read


def _articles(values: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for value in values:
        if isinstance(value, dict):
            inner = value.get("@graph")
            found += _articles(inner if isinstance(inner, list) else [])
            if "Article" in str(value.get("@type")) or "Posting" in str(value.get("@type")):
                found.append(value)
        elif isinstance(value, list):
            found += _articles(value)
    return found


def _names(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item.get("name") if isinstance(item, dict) else item) for item in values if item]


def load_extruct() -> Read:
    """Measure extruct with a simple picker: the first article of JSON-LD, then OpenGraph."""
    import extruct  # noqa: PLC0415 - as above

    def read(body: bytes, row: dict[str, Any]) -> dict[str, Any]:
        data = extruct.extract(
            _text(body), base_url=row["url"], syntaxes=["json-ld", "opengraph"], errors="ignore"
        )
        article = next(iter(_articles(data.get("json-ld") or [])), {})
        metas: dict[str, str] = {}
        for group in data.get("opengraph") or []:
            for name, value in group.get("properties", []):
                metas.setdefault(name, value)
        images = _names(article.get("image")) if not metas.get("og:image") else [metas["og:image"]]
        return {
            "title": article.get("headline") or metas.get("og:title"),
            "authors": _names(article.get("author")),
            "published": article.get("datePublished") or metas.get("article:published_time"),
            "images": images,
            "canonical": metas.get("og:url") or article.get("url"),
            "site_name": metas.get("og:site_name"),
        }

    return read


LOADERS: dict[str, Callable[[], Read]] = {
    "newsloom": load_newsloom,
    "parse": load_parse,
    "trafilatura": load_trafilatura,
    "resiliparse": load_resiliparse,
    "extruct": load_extruct,
    "htmldate": load_htmldate,
    "newspaper4k": load_newspaper4k,
    "readability-lxml": load_readability,
}
PACKAGES = {"parse": "selectolax"}


def _say(row: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(row, default=str) + "\n")


def main() -> None:
    """Read every page with the extractor that the first argument names."""
    name = sys.argv[1]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    read = LOADERS[name]()
    _say({"version": importlib.metadata.version(PACKAGES.get(name, name))})
    rows = [json.loads(line) for line in sys.stdin]
    bodies = [Path(row["file"]).read_bytes() for row in rows]
    bodies = [gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body for body in bodies]
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = list(zip(rows, bodies, strict=True))
    for position, (row, body) in enumerate([*pages[:WARM_UP], *pages]):
        start = time.perf_counter()
        try:
            found, error = read(body, row), ""
        except Exception as failure:  # noqa: BLE001 - a library's failure on one page is a result, and counted
            found, error = {}, type(failure).__name__
        seconds = time.perf_counter() - start
        if position >= min(WARM_UP, len(pages)):
            _say({"id": row["id"], "url": row["url"], "seconds": seconds, "found": found, "error": error})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _say({"peak_mib": peak / 1024, "pages_mib": base / 1024})


if __name__ == "__main__":
    main()
