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

from newsloom.extract.blocks import LINKED, Block, Blocks, is_dropped
from newsloom.extract.jsonld import Linked, as_text
from newsloom.extract.plain import fold, tidy
from newsloom.extract.publisher import rule_of
from newsloom.extract.rules import NOTICES
from newsloom.extract.tree import Tree, count_tags
from newsloom.settings import TEXT_CHARACTERS

_HEADINGS: Final = frozenset({"h2", "h3", "h4", "h5", "dt"})
_ENOUGH: Final = 500  # characters of an article; less is a teaser or a miss
_PLENTY: Final = 600  # bytes in paragraphs that tell where an article stands without further look
_OWN_ARTICLE: Final = 0.4  # share of the text past which an `<article>` in it is no teaser
_STANDFIRST_LEAST: Final = 30  # characters of a standfirst
_STANDFIRST_MOST: Final = 900
_STANDFIRST_LINKED: Final = 0.3  # share of links past which it is a list of them
_PLAIN_BETWEEN: Final = 100  # characters of a paragraph between headline and text that belongs to it
_BEFORE: Final = 12  # blocks before the text that may hold its standfirst
_LEAST_HEADLINE: Final = 12  # characters of a heading that may be part of the title
_HEADLINES: Final = 8  # headings of the first rank that may be the article's
_MOST: Final = 0.6  # share of them in one element
_MAJORITY: Final = 0.7  # share of weight that pulls the container one level down
_PLAIN: Final = 150  # characters of a paragraph that needs no class name to be taken for one
_ITEM: Final = 8  # characters of a list item worth keeping: an ingredient is
_FALLBACK_CONFIDENCE: Final = 0.4
_FALLBACK_TAGS: Final = 20_000  # tags past which trafilatura would take seconds
_STANDFIRST: Final = re.compile(
    r"intro|lead|lede|stand-?first|subtitle|sub-?head|summary|dek\b|deck|excerpt|teaser|chap[oô]|sapo|sommario|"
    r"occhiello|ingress|einleitung|strap|hero|abstract|vorspann|kicker|entradilla|bajada|subtitulo|description",
    re.IGNORECASE,
)
_NOTICE: Final = 200  # characters; what is longer is no notice


class Text(Struct, frozen=True):
    """Main text, who read it, how sure it is, and the element it stands in."""

    text: str
    source: str
    confidence: float
    container: LexborNode | None = None


def _weigh(blocks: list[Block]) -> dict[int, float]:
    weights: dict[int, float] = {}
    for block in blocks:
        weight = block.weight
        if weight:
            for key in block.path:
                weights[key] = weights.get(key, 0.0) + weight
    return weights


def _find_container(blocks: list[Block], weights: dict[int, float]) -> tuple[int, ...]:
    """Walk down from the body while one child holds most of the weight."""
    inside = [block for block in blocks if block.weight]
    held = sum(block.weight for block in inside)
    current: tuple[int, ...] = ()
    while inside:
        depth = len(current)
        children = {block.path[depth] for block in inside if len(block.path) > depth}
        best = max(children, key=lambda key: weights[key], default=0)
        if not best or weights[best] < _MAJORITY * held:
            break
        current, held = (*current, best), weights[best]
        inside = [block for block in inside if len(block.path) > depth and block.path[depth] == best]
    return current


def _stands_in(block: Block, container: tuple[int, ...]) -> bool:
    depth = len(container)
    return not depth or (len(block.path) >= depth and block.path[depth - 1] == container[-1])


def _keep(block: Block, following: list[Block]) -> bool:
    if block.tag in _HEADINGS:
        return block.linked < LINKED and any(item.weight > 0 or item.tag == "li" for item in following)
    if block.tag == "li":
        return block.linked < 0.4 and len(block.text) >= _ITEM and block.node.css_first("p") is None
    if block.tag == "blockquote":
        return block.node.css_first("p") is None
    return block.tag != "h1" and (block.linked < LINKED or (len(block.text) > 120 and block.linked < 0.8))


def _is_notice(text: str) -> bool:
    if len(text) >= _NOTICE:
        return False
    form = text.casefold()
    return form.startswith(NOTICES.starts) or form.rstrip(" :.!") in NOTICES.whole


def _standfirst(between: list[Block], summary: str) -> list[Block]:
    """Give of what stands between headline and text that which reads like the article's summary."""
    found = []
    for block in between:
        if not _STANDFIRST_LEAST <= len(block.text) <= _STANDFIRST_MOST or block.linked >= _STANDFIRST_LINKED:
            continue
        above = block.node.parent
        nodes = [block.node, above, above.parent if above is not None else None]
        names = " ".join(f"{node.attributes.get('class') or ''}" for node in nodes if node is not None)
        told = bool(_STANDFIRST.search(names)) or (
            len(summary) > 20 and fold(block.text)[:40] == summary[:40]
        )
        if told or (not block.frame and block.weight > 0 and len(block.text) >= _PLAIN_BETWEEN):
            found.append(block)
    return found


