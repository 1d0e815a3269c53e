"""What stands around an article's headline: the lines in which pages print its day and its authors.

Asked only of pages whose metadata say nothing of them. Cost: the text of a few elements above the headline.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborNode

from newsloom.extract.frames import climb
from newsloom.extract.plain import fold

_LEAST: Final = 12  # letters of a headline
_CLIMB: Final = 5  # elements above a headline whose text is looked at
_ABOUT: Final = 700  # characters past which an element is more than the headline's surroundings
_LINES_BEFORE: Final = 4
_LINES_AFTER: Final = 14
_ABOVE: Final = 12  # elements above one that are asked whether they are the surroundings


class Surroundings(Struct, frozen=True):
    """The lines just before and after a headline, and the identifier of the element that holds them."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    element: int = 0

    def hold(self, node: LexborNode) -> bool:
        """Say whether an element stands in these surroundings."""
        return any(above.mem_id == self.element for above in climb(node, _ABOVE))


def find_surroundings(headings: Iterable[LexborNode], stated: str) -> Surroundings:
    """Give the surroundings of the first heading that the page's own titles hold; empty ones of none.

    `stated` is those titles, folded. A heading of the first rank is taken even where they hold it not.
    """
    for heading in headings:
        lines = _lines(heading)
        told = fold(" ".join(lines))
        if len(told) >= _LEAST and (not stated or told in stated or heading.tag == "h1"):
            found = _around(heading, lines)
            if found is not None:
                return found
    return Surroundings()


def _lines(node: LexborNode) -> list[str]:
    return [" ".join(line.split()) for line in node.text(separator="\n").split("\n") if line.strip()]


def _around(heading: LexborNode, title: list[str]) -> Surroundings | None:
    """Climb from a heading until an element holds enough text to be more than its surroundings."""
    node, best = heading.parent, None
    for _ in range(_CLIMB):
        if node is None or node.tag in {"body", "html"}:
            break
        lines = _lines(node)
        at = next((at for at, line in enumerate(lines) if line == title[0]), None)
        if at is not None:
            end = at + len(title)
            before, after = lines[max(0, at - _LINES_BEFORE) : at], lines[end : end + _LINES_AFTER]
            best = Surroundings(tuple(before), tuple(after), node.mem_id)
        if sum(map(len, lines)) > _ABOUT:
            break
        node = node.parent
    return best
