"""What hubs pushed, in files until a pass has read it: the server writes them, a pass takes them.

A file appears whole or not at all and is named by what it holds, so the same push twice is one file. A pass
removes it when its documents are written: one that is killed before finds it again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from newsloom import settings
from newsloom.documents import write_file
from newsloom.errors import StoreError
from newsloom.sources import tell_kind

_ENDING: Final = ".push"
_PRIVATE: Final = 0o600
_LEFT_SECONDS: Final = 3_600  # after which a half-written file is no longer being written


class Pushed(Struct, frozen=True, kw_only=True):
    """One push: `body` is the feed as sent, empty for a mere ping, which only says that there is news."""

    source: str
    topic: str
    observed: datetime
    body: bytes = b""
    name: str = ""


_decoder: Final = msgspec.msgpack.Decoder(Pushed)


def make_push(source: str, topic: str, body: bytes, moment: int) -> Pushed:
    """A push as it arrives; whatever is no feed is a ping."""
    fat = tell_kind(body) == "feed"
    observed = datetime.fromtimestamp(moment, UTC)
    return Pushed(source=source, topic=topic, observed=observed, body=body if fat else b"")


def spool(private: Path, push: Pushed) -> None:
    """Keep a push for the next pass. Raises StoreError when the inbox is full or cannot be written."""
    folder = private / "inbox"
    digest = hashlib.sha256(f"{push.source}\n".encode() + push.body).hexdigest()[:32]
    path = folder / f"{digest}{_ENDING}"
    if path.exists():
        return
    sizes = [entry.stat().st_size for entry in _scan(folder)]
    full = len(sizes) >= settings.WEBSUB_INBOX_FILES
    if full or sum(sizes) + len(push.body) > settings.WEBSUB_INBOX_BYTES:
        raise StoreError(str(folder), "holds all it may", "run a pass: it reads what was pushed")
    try:
        write_file(path, msgspec.msgpack.encode(push), mode=_PRIVATE)
    except OSError as error:
        raise StoreError(str(folder), f"cannot be written: {error.strerror}", "free disk space") from error


def has_pushes(private: Path) -> bool:
    """Whether something waits in the inbox of a site's private folder; cheap enough to ask every second."""
    return any(entry.name.endswith(_ENDING) for entry in _scan(private / "inbox"))


def take_inbox(private: Path) -> list[Pushed]:
    """All that waits, in the order it came; it stays there until `clear_inbox`."""
    found: list[Pushed] = []
    for entry in _scan(private / "inbox"):
        if not entry.name.endswith(_ENDING):
            _remove_left(entry)
            continue
        try:
            found.append(replace(_decoder.decode(Path(entry.path).read_bytes()), name=entry.name))
        except (OSError, msgspec.MsgspecError):
            Path(entry.path).unlink(missing_ok=True)  # of another version; the next poll brings what it held
    return sorted(found, key=lambda push: (push.observed, push.name))


def clear_inbox(private: Path, pushes: Iterable[Pushed]) -> None:
    """Forget what has been read and written down."""
    for push in pushes:
        (private / "inbox" / push.name).unlink(missing_ok=True)


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _remove_left(entry: os.DirEntry[str]) -> None:
    """Remove what a killed server left half written; a younger one may still be under way."""
    try:
        if time.time() - entry.stat().st_mtime > _LEFT_SECONDS:
            Path(entry.path).unlink()
    except FileNotFoundError:
        pass  # finished meanwhile
