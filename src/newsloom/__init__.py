"""Newsloom: a self-hosted, AI-curated news desk.

The names below are the public API (see docs/python.md); everything else may change without notice. They
are loaded when they are first used, so that `import newsloom` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from newsloom.lazily import load_lazily

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
    "curate": ("Assignment", "StoryInput", "TopicHit", "assign_stories", "tag_topics"),
    "documents": ("Document", "format_document", "parse as parse_document", "read_topics"),
    "errors": ("NewsloomError",),
    "extract": ("canonical_address", "extract as extract_page"),
    "records": ("Article", "Draft", "Image", "Page", "Provider", "Related", "Topic"),
}
__getattr__ = load_lazily(__name__, _HOMES)
