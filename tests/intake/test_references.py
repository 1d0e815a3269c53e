"""What is on disk is read by workers: same results for every way a WARC is packed, damaged or out of their sight."""

import gzip
from pathlib import Path

import pytest

from newsloom.engine import open_engine
from newsloom.errors import SourceError
from newsloom.extract import extract
from newsloom.intake import Intake
from newsloom.intake.recordings import Recordings, read_recordings
from newsloom.intake.references import Reading, Reference, read_batch
from newsloom.records import Draft
from newsloom.site import read_site
from tests.recordings import Answer, make_feed, make_page, make_site

ANSWERS = [
    Answer(url="https://a.example/one", body=make_page("A chip that thinks with less power")),
    Answer(url="https://a.example/rss", body=make_feed([("https://a.example/one", "A chip")])),
    Answer(url="https://a.example/gone", body=b"gone", status="404 Not Found"),
    Answer(url="https://a.example/pic.gif", body=b"GIF89a" + b"\x00" * 40, content_type="image/gif"),
    Answer(url="https://b.example/two", body=make_page("A harbour museum opens its painted ceiling")),
    Answer(url="https://b.example/odd", body=b"neither this nor that", content_type="text/plain"),
]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return make_site(tmp_path / "site", ANSWERS)


def read_by_workers(root: Path) -> tuple[Intake, list[Draft]]:
    intake, drafts = Intake(), []
    recordings = Recordings(read_site(root), intake)
    for item in recordings.list_all():
        (reading,) = read_batch([item])
        if (draft := recordings.take(item, reading)) is not None:
            drafts.append(draft)
    recordings.conclude()
    return intake, drafts


def read_here(root: Path) -> tuple[Intake, list[Draft]]:
    intake = Intake()
    drafts = [extract(page) for page in read_recordings(read_site(root), intake)]
    intake.pages = len(drafts)
    return intake, drafts


def pack_as_one_stream(path: Path) -> None:
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-60])


def leave(path: Path) -> None:
    pass


@pytest.mark.parametrize("change", [leave, pack_as_one_stream, cut])
def test_workers_read_what_a_stream_gives(site: Path, change: object) -> None:
    change(site / "recordings/one.warc.gz")  # type: ignore[operator]  # one of the functions above
    (theirs, drafts), (ours, expected) = read_by_workers(site), read_here(site)
    assert drafts == expected
    assert len(drafts) == 2
    for name in ("candidates", "decisions", "problems", "observed", "pages", "entries", "images", "polled"):
        assert getattr(theirs, name) == getattr(ours, name), name


def test_a_plain_warc_is_read_from_where_each_record_starts(site: Path) -> None:
    packed = site / "recordings/one.warc.gz"
    (site / "recordings/two.warc").write_bytes(gzip.decompress(packed.read_bytes()))
    (site / "sources.yaml").write_text("- warc: recordings/two.warc\n")
    items = list(Recordings(read_site(site), Intake()).list_all())
    assert all(isinstance(item, Reference) for item in items)
    assert read_by_workers(site)[1] == read_here(site)[1]


def test_only_places_are_handed_out(site: Path) -> None:
    items = list(Recordings(read_site(site), Intake()).list_all())
    assert [item.address for item in items] == [answer.url for answer in ANSWERS]
    assert all(isinstance(item, Reference) for item in items)


def test_what_a_worker_does_not_see_is_read_here_and_told(site: Path) -> None:
    intake = Intake()
    recordings = Recordings(read_site(site), intake)
    item, *_ = recordings.list_all()
    lost = Reading(found=SourceError(item.path, "has no record"), is_lost=True)
    draft = recordings.take(item, lost)
    recordings.conclude()
    assert draft == read_here(site)[1][0]
    (problem,) = intake.problems
    assert "one.warc.gz: was not there for a worker" in problem
    assert "each node needs it under the same path" in problem


def test_the_pool_reads_by_reference(site: Path) -> None:
    recordings = Recordings(read_site(site), Intake())
    with open_engine("pool", 1) as engine:
        found = [
            recordings.take(item, reading)
            for batch, results in engine.run(read_batch, ([item] for item in recordings.list_all()))
            for item, reading in zip(batch, results, strict=True)
        ]
    assert [draft for draft in found if draft is not None] == read_here(site)[1]
