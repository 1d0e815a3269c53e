"""Each test of the store runs twice: on a file of SQLite, and on a schema of a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsloom.place import Place, find_place
from newsloom.store import Index, open_index
from tests.postgres import make_address


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place where nothing is yet."""
    return find_place("sqlite" if request.param == "sqlite" else make_address(), tmp_path)


@pytest.fixture
def index(place: Place) -> Iterator[Index]:
    """An empty index."""
    with open_index(place) as index:
        yield index
