"""The blocks of a page: its paragraphs, headings and list items, each with where it stands.

One query over the tree gives them; each element above a block is looked at once, so the cost is linear
in blocks times depth. Blocks in frames (navigation, comments, teasers) are only read where what stands
outside of frames is too little to be an article: reading them is most of the cost of a page.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from newsloom.extract.frames import FRAME_TAGS, climb, is_frame, is_shut
from newsloom.settings import PAGE_DEPTH

_BLOCKS: Final = "h1,p,h2,h3,h4,h5,li,blockquote,pre,div,section,td,dd,dt"
_TAGS: Final = frozenset(_BLOCKS.split(","))
_CLIMB: Final = 6  # elements from the headline up to the one that holds the article's text as well
_BETWEEN: Final = 24  # blocks between the two; more is not a standfirst
CONTAINERS: Final = frozenset({"div", "section", "td", "dd"})
_PARAGRAPHS: Final = frozenset({"p", "pre"}) | CONTAINERS
_INLINE: Final = frozenset(
    [
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
    ]
)
_DROPPED: Final = ["style", "script", "noscript", "template", "svg"]
_SHORT: Final = 25  # characters below which a paragraph says nothing of where the text is
_OWN_SHORT: Final = 40  # the same for text that stands in a container without a paragraph
_ENOUGH: Final = 500  # characters of an article; less is a teaser or a miss
_PLENTY: Final = 1500  # characters outside of frames past which no frame holds the article
_PASSES: Final = 3  # readings of a page whose text stands in what looked like a frame
LINKED: Final = 0.5  # share of link text past which a block is navigation


class Block(Struct):
    """One block: its element, its text on one line, how much it says of where the article is.

    `weight` is its text's length without links, 0 for what is no paragraph; `linked` the share of its
    text that is links; `path` the identifiers of the elements from the body down to it; `frame` that of
    the outermost frame it stands in, or 0.
    """

    node: LexborNode
    tag: str
    text: str
    weight: float
    linked: float
    path: tuple[int, ...]
    frame: int


Place = tuple[tuple[int, ...], int]
_Row = tuple[LexborNode, str, Place]
_NOWHERE: Final[Place] = ((), 0)


class Blocks:
    """The blocks of one tree that stand outside of frames, in the page's order."""

    def __init__(self, parser: LexborHTMLParser) -> None:
        self.elements: dict[int, LexborNode] = {}
        self.found: list[Block] = []
        self._parser = parser
        self._places: dict[int, Place] = {}
        self._exempt: set[int] = set()
        self._known: dict[int, Block] = {}

    def exempt(self, headline: LexborNode) -> None:
        """Take no element that holds the article's headline for a frame, whatever it is called."""
        for node in climb(headline.parent, PAGE_DEPTH):
            if node.tag in {"body", "html"}:
                break
            self._exempt.add(node.mem_id)

    def read_only(self, nodes: list[LexborNode]) -> None:
        """Read these elements only: paragraphs and main headings tell where most articles stand."""
        self._scan(nodes)

    def read_all(self) -> None:
        """Read every block of the page, opening frames that outweigh all that stands outside of them."""
        self._places.clear()
        self._known.clear()
        self._parser.strip_tags(_DROPPED)
        rows = self._scan(self._parser.css(_BLOCKS))
        if self.weight < _PLENTY and len(rows) > len(self.found):
            blocks = [block for row in rows if (block := _read(*row)) is not None]
            self.found = self._open_heavy_frames(blocks)

    def read_within(self, path: tuple[int, ...]) -> None:
        """Read every block of one element, and keep what was read before and after it."""
        depth, key = len(path), path[-1]
        self._known = {block.node.mem_id: block for block in self.found}
        before: list[Block] = []
        after: list[Block] = []
        side = before
        for block in self.found:
            if len(block.path) >= depth and block.path[depth - 1] == key:
                side = after
            else:
                side.append(block)
        element = self.elements[key]
        for node in element.css(",".join(_DROPPED)):
            node.decompose()
            self._known.clear()  # a paragraph may have held it
        self._scan(element.css(_BLOCKS))
        self.found = [*before, *self.found, *after]

    def shares(self, headline: LexborNode, path: tuple[int, ...]) -> bool:
        """Say whether the headline stands in the outermost element of a path."""
        return any(node.mem_id == path[0] for node in climb(headline, PAGE_DEPTH))

    def read_between(self, headline: LexborNode, path: tuple[int, ...]) -> list[Block]:
        """Read what stands between the headline and the element of this path, frames by name included."""
        within = set(path)
        found: dict[int, Block] = {}
        node = headline
        for _ in range(_CLIMB):
            beside = node.next
            while beside is not None and len(found) < _BETWEEN:
                if beside.mem_id in within:
                    return list(found.values())
                if beside.tag not in FRAME_TAGS and beside.first_child is not None:
                    self._collect(beside, found)
                beside = beside.next
            if not within or len(found) >= _BETWEEN:
                return list(found.values())
            parent = node.parent
            if parent is None or parent.tag == "body" or parent.mem_id in within:
                break
            node = parent
        return []

    def _collect(self, element: LexborNode, found: dict[int, Block]) -> None:
        for node in (element, *element.css(_BLOCKS)):
            tag = node.tag or ""
            if tag in _TAGS and node.mem_id not in found:
                place = self._place(node if tag in CONTAINERS else node.parent)
                block = _read(node, tag, place)
                if block is not None:
                    found[node.mem_id] = block

    @property
    def weight(self) -> float:
        """Give the weight of all blocks that were read."""
        return sum(block.weight for block in self.found)

    def _scan(self, nodes: list[LexborNode]) -> list[_Row]:
        rows: list[_Row] = []
        self.found = []
        for node in nodes:
            tag = node.tag or ""
            place = self._place(node if tag in CONTAINERS else node.parent)
            rows.append((node, tag, place))
            if place[1]:
                continue
            block = self._known.get(node.mem_id) or _read(node, tag, place)
            if block is not None and not block.frame:
                self.found.append(block)
        return rows

    def _place(self, node: LexborNode | None) -> Place:
        """Give the identifiers from the body down to `node`, and the outermost frame among them or 0."""
        above: list[LexborNode] = []
        place = _NOWHERE
        places = self._places
        while node is not None and len(above) < PAGE_DEPTH:
            known = places.get(node.mem_id)
            if known is not None:
                place = known
                break
            if node.tag in {"body", "html"}:
                break
            above.append(node)
            node = node.parent
        path, frame = place
        for element in reversed(above):
            key = element.mem_id
            if not frame and key not in self._exempt and is_frame(element):
                frame = key
            path = (*path, key)
            places[key] = (path, frame)
            self.elements[key] = element
        return path, frame

    def _open_heavy_frames(self, blocks: list[Block]) -> list[Block]:
        """Give the blocks outside of frames; a frame that outweighs them all is none, and is opened."""
        for _ in range(_PASSES):
            weights: dict[int, float] = {}
            for block in blocks:
                weights[block.frame] = weights.get(block.frame, 0.0) + block.weight
            outside = weights.pop(0, 0.0)
            heaviest = max(
                (key for key in weights if not self._stays_shut(key)), key=lambda key: weights[key], default=0
            )
            if not heaviest or weights[heaviest] <= max(1.2 * outside, _ENOUGH):
                break
            self._exempt.add(heaviest)
            self._places.clear()
            for block in blocks:
                if block.frame == heaviest:
                    above = block.node if block.tag in CONTAINERS else block.node.parent
                    block.path, block.frame = self._place(above)
        return [block for block in blocks if not block.frame]

    def _stays_shut(self, key: int) -> bool:
        element = self.elements.get(key)
        return element is None or element.tag in FRAME_TAGS - {"form", "aside"} or is_shut(element)


