"""A worker's edge: what cannot be read gives a decision with the reason, and the pass goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from newsloom.errors import NewsloomError
from newsloom.records import Decision, Draft

_T = TypeVar("_T")


def attempt(read: Callable[[_T], Draft], item: _T, address: str) -> Draft | Decision:
    """Read something into a draft, or say why it cannot be."""
    try:
        return read(item)
    except NewsloomError as error:
        return Decision(address=address, outcome="rejected", reason=error.cause)
    except Exception as error:  # noqa: BLE001 - counted, and the pass goes on
        return Decision(address=address, outcome="rejected", reason=f"reading failed: {type(error).__name__}")
