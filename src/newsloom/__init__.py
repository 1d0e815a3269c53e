"""Newsloom: a self-hosted, AI-curated news desk.

The names below are the public API (see docs/python.md); everything else may change without notice. They
are loaded when they are first used, so that `import newsloom` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from newsloom.curate import Assignment, StoryInput, TopicHit, assign_stories, tag_topics
    from newsloom.documents import Document, format_document, read_topics
    from newsloom.documents import parse as parse_document
    from newsloom.errors import NewsloomError
    from newsloom.extract import canonical_address
    from newsloom.extract import extract as extract_page
    from newsloom.records import Article, Draft, Image, Page, Provider, Related, Topic

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Assignment",
    "Document",
    "Draft",
    "Image",
    "NewsloomError",
    "Page",
    "Provider",
    "Related",
    "StoryInput",
    "Topic",
    "TopicHit",
    "__version__",
    "assign_stories",
    "canonical_address",
    "extract_page",
    "format_document",
    "parse_document",
    "read_topics",
    "tag_topics",
]

_HOMES: Final = {
    "newsloom.curate": ("Assignment", "StoryInput", "TopicHit", "assign_stories", "tag_topics"),
    "newsloom.documents": ("Document", "format_document", "read_topics"),
    "newsloom.errors": ("NewsloomError",),
    "newsloom.extract": ("canonical_address",),
    "newsloom.records": ("Article", "Draft", "Image", "Page", "Provider", "Related", "Topic"),
}
_PLACES: Final = {
    **{name: (module, name) for module, names in _HOMES.items() for name in names},
    "extract_page": ("newsloom.extract", "extract"),
    "parse_document": ("newsloom.documents", "parse"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    return getattr(import_module(module), attribute)
