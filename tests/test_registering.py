"""Providers are written into the registry as they appear; what the owner wrote is never touched."""

from pathlib import Path

from msgspec.structs import replace

from newsloom.curate import curate
from newsloom.demo import build
from newsloom.documents import Organization, format_organization
from newsloom.documents.registry import parse_organization
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Image, Provider, Record
from newsloom.registering import find_new
from newsloom.site import read_site
from tests.curate.drafts import CLOCK, DESK, draft
from tests.recordings import make_site


def test_a_file_that_is_written_is_read_back() -> None:
    made = Organization(
        domain="post.example",
        name='The "Post": no & yes',
        country="NO",
        images=(Image(url="/assets/a.jpg", width=50, height=50),),
    )
    assert parse_organization(format_organization(made), "post.example.md") == made


def test_a_logo_that_some_documents_show_is_not_given_to_all(tmp_path: Path) -> None:
    """Its provider would be known from the next pass on, and all its articles worth more."""
    records = curate(
        (), [draft(f"{n} robots think with a chip", hours=n) for n in range(3)], DESK, CLOCK
    ).records
    logo = (Image(url="/assets/a.jpg", width=50, height=50),)
    site = read_site(make_site(tmp_path / "site", []))
    (entered,) = find_new(site, [with_logo(records[0], logo), *records[1:]])
    assert entered.images == ()
    (entered,) = find_new(site, [with_logo(record, logo) for record in records])
    assert entered.images == logo


def with_logo(record: Record, logo: tuple[Image, ...]) -> Record:
    provider: Provider = replace(record.article.provider, images=logo)
    return replace(record, article=replace(record.article, provider=provider))


def test_providers_are_registered_once_and_the_next_pass_changes_nothing(tmp_path: Path) -> None:
    site = tmp_path / "demo"
    build(site)
    folder = site / "_data" / "organizations"
    kept = sorted(folder.glob("*.md"))[0]
    mine = kept.read_text().replace("name:", "name: My own", 1)
    for path in folder.glob("*.md"):
        path.unlink()
    kept.write_text(mine)
    run_pass(site)
    counts: dict[str, int] = {}
    for record in read_records(site):
        counts[record.article.provider.domain] = counts.get(record.article.provider.domain, 0) + 1
    written = {path.stem for path in folder.glob("*.md")} - {kept.stem}
    assert written
    assert written <= {domain for domain, count in counts.items() if count >= 3}
    assert kept.read_text() == mine
    assert set(read_site(site).organizations) == written | {kept.stem}
    before = {
        path: path.stat().st_mtime_ns
        for path in site.rglob("*")
        if path.is_file() and ".newsloom" not in str(path)
    }
    assert run_pass(site).commit is None
    after = {
        path: path.stat().st_mtime_ns
        for path in site.rglob("*")
        if path.is_file() and ".newsloom" not in str(path)
    }
    assert {path for path in after if ".git" not in path.parts and after[path] != before.get(path)} == set()
