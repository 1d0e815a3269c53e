"""What a card shows of a story."""

from __future__ import annotations

import msgspec
import pytest

from newsloom.images import Gallery
from newsloom.publish.cards import Card, compose_card
from newsloom.publish.view import Organization, compile_edition
from newsloom.records import Image, Provider, Record, Related, Story
from tests.builders import CLOCK, kept_picture, record, site_view


def _card(made: Record, *others: Record, **fields: object) -> Card:
    names = tuple(item.name for item in (made, *others))
    story = Story(name=made.name, lead=made.name, members=names)
    edition = compile_edition(site_view([made, *others], stories=(story,), **fields))
    return compose_card(edition.latest[0], edition)


@pytest.mark.parametrize(("heat", "marks"), [(-1, 0), (0, 0), (25, 1), (60, 2), (99, 2), (100, 3), (500, 3)])
def test_heat_is_a_few_marks(heat: int, marks: int) -> None:
    assert _card(record(heat=heat)).heat == marks


def test_the_first_picture_that_is_no_icon() -> None:
    images = (
        Image(url="data:image/png;base64,x"),
        Image(url="https://x.example/pixel.gif", width=1, height=1),
        Image(url="https://x.example/a.jpg", width=600, height=400, title="A harbour", attribution="J. Doe"),
        Image(url="https://x.example/b.jpg"),
    )
    picture = _card(record(images=images)).picture
    assert picture is not None
    assert (picture.url, picture.alt, picture.credit) == ("https://x.example/a.jpg", "A harbour", "J. Doe")


def test_a_picture_of_unknown_size_is_shown_without_one() -> None:
    picture = _card(record(images=(Image(url="https://x.example/a.jpg"),))).picture
    assert picture is not None and picture.width is None
    assert _card(record()).picture is None


def test_a_kept_picture_comes_before_one_that_is_not() -> None:
    first, second = Image(url="https://x.example/a.jpg"), Image(url="https://x.example/b.jpg")
    album = {second.url: kept_picture(second.url)}
    picture = _card(record(images=(first, second)), gallery=Gallery(album=album)).picture
    assert picture is not None and picture.url == "/assets/images/news/wide.jpg"


def test_placeholders_and_refused_pictures_are_not_shown() -> None:
    images = tuple(Image(url=f"https://x.example/{name}.jpg") for name in "abc")
    album = {images[0].url: kept_picture(images[0].url)}
    gallery = Gallery(
        album=album, placeholders=frozenset({images[0].url}), refused=frozenset({images[1].url})
    )
    picture = _card(record(images=images), gallery=gallery).picture
    assert picture is not None and picture.url == images[2].url
    assert _card(record(images=images[:2]), gallery=gallery).picture is None


def test_a_kept_logo_is_shown_in_its_small_size() -> None:
    logo = Image(url="https://x.example/logo.png", width=400)
    provider = Provider(name="Harbour Post", domain="harbourpost.example", images=(logo,))
    gallery = Gallery(album={logo.url: kept_picture(logo.url, logo=True)})
    card = _card(record(provider=provider), gallery=gallery)
    assert card.provider.logo is not None
    assert card.provider.logo.url == "/assets/images/organizations/half.webp"


def test_the_register_names_a_provider_and_gives_its_logo() -> None:
    known = Organization(
        domain="harbourpost.example",
        name="Harbour Post",
        images=(
            Image(url="/assets/images/organizations/large.png", width=400, height=400),
            Image(url="/assets/images/organizations/small.png", width=50, height=50),
        ),
    )
    mark = _card(record(), organizations={"harbourpost.example": known}).provider
    assert mark.name == "Harbour Post"
    assert mark.logo is not None and mark.logo.url.endswith("small.png")


def test_a_provider_without_a_logo_has_a_letter() -> None:
    mark = _card(record(provider=Provider(name="“Échos” du port", domain="x.example"))).provider
    assert (mark.letter, mark.logo) == ("É", None)
    assert _card(record(provider=Provider(name="…", domain="…"))).provider.letter == "?"


def test_others_are_named_once_and_counted() -> None:
    others = [
        record(
            name=f"o{number}",
            shown=False,
            provider=Provider(name=f"P{number % 5}", domain=f"p{number % 5}.example"),
        )
        for number in range(8)
    ]
    again = record(name="same", shown=False)
    card = _card(record(name="lead"), *others, again)
    assert [mark.name for mark in card.also] == ["P0", "P1", "P2"] and card.also_more == 2


def test_what_the_document_lists_counts_as_coverage() -> None:
    other = Provider(name="Elsewhere", domain="elsewhere.example")
    related = Related(
        title="x", excerpt="", published=CLOCK, web_url="https://elsewhere.example/", provider=other
    )
    card = _card(record(related=(related,)))
    assert [(mark.name, mark.href) for mark in card.also] == [("Elsewhere", None)]


def test_the_main_topic_goes_without_saying() -> None:
    assert [mark.name for mark in _card(record(topics=("AI", "AI Ethics"))).topics] == ["Ethics"]
    assert [mark.name for mark in _card(record(topics=("AI",))).topics] == ["AI"]
    assert [mark.href for mark in _card(record(topics=("Gardening",))).topics] == [None]


@pytest.mark.parametrize(
    ("language", "told"),
    [("de", "de"), ("en", None), ("en-US", None), ("pt-BR", "pt-BR"), ("x y", None), (None, None)],
)
def test_a_language_is_told_where_it_differs(language: str | None, told: str | None) -> None:
    made = record()
    assert made.state is not None
    state = msgspec.structs.replace(made.state, language=language)
    assert _card(msgspec.structs.replace(made, state=state)).language == told


def test_a_record_without_an_address_has_no_way_out() -> None:
    card = _card(record(web_url=None, original_url="ftp://x.example/"))
    assert card.out is None and card.href.startswith("/stories/")
