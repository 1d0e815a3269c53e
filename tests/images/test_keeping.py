"""Pictures kept over passes: fetched once, found again, let go of; never what is not fit to show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image as Pictures

from newsloom import settings
from newsloom.bench.picturebook import draw_scene, encode
from newsloom.images import read_album
from newsloom.records import Image
from tests.builders import CLOCK
from tests.images.keeping import Gallerist, keep, list_files, photo, serve_pictures, story
from tests.recordings import read_tree

A, B, C, D = (f"https://pictures.example/{name}.jpg" for name in "abcd")


@pytest.fixture
def server() -> Iterator[Gallerist]:
    with serve_pictures() as found:
        yield found


def test_a_picture_on_the_web_is_fetched_once_and_kept(server: Gallerist, tmp_path: Path) -> None:
    server.files["/a.jpg"] = photo(1)
    records = [story(1, server.url("/a.jpg")), story(2, server.url("/hidden.jpg"), shown=False)]
    gallery, problems = keep(tmp_path, records, server=server)
    kept = gallery.album[server.url("/a.jpg")]
    assert (kept.kind, kept.width, kept.height, problems) == ("jpeg", 640, 360, [])
    assert keep(tmp_path, records, server=server)[0] == gallery
    assert server.asked == ["/a.jpg"]


def test_names_are_digests_of_the_bytes(tmp_path: Path) -> None:
    keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})
    files = list((tmp_path / "assets/images/news").iterdir())
    assert len(files) == 4  # 640 and 320 pixels wide, in two formats
    for path in files:
        assert path.stem == hashlib.sha256(path.read_bytes()).hexdigest()[:24]


def test_a_clone_without_an_index_knows_the_copies(tmp_path: Path) -> None:
    gallery, _ = keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})
    before = read_tree(tmp_path, "assets", "_data")
    (tmp_path / ".newsloom/index.sqlite").unlink()
    assert keep(tmp_path, [story(1, A)])[0] == gallery
    assert read_tree(tmp_path, "assets", "_data") == before


def test_a_copy_that_is_lost_or_cut_is_not_claimed_and_made_again(tmp_path: Path) -> None:
    gallery, _ = keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})
    path = tmp_path / next(gallery.album[A].files)[0]
    path.write_bytes(path.read_bytes()[:100])
    assert read_album(tmp_path) == {}
    assert keep(tmp_path, [story(1, A)])[0].album == {}
    assert keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})[0] == gallery


def test_what_a_killed_pass_left_without_a_note_is_removed(tmp_path: Path) -> None:
    loose = tmp_path / "assets/images/news" / f"{'0' * 24}.webp"
    mine = tmp_path / "assets/images/news/by-hand.webp"
    loose.parent.mkdir(parents=True)
    for path in (loose, mine):
        path.write_bytes(b"x")
    keep(tmp_path, [])
    assert list_files(tmp_path) == {"by-hand.webp"}


def test_a_note_written_by_hand_cannot_name_other_files(tmp_path: Path) -> None:
    keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})
    note = next((tmp_path / "_data/images").glob("*/*.json"))
    name = read_album(tmp_path)[A].widths[0].jpeg
    whole = note.read_text()
    for part, other in (
        (name, "../../../.newsloom/keys"),
        ('"likeness":"', '"likeness":"no'),
        ('"#', '"url('),
    ):
        assert part in whole
        note.write_text(whole.replace(part, other))
        assert read_album(tmp_path) == {}


def test_an_article_is_shown_with_the_next_picture_when_the_first_is_unfit(
    server: Gallerist, tmp_path: Path
) -> None:
    server.files |= {"/count.gif": encode(Pictures.new("P", (1, 1)), "GIF"), "/b.jpg": photo(2)}
    urls = [server.url(path) for path in ("/count.gif", "/gone.jpg", "/b.jpg", "/never.jpg")]
    gallery, problems = keep(tmp_path, [story(1, *urls)], server=server)
    assert set(gallery.album) == {urls[2]}
    assert gallery.refused == {urls[0], urls[1]}
    assert len(problems) == 2 and any("counter of visits" in problem for problem in problems)
    assert keep(tmp_path, [story(1, *urls)], server=server) == (gallery, [])
    assert server.asked == ["/count.gif", "/gone.jpg", "/b.jpg"]


def test_a_picture_that_did_not_come_rests_longer_each_time(server: Gallerist, tmp_path: Path) -> None:
    where = "http://127.0.0.1:9/a.jpg"  # nobody listens, and nobody allowed it
    asked = []
    for hour in range(0, 24, 2):
        _, problems = keep(tmp_path, [story(1, where)], server=server, clock=CLOCK + timedelta(hours=hour))
        if problems:
            asked.append(hour)
    assert asked == [0, 6, 18]


def test_no_more_pictures_are_asked_for_than_a_pass_has_time_for(
    server: Gallerist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IMAGES_FETCHED", 2)
    server.files |= {f"/{number}.jpg": photo(number, (200, 120)) for number in range(5)}
    records = [story(number, server.url(f"/{number}.jpg")) for number in range(5)]
    keep(tmp_path, records, server=server)
    assert sorted(server.asked) == ["/0.jpg", "/1.jpg"]  # of the newest articles
    keep(tmp_path, records, server=server)
    assert sorted(server.asked) == ["/0.jpg", "/1.jpg", "/2.jpg", "/3.jpg"]


def test_no_host_is_asked_for_more_than_its_share(
    server: Gallerist, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "IMAGES_OF_HOST", 1)
    server.files |= {f"/{number}.jpg": photo(number, (200, 120)) for number in range(3)}
    keep(tmp_path, [story(n, server.url(f"/{n}.jpg")) for n in range(3)], server=server)
    assert server.asked == ["/0.jpg"]


def test_without_a_fetcher_nobody_is_asked(tmp_path: Path) -> None:
    assert keep(tmp_path, [story(1, A)]) == (keep(tmp_path, [])[0], [])


def test_the_same_picture_under_other_addresses_shares_one_copy(tmp_path: Path) -> None:
    scene = draw_scene(1, (1200, 675))
    smaller = encode(scene.resize((800, 450)), "JPEG", quality=60)
    at_hand = {A: encode(scene, "JPEG"), B: encode(scene, "WEBP"), C: smaller, D: photo(2, (1200, 675))}
    gallery, _ = keep(tmp_path, [story(n, url) for n, url in enumerate(at_hand)], at_hand=at_hand)
    contents = {url: gallery.album[url].content for url in at_hand}
    assert contents[A] == contents[B] == contents[C] != contents[D]
    assert gallery.album[C].width == 800  # what the page may say of its own
    assert len(list_files(tmp_path)) == 12


def test_a_damaged_copy_stands_for_nothing_else(tmp_path: Path) -> None:
    gallery, _ = keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})
    for path, size in gallery.album[A].files:
        (tmp_path / path).write_bytes(bytes(size))
    body = photo(1, form="PNG")
    gallery, _ = keep(tmp_path, [story(1, A), story(2, B)], at_hand={B: body})
    assert gallery.album[B].content != gallery.album[A].content


def test_a_better_copy_of_a_small_picture_is_kept_for_itself(tmp_path: Path) -> None:
    scene = draw_scene(1, (1200, 675))
    small = {A: encode(scene.resize((400, 225)), "JPEG")}
    keep(tmp_path, [story(1, A)], at_hand=small)
    gallery, _ = keep(tmp_path, [story(1, A), story(2, B)], at_hand=small | {B: encode(scene, "JPEG")})
    assert gallery.album[A].widths[0].width == 400 and gallery.album[B].widths[0].width == 1200


def test_charts_of_one_template_are_not_taken_for_one_picture(tmp_path: Path) -> None:
    at_hand = {}
    for url, height in ((A, 80), (B, 220)):
        chart = Pictures.new("RGB", (800, 450), "white")
        chart.paste("navy", (100, 400 - height, 700, 400))
        at_hand[url] = encode(chart, "PNG")
    gallery, _ = keep(tmp_path, [story(1, A), story(2, B)], at_hand=at_hand)
    assert gallery.album[A].content != gallery.album[B].content


def test_a_picture_many_stories_of_one_provider_carry_is_a_placeholder(tmp_path: Path) -> None:
    urls = [f"https://pictures.example/{number}/default.jpg" for number in range(4)]
    own = (A, B, C, D)  # each article's second picture
    at_hand = dict.fromkeys(urls, photo(1)) | {url: photo(2 + n) for n, url in enumerate(own)}
    records = [story(n, *pair, domain="daily.example") for n, pair in enumerate(zip(urls, own, strict=True))]
    gallery, _ = keep(tmp_path, records[:3], at_hand=at_hand)
    assert gallery.placeholders == frozenset()
    gallery, _ = keep(tmp_path, records, at_hand=at_hand)
    assert gallery.placeholders == set(urls)
    assert set(own) <= gallery.album.keys()  # the articles' next pictures, in the same pass
    elsewhere = [story(number, urls[0], domain=f"paper{number}.example") for number in range(4)]
    assert keep(tmp_path, elsewhere, at_hand=at_hand)[0].placeholders == frozenset()


def test_a_providers_logo_is_kept_as_squares_and_is_no_articles_picture(
    server: Gallerist, tmp_path: Path
) -> None:
    logo = encode(draw_scene(7, (500, 500)), "PNG")
    server.files |= {"/logo.png": logo, "/share.png": logo, "/a.jpg": photo(1)}
    logos = {
        "news1.example": (
            Image(url=server.url("/small.png"), width=50),
            Image(url=server.url("/logo.png"), width=500),
        ),
        "own.example": (Image(url="/assets/images/organizations/own.png", width=50),),
    }
    article = story(1, server.url("/share.png"), server.url("/a.jpg"))
    gallery, _ = keep(tmp_path, [article], server=server, logos=logos)
    kept = gallery.album[server.url("/logo.png")]
    assert kept.logo and [(width.width, width.height) for width in kept.widths] == [(400, 400), (50, 50)]
    assert len(list_files(tmp_path, "assets/images/organizations")) == 4
    assert gallery.placeholders == {server.url("/share.png")}
    assert server.url("/a.jpg") in gallery.album
    assert sorted(server.asked) == ["/a.jpg", "/logo.png", "/share.png"]


def test_copies_no_document_names_go_after_a_month(tmp_path: Path) -> None:
    at_hand = {A: photo(1), B: photo(2)}
    keep(tmp_path, [story(1, A), story(2, B)], at_hand=at_hand)
    both = list_files(tmp_path)
    for days in (1, 30):
        keep(tmp_path, [story(2, B)], clock=CLOCK + timedelta(days=days))
        assert list_files(tmp_path) == both
    gallery, _ = keep(tmp_path, [story(2, B)], clock=CLOCK + timedelta(days=31))
    assert set(gallery.album) == {B} and len(list_files(tmp_path)) == len(both) // 2
    assert len(list((tmp_path / "_data/images").glob("*/*.json"))) == 1


def test_a_copy_that_is_named_again_stays(tmp_path: Path) -> None:
    keep(tmp_path, [story(1, A)], at_hand={A: photo(1)})
    for days, records in ((1, []), (20, [story(1, A)]), (25, []), (50, [])):
        gallery, _ = keep(tmp_path, records, clock=CLOCK + timedelta(days=days))
    assert A in gallery.album
