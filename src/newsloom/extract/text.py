"""The main text of an article, as paragraphs.

An own reader for the common shape of news pages: paragraphs whose weight meets in one container
(after Kohlschütter, Fankhauser and Nejdl 2010, "Boilerplate Detection using Shallow Text Features",
and Arc90's Readability). Each element above a paragraph is looked at once, so the cost is linear in
paragraphs times depth. Where its confidence is low, trafilatura reads the page instead, at ten
times the cost.
"""

from __future__ import annotations

import re
from typing import Final

import trafilatura
from msgspec import Struct
from selectolax.lexbor import LexborNode

from newsloom.extract.frames import FRAME_TAGS, is_frame
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.plain import fold, tidy
from newsloom.extract.tree import Tree
from newsloom.settings import PAGE_DEPTH, TEXT_CHARACTERS

_BLOCKS: Final = "h1,p,h2,h3,h4,li,blockquote,pre,div,section,td,dd"
_CONTAINERS: Final = frozenset({"div", "section", "td", "dd"})
_HEADINGS: Final = frozenset({"h2", "h3", "h4"})
_INLINE: Final = frozenset(
    {
        "-text",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "span",
        "font",
        "u",
        "abbr",
        "cite",
        "q",
        "code",
        "sup",
        "sub",
        "mark",
        "small",
        "time",
    }
)
_SHORT: Final = 25  # characters below which a paragraph says nothing of where the text is
_OWN_SHORT: Final = 40  # the same for text that stands in a container without a paragraph
_ENOUGH: Final = 500  # characters of an article; less is a teaser or a miss
_MAJORITY: Final = 0.7  # share of weight that pulls the container one level down
_PLAIN: Final = 150  # characters of a paragraph that needs no class name to be taken for one
_ITEM: Final = 8  # characters of a list item worth keeping: an ingredient is
_LINKED: Final = 0.5  # share of link text past which a block is navigation
_FALLBACK_CONFIDENCE: Final = 0.4
_FALLBACK_TAGS: Final = 20_000  # tags past which trafilatura would take seconds
_PASSES: Final = 3  # readings of a page whose text stands in what looked like a frame
_DROPPED: Final = ["style", "script", "noscript", "template", "svg"]
_STANDFIRST: Final = re.compile(
    r"intro|lead|lede|stand-?first|subtitle|sub-?head|summary|dek\b|deck|excerpt|teaser|chap[oô]|sapo|sommario|"
    r"occhiello|ingress|strap|abstract|vorspann|kicker|entradilla|bajada|subtitulo|description",
    re.IGNORECASE,
)
_NOTICE: Final = re.compile(
    r"^(?:advertisement|anzeige|werbung|publicité|publicidad|read more|also read|related:|lesen sie auch|"
    r"lire aussi|leer también|lees ook|sign up|subscribe|follow us|share this|copyright|©|"
    r"all rights reserved|photo:|image:|foto:|credit:|loading|skip |comments?$|read next|more on this|"
    r"story continues below|scroll (?:down|to continue)|we use cookies|please enable|click here|recommended|"
    r"an dieser stelle findest|ich bin damit einverstanden|personenbezogene daten|"
    r"empfohlener (?:externer|redaktioneller)|"
    r"googletag|czytaj więcej|embed$|mehr zum thema|leggi anche|read also|get the latest|this article was)",
    re.IGNORECASE,
)


class Text(Struct, frozen=True):
    """Main text, who read it, how sure it is, and the element it stands in."""

    text: str
    source: str
    confidence: float
    container: LexborNode | None = None


class _Block(Struct):
    node: LexborNode
    tag: str
    text: str
    weight: float
    linked: float
    path: tuple[int, ...]
    frame: int


