"""Where an index is, from what `store` says; and that no password is told."""

from pathlib import Path

import pytest

from newsloom.place import find_fault, find_place

ROOT = Path("/srv/City News 2")


def test_a_file_of_its_own_is_below_the_site() -> None:
    place = find_place("sqlite", ROOT)
    assert (str(place), place.shared) == ("/srv/City News 2/.newsloom/index.sqlite", False)


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("postgresql://db.example/news", "postgresql://db.example/news?schema=newsloom_city_news_2"),
        ("postgres://u:hush@db.example:5433/news", "postgresql://u@db.example:5433/news?schema=newsloom_city_news_2"),
        ("postgresql://u:h%40ush@db.example/news?schema=a_1", "postgresql://u@db.example/news?schema=a_1"),
        ("postgresql://u@/news?host=/run&password=hush&schema=a", "postgresql://u@/news?schema=a"),
        ("postgresql://u:hush@[::1]:5432/news?schema=a", "postgresql://u@[::1]:5432/news?schema=a"),
    ],
)  # fmt: skip
def test_a_place_is_told_with_its_schema_and_without_its_password(store: str, told: str) -> None:
    assert find_fault(store) == ""
    place = find_place(store, ROOT)
    assert str(place) == told
    assert "ush" not in repr(place) and place.shared


@pytest.mark.parametrize(
    "store",
    [
        "", "mysql://u:hush@h/d", "postgresql://u:hush@h", "postgresql://u:hush@h/", "postgresql://u:hush@h:port/d",
        "postgresql://u:hush@[::1/d", "postgresql://u:hush@h/d?schema=", "postgresql://u:hush@h/d?schema=A",
        "postgresql://u:hush@h/d?schema=a;b", "postgresql://u:hush@h/d?schema=a&schema=b",
        f"postgresql://u:hush@h/d?schema={'a' * 64}", "postgresql://u:hush@h/d?schema=pg_city",
        "postgresql://u:hush@h/d?schema=pg_", "postgresql://u:hush@h/d?schema=information_schema",
        "postgresql://u:hush@h/d?schema=newsloom__hosts", 7, None, True, ["sqlite"],
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_without_the_password(store: object) -> None:
    fault = find_fault(store)
    assert fault.startswith("must ") and "hush" not in fault
