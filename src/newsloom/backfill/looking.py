"""Whether a site wants an archived page, asked in the order of what the answer costs.

Address, status and type are looked at before a body is unpacked; language and words before a page is
parsed; language and topics of the draft at last. The early looks turn nothing away that the
late one would keep, but for what `docs/backfill.md` measures. Pure: workers run it.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from msgspec import Struct

from newsloom.backfill.glance import Glance, glance
from newsloom.curate.gate import Gate, refuse_provider
from newsloom.curate.topics import Tagger, build_tagger, list_sections
from newsloom.engine import TimeUpError, limited
from newsloom.errors import NewsloomError, PageError
from newsloom.extract import canonical_address, extract, registrable_domain
from newsloom.extract.address import absolute, host_of
from newsloom.extract.encoding import as_utf8
from newsloom.extract.language import detect
from newsloom.extract.words import read_words
from newsloom.records import Draft, Page, Topic
from newsloom.settings import PAGE_BYTES, PAGE_SECONDS
from newsloom.sources.addresses import is_other
from newsloom.sources.sniffing import tell_kind

_FINE: Final = 200
_PAGES: Final = ("html", "xml", "text/plain")
_SURE: Final = 0.75  # of a detected language alone: as much as a page's own word for it counts
_AGREED: Final = 0.4  # of one that the page's own word agrees with
_SAMPLE: Final = 120  # characters from which a language is told
_PARAGRAPH: Final = re.compile(rb"<p\b[^<>]*>([^<>]{120,2000})", re.IGNORECASE)


class Look(Struct, frozen=True, kw_only=True):
    """What a site wants. `topics` are empty where words do not decide what is kept."""

    topics: tuple[Topic, ...]
    gate: Gate


class Refusal(Struct, frozen=True, kw_only=True):
    """Why a page is turned away, and at which look."""

    stage: str
    reason: str

    def __str__(self) -> str:
        return f"{self.stage}: {self.reason}"


def refuse_address(address: str, look: Look) -> Refusal | None:
    """Why nothing at an address is wanted, None when something may be."""
    try:
        canonical = canonical_address(address)
    except PageError:
        return Refusal(stage="address", reason="names no page")
    if is_other(canonical):
        return Refusal(stage="address", reason="is a list, a service or a file")
    if refuse_provider(registrable_domain(host_of(canonical)), look.gate):
        return Refusal(stage="address", reason="its provider is not wanted")
    return None


def refuse_answer(status: int, content_type: str) -> Refusal | None:
    """Why an answer holds no article, None when it may."""
    if status != _FINE:
        return Refusal(stage="answer", reason=f"has status {status}")
    kind = content_type.lower()
    if kind and not any(name in kind for name in _PAGES):
        return Refusal(stage="answer", reason="is no page")
    return None


def read_pages(look: Look, pages: list[Page]) -> list[Draft | Refusal]:
    """Read the pages that are wanted into drafts, and say why the others are not."""
    tagger = build_tagger(look.topics) if look.topics else None
    return [_attempt(page, look, tagger) for page in pages]


def _attempt(page: Page, look: Look, tagger: Tagger | None) -> Draft | Refusal:
    try:
        with limited(PAGE_SECONDS):
            return refuse_page(page, look, tagger) or read_draft(page, look, tagger)
    except TimeUpError:
        return Refusal(stage="reading", reason="takes too long")
    except NewsloomError as error:
        return Refusal(stage="reading", reason=error.code)
    except Exception as error:  # noqa: BLE001 - a worker's edge: counted, and the back-fill goes on
        return Refusal(stage="reading", reason=f"failed: {type(error).__name__}")


def refuse_page(page: Page, look: Look, tagger: Tagger | None) -> Refusal | None:
    """Why a page is not worth parsing, None when it may be."""
    if len(page.body) > PAGE_BYTES or tell_kind(page.body) != "page":
        return Refusal(stage="answer", reason="is no page")
    body = as_utf8(page.body, page.content_type)
    head = glance(body)
    if look.gate.languages and _is_foreign(body, head, look.gate.languages):
        return Refusal(stage="language", reason="is not wanted")
    if tagger is None or may_be_topical(page, head, "", look, tagger):
        return None
    if may_be_topical(page, head, read_words(body), look, tagger):
        return None
    return Refusal(stage="words", reason="no topic of this site")


def _is_foreign(body: bytes, head: Glance, wanted: Container[str]) -> bool:
    """Whether a page is in no language wanted: its letters must say so, as its head may be wrong."""
    if any(language in wanted for language in head.languages):
        return False
    sample = head.excerpt
    if len(sample) < _SAMPLE and (found := _PARAGRAPH.search(body)):
        sample = found[1].decode("utf-8", "replace")
    language, trust = detect(sample)
    bar = _AGREED if language in head.languages else _SURE
    return bool(language) and language not in wanted and trust >= bar


def may_be_topical(page: Page, head: Glance, words: str, look: Look, tagger: Tagger) -> bool:
    """Whether a page can have a topic by the words of its head and all others it holds."""
    canonical = canonical_address(absolute(head.canonical, page.final) or page.final)
    hints = (*head.hints, *list_sections(canonical), *list_sections(page.final))
    title, excerpt = head.title, head.excerpt
    if words and any(topic.zones for topic in look.topics):
        title, excerpt = f"{title}\n{words}", f"{excerpt}\n{words}"  # no telling what the parser will choose
    return tagger.can_tag(tagger.find(title, excerpt, words, hints, registrable_domain(host_of(canonical))))


def read_draft(page: Page, look: Look, tagger: Tagger | None) -> Draft | Refusal:
    """Read a page into a draft; why it is not wanted, where language or topics say so.

    Raises PageError as `extract` does.
    """
    draft = extract(page)
    language = (draft.language or "").partition("-")[0].lower()
    if look.gate.languages and language and language not in look.gate.languages:
        return Refusal(stage="language", reason="is not wanted")
    hints = (*draft.topics, *list_sections(draft.canonical))
    if tagger is not None and not tagger.tag(
        draft.title, draft.excerpt, draft.text, hints, draft.provider.domain
    ):
        return Refusal(stage="topics", reason="no topic of this site")
    return draft
