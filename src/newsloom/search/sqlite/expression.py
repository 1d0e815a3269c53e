"""A plan as an expression of FTS5: every term is made of letters and numbers, in double quotes."""

from __future__ import annotations

from collections.abc import Iterable

from newsloom.search.planning import Phrase, Plan


def write_match(plan: Plan) -> str:
    """The whole expression; there is none where only something unwanted is named."""
    wanted = " AND ".join(write_any(group) for group in plan.wanted)
    return f"({wanted}) NOT ({write_any(plan.unwanted)})" if wanted and plan.unwanted else wanted


def write_any(phrases: Iterable[Phrase]) -> str:
    """An expression of which one phrase is enough."""
    quoted = [_quote(" ".join(phrase)) for phrase in phrases]
    return quoted[0] if len(quoted) == 1 else f"({' OR '.join(quoted)})"


def _quote(term: str) -> str:
    return '"' + term.replace('"', "") + '"'
