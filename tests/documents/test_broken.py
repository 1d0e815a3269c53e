"""A document that cannot be read gives one error that names the file, the line and the cause."""

import pytest

from newsloom import settings
from newsloom.documents import Document, format_document, parse
from newsloom.errors import DocumentError
from tests.documents.test_round_trip import make_article

GOOD = format_document(Document(article=make_article("A title"))).decode()
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"


@pytest.mark.parametrize(
    ("data", "line", "cause"),
    [
        ("", 1, "start"),
        ("no front matter", 1, "start"),
        ("---\ntitle: A\n", 3, "closing"),
        ("---\n---\n", 2, "no keys"),
        ("---\n- a\n- b\n---\n", 2, "no keys"),
        ("---\ntitle: [half\n---\n", None, "YAML"),
        ("---\ntitle: \"half\n---\n", 2, "YAML"),
        ("---\ntitle: A\n\texcerpt: B\n---\n", 3, "tab"),
        (f"---\n{BOMB}---\n", 2, "anchor"),
        ("---\ntitle: !!python/object:os.system x\n---\n", 2, "tag"),
        ("---\ntitle: A\ntitle: B\n---\n", 3, "twice"),
        (GOOD.replace("quality: 0", "quality: many"), 8, "quality"),
        (GOOD.replace("published: false", "published: maybe"), 10, "published"),
        (GOOD.replace("2026-11-20T09:00:00Z", "yesterday"), 5, "publishedDateTime"),
        (GOOD.replace('title: "A title"\n', ""), None, "title"),
        (GOOD.replace("  domain: news.example\n", "  domain: news.example\n  images: none\n"), None, "images"),
        ("---\n" + "a:\n" + "".join("  " * n + "- \n" for n in range(1, 40)) + "---\n", None, "nested"),
        ("---\n" + "k: [" + "[],\n" * 30_000 + "]\n---\n", None, "values"),
    ],
)  # fmt: skip
def test_broken_documents_name_line_and_cause(data: str, line: int | None, cause: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(data.encode(), "_news/x.md")
    subject, _, number = caught.value.subject.rpartition(":")
    assert subject == "_news/x.md"
    assert cause in caught.value.cause
    assert int(number) == line if line else int(number) > 0


def test_bytes_that_are_not_utf8_are_told_with_their_line() -> None:
    with pytest.raises(DocumentError, match=r"x\.md:2: .*UTF-8"):
        parse(b"---\ntitle: caf\xe9\n---\n", "x.md")


def test_a_document_over_the_limit_is_told_its_size() -> None:
    data = GOOD.encode() + b"x" * settings.DOCUMENT_BYTES
    with pytest.raises(DocumentError, match="larger than 2048 KiB"):
        parse(data, "x.md")
