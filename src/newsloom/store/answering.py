"""A connection to PostgreSQL that does not wait for ever.

A server whose disk hangs, or that was suspended, keeps its connections and says nothing: the system goes on
confirming what is sent, and its own limits on statements rest with it. So the client looks at the clock.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import RV, PQGen

from newsloom import settings


class AnsweringConnection(psycopg.Connection[Any]):
    """A connection that is given up when the server leaves it without an answer."""

    def wait(self, gen: PQGen[RV], *rest: float, **options: float) -> RV:  # type: ignore[override]  # as in each version
        """Wait for the server. Raises OperationalError after `STORE_ANSWER_SECONDS` of silence."""
        return super().wait(self._watch(gen), *rest, **options)

    def _watch(self, steps: PQGen[RV]) -> PQGen[RV]:
        """The same steps; psycopg takes the next one every tenth of a second, also while nothing comes."""
        heard = monotonic()
        try:
            wish = next(steps)
            while True:
                ready = yield wish
                if ready:
                    heard = monotonic()
                elif monotonic() - heard > settings.STORE_ANSWER_SECONDS:
                    self.pgconn.finish()  # nothing sent on it would be answered either
                    raise psycopg.OperationalError(f"no answer for {settings.STORE_ANSWER_SECONDS} seconds")
                wish = steps.send(ready)
        except StopIteration as end:
            result: RV = end.value
            return result