def is_dropped(node: LexborNode) -> bool:
    """Say whether an element stands in one that is taken out of the tree before its text is read."""
    above = node.parent
    for _ in range(PAGE_DEPTH):
        if above is None:
            return False
        if above.tag in _DROPPED:
            return True
        above = above.parent
    return True


def _read(node: LexborNode, tag: str, place: Place) -> Block | None:
    text = _own_text(node) if tag in CONTAINERS else " ".join(node.text().split())
    if not text:
        return None
    linked = _linked_share(node, text)
    weight = 0.0
    if len(text) >= _SHORT and linked < LINKED:
        heavy = tag in _PARAGRAPHS or (tag == "blockquote" and node.css_first("p") is None)
        weight = len(text) * (1 - linked) if heavy else 0.0
    frame = place[1]
    if not frame and tag not in _PARAGRAPHS and is_frame(node):
        frame = node.mem_id
    return Block(node, tag, text, weight, linked, place[0], frame)


def _own_text(node: LexborNode) -> str:
    """Give the text that stands directly in a container, inline children's included; "" for no paragraph."""
    if len(node.text(deep=False).strip()) < _OWN_SHORT and not _holds_inline_only(node):
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


def _holds_inline_only(node: LexborNode) -> bool:
    child = node.first_child
    told = False
    while child is not None:
        tag = child.tag
        if tag not in _INLINE and tag != "br":
            return False
        told = told or tag != "-text"
        child = child.next
    if not told or len(node.text().strip()) < _OWN_SHORT:
        return False
    return node.css_first("p,li,div,table,h2,h3,h4,h5,blockquote") is None  # in a link or span, say


def _linked_share(node: LexborNode, text: str) -> float:
    first = node.first_child
    if first is None or (first.next is None and first.tag == "-text"):
        return 0.0  # most paragraphs: asking for their links would cost more than all else here
    links = node.css("a")
    return min(1.0, sum(len(link.text()) for link in links) / len(text)) if links else 0.0
