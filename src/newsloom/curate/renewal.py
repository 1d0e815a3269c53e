"""What a record becomes when its page is read again, or when a copy of its text is found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from newsloom import settings
from newsloom.curate.intake import Offer
from newsloom.curate.judgement import Verdict, draw_state
from newsloom.curate.lineage import is_elsewhere, note_revision
from newsloom.extract.address import identity_key
from newsloom.records import Article, Copy, Image, Record, State


def keep_addresses(record: Record, offer: Offer, article: Article) -> Article:
    """Give an article with the address it was first known by, which is still about in other sources.

    A page that moved is known by where it was until then. A draft from the old address does not move it back.
    """
    before = record.article
    if is_elsewhere(record, offer):
        return replace(article, original_url=before.web_url or before.original_url)
    returned = offer.key == identity_key(before.original_url)
    return replace(
        article,
        original_url=before.original_url,
        web_url=before.web_url if returned else article.web_url,
    )


def kept_title(record: Record) -> str | None:
    """Give the title a record keeps from before a better copy took it over, None when there is none."""
    copies = record.state.copies if record.state else ()
    title = record.article.title
    return title if any(copy.title == title for copy in copies) else None


def renew_article(record: Record, drawn: Article) -> Article:
    """Give a record's next public fields: those of the draft, beside what a re-reading never changes."""
    old = record.article
    reread_date = record.state is not None and record.state.dated == "seen"
    return replace(
        drawn,
        category=old.category,
        published=drawn.published if reread_date else min(old.published, drawn.published),
        heat=old.heat,
        shown=old.shown,
        editorial=old.editorial,
        editorial_topics=old.editorial_topics,
        related=old.related,
        secured=old.secured,
        images=tuple(_keep_cached(drawn.images, old.images)),
    )


def _keep_cached(images: Sequence[Image], before: Sequence[Image]) -> Iterator[Image]:
    cached = {image.url for image in before if image.cached}
    for image in images:
        yield replace(image, cached=True) if image.url in cached else image


def renew_state(record: Record, offer: Offer, verdict: Verdict, content: str, article: Article) -> State:
    """Give a record's next private state, beside `article`; what was learned before and holds is kept."""
    old = record.state
    drawn = draw_state(offer, verdict, content, old.story if old else record.story or record.name)
    if old is None:
        return drawn
    return replace(
        drawn,
        seen=min(old.seen, drawn.seen),
        copies=old.copies,
        moved=old.moved,
        revisions=note_revision(record, offer, verdict),
        guid=drawn.guid or old.guid,
        gate=old.gate,
        heat_terms=old.heat_terms,
        dated=old.dated if old.dated != "seen" else drawn.dated,
        aliases=_keep_aliases(record, old, article),
        reprints=old.reprints,
    )


def draw_copy(offer: Offer, quality: int, reason: str) -> Copy:
    """Give a draft as a copy that a record remembers."""
    draft = offer.draft
    return Copy(
        url=draft.canonical,
        title=draft.title,
        provider=replace(draft.provider, images=()),
        published=offer.published,
        quality=quality,
        reason=reason,
    )


def enter_copy(state: State, copy: Copy) -> State:
    """Give a state with a copy entered or renewed: the earliest are told, the others known again."""
    others = (other for other in state.copies if other.url != copy.url)
    entered = sorted((*others, copy), key=lambda c: (c.published, c.url))
    further = (identity_key(other.url) for other in entered[settings.COPIES :])
    return replace(
        state, copies=tuple(entered[: settings.COPIES]), reprints=_sort_keys({*state.reprints, *further})
    )


def note_alias(state: State, key: str) -> State:
    """Give a state with a further address of its record's page."""
    return replace(state, aliases=_sort_keys({*state.aliases, key}))


def succeed(record: Record, state: State, drawn: State, article: Article, old: Copy) -> Record:
    """Give a record whose place a better copy takes: `article` and `drawn` are the copy's, `old` what it had.

    What led to the page it had leads to a copy from now on.
    """
    held = {*state.reprints, *state.aliases, *_list_own(record.article)}
    copies = tuple(copy for copy in state.copies if copy.url != article.web_url)
    held -= {identity_key(copy.url) for copy in (*copies, old)} | _list_own(article)
    taken = replace(
        drawn,
        seen=min(state.seen, drawn.seen),
        copies=copies,
        moved=state.moved,
        revisions=state.revisions,
        reprints=_sort_keys(held),
    )
    return replace(record, article=article, state=enter_copy(taken, old))


def _keep_aliases(record: Record, state: State, article: Article) -> tuple[str, ...]:
    """Give the addresses a record's page had, beside those it has now."""
    return _sort_keys({*state.aliases, *_list_own(record.article)} - _list_own(article))


def _list_own(article: Article) -> set[str]:
    return {identity_key(address) for address in (article.original_url, article.web_url) if address}


def _sort_keys(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(keys)[: settings.FURTHER_ADDRESSES])
