"""What a pass over the demo must come to, told by the front matter of its pieces.

`list_faults(content, records)` compares the records of a site with it and gives one line for each thing
that is wrong; `score_stories` says how well stories follow events.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from newsloom.demo.content import Content, Piece
from newsloom.records import Record

FRAMED_HOSTS = {"www.youtube-nocookie.com"}  # players whose embed code the desk may keep
PUBLISH_AT = 70


def list_faults(content: Content, records: Sequence[Record]) -> list[str]:
    """Everything in which the records differ from the truth, but for the grouping into stories."""
    by_address = {record.article.web_url or "": record for record in records}
    faults = [fault for piece in content.pieces.values() for fault in _judge(content, piece, by_address)]
    known = {content.address(piece) for piece in content.pieces.values()}
    faults += [f"unexpected document: {address}" for address in sorted(set(by_address) - known)]
    return faults


def score_stories(content: Content, records: Sequence[Record]) -> tuple[float, float]:
    """Precision and recall over pairs of records: told to be one event, being one event."""
    events = {content.address(piece): piece.event or piece.name for piece in content.pieces.values()}
    both = ours = theirs = 0
    for first, second in combinations(records, 2):
        one_event = events.get(first.article.web_url or "") == events.get(second.article.web_url or "")
        one_story = _story(first) == _story(second)
        both += one_event and one_story
        ours += one_story
        theirs += one_event
    return (both / ours if ours else 1.0), (both / theirs if theirs else 1.0)


def list_story_faults(records: Sequence[Record]) -> list[str]:
    """Stories that do not have exactly one leader, or whose members do not list each other."""
    stories: dict[str, list[Record]] = {}
    for record in records:
        stories.setdefault(_story(record), []).append(record)
    faults = []
    for story, members in stories.items():
        leads = [member for member in members if member.article.heat >= 0]
        if len(leads) > 1:
            faults.append(f"story {story} has {len(leads)} leads")
        for member in members:
            if len(members) > 1 and not member.article.related:
                faults.append(f"{member.name} lists no related coverage")
            if member.article.shown and member not in leads:
                faults.append(f"{member.name} is shown without leading its story")
    return faults


def _story(record: Record) -> str:
    return record.state.story if record.state and record.state.story else record.name


def _judge(content: Content, piece: Piece, by_address: dict[str, Record]) -> Iterator[str]:
    record = by_address.get(content.address(piece))
    if piece.expect == "rejected":
        if record is not None:
            yield f"{piece.name}: is about none of the topics and yet a document"
        return
    group = _copies(content, piece)
    if group:
        yield from _judge_copies(content, piece, group, by_address)
        return
    if record is None:
        yield f"{piece.name}: has no document"
        return
    for name, check in _CHECKS.items():
        if fault := check(content, piece, record):
            yield f"{piece.name}: {name}: {fault}"


def _copies(content: Content, piece: Piece) -> list[Piece]:
    """The pieces that carry one text: an original first, then its copies; empty for all others."""
    original = piece.copy_of or piece.name
    copies = [other for other in content.pieces.values() if other.copy_of == original]
    return [content.pieces[original], *copies] if copies else []


def _judge_copies(
    content: Content, piece: Piece, group: list[Piece], by_address: dict[str, Record]
) -> Iterator[str]:
    """One text is one document, that of its source, which names the others."""
    if piece.copy_of:
        return
    held = [other for other in group if content.address(other) in by_address]
    if len(held) != 1:
        yield f"{piece.name}: the text and its copies make {len(held)} documents instead of one"
        return
    record = by_address[content.address(held[0])]
    named = {copy.url for copy in record.state.copies} if record.state else set()
    for other in group:
        if other is not held[0] and not other.credits_original and content.address(other) not in named:
            yield f"{piece.name}: {other.name} is not among its copies"


def _check_title(_: Content, piece: Piece, record: Record) -> str:
    return "" if record.article.title == piece.title else repr(record.article.title)


def _check_excerpt(_: Content, piece: Piece, record: Record) -> str:
    return "" if not piece.excerpt or record.article.excerpt else "none"


def _check_published(_: Content, piece: Piece, record: Record) -> str:
    if piece.published is None:
        dated = record.state.dated if record.state else "seen"
        return "" if dated == "seen" else f"dated by {dated}, though nothing gives a date"
    apart = abs((record.article.published - piece.published).total_seconds())
    return "" if apart < 60 else f"{record.article.published} instead of {piece.published}"


def _check_provider(content: Content, piece: Piece, record: Record) -> str:
    outlet, found = content.outlets[piece.domain], record.article.provider
    if found.domain != outlet.domain:
        return f"domain {found.domain}"
    if outlet.standing is not None and (found.name != outlet.name or len(found.images) != 2):
        return f"{found.name} with {len(found.images)} logos is not as in the registry"
    return ""


def _check_authors(_: Content, piece: Piece, record: Record) -> str:
    found = record.state.authors if record.state else ()
    return "" if set(found) == set(piece.authors) else f"{found} instead of {piece.authors}"


def _check_topics(_: Content, piece: Piece, record: Record) -> str:
    missing = {*piece.topics, "AI"} - set(record.article.topics)
    return f"without {', '.join(sorted(missing))}" if missing else ""


def _check_kind(_: Content, piece: Piece, record: Record) -> str:
    if record.article.kind != ("video" if piece.video else "article"):
        return record.article.kind
    if (
        piece.video
        and piece.video.host in FRAMED_HOSTS
        and piece.video.id not in (record.article.featured or "")
    ):
        return "without its player"
    return ""


def _check_amp(content: Content, piece: Piece, record: Record) -> str:
    article = record.article
    if not piece.amp:
        return "has an AMP address" if article.amp_url else ""
    if not (article.cdn_amp_url or "").startswith("https://www-meridianpost-example.cdn.ampproject.org/c/s/"):
        return f"cache address {article.cdn_amp_url}"
    if piece.amp == "pair" and article.amp_url != content.address(piece, amp=True):
        return f"address {article.amp_url}"
    return ""


def _check_images(_: Content, piece: Piece, record: Record) -> str:
    found = len(record.article.images)
    return "" if piece.missing or bool(found) == bool(piece.picture) else f"{found} of them"


def _check_flags(_: Content, piece: Piece, record: Record) -> str:
    found = record.state.flags if record.state else ()
    return "" if set(found) == set(piece.flags) else f"{found} instead of {piece.flags}"


def _check_origin(_: Content, piece: Piece, record: Record) -> str:
    origin = record.state.origin if record.state else ""
    return "" if origin == ("entry" if piece.missing else "page") else origin


def _check_gate(_: Content, piece: Piece, record: Record) -> str:
    article = record.article
    if piece.expect == "held" and (article.shown or article.quality >= PUBLISH_AT):
        return f"quality {article.quality}, shown {article.shown}, though it should be held"
    return ""


_CHECKS: dict[str, Callable[[Content, Piece, Record], str]] = {
    "title": _check_title,
    "excerpt": _check_excerpt,
    "published": _check_published,
    "provider": _check_provider,
    "authors": _check_authors,
    "topics": _check_topics,
    "kind": _check_kind,
    "AMP": _check_amp,
    "images": _check_images,
    "flags": _check_flags,
    "origin": _check_origin,
    "gate": _check_gate,
}
