"""Who compares articles with the open stories of a pass: the workers of its engine, shard by shard.

What workers hold of a shard stands under a name that is made up anew for each pass, so what one that died or
was replaced has left with them is never read, on whichever cluster they live on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from newsloom import settings
from newsloom.config import Config
from newsloom.curate.sharding import OWN, Crew
from newsloom.curate.shardtasks import Serve, ShardAnswer, ShardTask
from newsloom.engine import Engine, Failed, open_engine

_KEY_BYTES: Final = 16


@contextmanager
def open_crew(config: Config) -> Iterator[Crew]:
    """The crew of one pass, which starts workers when there is enough to compare."""
    if config.story_shards == 1 or config.engine == "inline":
        yield OWN
        return
    with open_engine(config.engine, config.workers) as engine:
        yield make_crew(engine, settings.STORY_HANDED)


def make_crew(engine: Engine, least: int = 0) -> Crew:
    """A crew of an engine's workers; a shard whose workers died each time is answered here."""

    def run(serve: Serve, tasks: list[ShardTask]) -> list[ShardAnswer]:
        done = engine.run(serve, ([task] for task in tasks))
        return [
            serve(batch)[0] if isinstance(answer, Failed) else answer
            for batch, answers in done
            for answer in answers
        ]

    return Crew(run, secrets.token_hex(_KEY_BYTES), least)
