"""What a fetcher asks of whoever remembers hosts for longer than it lives, and for others as well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Ledger(Protocol):
    """When each place (host:port) was asked, until when it wants no more, and each origin's robots.txt.

    Several processes may have one ledger: what one notes, the others are told from then on.
    """

    @property
    def distant(self) -> bool:
        """Whether it is asked over a network. It may be asked in any thread."""
        ...

    def take(self, place: str, spacing: float) -> bool:
        """Note that a place is asked now, if it may be: so many seconds after the last time, and in no pause.

        Of all who ask at one moment only one is told True.
        """
        ...

    def tell_wait(self, place: str, spacing: float) -> tuple[float, float]:
        """Seconds until a place may be asked after the last time, and until its pause is over."""
        ...

    def close(self, place: str, seconds: float) -> None:
        """Have nobody ask a place for so long; a shorter pause than the one kept changes nothing."""
        ...

    def find_robots(self, origin: str) -> bytes | None:
        """What was put for an origin."""
        ...

    def put_robots(self, origin: str, file: bytes) -> None:
        """Keep an origin's robots.txt, in the form it is given."""
        ...


async def consult(ledger: Ledger, question: Callable[_P, _T], *values: _P.args, **options: _P.kwargs) -> _T:
    """A ledger's answer. A distant one is asked in a thread: who has a turn must not wait meanwhile."""
    if ledger.distant:
        return await asyncio.to_thread(question, *values, **options)
    return question(*values, **options)
