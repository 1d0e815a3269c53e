from newsloom.bench.committing import format_commits, measure_commits
from newsloom.bench.year import measure_year
from newsloom.bench.yearbook import draw_year, format_year


def test_commits_are_measured_in_both_kinds_of_folder() -> None:
    commits, listings = measure_commits([60], lambda _: None)
    assert len(commits) == 6
    assert all(commit.wall > 0 for commit in commits)
    assert [listing.folder for listing in listings] == ["flat", "months"]
    assert "| 60 | months | the files noted |" in format_commits(commits, listings)


def test_a_year_is_told_by_real_passes() -> None:
    year = measure_year(100, 1, lambda _: None, resealed=1, commits=4)
    assert year.passes.new == (3,)
    assert all(changed < 100 for changed in year.passes.changed)
    assert year.documents == 100 + 13
    assert year.grown[-1][1] > year.grown[0][1]
    # A hundred seals of some 900 bytes that have nothing in common with those before.
    assert year.resealed_pass_bytes > 50_000
    assert "1/" in format_year(year)
    assert draw_year(year).count("polyline") == 2
