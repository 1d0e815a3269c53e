"""The last steps of a pass: pictures, pages and API files, the commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from newsloom import settings
from newsloom.curate import FORMULA, Outcome
from newsloom.disk import tell_disk
from newsloom.images import Gallery, mark_article
from newsloom.publish.api import Items, plan_lists
from newsloom.publish.feeds import is_feed, list_addresses
from newsloom.publish.outputs import Output, Part, keep_quiet, write_outputs, write_part
from newsloom.publish.pages import plan_reading, plan_search
from newsloom.publish.repository import Repository
from newsloom.publish.story_api import plan_stories
from newsloom.publish.uncommitted import Uncommitted
from newsloom.publish.view import Edition, Organization, SiteView, compile_edition
from newsloom.records import Record
from newsloom.searching import update_search
from newsloom.site import Site
from newsloom.sourceshowing import show_sources
from newsloom.store import Lease, SourceState

_OWN: Final = (
    "_data/organizations",
    "_data/images",
    "_data/ratings.csv",
    "_data/judgement.yaml",
    "stories.yaml",
)
_SEEN: Final = ("assets", *_OWN)  # in which git looks for what changed
_NOTED: Final = ("_news", "api")  # whose changes are noted as well, so that git need not look
_READ: Final = "outputs/words"  # what was read of texts for the exported index, below the private folder
_NAMED: Final = 8  # headlines in a commit message; more would hide the counts


def mark_pictures(outcome: Outcome, gallery: Gallery) -> Outcome:
    """The outcome with each record telling which of its pictures are kept, and their sizes."""
    records = tuple(_mark(record, gallery) for record in outcome.records)
    marked = {
        record.name for record, before in zip(records, outcome.records, strict=True) if record is not before
    }
    return replace(outcome, records=records, changed=outcome.changed | marked)


def _mark(record: Record, gallery: Gallery) -> Record:
    article = mark_article(record.article, gallery.album)
    return record if article == record.article else replace(record, article=article)


def make_view(
    site: Site, outcome: Outcome, clock: datetime, gallery: Gallery, states: Mapping[str, SourceState]
) -> SiteView:
    """What the pages, feeds and API files are made from; `states` is what is known of sources."""
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
        hub=config.hub,
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
        gallery=gallery,
        clock=clock,
        sources=show_sources(site, states),
    )


def publish_site(
    site: Site,
    outcome: Outcome,
    clock: datetime,
    gallery: Gallery,
    states: Mapping[str, SourceState],
    lease: Lease | None = None,
) -> list[str]:
    """Write the API files and pages whose bytes differ; the addresses of the feeds that did."""
    edition = compile_edition(make_view(site, outcome, clock, gallery, states))
    return publish_edition(site, edition, lease=lease)


class Parts(Struct, frozen=True, kw_only=True):
    """What is final of a site's files; whether the view is the `whole` site, and if not, which names went."""

    api: Part
    pages: Part
    whole: bool
    gone: frozenset[str] = frozenset()


def publish_edition(
    site: Site, edition: Edition, parts: Parts | None = None, *, lease: Lease | None = None
) -> list[str]:
    """Write the API files and pages whose bytes differ; the addresses of the feeds that did."""
    with tell_disk(site.root):
        return _write_all(site, edition, parts, lease)


def _write_all(site: Site, edition: Edition, parts: Parts | None, lease: Lease | None) -> list[str]:
    changed: list[str] = []
    api = _below("api/", plan_api(edition))
    planned = chain(plan_reading(edition), plan_search(edition, site.private / _READ))
    pages = _note_feeds(_below("public/", planned), changed)
    _write(site, "api", api, parts.api if parts else None, whole=parts is None or parts.whole)
    _write(site, "public", pages, parts.pages if parts else None, whole=parts is None or parts.whole)
    gone = None if parts is None or parts.whole else parts.gone
    update_search(site.root, edition, gone, lease=lease)
    return list_addresses(changed, edition.site.url)


def _write(site: Site, folder: str, outputs: Iterable[Output], part: Part | None, *, whole: bool) -> None:
    ledger = site.private / "outputs" / folder
    in_git = folder in _NOTED
    note = partial(_note_uncommitted, Uncommitted(site.private), folder) if in_git else keep_quiet
    if part is None or whole:
        is_final = part.is_final if part is not None else None
        write_outputs(site.root / folder, outputs, ledger, note=note, is_final=is_final)
    else:
        write_part(site.root / folder, outputs, ledger, part, note=note)


def _note_uncommitted(uncommitted: Uncommitted, folder: str, path: str) -> None:
    """Tell the next commit of a file that changes."""
    uncommitted.note([f"{folder}/{path}"], durable=False)


def _note_feeds(outputs: Iterable[Output], changed: list[str]) -> Iterator[Output]:
    """The outputs; the path of each feed that is made, since it is not as it was left, joins `changed`."""

    def make(output: Output) -> bytes:
        changed.append(output.path)
        return output.make()

    for output in outputs:
        yield replace(output, make=partial(make, output)) if is_feed(output.path) else output


def plan_readers(edition: Edition) -> Iterator[Output]:
    """Every file readers get but those of search, at the address it is served at."""
    return _below("public/", plan_reading(edition))


def plan_machines(site: Site, edition: Edition) -> Iterator[Output]:
    """Every file programs get, the index of search among them, at the address it is served at."""
    return chain(plan_api(edition), _below("public/", plan_search(edition, site.private / _READ)))


def plan_api(edition: Edition) -> Iterator[Output]:
    """Every file of the JSON API, by its path below the site's root."""
    items = Items(edition)
    return chain(plan_lists(items), plan_stories(items))


def _below(prefix: str, outputs: Iterable[Output]) -> Iterator[Output]:
    return (replace(output, path=output.path.removeprefix(prefix)) for output in outputs)


def commit_pass(site: Site, outcome: Outcome) -> str | None:
    """Commit what the pass changed; the commit's id, None when nothing changed."""
    return commit_site(site, _describe(outcome))


def commit_site(site: Site, message: str) -> str | None:
    """Commit what changed in a site; the commit's id, None when nothing changed.

    In a small repository git looks at every file, in a large one once a day: else at what is noted.
    """
    repository, uncommitted = Repository(site.root), Uncommitted(site.private)
    repository.prepare()
    noted = uncommitted.read() if repository.count_files() > settings.GIT_LOOK_FILES else None
    looked = noted is None
    commit = repository.commit((*_SEEN, *_NOTED) if looked else _SEEN, message, noted)
    uncommitted.settle(looked=looked)
    return commit


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
