"""Documents moved into folders by year and month when there are many, and back."""

from __future__ import annotations

from pathlib import Path

from newsloom import settings
from newsloom.archive import Archive
from newsloom.documents import count_flat
from newsloom.errors import ConfigError
from newsloom.holding import hold_index
from newsloom.publish.repository import Repository
from newsloom.publishing import commit_site
from newsloom.site import CONFIG_FILE, Site, read_site


def fold_when_many(site: Site, archive: Archive) -> int:
    """Move the documents that are side by side once they are more than the owner wants; how many."""
    most = site.config.fold_at
    return archive.fold() if 0 < most < count_flat(site.news) else 0


def fold_site(root: Path, *, flat: bool = False) -> int:
    """Move a site's documents into folders by year and month, or with `flat` out of them; how many.

    What is not committed yet is committed before. Raises ConfigError where the next pass would move
    them back.
    """
    site = read_site(root.resolve())
    with hold_index(site, seconds=settings.LOCK_SECONDS) as index:
        archive = Archive(site)
        archive.recover()
        if flat and 0 < site.config.fold_at < len(archive.names()):
            raise ConfigError(
                CONFIG_FILE,
                f"`fold_at` is {site.config.fold_at}: the next pass would move them back",
                "set it to 0 first",
            )
        archive.synchronise(index)
        if site.config.git and Repository(site.root).exists():
            commit_site(site, "What stood changed before documents are moved")
        return archive.fold(flat=flat)
