"""What a disk refuses, told in one line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsloom.errors import PublishError


@contextmanager
def tell_disk(place: Path) -> Iterator[None]:
    """Have what the block cannot write end as one clear error about `place`. Raises PublishError."""
    try:
        yield
    except OSError as error:
        raise PublishError(
            str(error.filename or place),
            f"cannot be written: {error.strerror or error}",
            "free disk space or mend the rights, then run again: nothing is lost",
        ) from error
