"""The API of stories: the whole of a story at an address that stays, also when it becomes part of another."""

import json
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from newsloom.publish.pages import build_pages
from newsloom.publish.story_api import build_story_api
from newsloom.publish.view import SiteView
from newsloom.records import Copy, Provider, Record, Story, Term
from tests.builders import CLOCK, record, site_view

RIVAL = Provider(name="Rival", domain="rival.example")


def _site() -> SiteView:
    lead = record("Plant opens", name="plant-opens", provider=Provider(name="Post", domain="post.example"))
    other = record("New plant", name="new-plant", provider=RIVAL)
    assert lead.state is not None and other.state is not None
    copy = Copy(url="https://x.example/1", title="Plant opens</script>", provider=RIVAL, published=CLOCK)
    heat = (Term(name="quality", value=80), Term(name="coverage", value=12, evidence="1 other provider"))
    lead = replace(lead, state=replace(lead.state, copies=(copy,), heat_terms=heat))
    other = replace(
        other,
        article=replace(other.article, shown=False, published=CLOCK - timedelta(hours=5)),
        state=replace(other.state, moved=True),
    )
    story = Story(name=lead.name, lead=lead.name, members=(lead.name, other.name))
    return site_view([lead, other], stories=(story,))


def _files(site: SiteView) -> dict[str, Any]:
    return {path: json.loads(body) for path, body in build_story_api(site)}


def test_a_story_has_its_lead_related_copies_and_heat() -> None:
    files = _files(_site())
    story = files["api/stories/plant-opens/index.json"]
    assert story["lead"]["title"] == "Plant opens"
    assert [item["title"] for item in story["related"]] == ["New plant"]
    assert story["providers"] == 2
    assert [copy["webUrl"] for copy in story["copies"]] == ["https://x.example/1"]
    assert [term["name"] for term in story["heatTerms"]] == ["quality", "coverage"]
    assert story["firstPublishedDateTime"] < story["lastPublishedDateTime"]
    (listed,) = files["api/stories/index.json"]["value"]
    assert (listed["name"], listed["related"], listed["copies"]) == ("plant-opens", 1, 1)
    assert files["api/stories/page/1/index.json"] == files["api/stories/index.json"]


def test_the_address_of_a_merged_story_leads_to_where_it_went() -> None:
    assert _files(_site())["api/stories/new-plant/index.json"]["movedTo"] == "plant-opens"
    pages = dict(build_pages(_site()))
    moved = pages["public/stories/new-plant/index.html"].decode()
    assert 'http-equiv="refresh" content="0; url=/stories/plant-opens/"' in moved
    assert 'content="noindex"' in moved


def test_a_record_that_is_a_story_again_has_its_own_page() -> None:
    site = _site()
    lead, other = site.records
    shown: Record = replace(other, article=replace(other.article, shown=True))
    apart = replace(
        site, records=(lead, shown), stories=(Story(name=lead.name, lead=lead.name, members=(lead.name,)),)
    )
    assert "movedTo" not in _files(apart)["api/stories/new-plant/index.json"]
