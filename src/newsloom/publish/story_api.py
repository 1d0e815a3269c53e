"""The API of stories, as files: each with its lead, its other records, copies, and the terms of its heat."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from newsloom.publish.api import Item, Items, plan_list, write_json
from newsloom.publish.dates import write_local
from newsloom.publish.links import make_segment
from newsloom.publish.look import digest_look
from newsloom.publish.outputs import Output, hold_bytes, make_key
from newsloom.publish.safety import clean_url, drop_controls
from newsloom.publish.view import Coverage, Edition, SiteView, compile_edition
from newsloom.records import Copy, Record


def build_story_api(site: SiteView) -> Iterator[tuple[str, bytes]]:
    """The files of stories, made: path below the site's root, and bytes."""
    return ((output.path, output.make()) for output in plan_stories(Items(compile_edition(site))))


def plan_stories(items: Items) -> Iterator[Output]:
    """The files of stories: lists by heat, and one of each story at an address that stays."""
    edition = items.edition
    encoded = {story.name: _encode_story(story, items) for story in edition.latest}
    short = {name: Item(_shorten(story)) for name, story in encoded.items()}
    listed = [short[story.name] for story in edition.front]
    yield from plan_list("api/stories/", listed, edition.site.page_size)
    for story in edition.latest:
        told = encoded[story.name]
        related = [items.find(record).key for record in story.others]
        key = make_key(digest_look(), short[story.name].key, told["heatTerms"], related, told["copies"])
        yield Output(_place(story.name), key, partial(write_json, told))
    for name, story_name in edition.moved.items():
        moved = {"name": name, "movedTo": story_name, "api": encoded[story_name]["api"]}
        yield hold_bytes(_place(name), write_json(moved))


def _place(name: str) -> str:
    return f"api/stories/{make_segment(name)}/index.json"


def _encode_story(story: Coverage, items: Items) -> dict[str, Any]:
    edition, links = items.edition, items.edition.links
    records = [story.lead, *story.others]
    return {
        "name": story.name,
        "webUrl": links.absolute(links.story(story.name)),
        "api": links.absolute(links.page("api", "stories", make_segment(story.name))),
        "heat": story.lead.article.heat,
        "heatTerms": _encode_terms(story.lead),
        "firstPublishedDateTime": write_local(min(r.article.published for r in records), edition.zone),
        "lastPublishedDateTime": write_local(max(r.article.published for r in records), edition.zone),
        "providers": len({record.article.provider.domain for record in records}),
        "lead": items.find(story.lead).raw,
        "related": [items.find(record).raw for record in story.others],
        "copies": [_encode_copy(copy, edition) for copy in _list_copies(records)],
    }


def _shorten(story: dict[str, Any]) -> dict[str, Any]:
    """A story as lists have it: counts in place of what its own file holds."""
    counted = {name: len(story[name]) for name in ("related", "copies")}
    return {**{name: value for name, value in story.items() if name != "heatTerms"}, **counted}


def _encode_terms(record: Record) -> list[dict[str, Any]]:
    terms = record.state.heat_terms if record.state else ()
    return [{"name": t.name, "value": t.value, "evidence": drop_controls(t.evidence)} for t in terms]


def _list_copies(records: list[Record]) -> list[Copy]:
    copies = [copy for record in records if record.state for copy in record.state.copies]
    return sorted(copies, key=lambda copy: (copy.published, copy.url))


def _encode_copy(copy: Copy, edition: Edition) -> dict[str, Any]:
    return {
        "title": drop_controls(copy.title),
        "webUrl": clean_url(copy.url),
        "publishedDateTime": write_local(copy.published, edition.zone),
        "provider": {"name": drop_controls(copy.provider.name), "domain": copy.provider.domain},
        "reason": drop_controls(copy.reason),
    }
