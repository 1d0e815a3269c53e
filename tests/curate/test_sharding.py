import pickle
import random
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from msgspec.structs import replace

from newsloom import settings
from newsloom.comparing import make_crew
from newsloom.curate import Desk, curate
from newsloom.curate.sharding import Crew, Shards
from newsloom.curate.shardrows import pack_rows, unpack_rows
from newsloom.curate.shardtasks import Serve, ShardAnswer, ShardTask, serve_shards
from newsloom.curate.stories import profile_article
from newsloom.curate.story_index import Placement, Profile, StoryIndex
from newsloom.engine import open_engine
from tests.curate.drafts import CLOCK, DESK, draft, event

Batch = list[tuple[str, Profile]]
NAMES = [
    "Quito",
    "Tirana",
    "Osaka",
    "Lagos",
    "Bergen",
    "Quebec",
    "Malaga",
    "Tartu",
    "Hanoi",
    "Perth",
    "Dakar",
    "Lima",
]
THINGS = [
    "earthquake",
    "election",
    "strike",
    "flood",
    "trial",
    "merger",
    "outbreak",
    "festival",
    "launch",
    "crash",
]


def report(number: int, kind: int, hours: float = 0) -> tuple[str, Profile]:
    """One of three reports of an event of this kind, with a place, a thing and a name of its own."""
    place, thing = NAMES[kind % len(NAMES)], THINGS[kind // len(NAMES) % len(THINGS)]
    own = f"Zor{kind}bal"
    title = (
        f"{own} {thing} in {place}",
        f"{place}: {thing} of {own} goes on",
        f"After {thing} {own} leaves {place}",
    )
    return f"a{number}", profile_article(title[number % 3], (), "en", CLOCK + timedelta(hours=hours))


def stream(kinds: int = 60, batches: int = 4) -> list[Batch]:
    """Batches in which every event is told once or more, each time by another report."""
    dice = random.Random(4)
    made, number = [], 0
    for hour in range(batches):
        batch = []
        for _ in range(kinds):
            batch.append(report(number, dice.randrange(kinds), hour + dice.random()))
            number += 1
        made.append(batch)
    return made


def place(index: StoryIndex, batches: list[Batch]) -> list[Placement]:
    return [index.assign(batch) for batch in batches]


@dataclass
class Workers:
    """Workers that take tasks in any order, in any parts, and send everything as bytes."""

    parts: int
    seed: int
    asked: list[ShardTask] = field(default_factory=list)
    stale: int = 0

    def run(self, serve: Serve, tasks: list[ShardTask]) -> list[ShardAnswer]:
        dice = random.Random(self.seed)
        order = dice.sample(range(len(tasks)), len(tasks))
        answers: dict[int, ShardAnswer] = {}
        for start in range(self.parts):
            part = order[start :: self.parts]
            sent = pickle.loads(pickle.dumps([tasks[at] for at in part]))
            answers |= dict(zip(part, pickle.loads(pickle.dumps(serve(sent))), strict=True))
        self.asked += tasks
        self.stale += sum(answer.stale for answer in answers.values())
        return [answers[at] for at in range(len(tasks))]


def test_stories_that_grew_together_in_two_cells_are_merged() -> None:
    index, plain = StoryIndex(shelf=Shards(4)), StoryIndex()
    for each in (index, plain):
        for name, title in (("a", "Zorbal strike in Osaka"), ("b", "Quimbal protest at Lagos harbour")):
            for number in range(2):
                each.restore(name, profile_article(title, (), "en", CLOCK + timedelta(hours=number)))
        both = "Zorbal strike Osaka Quimbal protest Lagos harbour"
        for name in ("a", "b"):
            for number in range(8):
                each.restore(name, profile_article(both, (), "en", CLOCK + timedelta(hours=number)))
    new = [("c", profile_article("Zorbal strike Osaka Quimbal protest Lagos", (), "en", CLOCK))]
    assert plain.assign(new).merged == {"b": "a"}
    assert index.assign(new).merged == {"b": "a"}


@pytest.mark.parametrize("seed", range(4))
def test_neither_workers_nor_their_order_nor_what_they_hold_matter(seed: int) -> None:
    batches = stream()
    expected = place(StoryIndex(shelf=Shards(6)), batches)
    workers = Workers(parts=1 + seed, seed=seed)
    held = place(StoryIndex(shelf=Shards(6, Crew(workers.run, f"order {seed}"))), batches)
    shuffled = [random.Random(seed).sample(batch, len(batch)) for batch in batches]
    assert held == expected
    assert place(StoryIndex(shelf=Shards(6)), shuffled) == expected


def test_a_story_across_a_border_is_not_split() -> None:
    batches, shards = stream(), Shards(5)
    plain = [batch.stories for batch in place(StoryIndex(), batches)]
    assert [batch.stories for batch in place(StoryIndex(shelf=shards), batches)] == plain
    assert shards.tally.crossed > 0  # some articles were likest to what is in a neighbour cell alone


def test_a_worker_that_holds_a_shard_is_sent_what_changed() -> None:
    workers = Workers(parts=1, seed=0)
    index = StoryIndex(shelf=Shards(2, Crew(workers.run, "changes")))
    place(index, [[report(number, number % 40, number / 9)] for number in range(120)])
    last = [task for task in workers.asked if task.cell == workers.asked[-1].cell][-1]
    assert last.since > 0
    assert len(last.rows.numbers) < index.size
    assert workers.stale == 0


def test_a_worker_that_knows_nothing_is_sent_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    batches = [[report(number, number % 40, number / 9)] for number in range(120)]
    expected = place(StoryIndex(shelf=Shards(2)), batches)
    workers = Workers(parts=1, seed=0)
    index = StoryIndex(shelf=Shards(2, Crew(workers.run, "forgetful")))
    found = place(index, batches[:110])
    monkeypatch.setattr("newsloom.curate.shardtasks._held", OrderedDict())
    found += place(index, batches[110:])
    assert workers.stale > 0
    assert found == expected


def test_a_worker_asked_for_more_than_its_pass_ever_sent_it_says_so() -> None:
    workers = Workers(parts=1, seed=0)
    place(StoryIndex(shelf=Shards(2, Crew(workers.run, "before"))), [[report(n, n % 40)] for n in range(60)])
    last = workers.asked[-1]
    assert last.since > 0
    assert not serve_shards([last])[0].stale
    assert serve_shards([replace(last, key="after")])[0].stale  # of a pass by another name it holds nothing


@pytest.mark.parametrize("limit", [{"SHARDS_HELD": 1}, {"SHARD_STORIES_HELD": 3}], ids=str)
def test_what_a_worker_holds_is_bounded(limit: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    held: OrderedDict[tuple[str, int], tuple[int, dict[int, object]]] = OrderedDict()
    monkeypatch.setattr("newsloom.curate.shardtasks._held", held)
    for name, value in limit.items():
        monkeypatch.setattr(settings, name, value)
    batches, workers = stream(kinds=30, batches=30), Workers(parts=1, seed=0)
    found = place(StoryIndex(shelf=Shards(3, Crew(workers.run, "bounded"))), batches)
    assert found == place(StoryIndex(shelf=Shards(3)), batches)
    assert workers.stale > 0
    assert len(held) <= settings.SHARDS_HELD
    assert sum(len(stories) for _, stories in held.values()) <= settings.SHARD_STORIES_HELD


def test_few_articles_are_answered_by_whoever_asks() -> None:
    batches, workers = stream(), Workers(parts=1, seed=0)
    crew = Crew(workers.run, "few", least=1_000)
    assert place(StoryIndex(shelf=Shards(6, crew)), batches) == place(StoryIndex(shelf=Shards(6)), batches)
    assert not workers.asked


def test_workers_in_other_processes_come_to_the_same() -> None:
    batches = stream(kinds=30, batches=3)
    with open_engine("pool", 2) as engine:
        assert place(StoryIndex(shelf=Shards(4, make_crew(engine))), batches) == place(
            StoryIndex(shelf=Shards(4)), batches
        )


def test_empty_and_hostile_profiles_stand_alone() -> None:
    nothing = Profile(terms={}, day=20_000.0, texted=False)
    endless = Profile(terms={f"w{n}": 1.0 for n in range(5_000)}, day=20_000.0, texted=True)
    odd = Profile(terms={"": 0.0, "x": -1.0}, day=-1e6, texted=True)
    index = StoryIndex(shelf=Shards(4))
    stories = index.assign([("a", nothing), ("b", nothing), ("c", endless), ("d", odd)]).stories
    assert len(set(stories.values())) == 4
    assert index.assign([]).stories == {}


def test_rows_come_back_as_they_were_sent() -> None:
    shards = Shards(2)
    place(StoryIndex(shelf=shards), stream(kinds=8, batches=2))
    back = dict(unpack_rows(pack_rows(sorted(shards.stories.items()))))
    assert sorted(back) == sorted(shards.stories)
    for number, story in shards.stories.items():
        assert back[number].terms.tolist() == story.terms.tolist()
        assert (back[number].square, back[number].size, back[number].texts, back[number].latest) == (
            story.square, story.size, story.texts, story.latest,
        )  # fmt: skip
    assert list(unpack_rows(pack_rows([]))) == []


def test_stories_of_the_past_leave_their_shards() -> None:
    shards = Shards(4)
    index = StoryIndex(shelf=shards)
    for day in range(40):
        index.assign([report(day, day, 24 * day)])
    assert index.size == sum(shards.loads) <= 7 + 8


def test_a_desk_with_shards_comes_to_the_same_site_in_any_order() -> None:
    drafts = [draft(f"AI chip: {event(n)[0]}", host=f"paper{n}.example", text=event(n)[1]) for n in range(24)]
    plain = curate((), drafts, DESK, CLOCK)
    desk = Desk(topics=DESK.topics, story_shards=4)
    sharded = curate((), drafts, desk, CLOCK)
    assert sharded == curate((), random.Random(2).sample(drafts, len(drafts)), desk, CLOCK)
    assert sharded.stories == plain.stories
    assert not curate(sharded.records, drafts, desk, CLOCK).changed
