"""JSON-LD of a page: every node found, repaired where that is safe, and the page's own article.

Not a JSON-LD processor: contexts are not resolved, since pages use schema.org's plain names.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

Node = dict[str, Any]

_BYTES: Final = 1_000_000  # characters of one block; real ones stay under 300,000
_NODES: Final = 2_000
_DEPTH: Final = 12
_COMMENT: Final = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|"
    r"/\*\s*\]\]>\s*\*/|\]\]>)\s*$"
)
_TRAILING: Final = re.compile(r",(\s*[}\]])")
ARTICLES: Final = frozenset(
    [
        "article",
        "newsarticle",
        "reportagenewsarticle",
        "analysisnewsarticle",
        "opinionnewsarticle",
        "reviewnewsarticle",
        "backgroundnewsarticle",
        "askpublicnewsarticle",
        "satiricalarticle",
        "advertisercontentarticle",
        "blogposting",
        "liveblogposting",
        "techarticle",
        "scholarlyarticle",
        "socialmediaposting",
        "discussionforumposting",
        "report",
        "review",
        "creativework",
        "medicalscholarlyarticle",
    ]
)
VIDEOS: Final = frozenset({"videoobject", "movie", "episode", "tvepisode", "clip"})
_PAGES: Final = frozenset(
    {"webpage", "itempage", "medicalwebpage", "recipe", "podcastepisode", "event", "product"}
)


def types_of(node: Node) -> set[str]:
    """Give a node's types in lower case, without a namespace."""
    raw = node.get("@type") or node.get("type")
    values = raw if isinstance(raw, list) else [raw]
    return {value.rpartition("/")[2].rpartition(":")[2].lower() for value in values if isinstance(value, str)}


def _decode(text: str) -> object:
    try:
        return msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return None


def _repair(text: str) -> list[Any]:
    """Read JSON that is nearly right: in comments, raw newlines, trailing commas, several values."""
    text = _COMMENT.sub("", text).strip().rstrip(";")
    if text.startswith("{&quot;") or text.startswith("[{&quot;"):
        text = html.unescape(text)
    text = _TRAILING.sub(r"\1", text)
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    position = 0
    while position < len(text) and len(values) < 50:
        try:
            value, position = decoder.raw_decode(text, position)
            values.append(_mend_halves(value))
        except (ValueError, RecursionError):
            break
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1
    return values


def _mend_halves(value: object) -> object:
    """Put `?` for halves of surrogate pairs: this decoder lets them pass, and nothing can write them down."""
    return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))


def _walk(value: object, depth: int = 0) -> Iterator[Node]:
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in (
            "@graph",
            "mainEntity",
            "mainEntityOfPage",
            "hasPart",
            "itemListElement",
            "item",
            "liveBlogUpdate",
        ):
            inner = value.get(key)
            if isinstance(inner, (dict, list)) and key not in {
                "itemListElement",
                "item",
                "liveBlogUpdate",
                "hasPart",
            }:
                yield from _walk(inner, depth + 1)


class Linked:
    """All JSON-LD of one page. `article` is the page's own article, {} when there is none."""

    def __init__(self, scripts: list[str], address: str) -> None:
        self.nodes: list[Node] = []
        for text in scripts:
            if len(text) > _BYTES or len(self.nodes) > _NODES:
                continue
            value = _decode(text)
            self.nodes.extend(_walk(value if value is not None else _repair(text)))
        self._index = {
            node["@id"]: node for node in self.nodes if isinstance(node.get("@id"), str) and len(node) > 1
        }
        self.article = self._choose(address)

    def _choose(self, address: str) -> Node:
        tail = address.partition("?")[0].rstrip("/").rpartition("/")[2]
        best: Node = {}
        best_score = 0.0
        for position, node in enumerate(self.nodes):
            kinds = types_of(node)
            score = 3.0 if kinds & ARTICLES else 1.5 if kinds & VIDEOS else 1.0 if kinds & _PAGES else 0.0
            if not score:
                continue
            if "creativework" in kinds or "review" in kinds:
                score -= 1.2
            score += (
                0.6 * bool(node.get("headline"))
                + 0.5 * bool(node.get("datePublished"))
                + 0.4 * bool(node.get("author"))
            )
            score += 0.3 * bool(node.get("articleBody")) - position * 0.001
            named = f"{node.get('url')} {node.get('@id')} {node.get('mainEntityOfPage')}" if tail else ""
            score += 1.0 * bool(tail and tail in named)
            if score > best_score:
                best, best_score = node, score
        return best

    def resolve(self, value: object) -> object:
        """Follow a bare `{"@id": …}` to the node it names."""
        if isinstance(value, dict) and "@id" in value and "name" not in value and "url" not in value:
            found = self._index.get(value["@id"]) if isinstance(value["@id"], str) else None
            return found if found is not None else value
        return value

    def of_type(self, *kinds: str) -> Iterator[Node]:
        """Give the nodes that are of one of these types (lower case)."""
        wanted = set(kinds)
        return (node for node in self.nodes if types_of(node) & wanted)


def as_list(value: object) -> list[Any]:
    """Give a value as a list: JSON-LD writes one thing bare and several as an array."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def as_text(value: object) -> str:
    """Give a string out of a JSON-LD value (a string, a list's first, `{"@value": …}`), or ""."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name") or ""
    return value.strip() if isinstance(value, str) else ""
