"""Templates as Python code, kept where Python keeps its own: compiling them takes as long as many pages."""

from __future__ import annotations

import hashlib
import pickle
import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from newsloom.documents import write_file

_UNFIT: Final = (OSError, EOFError, ValueError, NotImplementedError, pickle.UnpicklingError)


class CompiledTemplates(BytecodeCache):
    """The templates of a folder; `made_by` tells of the program that compiles them.

    A template that cannot be kept, or was damaged, is compiled each time.
    """

    def __init__(self, folder: str, made_by: str) -> None:
        self._folder = folder
        self._made_by = f"{jinja2.__version__} {made_by}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept, unless it was made of another text or by another program."""
        with suppress(*_UNFIT):
            bucket.bytecode_from_string(self._place(bucket.key).read_bytes())

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template that was compiled, where Python may keep what it compiles."""
        if not sys.dont_write_bytecode:
            with suppress(*_UNFIT):
                write_file(self._place(bucket.key), bucket.bytecode_to_string(), durable=False)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """A template is kept under its name."""
        return name

    def get_source_checksum(self, source: str) -> str:
        """What has to be the same for a kept template to be taken."""
        return hashlib.sha256(f"{self._made_by} {source}".encode()).hexdigest()

    def _place(self, name: str) -> Path:
        return Path(cache_from_source(f"{self._folder}/{name}"))
