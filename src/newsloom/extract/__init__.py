"""Reading a news record off a page or a feed entry: pure functions, no I/O.

`extract` reads a page, `read_entry` a feed entry whose page is not to be had, `merge` fills a page's
gaps from its entry. `explain` shows every reading and the choice. Whether a record is worth keeping
is not decided here but in `curate`.
"""

from typing import TYPE_CHECKING

from newsloom.lazily import load_lazily

if TYPE_CHECKING:
    from newsloom.extract.address import canonical_address, identity_key, registrable_domain
    from newsloom.extract.amp import cache_address
    from newsloom.extract.draft import draft_to_json, explain, extract
    from newsloom.extract.entry import looks_like_html, merge, plain_title, read_entry, text_of_html

__all__ = [
    "cache_address",
    "canonical_address",
    "draft_to_json",
    "explain",
    "extract",
    "identity_key",
    "looks_like_html",
    "merge",
    "plain_title",
    "read_entry",
    "registrable_domain",
    "text_of_html",
]

__getattr__ = load_lazily(
    __name__,
    {
        "address": ("canonical_address", "identity_key", "registrable_domain"),
        "amp": ("cache_address",),
        "draft": ("draft_to_json", "explain", "extract"),
        "entry": ("looks_like_html", "merge", "plain_title", "read_entry", "text_of_html"),
    },
)
