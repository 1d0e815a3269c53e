"""Vectors of texts from the wordllama package, whose wheel holds the weights: nothing is fetched.

An extra, `newsloom[vectors]`, asked for by `vectors: true` in `newsloom.yaml`.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from newsloom.curate.likeness import Vector, Vectors
from newsloom.errors import ConfigError

_SIZE: Final = 256  # numbers of a vector: the one size that is in the wheel


def has_vectors() -> bool:
    """Say whether the extra is installed."""
    return find_spec("wordllama") is not None


@lru_cache(maxsize=1)
def open_vectors() -> Vectors:
    """Load the model: a fifth of a second, 40 MB. Raises ConfigError where the extra is not installed."""
    if not has_vectors():
        raise ConfigError("vectors", "need an extra", "pip install 'newsloom[vectors]', or `vectors: false`")
    import wordllama  # noqa: PLC0415 - an extra, and slow to load

    # The package's own folder as cache, so that it finds its weights and never asks the network.
    home = Path(wordllama.__file__).parent
    model = wordllama.WordLlama.load(cache_dir=home, dim=_SIZE, disable_download=True)

    def draw(text: str) -> Vector:
        if not text.strip():
            return np.zeros(_SIZE, np.float32)
        return np.asarray(model.embed([text], norm=True)[0], np.float32)

    return Vectors(f"wordllama {version('wordllama')}", draw)
