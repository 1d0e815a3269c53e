"""Tests of search run twice where they ask for a place: on a file of SQLite, and in a schema of PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsloom.place import Place, find_place
from newsloom.search import find_search_place
from tests.postgres import make_address
from tests.search.listings import close_all


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> str:
    """Which database is used."""
    return str(request.param)


@pytest.fixture
def place(store: str, tmp_path: Path) -> Iterator[Place]:
    """A place where no index is yet."""
    yield make_place(store, tmp_path)
    close_all()


@pytest.fixture(scope="module")
def lasting(store: str, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A place for all tests of a module."""
    return make_place(store, tmp_path_factory.mktemp("site"))


def make_place(store: str, root: Path) -> Place:
    """A place of search nobody has used yet."""
    return find_search_place(root, find_place("sqlite" if store == "sqlite" else make_address(), root))
