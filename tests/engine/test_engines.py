import contextlib
import os
import re
import signal
from functools import partial
from pathlib import Path

import pytest

from newsloom import settings
from newsloom.engine import Failed, TimeUpError, limited, open_engine
from newsloom.engine.task import CAUSE, find_module


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


def take_long(batch: list[str]) -> list[str]:
    """Take for ever at some items: in Python, in a pattern, and in C, which nothing interrupts."""
    return [_take_long(item) for item in batch]


def _take_long(item: str) -> str:
    try:
        with limited(0.1):
            while item == "python":
                with contextlib.suppress(Exception):
                    item = str(item)
            if item == "pattern":
                re.match("(a*)*b", "a" * 100)
            if item == "c":
                sum(range(10**15))
    except TimeUpError:
        return "too long"
    return item


@pytest.mark.parametrize("name", ["inline", "pool"])
def test_an_item_that_takes_too_long_is_interrupted(name: str) -> None:
    with open_engine(name, 1) as engine:
        ((_, found),) = engine.run(take_long, [["one", "python", "two", "pattern", "three"]])
    assert found == ["one", "too long", "two", "too long", "three"]


def test_an_item_that_cannot_be_interrupted_costs_its_worker_and_no_other_item(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "WORKER_RETRIES", 0)
    monkeypatch.setattr(settings, "ITEM_RETRIES", 0)
    with open_engine("pool", 1) as engine:
        ((_, found),) = engine.run(take_long, [["one", "c", "two"]])
    assert found == ["one", Failed(CAUSE), "two"]


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


def test_a_function_is_from_its_own_module_whatever_it_was_given() -> None:
    assert find_module(partial(partial(double), [1])) == find_module(double) == __name__
