import pytest

from newsloom.sources import tell_kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"<?xml version='1.0'?>\n<!-- a -->\n<rss version='2.0'>", "feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'>", "feed"),
        (b"<rdf:RDF xmlns:rdf='x'>", "feed"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "feed"),
        (b'{"version": 1}', "other"),
        (b"<!DOCTYPE html><html>", "page"),
        (b"<html><body><rss>no feed</rss>", "page"),
        ("<?xml version='1.0'?><rss>".encode("utf-16"), "feed"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"%PDF-1.7", "other"),
    ],
)
def test_an_answer_is_told_by_its_first_bytes(body: bytes, kind: str) -> None:
    assert tell_kind(body) == kind
