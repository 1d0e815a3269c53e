"""Hostile strings on the owner's terminal: nothing but text comes out, whatever a publisher wrote."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.publish.view import compile_edition
from newsloom.searching import update_search
from tests.hostile.site import hostile_site
from tests.hostile.strings import STRINGS


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("hostile") / "site"
    done = CliRunner().invoke(app, ["init", str(root), "--topic", "Solar", "--keywords", "solar"])
    assert done.exit_code == 0, done.output
    update_search(root, compile_edition(hostile_site(STRINGS)))
    return root


def _search(site: Path, *arguments: str) -> str:
    asked = ["search", *arguments, "--site", str(site), "--size", "200"]
    done = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_no_controls_reach_the_terminal(site: Path) -> None:
    lines = 0
    for number in range(1, 7):
        out = _search(site, "type:article", "--page", str(number))
        lines += out.count("\n")
        odd = {character for character in out if unicodedata.category(character) in {"Cc", "Cs"}} - {"\n"}
        assert not odd and not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(out)
    assert lines > 3 * 400  # three a result


def test_json_is_one_document(site: Path) -> None:
    assert json.loads(_search(site, "type:article", "--json"))["total"] > 400