class _Reader:
    """The blocks of one tree, each with the elements above it and the outermost frame it stands in."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.paths: dict[int, tuple[tuple[int, ...], int]] = {}
        self.nodes: dict[int, LexborNode] = {}
        self.weights: dict[int, float] = {}
        self.exempt: set[int] = set()
        self.found = [block for node in tree.parser.css(_BLOCKS) if (block := self._block(node)) is not None]

    def path(self, node: LexborNode | None) -> tuple[tuple[int, ...], int]:
        """Give the identifiers from the body down to `node`, and the outermost frame among them or 0."""
        above: list[LexborNode] = []
        found: tuple[tuple[int, ...], int] = ((), 0)
        while node is not None and node.tag not in {"body", "html"}:
            key = node.mem_id
            if key in self.paths:
                found = self.paths[key]
                break
            above.append(node)
            node = node.parent
        for element in reversed(above[-PAGE_DEPTH:]):
            key = element.mem_id
            frame = found[1] or (key if key not in self.exempt and is_frame(element) else 0)
            found = ((*found[0], key), frame)
            self.paths[key] = found
            self.nodes[key] = element
        return found

    def _block(self, node: LexborNode) -> _Block | None:
        tag = node.tag or ""
        text = _own_text(node) if tag in _CONTAINERS else tidy_block(node)
        if not text:
            return None
        path, frame = self.path(node if tag in _CONTAINERS else node.parent)
        linked = _linked_share(node, text)
        heavy = (
            tag in {"p", "pre"} or tag in _CONTAINERS or (tag == "blockquote" and node.css_first("p") is None)
        )
        weight = len(text) * (1 - linked) if heavy and len(text) >= _SHORT and linked < _LINKED else 0.0
        if not frame and tag not in _CONTAINERS and tag != "p" and is_frame(node):
            frame = node.mem_id
        return _Block(node, tag, text, weight, linked, path, frame)

    def blocks(self) -> list[_Block]:
        """Give the blocks outside of frames; a frame that outweighs them all is no frame, and is opened."""
        for _ in range(_PASSES):
            frames: dict[int, float] = {}
            for block in self.found:
                frames[block.frame] = frames.get(block.frame, 0.0) + block.weight
            outside = frames.pop(0, 0.0)
            heaviest = max(frames, key=lambda key: frames[key], default=0)
            if not heaviest or frames[heaviest] <= max(1.2 * outside, _ENOUGH) or heaviest not in self.nodes:
                break
            if self.nodes[heaviest].tag in FRAME_TAGS - {"form", "aside"}:
                break
            self._open(heaviest)
        return [block for block in self.found if not block.frame]

    def _open(self, key: int) -> None:
        self.exempt.add(key)
        self.paths.clear()
        for block in self.found:
            if block.frame == key:
                above = block.node if block.tag in _CONTAINERS else block.node.parent
                block.path, block.frame = self.path(above)

    def container(self, blocks: list[_Block]) -> tuple[int, ...]:
        """Walk down from the body while one child holds most of the weight."""
        self.weights = {}
        held = 0.0
        for block in blocks:
            held += block.weight
            for key in block.path:
                self.weights[key] = self.weights.get(key, 0.0) + block.weight
        current: tuple[int, ...] = ()
        inside = blocks
        while inside:
            depth = len(current)
            children: dict[int, float] = {}
            for block in inside:
                if len(block.path) > depth:
                    children[block.path[depth]] = children.get(block.path[depth], 0.0) + block.weight
            best = max(children, key=lambda key: children[key], default=0)
            if not best or children[best] < _MAJORITY * held:
                break
            current, held = (*current, best), children[best]
            inside = [block for block in inside if len(block.path) > depth and block.path[depth] == best]
        return current


def tidy_block(node: LexborNode) -> str:
    """Give a block's text on one line."""
    return " ".join(node.text().split())


def _own_text(node: LexborNode) -> str:
    """Give the text that stands directly in a container, inline children's included; "" for no paragraph."""
    if len(node.text(deep=False).strip()) < _OWN_SHORT:
        return ""
    parts = []
    child = node.first_child
    while child is not None:
        tag = child.tag
        if tag in _INLINE:
            parts.append(child.text())
        elif tag == "br":
            parts.append("\n")
        child = child.next
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n\n"))
    return "\n\n".join(line for line in lines if line)


def _linked_share(node: LexborNode, text: str) -> float:
    links = node.css("a")
    return min(1.0, sum(len(link.text()) for link in links) / len(text)) if links else 0.0


def _keep(block: _Block, following: list[_Block]) -> bool:
    if block.tag in _HEADINGS:
        return block.linked < _LINKED and any(item.weight > 0 or item.tag == "li" for item in following)
    if block.tag == "li":
        return block.linked < 0.4 and len(block.text) >= _ITEM and block.node.css_first("p") is None
    if block.tag == "blockquote":
        return block.node.css_first("p") is None
    return block.tag != "h1" and (block.linked < _LINKED or (len(block.text) > 120 and block.linked < 0.8))


def _is_notice(text: str) -> bool:
    return len(text) < 200 and bool(_NOTICE.match(text))


