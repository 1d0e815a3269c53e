"""One answer for one request: what RFC 9110 asks of it."""

from __future__ import annotations

import pytest

from newsloom.serve.answers import answer_again, answer_file, answer_text, choose_coding, matches
from newsloom.serve.files import Served, pack_body

FILE = Served(b"body", "text/html", '"abc"', 0.0, b"packed", '"abc-gzip"')


@pytest.mark.parametrize(
    ("accepted", "packs"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip", True),
        ("gzip;q=0.5", True),
        ("gzip ; q=1", True),
        ("*", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("gzip;q=.", False),
        ("br", False),
        ("xgzip", False),
        ("gzipped", False),
        ("identity", False),
    ],
)
def test_who_takes_gzip(accepted: str, packs: bool) -> None:
    assert (choose_coding(accepted, FILE) == "gzip") is packs


@pytest.mark.parametrize(
    ("condition", "same"),
    [
        ('"abc"', True),
        ('"abc-gzip"', True),
        ('W/"abc"', True),
        ('"x", "abc"', True),
        ("*", True),
        ('"x"', False),
        ("abc", False),
        ('"', False),
        ("", False),
    ],
)
def test_who_has_it_already(condition: str, same: bool) -> None:
    assert matches(condition, FILE) is same


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br", "br"),
        ("abr", ""),
        ("br;q=0", ""),
        ("*", "gzip"),
    ],
)
def test_files_are_sent_in_the_smallest_form_that_is_taken(accepted: str, coding: str) -> None:
    file = pack_body(b"again and " * 500, "text/html", 0.0, "public/index.html")
    assert choose_coding(accepted, file) == coding


def test_an_answer_is_kept_and_so_are_not_too_many() -> None:
    file = pack_body(b"again and " * 500, "text/html", 0.0, "public/index.html")
    first = answer_again(file, "/", "GET", b"gzip", b"")
    assert answer_again(file, "/", "GET", b"gzip", b"") is first
    assert answer_again(file, "/", "HEAD", b"gzip", b"").body == b""
    assert answer_again(file, "/", "GET", b"gzip", dict(first.headers)[b"etag"]).status == 304
    for number in range(1_000):
        answer_again(file, "/", "GET", b"br", b'"%d"' % number)
        answer_again(file, "/", "GET", b"x" * 300, b'"%d"' % number)
    assert len(file.kept) < 50


def test_only_hashed_names_are_kept_for_ever() -> None:
    def caching(path: str) -> bytes:
        return dict(answer_file(FILE, path, "GET", {}).headers)[b"cache-control"]

    assert b"immutable" in caching("/assets/style.0123456789.css")
    assert b"immutable" in caching("/assets/images/news/0123456789abcdef01234567.webp")
    assert b"immutable" not in caching("/assets/images/news/1.jpg")
    assert b"immutable" in caching("/assets/newsreader-latin-400.0123456789.woff2")
    for path in ("/assets/style.css", "/assets/images/news/0123456789.jpg", "/style.0123456789.css", "/"):
        assert b"immutable" not in caching(path), path


def test_an_error_page_has_no_validators() -> None:
    reply = answer_file(FILE, "/404.html", "GET", {b"if-none-match": b"*"}, status=404)
    assert reply.status == 404 and reply.body == b"body"
    assert b"etag" not in dict(reply.headers)


def test_head_has_no_body_but_its_length() -> None:
    for reply in (answer_file(FILE, "/", "HEAD", {}), answer_text(200, "okay"[:3], "HEAD")):
        assert reply.body == b"" and dict(reply.headers)[b"content-length"] == b"4"
