"""Ratings of providers: taken whole or not at all, below a provider's own file, and learned from form."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from newsloom.cli import app
from newsloom.demo import build
from newsloom.errors import ConfigError
from newsloom.pipeline import read_records, run_pass
from newsloom.ratings import Rating, load_ratings, read_ratings
from newsloom.site import read_site

run = CliRunner().invoke


def listed(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_a_list_is_read_with_a_byte_order_mark_and_another_column(tmp_path: Path) -> None:
    path = listed(tmp_path, "Domain,pc1\nWWW.Post.example,0.91\nwire.example, 1\n", "utf-8-sig")
    assert load_ratings(path, "list.csv", "experts") == {
        "post.example": Rating(0.91, "experts"),
        "wire.example": Rating(1.0, "experts"),
    }


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("domain,standing\npost.example,1.5\n", r"list.csv:2: '1.5' is no number from 0 to 1"),
        ("domain,standing\npost.example,nan\n", r"list.csv:2: 'nan'"),
        ("domain,standing\npost.example,\n", r"list.csv:2"),
        (
            "domain,standing\na.example,0.5\nwww.a.example,0.6\n",
            r"list.csv:3: a.example stands in the list twice",
        ),
        ("domain,standing\nhttps://a.example/,0.5\n", r"list.csv:2: .* is no domain"),
        ("a.example,0.5\n", r"list.csv:1: needs the columns"),
        ("", r"list.csv:1: needs the columns"),
        ("domain,standing\npost.example,-0.1\n", r"list.csv:2: '-0.1'"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, text: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        load_ratings(listed(tmp_path, text), "list.csv")


def test_ratings_are_imported_whole_or_not_at_all_and_a_file_stands_above(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    rated = next(
        domain for domain, entry in read_site(site).organizations.items() if entry.standing is not None
    )
    before = read_site(site).organizations[rated].standing
    good = listed(tmp_path, f"domain,standing,reason\n{rated},0.01,\nnew.example,0.2,a survey\n")
    assert run(app, ["providers", "import", str(good), "--site", str(site)]).exit_code == 0
    found = read_site(site).organizations
    assert found[rated].standing == before
    assert (found["new.example"].standing, found["new.example"].standing_reason) == (0.2, "a survey")
    wrong = listed(tmp_path, "domain,standing\nother.example,0.3\nnew.example,7\n")
    assert run(app, ["providers", "import", str(wrong), "--site", str(site)]).exit_code == 1
    assert "other.example" not in read_ratings(site)


def test_what_is_learned_counts_once_accepted(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    for path in (site / "_data" / "organizations").glob("*.md"):
        path.write_text(path.read_text().replace("standing:", "ignored:"))
    run_pass(site)
    domain = max(
        {record.article.provider.domain for record in read_records(site)},
        key=lambda name: sum(r.article.provider.domain == name for r in read_records(site)),
    )
    told = run(app, ["providers", "learn", "--site", str(site)])
    assert "nothing is changed without --accept" in told.output
    assert read_ratings(site) == {}
    run(app, ["providers", "learn", "--accept", "--site", str(site)])
    assert read_ratings(site)[domain].reason.startswith("learned: sobriety")
    shown = run(app, ["providers", "show", domain, "--site", str(site)]).output
    assert "learned:" in shown
    assert domain in run(app, ["providers", "list", "--site", str(site)]).output
    assert run(app, ["providers", "show", "nobody.example", "--site", str(site)]).exit_code == 1
