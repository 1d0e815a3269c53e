"""Copies of one site, each with an engine and a store of its own, and whether passes made the same of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from newsloom.pipeline import run_pass
from newsloom.records import Record
from newsloom.site import read_site
from newsloom.store import Visit, open_index
from newsloom.summary import Summary
from tests.postgres import make_address
from tests.recordings import read_tree

COUNTED = ("polled", "pages", "entries", "new", "rejected", "duplicate", "documents", "stories", "problems")


class Made(Struct, frozen=True, kw_only=True):
    """What a pass made: its account, the files that it wrote, and what stands in the index."""

    summary: Summary
    tree: dict[str, bytes]
    records: list[Record]
    origins: dict[str, str]
    visits: dict[str, Visit]


def copy_site(origin: Path, root: Path, *, engine: str, store: str) -> Path:
    """A copy, keys and all, with two workers of an engine and an index in `sqlite` or `postgresql`."""
    shutil.copytree(origin, root)
    config = (root / "newsloom.yaml").read_text()
    config = config.replace("engine: inline", f"engine: {engine}").replace("workers: 0", "workers: 2")
    if store == "postgresql":
        config = config.replace("store: sqlite", f"store: {make_address()}")
    (root / "newsloom.yaml").write_text(config)
    return root


def make(root: Path, replay: Sequence[Path] = ()) -> Made:
    """Make a pass over a site."""
    summary = run_pass(root, replay=replay)
    with open_index(read_site(root).store) as index:
        assert index.waiting() == 0
        visits = {key: replace(visit, visited=0) for key, visit in index.visits().items()}
        return Made(
            summary=summary,
            tree=read_tree(root),
            records=index.records(),
            origins=index.origins(),
            visits=visits,
        )


def check(made: Made, expected: Made) -> None:
    """The same documents, API, pages and index, and the same account of what was read."""
    for name in COUNTED:
        assert getattr(made.summary, name) == getattr(expected.summary, name), name
    assert made.tree == expected.tree
    assert made.records == expected.records
    assert (made.origins, made.visits) == (expected.origins, expected.visits)
