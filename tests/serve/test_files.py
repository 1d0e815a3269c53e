"""Only files below `public/` and `api/` have addresses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsloom.serve import files
from newsloom.serve.files import Moved, Served, Shelf


@pytest.fixture
def root(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    for name, text in {
        "public/index.html": "front",
        "public/about/index.html": "about",
        "public/feed.rss": "<rss/>",
        "public/.hidden": "no",
        "public/.git/config": "no",
        "public/name with spaces.txt": "spaces",
        "public/empty/.keep": "",
        "api/news/index.json": "{}",
        "assets/images/news/1.jpg": "picture",
        "assets/other.txt": "no",
        ".newsloom/keys": "secret",
        "_news/a.md": "document",
        "newsloom.yaml": "title: x",
    }.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "outside.txt").write_text("outside")
    return site


def _body(found: Served | Moved | None) -> bytes | None:
    return found.body if isinstance(found, Served) else None


@pytest.mark.parametrize(
    ("path", "body", "media"),
    [
        ("/", b"front", "text/html; charset=utf-8"),
        ("/index.html", b"front", "text/html; charset=utf-8"),
        ("/about/", b"about", "text/html; charset=utf-8"),
        ("/feed.rss", b"<rss/>", "application/rss+xml"),
        ("/api/news/", b"{}", "application/json"),
        ("/api/news/index.json", b"{}", "application/json"),
        ("/assets/images/news/1.jpg", b"picture", "image/jpeg"),
        ("/name with spaces.txt", b"spaces", "text/plain; charset=utf-8"),
    ],
)
def test_what_is_public_is_found(root: Path, path: str, body: bytes, media: str) -> None:
    found = Shelf(root).find(path)
    assert isinstance(found, Served)
    assert (found.body, found.media) == (body, media)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "about",
        "/nothing",
        "/../newsloom.yaml",
        "/..",
        "/../",
        "/about/../../newsloom.yaml",
        "/about/../index.html",
        "/./index.html",
        "//index.html",
        "//evil.example/",
        "/about//",
        "/.hidden",
        "/.git/config",
        "/..%2fnewsloom.yaml",
        "/%2e%2e/newsloom.yaml",
        "/..\\newsloom.yaml",
        "/about\\..\\..\\newsloom.yaml",
        "/C:/index.html",
        "/index.html\x00.txt",
        "/index.html\n",
        "/\x00",
        "/etc/passwd",
        "/_news/a.md",
        "/newsloom.yaml",
        "/.newsloom/keys",
        "/public/index.html",
        "/assets/other.txt",
        "/assets/images/../other.txt",
        "/api/../.newsloom/keys",
        "/api/..",
        "/api",
        "/empty",
        "/empty/",
        "/index.html/",
        "/" + "a" * 5000,
        "/" + "a/" * 900,
    ],
)
def test_nothing_else_is(root: Path, path: str) -> None:
    assert Shelf(root).find(path) is None


def test_symbolic_links_lead_nowhere(root: Path) -> None:
    (root / "public/link.txt").symlink_to(root.parent / "outside.txt")
    (root / "public/folder").symlink_to(root / "_news", target_is_directory=True)
    (root / "public/inside.html").symlink_to(root / "public/index.html")
    shelf = Shelf(root)
    for path in ("/link.txt", "/folder/a.md", "/folder/", "/folder", "/inside.html"):
        assert shelf.find(path) is None


def test_a_site_reached_through_a_link_is_served(root: Path) -> None:
    link = root.parent / "current"
    link.symlink_to(root, target_is_directory=True)
    assert _body(Shelf(link).find("/")) == b"front"


def test_only_regular_files_are_opened(root: Path) -> None:
    os.mkfifo(root / "public/pipe.txt")
    assert Shelf(root).find("/pipe.txt") is None


def test_a_folder_without_its_slash_is_elsewhere(root: Path) -> None:
    assert Shelf(root).find("/about") == Moved("/about/")
    assert Shelf(root).find("/api/news") == Moved("/api/news/")


def test_a_changed_file_is_read_again(root: Path) -> None:
    shelf = Shelf(root)
    before = shelf.find("/")
    fresh = root / "public/fresh"
    fresh.write_text("other")
    fresh.replace(root / "public/index.html")
    after = shelf.find("/")
    assert isinstance(before, Served) and isinstance(after, Served)
    assert (before.body, after.body) == (b"front", b"other") and before.etag != after.etag
    (root / "public/index.html").unlink()
    assert shelf.find("/") is None


def test_an_unchanged_file_is_kept(root: Path) -> None:
    shelf = Shelf(root)
    assert shelf.find("/") is shelf.find("/")


def test_the_same_bytes_have_the_same_etag_on_every_machine(root: Path) -> None:
    shelf = Shelf(root)
    (root / "public/again.html").write_text("front")
    one, two = shelf.find("/"), shelf.find("/again.html")
    assert isinstance(one, Served) and isinstance(two, Served)
    assert one.etag == two.etag


def test_memory_has_a_bound(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SERVE_CACHE_BYTES", 2_500)
    for number in range(5):
        (root / f"public/{number}.bin").write_bytes(os.urandom(1_000))
    shelf = Shelf(root)
    first = shelf.find("/0.bin")
    for number in range(5):
        assert _body(shelf.find(f"/{number}.bin")) is not None
    again = shelf.find("/0.bin")
    assert again is not first and _body(again) == _body(first)


def test_a_file_too_large_is_not_served(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SERVE_FILE_BYTES", 3)
    assert Shelf(root).find("/") is None


def test_text_is_packed_where_that_is_smaller(root: Path) -> None:
    (root / "public/long.html").write_text("again and " * 500)
    (root / "public/noise.html").write_bytes(os.urandom(2_000))
    shelf = Shelf(root)
    long, noise = shelf.find("/long.html"), shelf.find("/noise.html")
    assert isinstance(long, Served) and isinstance(noise, Served)
    assert long.packed is not None and len(long.packed) < len(long.body)
    assert noise.packed is None
