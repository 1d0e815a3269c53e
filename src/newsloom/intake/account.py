"""What reading the sources gathers on its way."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from newsloom.errors import NewsloomError
from newsloom.records import Candidate, Decision, Draft
from newsloom.store import SourceState
from newsloom.websub.inbox import Pushed


class Intake(Struct, kw_only=True):
    """What the sources gave: drafts to be judged, and an account of everything else.

    `observed` is the latest moment anything was read or recorded. `visited` has, by address key, the
    address and the title that a live source gave it; `source_states` what is now known of polled sources,
    `forgotten` the addresses of those that are no longer there. `images` are recorded pictures by address.
    `pushes` is what hubs pushed, to be cleared once it is written down.
    """

    candidates: list[Candidate] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    observed: datetime | None = None
    polled: int = 0
    pages: int = 0
    entries: int = 0
    visited: dict[str, tuple[str, str]] = field(default_factory=dict)
    source_states: dict[str, SourceState] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    images: dict[str, bytes] = field(default_factory=dict)
    pushes: list[Pushed] = field(default_factory=list)

    def note_moment(self, moment: datetime) -> None:
        """Let the clock know of a moment at which something was observed."""
        if self.observed is None or moment > self.observed:
            self.observed = moment

    def note_problem(self, error: NewsloomError) -> None:
        """Keep a problem for the summary."""
        self.problems.append(str(error))

    def note_once(self, error: NewsloomError) -> None:
        """Keep a problem that each step which asks the web may meet."""
        if str(error) not in self.problems:
            self.note_problem(error)

    def reject(self, address: str, reason: str) -> None:
        """Account for something that is passed over."""
        self.decisions.append(Decision(address=address, outcome="rejected", reason=reason))
