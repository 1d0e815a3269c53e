"""What curation is told of a site: the desk and its clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from newsloom.curate import Desk
from newsloom.curate.gate import Gate, list_bars
from newsloom.records import Provider, Record
from newsloom.registry import WELL_KNOWN
from newsloom.site import Site
from newsloom.vectors import open_vectors


def make_desk(site: Site) -> Desk:
    """The part of a site's configuration that judgement needs."""
    config = site.config
    standings = {
        domain: organization.standing
        for domain, organization in site.organizations.items()
        if organization.standing is not None
    }
    providers = {domain: Provider(name=known.name, domain=domain) for domain, known in WELL_KNOWN.items()}
    providers |= {
        domain: Provider(name=organization.name, domain=domain, images=organization.images)
        for domain, organization in site.organizations.items()
        if organization.name  # of those that are only rated nothing else is known
    }
    return Desk(
        topics=site.topics,
        keep=config.keep,
        gate=Gate(
            publish_at=config.publish_at,
            bars=list_bars(site.topics),
            languages=tuple(language.lower() for language in config.languages),
            blocked=tuple(domain.lower() for domain in config.block_providers),
            only=tuple(domain.lower() for domain in config.only_providers),
            embargo_hours=config.embargo_hours,
            provider_quota=config.provider_quota,
            story_quota=config.story_quota,
        ),
        window_days=config.window_days,
        story_shards=config.story_shards,
        related=config.related,
        standings=standings,
        providers=providers,
        main_topic=config.topic or None,
        edits=site.edits,
        leanings=site.leanings,
        vectors=open_vectors() if config.vectors else None,
    )


def set_clock(records: Iterable[Record], observed: datetime | None) -> datetime:
    """The desk's time: the latest moment anything was observed, floored to the hour.

    Neither this pass's input alone nor the wall clock decides, so that the same input judged again
    gives the same site, and time never runs backwards when a source is removed.
    """
    moments = (record.state.seen for record in records if record.state is not None)
    return tell_time(max(moments, default=None), observed)


def tell_time(seen: datetime | None, observed: datetime | None) -> datetime:
    """The desk's time from the latest moment a record was seen and the latest of this pass's input."""
    moments = (moment for moment in (seen, observed) if moment is not None)
    latest = max(moments, default=datetime(1970, 1, 1, tzinfo=UTC))
    return latest.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
