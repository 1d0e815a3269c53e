"""How near an article is to what topics say of themselves, by vectors of texts that a shell hands in.

Vectors see what words alone do not: "the striker scored" is near "football and other sports". They are
an extra (`newsloom[vectors]`): without them every topic is as near as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from newsloom.records import Topic

_CHARACTERS: Final = 600  # of an article that are looked at: its head says what it is about

Vector = NDArray[np.float32]


class Vectors(Struct, frozen=True):
    """Turns a text into a vector of length 1, of zeros where it is empty. `name` has model and version."""

    name: str
    draw: Callable[[str], Vector]


class Likeness:
    """Vectors of a site's topics: of name, description and keywords. Build once, use for every article."""

    def __init__(self, topics: Sequence[Topic], vectors: Vectors) -> None:
        self._names = [topic.name for topic in topics]
        self._draw = vectors.draw
        self._rows = np.stack([self._draw(describe(topic)) for topic in topics]) if topics else None

    def measure(self, title: str, excerpt: str, text: str) -> dict[str, float]:
        """Give how near an article is to each topic: the cosine, 0 to 1, to two places.

        Two places hide what differs from one processor to another.
        """
        if self._rows is None:
            return {}
        near = self._rows @ self._draw(f"{title}. {excerpt} {text[:_CHARACTERS]}"[:_CHARACTERS])
        return {name: round(max(0.0, float(value)), 2) for name, value in zip(self._names, near, strict=True)}


def describe(topic: Topic) -> str:
    """Give all that a topic says of itself, as one text."""
    return f"{topic.name}. {topic.description or ''} {', '.join((*topic.exact, *topic.keywords))}"
