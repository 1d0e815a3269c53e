"""One pass of judgement: records and drafts in, the next records and every decision out.

The order of work makes the pass a fixpoint (the same drafts again change nothing) that does not
depend on the order of its input: what is known is brought up to date first, then known copies, then
what is new in order of time; at last every story is settled from its records alone.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

from msgspec.structs import replace

from newsloom.curate.contract import Desk, Outcome
from newsloom.curate.intake import Offer, digest_desk, digest_draft, gather_offers
from newsloom.curate.judgement import Verdict, draw_article, draw_state, is_known, judge_draft, list_subject
from newsloom.curate.lineage import is_same_entry, is_same_text
from newsloom.curate.renewal import (
    draw_copy,
    enter_copy,
    keep_addresses,
    kept_title,
    note_alias,
    renew_article,
    renew_state,
    succeed,
)
from newsloom.curate.settlement import settle_stories
from newsloom.curate.sharding import OWN, Crew
from newsloom.curate.story_index import Profile
from newsloom.curate.table import Table, story_of
from newsloom.curate.terms import normalise_title
from newsloom.curate.weights import WEIGHTS
from newsloom.extract.address import identity_key
from newsloom.records import Article, Copy, Decision, Draft, Record, State


def curate(
    records: Sequence[Record],
    drafts: Sequence[Draft],
    desk: Desk,
    clock: datetime,
    taken: Container[str] = (),
    crew: Crew = OWN,
) -> Outcome:
    """Judge drafts against the records of a site and settle its stories.

    `clock` is the desk's time, aware; `taken` holds file names that cannot be given to new records
    beside those in play; `crew` answers for shards of stories, where the desk has some. Pure and
    deterministic: the same input in any order and with any crew gives the same outcome, and
    `curate(outcome.records, drafts, …)` changes nothing. Cost is linear in the texts' length.

    Raises:
        PageError: when a draft's canonical address is not one that documents may hold.
    """
    subject, edited = list_subject(desk.topics), desk.edits.names
    table = Table(records, clock, desk.window_days, taken, subject, edited, desk.story_shards, crew)
    offers, others = gather_offers(drafts, clock)
    decisions = _Reader(table, desk).read(offers)
    of_key = dict(decisions)
    for key, draft in others:
        decisions.append((key, _repeat(of_key[key], draft)))
    stories = settle_stories(table, desk, clock)
    decided = sorted(decisions, key=lambda pair: (pair[1].address, pair[1].outcome, pair[1].reason))
    return Outcome(
        records=tuple(table),
        changed=table.list_changed(),
        stories=stories,
        decisions=tuple(decision for _, decision in decided),
    )


def _repeat(decision: Decision, draft: Draft) -> Decision:
    return Decision(
        address=draft.canonical,
        outcome="duplicate",
        reason="the same address again in this pass",
        record=decision.record,
    )


class _Reader:
    """Takes offers in, one after the other, into the table."""

    def __init__(self, table: Table, desk: Desk) -> None:
        self._table = table
        self._desk = desk
        self._desk_digest = digest_desk(desk)
        self._profiles: dict[str, Profile] = {}
        self._offers: dict[str, Offer] = {}
        self._entries: dict[tuple[str, str], str] = {}
        self._moments: dict[tuple[str, datetime], list[str]] = {}
        for record in table:
            if record.state is not None and record.state.source:
                source, guid = record.state.source, record.state.guid
                self._moments.setdefault((source, record.article.published), []).append(record.name)
                if guid:
                    self._entries[source, guid] = record.name

    def read(self, offers: Sequence[Offer]) -> list[tuple[str, Decision]]:
        """Give the decision on each offer, with the offer's key."""
        self._offers = {offer.key: offer for offer in offers}
        known, copied, new = self._sort_out(offers)
        decisions = [(offer.key, self._update(offer, name)) for offer, name in known]
        decisions += [(offer.key, self._take_copy(offer, name)) for offer, name in copied]
        decisions += [(offer.key, self._take_new(offer)) for offer in new]
        self._table.assign_stories(self._profiles)
        return [(key, self._name_story(decision)) for key, decision in decisions]

    def _name_story(self, decision: Decision) -> Decision:
        if decision.outcome != "new":
            return decision
        story = story_of(self._table[decision.record])
        return replace(decision, reason="" if story == decision.record else f"joins the story {story}")

    def _sort_out(
        self, offers: Sequence[Offer]
    ) -> tuple[list[tuple[Offer, str]], list[tuple[Offer, str]], list[Offer]]:
        """Part the offers into those of records, those of copies and those of nothing known."""
        known: list[tuple[Offer, str]] = []
        copied: list[tuple[Offer, str]] = []
        new: list[Offer] = []
        owned: set[str] = set()
        for offer in offers:
            draft = offer.draft
            if (name := self._table.find_owner(draft.canonical)) is not None:
                known.append((offer, name))
                owned.add(name)
            elif (name := self._table.find_holder(draft.canonical)) is not None:
                copied.append((offer, name))
            else:
                new.append(offer)
        moved = [(offer, name) for offer in new if (name := self._find_moved(offer)) and name not in owned]
        taken = {offer.key for offer, _ in moved}
        return (
            known + _first_of_each(moved),
            copied,
            [o for o in new if o.key not in taken] + _rest_of_each(moved),
        )

    def _find_moved(self, offer: Offer) -> str | None:
        """Give the record of a draft under a new address: by link, by its source's name for it, by text."""
        draft = offer.draft
        if name := self._table.find_owner(draft.original):
            return name
        named = self._entries.get((draft.source, draft.guid))
        if named and is_same_entry(self._table[named], offer):
            return named
        dated = self._moments.get((draft.source, offer.published), ())
        return next((name for name in dated if self._holds_text(name, offer)), None)

    def _holds_text(self, name: str, offer: Offer) -> bool:
        """Say whether a draft is a record's own article, with its text."""
        record = self._table[name]
        if not is_same_text(record, offer):
            return False
        return self._table.has_text(name, self._judge_as(offer, record.article).print_)

    def _is_alone(self, record: Record, offer: Offer) -> bool:
        """Say whether no other draft of this pass is under a record's present address."""
        own = self._find_own(record.article)
        return own is None or own is offer

    def _digest(self, offer: Offer) -> str:
        provider = offer.draft.provider
        standing = self._desk.standings.get(provider.domain)
        return digest_draft(offer.draft, self._desk_digest, standing, is_known(provider, self._desk))

    # --- a page that is known -------------------------------------------------------------------

    def _update(self, offer: Offer, name: str) -> Decision:
        """Bring a record up to date with its own page."""
        record, content = self._table[name], self._digest(offer)
        reason = self._find_reason_to_keep(record, offer, content)
        if not reason and not self._is_alone(record, offer):
            reason = "its page is here under its present address"
        if reason:
            self._note_alias(record, offer)
            return _decide(offer, "same", name, reason)
        title = kept_title(record)
        verdict = judge_draft(offer, self._desk, title, record.article.editorial_topics)
        article = keep_addresses(
            record, offer, renew_article(record, self._draw(offer, verdict, name, title))
        )
        if article == record.article and record.state is not None:
            return _decide(offer, "same", name, "nothing a reader would notice changed")
        state = renew_state(record, offer, verdict, content, article)
        self._table.put(replace(record, article=article, state=state, story=""), verdict.print_)
        return _decide(offer, "changed", name, _tell_change(record, article))

    def _note_alias(self, record: Record, offer: Offer) -> None:
        """Note a new address of a page that stays as it is: nothing else would lead from there next time."""
        if record.state is not None and self._table.find(offer.draft.canonical) is None:
            self._table.put(replace(record, state=note_alias(record.state, offer.key)))

    def _draw(self, offer: Offer, verdict: Verdict, name: str, title: str | None = None) -> Article:
        """Draw a draft for a record. A link that leads to another record is not its own."""
        article = draw_article(offer, verdict, title)
        if self._table.find(article.original_url) in (None, name):
            return article
        return replace(article, original_url=offer.draft.canonical)

    def _find_reason_to_keep(self, record: Record, offer: Offer, content: str) -> str:
        """Give why a record stays as it is in the face of a draft of its own page, "" when it does not."""
        draft, state = offer.draft, record.state
        if not normalise_title(draft.title):
            return "the draft has no title"
        if state is None:
            return "its seal belongs to another desk" if record.article.secured else ""
        if state.content == content:
            return "unchanged"
        if state.origin == "page" and draft.origin != "page":
            return "the page says more than the feed entry"
        if draft.modified and state.modified and draft.modified < state.modified:
            return "an older version of the page"
        return ""

    # --- a copy ---------------------------------------------------------------------------------

    def _take_copy(self, offer: Offer, name: str, reason: str = "") -> Decision:
        """Note a copy in the record that holds it, or let it take the record over when it is better."""
        record = self._table[name]
        state = record.state
        if state is None:
            return _decide(offer, "duplicate", name, reason or "a copy of a sealed record")
        verdict = self._judge_as(offer, record.article)
        if offer.key in state.reprints:
            return _decide(offer, "same", name, "a copy beyond those that are told")
        known = next((copy for copy in state.copies if copy.url == offer.draft.canonical), None)
        why = reason or (known.reason if known else "the same text")
        better = verdict.quality - record.article.quality
        if better > WEIGHTS.takeover and offer.draft.title and self._may_be_taken_over(record, verdict):
            self._take_over(record, state, offer, verdict, why)
            return _decide(offer, "changed", name, f"a better copy takes over ({why}, quality +{better})")
        updated = replace(record, state=enter_copy(state, draw_copy(offer, verdict.quality, why)))
        if updated == record:
            return _decide(offer, "same" if known else "duplicate", name, why)
        self._table.put(updated)
        return _decide(offer, "duplicate", name, why)

    def _may_be_taken_over(self, record: Record, verdict: Verdict) -> bool:
        """Say whether a better copy may have a record: not one that its own page would win back next pass."""
        article = record.article
        own = self._find_own(article)
        quality = self._judge_as(own, article).quality if own else article.quality
        return article.editorial is None and verdict.quality - quality > WEIGHTS.takeover

    def _judge_as(self, offer: Offer, article: Article) -> Verdict:
        """Judge a draft for a record whose headline, and topics that an editor told, stay."""
        return judge_draft(offer, self._desk, article.title, article.editorial_topics)

    def _find_own(self, article: Article) -> Offer | None:
        return self._offers.get(identity_key(article.web_url or article.original_url))

    def _take_over(self, record: Record, state: State, offer: Offer, verdict: Verdict, why: str) -> None:
        """Put a better copy in a record's place: title, name and date stay, the rest is the copy's."""
        drawn = draw_state(offer, verdict, self._digest(offer), state.story)
        article = renew_article(record, self._draw(offer, verdict, record.name, record.article.title))
        old = self._demote(record.article, why)
        self._table.put(succeed(record, state, drawn, article, old), verdict.print_)

    def _demote(self, article: Article, why: str) -> Copy:
        """Give what was a record's page as a copy: as the next pass sees it, if its draft is in this one."""
        own = self._find_own(article)
        if own is not None:
            return draw_copy(own, self._judge_as(own, article).quality, why)
        return Copy(
            url=article.web_url or article.original_url,
            title=article.title,
            provider=article.provider,
            published=article.published,
            quality=article.quality,
            reason=why,
        )

    # --- an article not seen before ---------------------------------------------------------------

    def _take_new(self, offer: Offer) -> Decision:
        """Reject, absorb or keep an article that no record has."""
        if not normalise_title(offer.draft.title):
            return _decide(offer, "rejected", "", "no title")
        if holder := self._table.find(offer.draft.canonical):
            return _decide(offer, "duplicate", holder, "the same page under another address")
        verdict = judge_draft(offer, self._desk)
        if self._desk.keep == "topical" and not verdict.hits:
            return _decide(offer, "rejected", "", "no topic of this site")
        match = self._table.find_text(verdict.print_)
        if match is not None:
            return self._take_copy(offer, match.name, match.reason)
        name = self._table.choose_name(offer.draft.title, offer.published)
        self._profiles[name] = verdict.profile
        state = draw_state(offer, verdict, self._digest(offer), name)
        self._table.put(
            Record(name=name, article=self._draw(offer, verdict, name), state=state), verdict.print_
        )
        return _decide(offer, "new", name, "")


def _decide(offer: Offer, outcome: str, name: str, reason: str) -> Decision:
    return Decision(address=offer.draft.canonical, outcome=outcome, reason=reason, record=name)


def _tell_change(record: Record, article: Article) -> str:
    if article.title != record.article.title:
        return "the headline was edited"
    return "the page changed" if article.web_url == record.article.web_url else "the page moved"


def _first_of_each(pairs: Sequence[tuple[Offer, str]]) -> list[tuple[Offer, str]]:
    first: dict[str, Offer] = {}
    for offer, name in pairs:
        first.setdefault(name, offer)
    return [(offer, name) for name, offer in first.items()]


def _rest_of_each(pairs: Sequence[tuple[Offer, str]]) -> list[Offer]:
    chosen = {offer.key for offer, _ in _first_of_each(pairs)}
    return [offer for offer, _ in pairs if offer.key not in chosen]
