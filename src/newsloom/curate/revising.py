"""Stories put right on later evidence: two that were one all along, one that has become two.

Only stories that have just grown are looked at again, so that a pass without news changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from newsloom.curate.story_index import Placement, Profile, StoryIndex, follow

_LEAST: Final = 4  # articles of a story that can be two stories of two
_MOST: Final = 120  # articles up to which a story is taken apart: the cost is quadratic

Members = Callable[[str], Sequence[tuple[str, Profile]]]


def revise_stories(index: StoryIndex, placed: Placement, members_of: Members) -> dict[str, str]:
    """Give the new story of each article that has to move, by name.

    `members_of` gives a story's articles, the earliest first, as they are before anything moves, new
    ones included. The part with the article that the story is named after keeps its name, the others are
    named after their earliest. The index is brought in step.
    """
    moves: dict[str, str] = {}
    gathered: dict[str, list[tuple[str, Profile]]] = {}
    for gone in placed.merged:
        kept = follow(gone, placed.merged)
        group = gathered.setdefault(kept, list(members_of(kept)))
        joining = members_of(gone)
        moves.update((name, kept) for name, _ in joining)
        group.extend(joining)
    for story in sorted(set(placed.stories.values())):
        members = gathered.get(story) or list(members_of(story))
        if _LEAST <= len(members) <= _MOST and not index.is_fixed(story):
            moves.update(_split(index, story, members))
    return moves


def _split(index: StoryIndex, story: str, members: Sequence[tuple[str, Profile]]) -> dict[str, str]:
    parts = index.find_parts([profile for _, profile in members])
    if len(parts) < 2:
        return {}
    holder = next((part for part in parts if any(members[at][0] == story for at in part)), parts[0])
    names = [story if part is holder else members[part[0]][0] for part in parts]
    index.part(
        story, {name: [members[at][1] for at in part] for name, part in zip(names, parts, strict=True)}
    )
    return {
        members[at][0]: name for name, part in zip(names, parts, strict=True) if name != story for at in part
    }
