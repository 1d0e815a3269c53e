"""The keys that seal private state: newest first, in a file that only its owner can read.

The environment variable NEWSLOOM_KEYS (keys parted by commas) stands in for the file, for machines
whose secrets come from outside. A site without keys works; it just seals nothing.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from newsloom.documents.files import write_file
from newsloom.errors import ConfigError

VARIABLE: Final = "NEWSLOOM_KEYS"
_BITS: Final = 512  # AES-256 twice, as AES-SIV takes it
_PRIVATE: Final = 0o600

KeyRing = tuple[bytes, ...]


def load_keys(path: Path) -> KeyRing:
    """The keys of a site, newest first; none when there is neither variable nor file.

    Raises ConfigError when others can read the file, or when it holds something else than keys.
    """
    if value := os.environ.get(VARIABLE):
        return _decode(value.split(","), VARIABLE)
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text("ascii")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), "cannot be read as a file of keys") from error
    if mode & 0o077:
        raise ConfigError(str(path), f"can be read by others (mode {mode:o})", f"run: chmod 600 {path}")
    return _decode(text.split(), str(path))


def create_keys(path: Path) -> None:
    """Make a file with one new key, unless there is one already."""
    if not path.exists():
        _save(path, (AESSIV.generate_key(_BITS),))


def rotate_keys(path: Path) -> KeyRing:
    """Put a new key in front of the others; the ring as it is now."""
    ring = (AESSIV.generate_key(_BITS), *load_keys(path))
    _save(path, ring)
    return ring


def _save(path: Path, ring: KeyRing) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{base64.b64encode(key).decode()}\n" for key in ring)
    write_file(path, lines.encode(), mode=_PRIVATE)


def _decode(words: list[str], subject: str) -> KeyRing:
    try:
        keys = tuple(base64.b64decode(word.strip(), validate=True) for word in words if word.strip())
    except ValueError as error:
        raise ConfigError(subject, "holds something that is not a key", "restore it from a copy") from error
    if any(len(key) * 8 != _BITS for key in keys):
        raise ConfigError(subject, f"holds a key that has not {_BITS} bits", "restore it from a copy")
    return keys
