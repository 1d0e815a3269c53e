"""The pass's step on pictures: whose are wanted, and who may be asked for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from newsloom.curate import Outcome
from newsloom.disk import tell_disk
from newsloom.engine import open_engine
from newsloom.images import Gallery, read_album
from newsloom.images.choosing import choose_logos
from newsloom.images.keeping import Keeper, hang_gallery
from newsloom.intake import Intake, Round
from newsloom.intake.fetching import open_fetcher
from newsloom.progress import Reporter
from newsloom.records import Image
from newsloom.site import Site
from newsloom.store import Index


def keep_pictures(
    site: Site,
    index: Index,
    outcome: Outcome,
    intake: Intake,
    clock: datetime,
    *,
    round_: Round,
    reporter: Reporter,
    whole: bool = True,
) -> tuple[Gallery, list[str]]:
    """Keep the pictures shown articles need, from recordings or the web; what there is, and the problems.

    `whole` tells whether the outcome has all records of the site.
    """
    with open_engine(site.config.engine, site.config.workers) as engine:
        keeper = Keeper(
            site.root,
            index,
            engine,
            clock,
            at_hand=intake.images,
            open_fetcher=(lambda: open_fetcher(site, round_.replay, round_.record))
            if _may_ask(site, round_)
            else None,
            reporter=reporter,
            whole=whole,
        )
        with tell_disk(site.root / "assets"):
            gallery = keeper.keep(outcome.records, _list_logos(site, outcome))
        return gallery, keeper.describe_problems()


def read_gallery(site: Site, index: Index, outcome: Outcome, clock: datetime) -> Gallery:
    """What is kept already, as the last pass left it; nothing is asked for."""
    logos = choose_logos(_list_logos(site, outcome))
    return hang_gallery(outcome.records, logos, read_album(site.root), index.image_failures(), clock)


def _may_ask(site: Site, round_: Round) -> bool:
    """Whether pictures may be asked for: never by a site that is made of recordings and files alone.

    Nor of drafts that are brought: the next pass over the sources asks, at its own pace.
    """
    live = any(source.remote or source.kind == "opml" for source in site.sources)
    return site.config.fetch_images and round_.brought is None and (bool(round_.replay) or live)


def _list_logos(site: Site, outcome: Outcome) -> Mapping[str, Sequence[Image]]:
    """The logos of providers that are shown, by domain: the register's, else those their pages name."""
    found: dict[str, Sequence[Image]] = {}
    for record in outcome.records:
        provider = record.article.provider
        if record.article.shown and not found.get(provider.domain):
            known = site.organizations.get(provider.domain)
            found[provider.domain] = known.images if known and known.images else provider.images
    return found
