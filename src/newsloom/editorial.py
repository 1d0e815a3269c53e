"""An editor's word on articles and stories, and why an article is as it is: between passes, and for the next.

A word on an article is written into its document, one on stories into `stories.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from newsloom import settings
from newsloom.archive import Archive
from newsloom.curate import explain
from newsloom.curate.judgement import tell_topics
from newsloom.errors import ConfigError, DocumentError
from newsloom.holding import hold_index, hold_site
from newsloom.judging import make_desk, set_clock
from newsloom.records import Record, StoryEdits
from newsloom.site import Site, read_site
from newsloom.store import open_index
from newsloom.storyfile import write_edits
from newsloom.yamlfile import suggest


def explain_record(root: Path, wanted: str) -> list[str]:
    """Every decision about one article, in lines for a terminal.

    Raises DocumentError when the site has no such article.
    """
    site, records, record = _find(root, wanted)
    return explain(record, records, make_desk(site), set_clock(records, None))


def set_editorial(root: Path, wanted: str, word: str | None) -> str:
    """Write an editor's word ("publish", "hold" or None) into an article's document; its name.

    Raises DocumentError when the site has no such article.
    """
    site, _, record = _find(root, wanted)
    with hold_index(site, seconds=settings.LOCK_SECONDS) as index:
        archive = Archive(site)
        article = replace(record.article, editorial=word)
        archive.note(index, [record.name])
        index.put(archive.write([replace(record, article=article)]))
    return record.name


def set_topics(root: Path, wanted: str, topics: Sequence[str] | None) -> str:
    """Write the topics an editor gives an article into its document; None lets the words decide again.

    Gives the document's name. Raises ConfigError for a topic the site does not have, and DocumentError when
    it has no such article.
    """
    site, _, record = _find(root, wanted)
    names = {topic.name for topic in site.topics}
    for topic in topics or ():
        if topic not in names:
            raise ConfigError(topic, "is no topic of this site", suggest(topic, names))
    with hold_index(site) as index:
        archive = Archive(site)
        archive.note(index, [record.name])
        index.put(archive.write([tell_topics(record, topics, make_desk(site))]))
    return record.name


def edit_stories(
    root: Path, wanted: Sequence[str], change: Callable[[StoryEdits, list[str]], StoryEdits]
) -> list[str]:
    """Change what an editor says of stories in `stories.yaml`; the names of the records it is about.

    `change` gives the next word from the last one and the names. Raises DocumentError when the site has
    no such article.
    """
    site = read_site(root.resolve())
    decided = site.edits.names.union(
        site.edits.pin
    )  # of those that are gone an editor can only name the name
    names = [one if one in decided else _find(root, one)[2].name for one in wanted]
    with hold_site(site, seconds=settings.LOCK_SECONDS):
        write_edits(site.root, change(site.edits, names))
    return names


def _find(root: Path, wanted: str) -> tuple[Site, list[Record], Record]:
    site = read_site(root.resolve())
    with open_index(site.store) as index:
        Archive(site).synchronise(index)
        record = index.find(wanted)
        if record is None:
            raise DocumentError(
                wanted, "is no article of this site", "give its address, or its path below _news/"
            )
        return site, index.records(), record