def _before(blocks: list[Block], container: tuple[int, ...]) -> list[Block]:
    """Give the blocks from the last main heading before the container up to it."""
    end = next((at for at, block in enumerate(blocks) if _stands_in(block, container)), 0)
    start = max((at for at, block in enumerate(blocks[:end]) if block.tag == "h1"), default=end)
    return blocks[start + 1 : end][-_BEFORE:]


def _find_headline(tree: Tree, form: str) -> LexborNode | None:
    """Give the heading that is the article's: the one that is or shares its title, or the page's only one."""
    # What stands in a `<noscript>` is about to be taken out of the tree and must not be held on to.
    headings = [heading for heading in tree.headings[:_HEADLINES] if not is_dropped(heading)]
    for heading in headings:
        told = fold(heading.text())
        if told == form or (len(told) >= _LEAST_HEADLINE and (told in form or form in told)):
            return heading
    return headings[0] if len(headings) == 1 else None


def _is_near(block: Block, above: tuple[int, ...], container: tuple[int, ...]) -> bool:
    """Say whether this is a paragraph beside the container: pictures and boxes part an article."""
    return bool(above) and _stands_in(block, above) and not _stands_in(block, container) and _is_prose(block)


def _is_prose(block: Block) -> bool:
    return block.weight > 0 and len(block.text) >= _PLAIN and block.linked < 0.2


def _foreign_articles(blocks: Blocks, weights: dict[int, float], container: tuple[int, ...]) -> set[int]:
    """Give the small `<article>` elements within the container: teasers of other articles."""
    depth = len(container)
    inside = [block for block in blocks.found if block.tag != "h1" and _stands_in(block, container)]
    keys = {key for block in inside for key in block.path[depth:] if blocks.elements[key].tag == "article"}
    if not keys:
        return keys
    total = sum(block.weight for block in inside)
    foreign = {key for key in keys if weights.get(key, 0.0) < _OWN_ARTICLE * total}
    # A list of tips may have an `<article>` for each: together they are the text.
    return foreign if sum(weights.get(key, 0.0) for key in foreign) < _OWN_ARTICLE * total else set()


def _read_blocks(blocks: Blocks, tree: Tree, headline: LexborNode | None) -> tuple[int, ...]:
    """Read the blocks that matter and give the path of the element that holds the article's."""
    blocks.read_only(tree.paragraphs)
    total = blocks.weight
    # In bytes, since a Chinese or Japanese article says in 200 characters what takes 600 elsewhere.
    if total >= _PLENTY or sum(len(block.text.encode()) for block in blocks.found if block.weight) >= _PLENTY:
        weights = _weigh(blocks.found)
        container = _find_container(blocks.found, weights)
        beside = headline is None or not container or blocks.shares(headline, container)
        if container and beside and weights[container[-1]] >= _MOST * total:
            blocks.read_within(container)
            return container
    blocks.read_all()
    return _find_container(blocks.found, _weigh(blocks.found))


def _read(tree: Tree, title: str, summary: str) -> Text:
    blocks = Blocks(tree.parser)
    form = fold(title)
    headline = _find_headline(tree, form)
    if headline is not None:
        blocks.exempt(headline)
    container = _read_blocks(blocks, tree, headline)
    weights = _weigh(blocks.found)
    foreign = _foreign_articles(blocks, weights, container)
    own = [
        block
        for block in blocks.found
        if (_stands_in(block, container) and not (foreign and foreign.intersection(block.path)))
        or _is_near(block, container[:-1], container)
    ]
    between = blocks.read_between(headline, container) if headline is not None else []
    between = between or _before(blocks.found, container)
    kept = _texts([*_standfirst(between, summary), *own], form)
    text = "\n\n".join(kept)
    total = sum(block.weight for block in blocks.found)
    held = weights.get(container[-1], 0.0) if container else total
    confidence = (held / total if total else 0.0) * min(1.0, len(text) / _ENOUGH)
    node = blocks.elements[container[-1]] if container else tree.parser.body
    return Text(text, "own reader", confidence, node)


def _texts(blocks: list[Block], title: str) -> list[str]:
    kept: list[str] = []
    seen = {title}
    for position, block in enumerate(blocks):
        form = block.text if len(block.text) > 60 else fold(block.text)
        if form in seen or not _keep(block, blocks[position + 1 : position + 5]) or _is_notice(block.text):
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
    rule = rule_of(tree)
    if rule.drop:
        for node in tree.parser.css(rule.drop):
            node.decompose()
        tree.paragraphs, tree.headings = tree.parser.css("h1,h2,p"), tree.parser.css("h1")
    summary = fold(
        tidy(tree.meta("og:description", "description") or as_text(linked.article.get("description")))
    )
    best = _read(tree, title, summary)
    stated = _from_linked(linked)
    if len(stated) > max(_ENOUGH, 1.8 * len(best.text)):
        best = Text(stated, "json-ld articleBody", 0.9, best.container)
    if best.confidence < _FALLBACK_CONFIDENCE and count_tags(tree.page.body) < _FALLBACK_TAGS:
        text = _by_trafilatura(tree)
        if len(text) > 1.2 * len(best.text):
            best = Text(text, "trafilatura", 0.5, best.container)
    return Text(best.text[:TEXT_CHARACTERS], best.source, best.confidence, best.container)
