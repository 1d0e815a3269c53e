"""Where a text comes from and how it changed: who had it first, who reprinted it, what was edited.

An edited headline or text is a revision of its record, never a new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from newsloom.curate.duplicates import decode_signature
from newsloom.curate.intake import Offer
from newsloom.curate.judgement import Verdict
from newsloom.curate.terms import normalise_title
from newsloom.extract.address import identity_key
from newsloom.records import Copy, Record, Revision

REVISIONS: Final = 20  # kept of one record, the latest; a live page is edited all day
_NOTICED: Final = 0.02  # share of a signature that must differ: below that a comma was moved


def note_revision(record: Record, offer: Offer, verdict: Verdict) -> tuple[Revision, ...]:
    """Give a record's revisions with the one that a new version of its page makes, if it is one."""
    state = record.state
    if state is None:
        return ()
    edited = list(_list_edits(record, offer, verdict))
    if not edited:
        return state.revisions
    before = record.article.title
    revision = Revision(
        noticed=offer.draft.observed.replace(microsecond=0),
        edited=", ".join(edited),
        before=before if before != offer.draft.title else "",
    )
    return (*state.revisions, revision)[-REVISIONS:]


def _list_edits(record: Record, offer: Offer, verdict: Verdict) -> Iterator[str]:
    state = record.state
    if state is None:
        return
    if record.article.title != offer.draft.title and not any(
        copy.title == record.article.title for copy in state.copies
    ):
        yield "headline"
    if is_elsewhere(record, offer):
        yield "address"
    if state.origin != offer.draft.origin:
        return  # the page itself after its feed entry: more text, not another one
    before, after = decode_signature(state.signature), verdict.print_.digest
    if before is not None and after is not None:
        changed = float(np.mean(before != after))
        if changed >= _NOTICED:
            yield f"text ({changed:.0%} of it)"


def is_elsewhere(record: Record, offer: Offer) -> bool:
    """Say whether a draft is under addresses that its record has not had."""
    article = record.article
    known = {identity_key(address) for address in (article.original_url, article.web_url) if address}
    return known.isdisjoint({identity_key(offer.draft.original), offer.key})


def is_same_entry(record: Record, offer: Offer) -> bool:
    """Say whether a draft that a source calls by its record's name is that record's article.

    Some sources give a name again to another article: the headline or the date must be the same as well.
    """
    article, draft = record.article, offer.draft
    if normalise_title(article.title) == normalise_title(draft.title):
        return True
    return offer.dated != "seen" and offer.published == article.published


def is_same_text(record: Record, offer: Offer) -> bool:
    """Say whether a draft with its record's text is the record's own article, moved, and not a reprint."""
    article, draft, state = record.article, offer.draft, record.state
    return (
        state is not None
        and bool(draft.source)
        and state.source == draft.source
        and article.provider.domain == draft.provider.domain
        and normalise_title(article.title) == normalise_title(draft.title)
        and offer.dated != "seen"
        and offer.published == article.published
    )


def find_origin(record: Record) -> Copy | None:
    """Give the copy that was published before its record, the earliest; None where the record came first."""
    copies = record.state.copies if record.state else ()
    earlier = [copy for copy in copies if copy.published < record.article.published]
    return min(earlier, key=lambda copy: (copy.published, copy.url), default=None)
