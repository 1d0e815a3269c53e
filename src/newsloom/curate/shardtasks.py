"""What one shard of open stories is asked, and how a worker answers it.

A worker gets a shard's stories as rows, or only those that changed where it holds the others from an
earlier batch. What it holds is a cache: one that knows nothing says so, and is sent everything.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from newsloom import settings
from newsloom.curate.linking import measure_likeness
from newsloom.curate.shardrows import Articles, Rows, unpack_articles, unpack_rows
from newsloom.curate.shelf import GROWN, Found, OpenStory, Shelf, group_story


class ShardTask(Struct, frozen=True, kw_only=True):
    """What one shard is asked: which stories and each other its articles are like, and stories their twins.

    `rows` and `gone` bring what a worker holds under `key` from version `since`, or any later, to
    `version`; from 0 they are all there is. A twin is as like as `least`, or more.
    """

    key: str
    cell: int
    version: int
    since: int
    rows: Rows
    gone: tuple[int, ...]
    articles: Articles
    grown: Rows
    least: float


class ShardAnswer(Struct, frozen=True):
    """What an article is like, in the order they were given, and the possible twins of each grown story.

    `stale` says that the worker holds too little to answer.
    """

    found: list[Found]
    twins: list[list[int]]
    stale: bool = False


Serve = Callable[[list[ShardTask]], list[ShardAnswer]]

_held: OrderedDict[tuple[str, int], tuple[int, dict[int, OpenStory]]] = OrderedDict()


def serve_shards(tasks: list[ShardTask]) -> list[ShardAnswer]:
    """Answer for some shards. Picklable; beside what it holds from before, pure."""
    return [_serve(task) for task in tasks]


def _serve(task: ShardTask) -> ShardAnswer:
    stories = _recall(task)
    if stories is None:
        return ShardAnswer([], [], stale=True)
    shelf = Shelf()
    shelf.load(stories)
    articles = unpack_articles(task.articles)
    found = shelf.compare([vector for vector, _ in articles], [texted for _, texted in articles])
    return ShardAnswer(found, [_find_twins(shelf, n, s, task.least) for n, s in unpack_rows(task.grown)])


def _recall(task: ShardTask) -> dict[int, OpenStory] | None:
    """Give a shard's stories: what is held, brought up to date. None where too little is held."""
    version, stories = _held.pop((task.key, task.cell), (0, {}))
    if not task.since:
        stories = {}
    elif not task.since <= version <= task.version:
        return None
    stories.update(unpack_rows(task.rows))
    for number in task.gone:
        stories.pop(number, None)
    if task.key:
        _hold(task, stories)
    return stories


def _hold(task: ShardTask, stories: dict[int, OpenStory]) -> None:
    """Keep a shard for its next batch, and let go of those that were not asked for longest."""
    _held[task.key, task.cell] = (task.version, stories)
    count = sum(len(shard) for _, shard in _held.values())
    while len(_held) > settings.SHARDS_HELD or count > settings.SHARD_STORIES_HELD:
        count -= len(_held.popitem(last=False)[1][1])


def _find_twins(shelf: Shelf, number: int, story: OpenStory, least: float) -> list[int]:
    near = [other for other in shelf.list_near(number, story) if shelf.stories[other].size >= GROWN]
    others = [shelf.stories[other] for other in near]
    group = group_story(story)
    return [
        near[at]
        for at, dot in shelf.measure(story, others, bool(story.texts))
        if measure_likeness(group, group_story(others[at]), dot) >= least
    ]
