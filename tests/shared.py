"""Where the shared measuring data is, for tests that use it and skip without it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(os.environ.get("NEWSLOOM_SHARED", Path(__file__).resolve().parents[2] / "shared"))


def shared(*parts: str) -> Path:
    """Give the path of a shared file or folder, or skip the calling test when it is not there."""
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared measuring data is not here: {'/'.join(parts)}")
    return path
