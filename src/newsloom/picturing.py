"""The pass's step on pictures: whose are wanted, and who may be asked for them."""

from __future__ import annotations

from datetime import datetime

from newsloom.curate import Outcome
from newsloom.disk import tell_disk
from newsloom.engine import open_engine
from newsloom.images import Gallery
from newsloom.images.keeping import Keeper
from newsloom.intake import Intake, Round
from newsloom.intake.fetching import open_fetcher
from newsloom.progress import Reporter
from newsloom.site import Site
from newsloom.store import Index
from newsloom.viewing import list_logos


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
            open_fetcher=(lambda: open_fetcher(site, round_.replay, round_.record, intake.note_once))
            if _may_ask(site, round_)
            else None,
            reporter=reporter,
            whole=whole,
        )
        with tell_disk(site.root / "assets"):
            gallery = keeper.keep(outcome.records, list_logos(site, outcome))
        return gallery, keeper.describe_problems()


def _may_ask(site: Site, round_: Round) -> bool:
    """Whether pictures may be asked for: never by a site that is made of recordings and files alone.

    Nor of drafts that are brought: the next pass over the sources asks, at its own pace.
    """
    live = any(source.remote or source.kind == "opml" for source in site.sources)
    return site.config.fetch_images and round_.brought is None and (bool(round_.replay) or live)
