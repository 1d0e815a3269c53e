import os
import signal
from pathlib import Path

import pytest

from newsloom.engine import Failed, open_engine


def double(batch: list[int]) -> list[int]:
    return [2 * item for item in batch]


def die_once(batch: list[str]) -> list[str]:
    """Kill the worker the first time a batch is seen; the marker file remembers that it was."""
    for item in batch:
        marker = Path(item)
        if not marker.exists():
            marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return [Path(item).name for item in batch]


def die_on_poison(batch: list[str]) -> list[str]:
    if "poison" in batch:
        os.kill(os.getpid(), signal.SIGKILL)
    return [item.upper() for item in batch]


@pytest.mark.parametrize("name", ["inline", "pool"])
def test_results_come_in_the_order_of_the_batches(name: str) -> None:
    batches = [[i, i + 1] for i in range(0, 40, 2)]
    with open_engine(name, 2) as engine:
        results = [result for _, found in engine.run(double, iter(batches)) for result in found]
    assert results == [2 * i for i in range(40)]


def test_a_killed_worker_loses_and_doubles_nothing(tmp_path: Path) -> None:
    batches = [[str(tmp_path / f"{n}-{i}") for i in range(2)] for n in range(3)]
    with open_engine("pool", 2) as engine:
        results = [result for _, found in engine.run(die_once, batches) for result in found]
    assert results == [Path(item).name for batch in batches for item in batch]


def test_one_poisonous_item_costs_only_itself() -> None:
    with open_engine("pool", 2) as engine:
        found = dict(
            pair
            for batch, results in engine.run(die_on_poison, [["a", "poison", "b"], ["c"]])
            for pair in zip(batch, results, strict=True)
        )
    assert isinstance(found.pop("poison"), Failed)
    assert found == {"a": "A", "b": "B", "c": "C"}


def test_the_pool_reads_its_input_no_further_ahead_than_it_needs() -> None:
    drawn = 0

    def endless() -> object:
        nonlocal drawn
        while True:
            drawn += 1
            yield [drawn]

    with open_engine("pool", 2) as engine:
        results = engine.run(double, endless())  # type: ignore[arg-type]  # an endless generator
        next(results)
        assert drawn <= 6
        results.close()  # type: ignore[attr-defined]  # it is a generator
