"""Lists of feeds: OPML 2, read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from lxml import etree
from msgspec import Struct

from newsloom import settings
from newsloom.errors import SourceError

_ENTITY: Final = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)
_SPACE: Final = re.compile(r"[\x00-\x20\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")  # and what XML cannot hold


class Outline(Struct, frozen=True, kw_only=True):
    """One feed of a list. `site` is the web page it belongs to, `kind` the type other readers know."""

    address: str
    title: str = ""
    site: str = ""
    kind: str = "rss"


def read_opml(path: Path) -> tuple[Outline, ...]:
    """The feeds of an OPML file, each once, in its order; only http(s) addresses.

    Raises SourceError when it cannot be read or is not OPML.
    """
    try:
        with path.open("rb") as file:
            data = file.read(settings.OPML_BYTES + 1)
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be read: {error.strerror}", "check the path in sources.yaml"
        ) from error
    return parse_opml(data, str(path))


def parse_opml(data: bytes, subject: str) -> tuple[Outline, ...]:
    """The feeds of a list's bytes, as `read_opml` gives them; `subject` is what errors name."""
    if len(data) > settings.OPML_BYTES:
        raise SourceError(subject, f"is larger than {settings.OPML_BYTES // settings.MIB} MiB", "split it")
    if _ENTITY.search(data):
        raise SourceError(subject, "declares a document type", "remove the line: OPML needs none")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(subject, f"is not XML: {error.msg}", "export it again") from error
    if root.tag != "opml":
        raise SourceError(subject, f"is not OPML but <{root.tag}>", "export the list of feeds again")
    found: dict[str, Outline] = {}
    for element in root.iter("outline"):
        address = (element.get("xmlUrl") or "").strip()
        if address.startswith(("http://", "https://")) and len(address) <= settings.URL_CHARACTERS:
            title = _clean(element.get("title") or element.get("text") or "")
            outline = Outline(address=address, title=title, site=(element.get("htmlUrl") or "").strip())
            found.setdefault(address, outline)
        if len(found) == settings.OPML_OUTLINES:
            break
    return tuple(found.values())


def format_opml(outlines: Iterable[Outline], title: str) -> bytes:
    """A list of feeds as OPML 2; what XML cannot hold is left out of names."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _clean(title)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        name = _clean(outline.title) or outline.address
        values = {"type": outline.kind, "text": name, "title": name, "xmlUrl": _clean(outline.address)}
        if outline.site:
            values["htmlUrl"] = _clean(outline.site)
        etree.SubElement(body, "outline", values)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text).strip()[: settings.TITLE_CHARACTERS]
