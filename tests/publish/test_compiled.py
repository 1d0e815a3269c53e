"""Compiled templates are kept, taken only while they fit, and made again where they are damaged."""

from __future__ import annotations

import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from newsloom.publish.compiled import CompiledTemplates


def show(folder: Path, made_by: str = "this") -> str:
    environment = Environment(
        loader=FileSystemLoader(folder),
        bytecode_cache=CompiledTemplates(str(folder), made_by),
        autoescape=True,
    )
    return environment.get_template("page.html").render()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("one")
    return tmp_path


def kept(folder: Path) -> Path:
    return Path(cache_from_source(str(folder / "page.html")))


def test_a_kept_template_is_taken_until_its_text_or_the_program_changes(folder: Path) -> None:
    assert show(folder) == "one"
    first = kept(folder).read_bytes()
    assert show(folder) == "one" and kept(folder).read_bytes() == first
    assert show(folder, "another") == "one" and kept(folder).read_bytes() != first
    (folder / "page.html").write_text("two")
    assert show(folder) == "two"


def test_a_damaged_one_is_compiled_again(folder: Path) -> None:
    show(folder)
    for damage in (b"", b"nonsense", kept(folder).read_bytes()[:20]):
        kept(folder).write_bytes(damage)
        assert show(folder) == "one"


def test_where_nothing_may_be_kept_nothing_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert show(folder) == "one" and not kept(folder).exists()
