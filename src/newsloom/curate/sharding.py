"""Open stories in shards: each batch is compared cell by cell, and brought together again.

`Shards` stands in for the one shelf of a `StoryIndex`. What an article is compared with is the stories
and the new articles of its own cell and of a few neighbours (`cells.py`), which any number of workers may
find at the same time; joining the likest pairs, across the cells' borders too, stays one step of the
index, so the outcome does not depend on how many workers there are or which is done first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from newsloom.curate.cells import Cells, Route
from newsloom.curate.shardlog import ShardLog
from newsloom.curate.shardrows import Articles, Rows, pack_articles, pack_rows
from newsloom.curate.shardtasks import Serve, ShardAnswer, ShardTask, serve_shards
from newsloom.curate.shelf import GROWN, Found, OpenStory, Shelf, Vector
from newsloom.curate.weights import WEIGHTS, StoryWeights

Run = Callable[[Serve, list[ShardTask]], list[ShardAnswer]]


class Tally(Struct):
    """Articles compared so far, the cells they asked, and those likest to something in a neighbour cell."""

    articles: int = 0
    asked: int = 0
    crossed: int = 0


def run_here(serve: Serve, tasks: list[ShardTask]) -> list[ShardAnswer]:
    """Answer all tasks in this process."""
    return serve(tasks)


class Crew(Struct, frozen=True):
    """Who answers for shards.

    `run` has tasks answered, in their order. `key` is a name that no other index ever had, under which
    workers may hold what they were sent; "" for workers that hold nothing. A batch in which shards are
    asked about fewer than `least` articles and stories is answered in this process.
    """

    run: Run = run_here
    key: str = ""
    least: int = 0


OWN: Final = Crew()


class Shards(Shelf):
    """The open stories of one index, parted into cells."""

    def __init__(self, count: int, crew: Crew = OWN, weights: StoryWeights = WEIGHTS.stories) -> None:
        """Open `count` empty cells."""
        super().__init__()
        self.tally = Tally()
        self._crew = crew
        self._least = min(weights.join_title, weights.join_text) + weights.merge
        self._cells = Cells(count)
        self._logs = [ShardLog() for _ in range(count)]
        self._changed: set[int] = set()
        self._near: dict[int, list[int]] = {}

    @property
    def loads(self) -> list[int]:
        """How many stories each cell holds."""
        return self._cells.loads

    def file(self, number: int) -> None:
        """Note that a story is new or has grown; its shard hears of it with the next batch."""
        self._changed.add(number)

    def make_room(self) -> None:
        """Shards make their own room."""

    def drop(self, number: int) -> OpenStory | None:
        """Forget a story."""
        self._changed.discard(number)
        if (home := self._cells.leave(number)) is not None:
            self._logs[home].note(number, stays=False)
        return super().drop(number)

    def absorb(self, kept: int, gone: int) -> None:
        """Let the possible twins of a story that is gone be those of the one that has its articles."""
        self.file(kept)
        self._near.setdefault(kept, []).extend(self._near.pop(gone, []))

    def prepare(self, numbers: Sequence[int]) -> None:
        """Find the possible twins of these stories, in their own cells and across the borders."""
        self._settle()
        self._near = {}
        asking: dict[int, list[int]] = {}
        for number in numbers:
            if number in self.stories and self.stories[number].size >= GROWN:
                for cell in self._cells.probe(self.stories[number]).cells:
                    asking.setdefault(cell, []).append(number)
        cells = sorted(cell for cell in asking if self._logs[cell].members)
        answers = self._ask(cells, lambda cell: ((), asking[cell]))
        for cell, answer in zip(cells, answers, strict=True):
            for number, twins in zip(asking[cell], answer.twins, strict=True):
                self._near.setdefault(number, []).extend(twins)

    def find_near(self, number: int) -> list[int]:
        """Give the possible twins of a story that was prepared for, or of what it has absorbed."""
        near = sorted(set(self._near.get(number, ())))
        return [other for other in near if other != number and other in self.stories]

    def compare(self, vectors: Sequence[Vector | None], texted: Sequence[bool]) -> list[Found]:
        """Give what each article of a batch is like, in its own cell and its neighbours."""
        self._settle()
        told = [(place, vector) for place, vector in enumerate(vectors) if vector is not None]
        routes = self._cells.route([(vector, texted[place]) for place, vector in told])
        asking: dict[int, list[tuple[int, Vector]]] = {}
        for pair, route in zip(told, routes, strict=True):
            for cell in route.cells:
                asking.setdefault(cell, []).append(pair)
        cells = sorted(cell for cell in asking if self._logs[cell].members or len(asking[cell]) > 1)
        answers = self._ask(cells, lambda cell: ([(v, texted[at]) for at, v in asking[cell]], ()))
        homes = {place: route for (place, _), route in zip(told, routes, strict=True)}
        parts = {
            cell: ([place for place, _ in asking[cell]], a) for cell, a in zip(cells, answers, strict=True)
        }
        self._tally(homes, parts)
        return _join_answers(len(vectors), parts.values())

    def _settle(self) -> None:
        """Give new stories their cells, and note what shards have to hear of."""
        for number in sorted(self._changed):
            home = self._cells.enter(number, self.stories[number])
            self._logs[home].note(number, stays=True)
        self._changed = set()

    def _ask(
        self,
        cells: Sequence[int],
        asked_of: Callable[[int], tuple[Sequence[tuple[Vector, bool]], Sequence[int]]],
    ) -> list[ShardAnswer]:
        """Have these shards answer; those that hold too little are asked again with all there is."""
        questions, count = {}, 0
        for cell in cells:
            articles, grown = asked_of(cell)
            questions[cell] = pack_articles(articles), pack_rows((n, self.stories[n]) for n in grown)
            count += len(articles) + len(grown)
        crew = self._crew if count >= self._crew.least else OWN
        answers = crew.run(serve_shards, [self._draw_task(c, *questions[c], crew.key) for c in cells])
        stale = [cell for cell, answer in zip(cells, answers, strict=True) if answer.stale]
        whole = [self._draw_task(c, *questions[c], crew.key, whole=True) for c in stale]
        again = dict(zip(stale, crew.run(serve_shards, whole), strict=True))
        return [again.get(cell, answer) for cell, answer in zip(cells, answers, strict=True)]

    def _draw_task(
        self, cell: int, articles: Articles, grown: Rows, key: str, *, whole: bool = False
    ) -> ShardTask:
        log = self._logs[cell]
        since, numbers = log.list_changes(whole or not key)
        stay = [number for number in numbers if number in log.members]
        return ShardTask(
            key=key,
            cell=cell,
            version=log.version,
            since=since,
            rows=pack_rows((number, self.stories[number]) for number in stay),
            gone=tuple(number for number in numbers if number not in log.members),
            articles=articles,
            grown=grown,
            least=self._least,
        )

    def _tally(self, routes: dict[int, Route], parts: dict[int, tuple[list[int], ShardAnswer]]) -> None:
        """Count the articles whose likest story or article was found in a neighbour cell alone."""
        best: dict[int, tuple[float, int]] = {}
        for cell, (places, answer) in parts.items():
            for place, found in zip(places, answer.found, strict=True):
                dot = max((dot for _, dot in (*found.stories, *found.peers)), default=0.0)
                best[place] = max(best.get(place, (0.0, 0)), (dot, routes[place].home == cell))
        self.tally.articles += len(routes)
        self.tally.asked += sum(len(route.cells) for route in routes.values())
        self.tally.crossed += sum(dot > 0 and not at_home for dot, at_home in best.values())


def _join_answers(count: int, parts: Iterable[tuple[list[int], ShardAnswer]]) -> list[Found]:
    """Bring the shards' answers together: of each article its stories and its peers, by number."""
    stories: list[dict[int, float]] = [{} for _ in range(count)]
    peers: list[dict[int, float]] = [{} for _ in range(count)]
    for places, answer in parts:
        for place, found in zip(places, answer.found, strict=True):
            stories[place].update(found.stories)
            peers[place].update((places[peer], dot) for peer, dot in found.peers)
    return [Found(sorted(s.items()), sorted(p.items())) for s, p in zip(stories, peers, strict=True)]
