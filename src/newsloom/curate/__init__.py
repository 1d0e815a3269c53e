"""Judgement, pure: topics, quality, duplicates, stories, leads, heat and what is shown.

Nothing here does I/O or reads the time. `curate` is one pass; the rest are its parts that are of use
alone.
"""

from typing import TYPE_CHECKING

from newsloom.lazily import load_lazily

if TYPE_CHECKING:
    from newsloom.curate.contract import Desk, Outcome
    from newsloom.curate.desk import curate
    from newsloom.curate.explanation import explain
    from newsloom.curate.stories import Assignment, StoryInput, assign_stories
    from newsloom.curate.topics import TopicHit, tag_topics
    from newsloom.curate.weights import FORMULA

__all__ = [
    "FORMULA",
    "Assignment",
    "Desk",
    "Outcome",
    "StoryInput",
    "TopicHit",
    "assign_stories",
    "curate",
    "explain",
    "tag_topics",
]

__getattr__ = load_lazily(
    __name__,
    {
        "contract": ("Desk", "Outcome"),
        "desk": ("curate",),
        "explanation": ("explain",),
        "stories": ("Assignment", "StoryInput", "assign_stories"),
        "topics": ("TopicHit", "tag_topics"),
        "weights": ("FORMULA",),
    },
)
