"""What is written is read back the same, and what was read is written in the same bytes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.documents import Document, format_document, parse
from newsloom.records import Article, Image, Provider, Related
from tests.shared import shared

AWKWARD = (
    "", " ", "null", "true", "No", "~", "1", "1.5", "2023-05-05", "---", "- item", "# note", "a: b", "a #b",
    "{{ name }}", "{a}", "[a]", "*alias", "&anchor", "!tag", "%directive", "@at", "`tick`", '"quoted"', "it's",
    "back\\slash", "line\nbreak", "two\n\nbreaks", "tab\tinside", "trailing ", " leading", "ends with:", "|", ">",
    "🤖 emoji", "مرحبا: عالم", "\u202eright to left", "soft\u00adhyphen", "nul-free \u0085 next line", "日本語：題",
    "\ufeffmark", "a\u2028b", "'", '"', "''", "\\n",
)  # fmt: skip
# XML-like characters only: a document is text, and control characters are refused where text comes in.
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn"))
TEXTS = st.one_of(
    st.sampled_from(AWKWARD), st.text(LETTERS, max_size=60), st.text(" :#-'\"\\{}[]\n", max_size=20)
)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - Hypothesis adds the zone
    lambda moment: moment.replace(microsecond=0)
)
ADDRESSES = st.sampled_from(
    ("https://news.example/a?b=c&d=%20", "http://x.example/#'\"", "https://例え.example/ö")
)
SIDES = st.one_of(st.none(), st.integers(1, 9_999))
IMAGES = st.builds(Image, url=ADDRESSES, width=SIDES, height=SIDES, title=st.one_of(st.none(), TEXTS))
PROVIDERS = st.builds(
    Provider, name=TEXTS, domain=st.sampled_from(("news.example", "x.example")), images=st.tuples(IMAGES)
)
RELATED = st.builds(
    Related,
    title=TEXTS,
    excerpt=TEXTS,
    published=MOMENTS,
    web_url=ADDRESSES,
    provider=PROVIDERS,
    quality=st.one_of(st.none(), st.integers(-99, 200)),
    images=st.lists(IMAGES, max_size=1).map(tuple),
)
ARTICLES = st.builds(
    Article,
    title=TEXTS,
    excerpt=TEXTS,
    published=MOMENTS,
    original_url=ADDRESSES,
    provider=PROVIDERS,
    web_url=st.one_of(st.none(), ADDRESSES),
    amp_url=st.one_of(st.none(), ADDRESSES),
    kind=st.sampled_from(("article", "video")),
    quality=st.integers(-99, 200),
    heat=st.integers(-1, 200),
    shown=st.booleans(),
    editorial=st.sampled_from((None, "publish", "hold")),
    featured=st.one_of(st.none(), TEXTS),
    topics=st.lists(TEXTS.filter(bool), max_size=3).map(tuple),
    images=st.lists(IMAGES, max_size=2).map(tuple),
    related=st.lists(RELATED, max_size=2).map(tuple),
    secured=st.one_of(st.none(), st.just("YWJj;ZGVm")),
)


@given(ARTICLES)
def test_what_is_written_reads_back_the_same(article: Article) -> None:
    written = format_document(Document(article=article))
    document = parse(written, "x.md")
    assert document.article == article
    assert format_document(document) == written


@pytest.mark.parametrize("title", AWKWARD)
def test_an_awkward_title_reads_back_the_same(title: str) -> None:
    article = make_article(title)
    assert parse(format_document(Document(article=article)), "x.md").article == article


@given(TEXTS)
def test_windows_line_ends_are_kept(title: str) -> None:
    data = format_document(Document(article=make_article(title), newline="\r\n"))
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert format_document(parse(data, "x.md")) == data


def test_a_byte_order_mark_and_a_body_are_kept() -> None:
    data = b"\xef\xbb\xbf" + format_document(Document(article=make_article("A"))) + b"Some words.\n\nMore.\n"
    assert format_document(parse(data, "x.md")) == data


def test_keys_nobody_knows_stay_where_they_stood() -> None:
    data = format_document(Document(article=make_article("A"))).decode()
    data = data.replace("\ntype:", '\nmood: "odd: yes"\n\n# a note\nsaved:\n  by:\n    - me\ntype:').replace(
        "  domain:", "  rating: 4\n  domain:"
    )
    assert format_document(parse(data.encode(), "x.md")).decode() == data


def test_the_seed_comes_back_byte_for_byte() -> None:
    data = shared("spec", "seed-article.md").read_bytes()
    assert format_document(parse(data, "seed-article.md")) == data


def test_real_documents_come_back_byte_for_byte() -> None:
    paths = sorted(shared("data", "documents", "_news").glob("*.md"))
    assert len(paths) == 98
    assert [
        path.name
        for path in paths
        if format_document(parse(path.read_bytes(), path.name)) != path.read_bytes()
    ] == []


def make_article(title: str) -> Article:
    return Article(
        title=title,
        excerpt=title,
        published=datetime(2026, 11, 20, 9, tzinfo=UTC),
        original_url="https://news.example/a",
        provider=Provider(name="News", domain="news.example"),
    )
