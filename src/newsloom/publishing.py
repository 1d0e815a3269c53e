"""The last steps of a pass: pictures, pages and API files, the commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Final

from msgspec.structs import replace

from newsloom.curate import FORMULA, Outcome
from newsloom.documents import write_file
from newsloom.errors import PageError
from newsloom.progress import Reporter
from newsloom.publish.api import build_api
from newsloom.publish.outputs import write_outputs
from newsloom.publish.pages import build_pages
from newsloom.publish.pictures import copy_path, make_copy, mark_copies
from newsloom.publish.repository import Repository
from newsloom.publish.story_api import build_story_api
from newsloom.publish.view import Organization, SiteView
from newsloom.records import Record
from newsloom.searching import update_search
from newsloom.site import Site

_OWN: Final = ("_data/organizations", "_data/ratings.csv", "_data/judgement.yaml", "stories.yaml")
_COMMITTED: Final = ("_news", "api", "assets", *_OWN)
_NAMED: Final = 8  # headlines in a commit message; more would hide the counts


def keep_pictures(site: Site, outcome: Outcome, images: Mapping[str, bytes], reporter: Reporter) -> Outcome:
    """Keep copies of the pictures at hand that kept records show, and mark the records that have one."""
    wanted = {image.url for record in outcome.records for image in record.article.images[:1]}
    fresh = [url for url in sorted(wanted & images.keys()) if not (site.root / copy_path(url)).exists()]
    reporter.start("pictures", len(fresh))
    for url in fresh:
        path = site.root / copy_path(url)
        try:
            copy = make_copy(images[url], url)
        except PageError as error:
            reporter.note(str(error))
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, copy)
        reporter.advance()
    folder = site.root / copy_path("")
    kept = {path.name for path in folder.parent.glob("*.jpg")}
    records = tuple(_mark(record, kept) for record in outcome.records)
    before = {record.name: record for record in outcome.records}
    marked = {record.name for record in records if record is not before[record.name]}
    return replace(outcome, records=records, changed=outcome.changed | marked)


def _mark(record: Record, kept: set[str]) -> Record:
    article = mark_copies(record.article, lambda url: copy_path(url).rsplit("/", 1)[-1] in kept)
    return record if article == record.article else replace(record, article=article)


def make_view(site: Site, outcome: Outcome, clock: datetime) -> SiteView:
    """What the pages, feeds and API files are made from."""
    config = site.config
    shown = {record.article.provider.domain: record.article.provider.name for record in outcome.records}
    return SiteView(
        title=config.title,
        url=config.url,
        description=config.description,
        locale=config.locale,
        timezone=config.timezone,
        page_size=config.page_size,
        publish_at=config.publish_at,
        topic=config.topic,
        formula=FORMULA,
        topics=site.topics,
        organizations={
            domain: Organization(
                domain=domain,
                name=known.name or shown[domain],
                description=known.description or "",
                images=known.images,
                country=known.country,
                standing=round(100 * known.standing) if known.standing is not None else None,
                standing_reason=known.standing_reason,
            )
            for domain, known in site.organizations.items()
            if known.name or domain in shown
        },
        records=outcome.records,
        stories=outcome.stories,
        clock=clock,
    )


def publish_site(site: Site, outcome: Outcome, clock: datetime) -> int:
    """Write the API files and pages whose bytes differ; how many did."""
    view = make_view(site, outcome, clock)
    api = chain(build_api(view), build_story_api(view))
    changed = write_outputs(site.root / "api", _below("api/", api))
    changed += write_outputs(site.root / "public", _below("public/", build_pages(view)))
    update_search(site.root, view)
    return changed


def _below(prefix: str, files: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    for path, content in files:
        yield path.removeprefix(prefix), content


def commit_pass(site: Site, outcome: Outcome) -> str | None:
    """Commit what the pass changed; the commit's id, None when nothing changed."""
    repository = Repository(site.root)
    repository.prepare()
    return repository.commit(_COMMITTED, _describe(outcome))


def _describe(outcome: Outcome) -> str:
    """A commit message: counts first, then the headlines of what is new and shown."""
    new = {decision.record for decision in outcome.decisions if decision.outcome == "new"}
    shown = [r for r in outcome.records if r.name in new and r.article.shown]
    shown.sort(key=lambda record: (-record.article.quality, record.name))
    head = f"Pass: {len(new)} new, {len(outcome.changed - new)} changed, {len(shown)} newly published"
    lines = [f"- {record.article.title} ({record.article.provider.name})" for record in shown[:_NAMED]]
    if len(shown) > _NAMED:
        lines.append(f"- and {len(shown) - _NAMED} more")
    return "\n".join([head, "", *lines]) if lines else head
