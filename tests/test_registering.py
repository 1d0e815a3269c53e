"""Providers are written into the registry as they appear; what the owner wrote is never touched."""

from pathlib import Path

from newsloom.demo import build
from newsloom.documents import Organization, format_organization
from newsloom.documents.registry import parse_organization
from newsloom.pipeline import read_records, run_pass
from newsloom.records import Image
from newsloom.site import read_site


def test_a_file_that_is_written_is_read_back() -> None:
    made = Organization(
        domain="post.example",
        name='The "Post": no & yes',
        country="NO",
        images=(Image(url="/assets/a.jpg", width=50, height=50),),
    )
    assert parse_organization(format_organization(made), "post.example.md") == made


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
