"""The providers that ship with the program are named as readers know them, and a site's own word stands above."""

from pathlib import Path

from newsloom.demo import build
from newsloom.extract import registrable_domain
from newsloom.judging import make_desk
from newsloom.registry import KINDS, WELL_KNOWN
from newsloom.site import read_site


def test_every_entry_is_sound() -> None:
    assert list(WELL_KNOWN) == sorted(WELL_KNOWN)
    for domain, known in WELL_KNOWN.items():
        assert known.name.strip()
        assert known.kind in KINDS
        assert len(known.country) == 2
        assert registrable_domain(domain) == domain


def test_a_sites_own_file_stands_above(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    assert make_desk(read_site(site)).providers["reuters.com"].name == "Reuters"
    folder = site / "_data" / "organizations"
    (folder / "reuters.com.md").write_text("---\ndomain: reuters.com\nname: Reuters News\n---\n")
    assert make_desk(read_site(site)).providers["reuters.com"].name == "Reuters News"


def test_blogs_on_a_platform_are_providers_of_their_own() -> None:
    for host, domain in (
        ("author.substack.com", "author.substack.com"),
        ("www.substack.com", "substack.com"),
        ("a.b.medium.com", "b.medium.com"),
        ("someone.github.io", "someone.github.io"),
        ("someone.blogspot.com", "someone.blogspot.com"),
        ("edition.cnn.com", "cnn.com"),
    ):
        assert registrable_domain(host) == domain
