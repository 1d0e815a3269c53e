import pytest

from newsloom.sources.addresses import day_in, is_other, looks_like_article


@pytest.mark.parametrize(
    "path",
    [
        "2026/11/24/chips",
        "technology/a-chip-that-thinks-with-less-power",
        "news/articles/clymn8zyrp9o",
        "?p=1234",
        "archives/12345",
        "2016/11/29/news/strike/index.html",
        "wirtschaft/ki-chip-spart-strom-a-1234567.html",
    ],
)
def test_articles_are_told_by_their_addresses(path: str) -> None:
    assert looks_like_article(f"https://paper.example/{path}")


@pytest.mark.parametrize(
    "path",
    ["", "index.html", "tag/artificial-intelligence-in-schools", "author/ines-okafor", "about", "a.pdf"],
)
def test_lists_services_and_files_are_no_articles(path: str) -> None:
    assert is_other(f"https://paper.example/{path}")


@pytest.mark.parametrize("path", ["technology", "news/technology", "world/europe"])
def test_sections_may_be_anything_but_look_like_no_article(path: str) -> None:
    assert not is_other(f"https://paper.example/{path}")
    assert not looks_like_article(f"https://paper.example/{path}")


@pytest.mark.parametrize(
    "address", ["https://[", "", "https://x.example/%ff%fe", "https://x.example/?" + "p=1&" * 9_999]
)
def test_no_address_is_too_odd(address: str) -> None:
    looks_like_article(address)


def test_the_day_in_an_address_is_found() -> None:
    assert day_in("https://paper.example/2026/11/24/chips") == "2026-11-24"
    assert day_in("https://paper.example/sitemap-2026-11.xml") == "2026-11"
    assert day_in("https://paper.example/20261324-9") == ""
