from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.bench.courtesy import Case, Outcome, count_groups, grade, list_cases, run_cases
from newsloom.bench.courtesy.grading import run_case
from newsloom.bench.courtesy.host import reply
from newsloom.bench.courtesy.range import Range, ask, outcome
from newsloom.bench.fetching import measure_cost
from newsloom.cli import app

CASES = list(list_cases())
NAMES = [f"{case.group}: {case.name}" for case in CASES]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    """All cases played at once: most of them wait for something."""
    return {f"{played.group}: {played.name}": played for played in run_cases(CASES)}


@pytest.mark.parametrize("name", NAMES)
def test_the_fetcher_behaves(name: str, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[name].fault == ""


def test_the_list_is_long_and_names_nothing_twice() -> None:
    assert len(set(NAMES)) == len(NAMES) > 700


def play(drive: Callable[[Range], Awaitable[str]]) -> str:
    return asyncio.run(run_case(Case(group="x", name="x", drive=drive))).fault


def test_a_fetcher_that_misbehaves_is_caught() -> None:
    async def touches(field: Range) -> str:
        async with field.fetcher(allow=["127.0.0.0/8"]) as fetcher:
            await ask(fetcher, f"http://127.0.0.1:{field.canary.port}/", kind="robots")
        return f"{field.canary.connections} connections"

    async def fails(field: Range) -> str:
        raise ValueError("oh")

    async def knows_no_name(field: Range) -> str:
        host = await field.host({"*": reply("x")})
        async with field.fetcher() as fetcher:
            return outcome(await ask(fetcher, f"http://unknown.example:{host.port}/"))

    assert play(touches) == "1 connections"
    assert play(fails) == "ValueError: oh"
    assert play(knows_no_name) == "dns"


def test_grades_go_by_the_share_that_passed() -> None:
    good = Outcome(group="a", name="x", fault="", seconds=0.0)
    bad = Outcome(group="b", name="y", fault="no", seconds=0.0)
    assert grade([good] * 10) == "A"
    assert grade([good] * 199 + [bad]) == "B"
    assert grade([good, bad]) == "E"
    assert count_groups([good, bad, good]) == {"a": (2, 2), "b": (0, 1)}


def test_the_cost_of_polling_is_measured() -> None:
    costs = measure_cost(20, repeats=1)
    assert costs["robots.txt read"].requests == 40
    assert costs["robots.txt at hand"].requests == 20
    assert all(cost.cpu_micros > 0 for cost in costs.values())


def test_the_command_prints_and_writes_the_grade(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    few = [case for case in CASES if case.group == "redirects"]
    monkeypatch.setattr("newsloom.bench.fetching.list_cases", lambda: iter(few))
    figures = tmp_path / "figures.json"
    done = CliRunner().invoke(app, ["bench", "fetch", "--sources", "0", "--json", str(figures)])
    assert done.exit_code == 0, done.output
    assert "Grade: A" in done.output
    assert json.loads(figures.read_text())["groups"]["redirects"]["cases"] == len(few)
