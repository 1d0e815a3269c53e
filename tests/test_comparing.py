"""Who answers for the shards of a pass: workers where it is worth starting some, else the pass itself."""

import multiprocessing
import os
import signal

import pytest

from newsloom import settings
from newsloom.comparing import make_crew, open_crew
from newsloom.config import Config
from newsloom.curate.sharding import OWN, Crew, Serve, Shards
from newsloom.curate.shardtasks import ShardAnswer, ShardTask, serve_shards
from newsloom.curate.story_index import StoryIndex
from newsloom.engine import open_engine
from tests.curate.test_sharding import place, stream


def die_in_workers(tasks: list[ShardTask]) -> list[ShardAnswer]:
    if multiprocessing.parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return serve_shards(tasks)


@pytest.mark.parametrize(
    "config", [Config(engine="inline", story_shards=4), Config(engine="pool", story_shards=1)], ids=str
)
def test_a_pass_in_one_process_or_on_one_shelf_has_no_crew(config: Config) -> None:
    with open_crew(config) as crew:
        assert crew is OWN


def test_for_a_handful_of_articles_no_worker_is_started() -> None:
    before = multiprocessing.active_children()
    with open_crew(Config(engine="pool", workers=2, story_shards=4)) as crew:
        assert place(StoryIndex(shelf=Shards(4, crew)), stream()) == place(
            StoryIndex(shelf=Shards(4)), stream()
        )
        assert multiprocessing.active_children() == before


def test_for_many_articles_workers_are_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "STORY_HANDED", 50)
    with open_crew(Config(engine="pool", workers=2, story_shards=4)) as crew:
        place(StoryIndex(shelf=Shards(4, crew)), stream())
        assert len(multiprocessing.active_children()) >= 2
    assert not multiprocessing.active_children()


def test_a_shard_that_kills_its_workers_is_answered_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "ITEM_RETRIES", 0)
    batches = stream(kinds=12, batches=1)
    with open_engine("pool", 2) as engine:
        crew = make_crew(engine)

        def run(_: Serve, tasks: list[ShardTask]) -> list[ShardAnswer]:
            return crew.run(die_in_workers, tasks)

        assert place(StoryIndex(shelf=Shards(2, Crew(run, crew.key))), batches) == place(
            StoryIndex(shelf=Shards(2)), batches
        )


def test_what_another_pass_left_with_workers_is_never_read() -> None:
    first, second = stream(), stream(batches=5)[1:]
    with open_engine("inline") as engine:  # whose worker is this process: it holds what both passes sent
        before, after = make_crew(engine), make_crew(engine)
        assert before.key != after.key
        place(StoryIndex(shelf=Shards(4, before)), first)
        found = place(StoryIndex(shelf=Shards(4, after)), second)
    assert found == place(StoryIndex(shelf=Shards(4)), second)
