"""What changed in a shard, version by version: enough for a worker that knows an earlier one."""

from __future__ import annotations

from collections import deque
from typing import Final

_LOGGED: Final = (
    16  # versions a worker may be behind before it is sent everything: it serves in turn with others
)


class ShardLog:
    """The numbers of a shard's stories, and of those that changed or went in its latest versions."""

    def __init__(self) -> None:
        self.version = 0
        self.members: set[int] = set()
        self._pending: set[int] = set()
        self._versions: deque[tuple[int, set[int]]] = deque(maxlen=_LOGGED)

    def note(self, number: int, stays: bool) -> None:
        """Note that a story is new or has changed, or that it is no more."""
        self._pending.add(number)
        if stays:
            self.members.add(number)
        else:
            self.members.discard(number)

    def list_changes(self, whole: bool) -> tuple[int, list[int]]:
        """Give a version and the stories that changed since it; with `whole`, 0 and all there are.

        What was noted until now makes the shard's next version.
        """
        if self._pending:
            self.version += 1
            self._versions.append((self.version, self._pending))
            self._pending = set()
        since = self._versions[0][0] - 1 if self._versions else 0
        if whole or not since:
            return 0, sorted(self.members)
        return since, sorted(set().union(*(numbers for _, numbers in self._versions)))
