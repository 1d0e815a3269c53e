"""Scalars as they are written: quoted with few escapes, or bare where no YAML reader mistakes them."""

from __future__ import annotations

import re
from typing import Final

_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What YAML forbids in a file, or takes for a line break: written as an escape, so that it comes back.
_SPECIAL: Final = re.compile('[\\\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]')
_BARE: Final = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`=~\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]\S*(?: \S+)*")
# What YAML 1.1 or 1.2 reads as something else than text.
_OTHER: Final = re.compile(
    r"(?i:y|yes|n|no|true|false|on|off|null)|[-+.]?[0-9][0-9_.:xXoObBeE+\-a-fA-FtTzZ ]*|\.(?:inf|nan)|<<"
)


def quote(text: str) -> str:
    """A string in double quotes, on one line."""
    return f'"{_SPECIAL.sub(_escape, text)}"'


def write_bare(text: str) -> str:
    """A string without quotes, or quoted where YAML would read something else."""
    return text if _is_plain(text) and not _OTHER.fullmatch(text) else quote(text)


def _is_plain(text: str) -> bool:
    structure = ": " in text or " #" in text or text.endswith(":")
    return not structure and bool(_BARE.fullmatch(text)) and not _SPECIAL.search(text)


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