def _standfirst(blocks: list[_Block], container: tuple[int, ...], title: str, summary: str) -> list[_Block]:
    """Give what stands between the headline and the container and reads like the article's summary."""
    start = next(
        (at for at, block in enumerate(blocks) if block.tag == "h1" and fold(block.text) == title), None
    )
    if start is None:
        return []
    found = []
    for block in blocks[start + 1 : start + 12]:
        if block.path[: len(container)] == container:
            break
        parent = block.node.parent
        outer = (parent.attributes.get("class") or "") if parent else ""
        names = f"{block.node.attributes.get('class') or ''} {outer}"
        told = bool(_STANDFIRST.search(names)) or (
            len(summary) > 20 and fold(block.text)[:40] == summary[:40]
        )
        plain = block.weight > 0 and len(block.text) >= _PLAIN
        if (told or plain) and 30 <= len(block.text) <= 900 and block.linked < 0.3:
            found.append(block)
    return found


def _with_neighbours(
    reader: _Reader, blocks: list[_Block], own: list[_Block], container: tuple[int, ...]
) -> list[_Block]:
    """Add paragraphs of the container's siblings: templates part an article by pictures and boxes."""
    above = container[:-1]
    if not above:
        return own
    taken = {id(block) for block in own}
    return [block for block in blocks if id(block) in taken or _is_near(block, above, container)]


def _is_near(block: _Block, above: tuple[int, ...], container: tuple[int, ...]) -> bool:
    beside = block.path[: len(above)] == above and block.path[: len(container)] != container
    return beside and _is_prose(block)


def _is_prose(block: _Block) -> bool:
    return block.weight > 0 and len(block.text) >= _PLAIN and block.linked < 0.2


def _foreign_articles(reader: _Reader, inside: list[_Block], depth: int) -> set[int]:
    """Give the small `<article>` elements within the container: teasers of other articles."""
    keys = {key for block in inside for key in block.path[depth:] if reader.nodes[key].tag == "article"}
    total = sum(block.weight for block in inside)
    return {key for key in keys if reader.weights.get(key, 0.0) < 0.4 * total}


def _read(tree: Tree, title: str, summary: str) -> Text:
    reader = _Reader(tree)
    blocks = reader.blocks()
    container = reader.container(blocks)
    inside = [block for block in blocks if block.path[: len(container)] == container]
    foreign = _foreign_articles(reader, inside, len(container))
    own = [block for block in inside if not foreign.intersection(block.path)]
    own = _with_neighbours(reader, blocks, own, container)
    form = fold(title)
    kept = _texts([*_standfirst(blocks, container, form, summary), *own], form)
    text = "\n\n".join(kept)
    total = sum(block.weight for block in blocks)
    held = sum(block.weight for block in inside)
    confidence = (held / total if total else 0.0) * min(1.0, len(text) / _ENOUGH)
    node = reader.nodes[container[-1]] if container else tree.parser.body
    return Text(text, "own reader", confidence, node)


def _texts(blocks: list[_Block], title: str) -> list[str]:
    kept: list[str] = []
    seen = {title}
    for position, block in enumerate(blocks):
        form = block.text if len(block.text) > 60 else fold(block.text)
        if form in seen or not _keep(block, blocks[position + 1 : position + 3]) or _is_notice(block.text):
            continue
        seen.add(form)
        kept.extend(tidy(part) for part in block.text.split("\n\n"))
    return kept


def _from_linked(linked: Linked) -> str:
    raw = as_text(linked.article.get("articleBody"))
    if "<p" in raw or "<br" in raw:
        raw = re.sub(r"</p>|<br\s*/?>", "\n\n", raw)
    parts = (tidy(part) for part in re.split(r"\n\s*\n|\n|\r", raw))
    return "\n\n".join(part for part in parts if part)


def _by_trafilatura(tree: Tree) -> str:
    found = trafilatura.extract(tree.parser.html or "", include_comments=False, include_tables=True)
    return "\n\n".join(line for line in (found or "").split("\n") if line.strip())


def read_text(tree: Tree, linked: Linked, title: str) -> Text:
    """Read a page's main text; "" when it has none. The container is where its pictures are looked for.

    Takes styles and scripts out of the tree: what needs those reads them before.
    """
    tree.parser.strip_tags(_DROPPED)
    summary = fold(
        tidy(tree.meta("og:description", "description") or as_text(linked.article.get("description")))
    )
    best = _read(tree, title, summary)
    stated = _from_linked(linked)
    if len(stated) > max(_ENOUGH, 1.8 * len(best.text)):
        best = Text(stated, "json-ld articleBody", 0.9, best.container)
    if best.confidence < _FALLBACK_CONFIDENCE and tree.page.body.count(b"<") < _FALLBACK_TAGS:
        text = _by_trafilatura(tree)
        if len(text) > 1.2 * len(best.text):
            best = Text(text, "trafilatura", 0.5, best.container)
    return Text(best.text[:TEXT_CHARACTERS], best.source, best.confidence, best.container)
