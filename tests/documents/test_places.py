from pathlib import Path

import pytest

from newsloom.documents import fold_name, list_documents, list_months, month_of

NAMES = ("2026-10-31-last.md", "2026-11-01-first.md", "by-hand.md")


def stems(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


@pytest.fixture(params=["flat", "folded", "both"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    for number, name in enumerate(NAMES):
        folded = request.param == "folded" or (request.param == "both" and number == 0)
        path = tmp_path / (fold_name(name.removesuffix(".md")) if folded else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path


def test_documents_are_found_in_either_place(folder: Path) -> None:
    assert stems(list_documents(folder)) == list(NAMES)


def test_those_of_some_months_alone_are_listed(folder: Path) -> None:
    assert stems(list_documents(folder, {"2026-11"})) == ["2026-11-01-first.md", "by-hand.md"]
    assert stems(list_documents(folder, ())) == ["by-hand.md"]


def test_a_name_says_its_month_or_none() -> None:
    assert month_of("2026-11-24-a-chip") == "2026-11"
    assert [month_of(name) for name in ("a-chip", "2026-13-24-a", "2026-11-chip")] == ["", "", ""]
    assert fold_name("2026-11-24-a-chip") == "2026/11/2026-11-24-a-chip.md"
    assert fold_name("a-chip") == "a-chip.md"


def test_folders_that_are_no_months_are_passed_over(tmp_path: Path) -> None:
    for place in ("2026/13", "2026/11/05", "drafts/11", "26/11", "2026/11"):
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "2026-11-24-a.md").touch()
    (tmp_path / "2025").touch()
    (tmp_path / "2024").symlink_to(tmp_path / "2026")
    assert list_months(tmp_path) == ["2026-11"]
    assert list_documents(tmp_path) == [tmp_path / "2026/11/2026-11-24-a.md"]
