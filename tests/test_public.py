"""The public API is whole: what is exported exists, is documented, and nothing else is promised."""

import subprocess
import sys
from pathlib import Path

import pytest

import newsloom

DOCS = (Path(__file__).parent.parent / "docs/python.md").read_text()


@pytest.mark.parametrize("name", newsloom.__all__)
def test_every_exported_name_is_there_and_documented(name: str) -> None:
    value = getattr(newsloom, name)
    assert f"`{name}`" in DOCS or f"`{name}(" in DOCS
    assert name.startswith("__") or value.__doc__


def test_the_list_is_sorted_and_matches_the_places() -> None:
    assert newsloom.__all__ == sorted(newsloom.__all__)
    places = [name.rpartition(" as ")[2] for names in newsloom._HOMES.values() for name in names]
    assert sorted(places) == sorted({*newsloom.__all__} - {"__version__"})


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        _ = newsloom.pipelines


def test_importing_newsloom_loads_nothing_heavy() -> None:
    heavy = "{'selectolax', 'numpy', 'sqlalchemy', 'yaml'}"
    code = f"import newsloom, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
