"""Changing the keys of a site: a new one for sealing, and sealing all documents anew."""

from __future__ import annotations

from pathlib import Path

from newsloom.archive import Archive
from newsloom.documents import load_keys, rotate_keys
from newsloom.holding import hold_index, hold_site
from newsloom.site import read_site


def rotate(root: Path) -> int:
    """Add a new key in front of the others; how many are on the ring now."""
    site = read_site(root.resolve())
    with hold_site(site):
        rotate_keys(site.private / "keys")
        return len(load_keys(site.private / "keys"))


def reseal(root: Path) -> tuple[int, list[str]]:
    """Seal every document whose state can be opened with the newest key.

    Gives how many were written anew, and the names of those whose seals do not open.
    """
    site = read_site(root.resolve())
    with hold_index(site) as index:
        archive = Archive(site)
        archive.recover()
        archive.synchronise(index)
        records = index.records()
        before = {record.name: record.article.secured for record in records}
        stored = archive.write([record for record in records if record.state is not None])
        index.put(stored)
        anew = sum(record.article.secured != before[record.name] for record, _ in stored)
        return anew, archive.find_unopened(index)
