"""What sources hold: feeds, lists of feeds, and telling one kind of answer from another."""

from typing import TYPE_CHECKING

from newsloom.lazily import load_lazily

if TYPE_CHECKING:
    from newsloom.sources.feed import Feed, entry_to_json, parse_feed, read_feed_file
    from newsloom.sources.opml import Outline, read_opml
    from newsloom.sources.reading import read_source
    from newsloom.sources.sniffing import tell_kind

__all__ = [
    "Feed",
    "Outline",
    "entry_to_json",
    "parse_feed",
    "read_feed_file",
    "read_opml",
    "read_source",
    "tell_kind",
]

__getattr__ = load_lazily(
    __name__,
    {
        "feed": ("Feed", "entry_to_json", "parse_feed", "read_feed_file"),
        "opml": ("Outline", "read_opml"),
        "reading": ("read_source",),
        "sniffing": ("tell_kind",),
    },
)
