"""What a back-fill came to so far."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Account(Struct, kw_only=True):
    """Files and bytes of all and of those done; records looked at, kept, refused by reason.

    `before` are the records that earlier runs looked at; `seconds` and `passes` are of this run,
    `documents` all of the site's.
    """

    files: int = 0
    files_done: int = 0
    size: int = 0
    size_done: int = 0
    size_before: int = 0
    records: int = 0
    before: int = 0
    kept: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    passes: int = 0
    documents: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def refuse(self, reasons: Mapping[str, int]) -> None:
        """Count pages turned away."""
        for reason, number in reasons.items():
            self.refused[reason] = self.refused.get(reason, 0) + number

    @property
    def pace(self) -> float:
        """Records a second in this run."""
        return (self.records - self.before) / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds this run has still to go at its pace so far, None while that is not known."""
        done = self.size_done - self.size_before
        return (self.size - self.size_done) * self.seconds / done if done > 0 and self.seconds else None
