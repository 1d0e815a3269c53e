"""Stories put right on later evidence: merged, split, and what an editor fixed left alone."""

from datetime import UTC, datetime

from newsloom.curate.revising import revise_stories
from newsloom.curate.stories import profile_article
from newsloom.curate.story_index import Profile, StoryIndex

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HARBOUR = "Harbour bridge collapse Wexmoor ferry rescue divers"
ORCHARD = "Orchard blight Tellby growers cider harvest fungus"


def profile(title: str, hour: int = 0) -> Profile:
    return profile_article(
        title, [(f"w{word}", 0.5) for word in title.lower().split()], "en", NOON.replace(hour=hour)
    )


def members(stories: dict[str, str], profiles: dict[str, Profile], story: str) -> list[tuple[str, Profile]]:
    return [(name, profiles[name]) for name, held in stories.items() if held == story]


def test_two_stories_that_grow_together_are_merged_into_the_older() -> None:
    index = StoryIndex()
    stories: dict[str, str] = {}
    profiles = {name: profile(f"{HARBOUR} {extra}", hour) for hour, (name, extra) in enumerate(
        [("a", "engineers"), ("b", "minister"), ("c", "mayor"), ("d", "inquiry")])}  # fmt: skip
    for name, story in (("a", "a"), ("b", "a"), ("c", "c")):
        index.restore(story, profiles[name])
        stories[name] = story
    placed = index.assign([("d", profiles["d"])])
    stories |= placed.stories
    if placed.stories["d"] == "a":  # the larger is likelier: the other is then found once it has grown
        placed = index.assign([("e", profile(f"{HARBOUR} mayor", 5))])
    assert set(placed.stories.values()) == {"a"}
    assert index.size <= 2


def test_grown_stories_of_one_event_are_merged_unless_an_editor_fixed_them() -> None:
    for fixed in (frozenset[str](), frozenset({"c"})):
        index = StoryIndex(fixed=fixed)
        profiles = {name: profile(HARBOUR, hour) for hour, name in enumerate("abcd")}
        stories = dict(zip("abcd", "aacc", strict=True))
        for name, story in stories.items():
            index.restore(story, profiles[name])
        profiles["e"] = profile(HARBOUR, 5)
        placed = index.assign([("e", profiles["e"])])
        stories |= placed.stories
        moves = revise_stories(index, placed, lambda story, s=stories, p=profiles: members(s, p, story))
        assert (placed.merged, moves) == (({}, {}) if fixed else ({"c": "a"}, {"c": "a", "d": "a"}))
        assert index.size == (2 if fixed else 1)


def test_a_story_that_has_become_two_is_split_and_each_keeps_growing() -> None:
    index = StoryIndex()
    titles = [HARBOUR, HARBOUR, ORCHARD, ORCHARD]
    profiles = {
        name: profile(title, hour) for hour, (name, title) in enumerate(zip("abcd", titles, strict=True))
    }
    stories = dict.fromkeys("abcd", "a")
    for name in "abcd":
        index.restore("a", profiles[name])
    profiles["e"] = profile(ORCHARD, 6)
    placed = index.assign([("e", profiles["e"])])
    stories |= placed.stories
    stories |= revise_stories(index, placed, lambda story: members(stories, profiles, story))
    assert stories == {"a": "a", "b": "a", "c": "c", "d": "c", "e": "c"}
    later = index.assign([("f", profile(ORCHARD, 7)), ("g", profile(HARBOUR, 7))])
    assert later.stories == {"f": "c", "g": "a"}
