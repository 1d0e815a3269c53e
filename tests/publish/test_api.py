"""The JSON API has the shape its clients know: every field, null where there is no value."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from types import NoneType
from typing import Any

import msgspec
import pytest

from newsloom.publish.api import build_api
from newsloom.publish.view import SiteView
from newsloom.records import Image, Provider
from tests.builders import CLOCK, record, sample_site, site_view
from tests.hostile.site import hostile_site
from tests.hostile.strings import STRINGS

ITEM_FIELDS = [
    "path",
    "title",
    "excerpt",
    "sourceUrl",
    "webUrl",
    "originalUrl",
    "featuredContent",
    "highlight",
    "heat",
    "tags",
    "images",
    "content",
    "type",
    "ampWebUrl",
    "cdnAmpWebUrl",
    "publishedDateTime",
    "updatedDateTime",
    "provider",
    "locale",
    "categories",
    "topics",
]


# The reference's description, field for field: a page, an item, and what stands inside one.
SHAPES: dict[str, dict[str, tuple[type, ...]]] = {
    "page": {"page": (int,), "value": (list,), "nextPage": (int, NoneType)},
    "item": {
        "path": (str,),
        "title": (str,),
        "excerpt": (str,),
        "sourceUrl": (NoneType,),
        "webUrl": (str, NoneType),
        "originalUrl": (str, NoneType),
        "featuredContent": (str, NoneType),
        "highlight": (NoneType,),
        "heat": (int,),
        "tags": (NoneType,),
        "images": (list, NoneType),
        "content": (NoneType,),
        "type": (str,),
        "ampWebUrl": (str, NoneType),
        "cdnAmpWebUrl": (str, NoneType),
        "publishedDateTime": (str,),
        "updatedDateTime": (str, NoneType),
        "provider": (dict,),
        "locale": (str,),
        "categories": (list,),
        "topics": (list, NoneType),
    },
    "provider": {
        "name": (str,),
        "domain": (str,),
        "images": (list, NoneType),
        "publishers": (NoneType,),
        "authors": (list, NoneType),
    },
    "image": {
        "url": (str,),
        "width": (int, NoneType),
        "height": (int, NoneType),
        "title": (str, NoneType),
        "attribution": (str, NoneType),
        "isCached": (bool,),
    },
    "topic": {
        "name": (str,),
        "shortname": (str,),
        "id": (str,),
        "parent": (str, NoneType),
        "images": (list, NoneType),
        "services": (list,),
    },
    "service": {"name": (str,), "endpoint": (str,)},
}


def _check_shape(kind: str, value: dict[str, Any]) -> None:
    shape = SHAPES[kind]
    assert list(value) == list(shape), kind
    for name, types in shape.items():
        assert type(value[name]) in types, (kind, name, value[name])


def _check_item(item: dict[str, Any]) -> None:
    _check_shape("item", item)
    _check_shape("provider", item["provider"])
    for image in (*(item["images"] or ()), *(item["provider"]["images"] or ())):
        _check_shape("image", image)
        assert image["url"].startswith(("http://", "https://"))
    for name in ("publishedDateTime", "updatedDateTime"):
        assert item[name] is None or datetime.fromisoformat(item[name]).utcoffset() is not None
    assert re.fullmatch(r"_news/.+\.md", item["path"], re.DOTALL) and item["locale"] == item["locale"].lower()
    for text in (*(item["topics"] or ()), *item["categories"], *(item["provider"]["authors"] or ())):
        assert isinstance(text, str)


@pytest.mark.parametrize(
    "site", [sample_site(), site_view(), hostile_site(STRINGS[::7])], ids=["sample", "empty", "hostile"]
)
def test_every_file_has_the_references_shape(site: SiteView) -> None:
    for path, body in build_api(site):
        content = json.loads(body)
        if path == "api/topics/index.json":
            assert list(content) == ["value"]
            for topic in content["value"]:
                _check_shape("topic", topic)
                for service in topic["services"]:
                    _check_shape("service", service)
                assert topic["services"][0]["name"] == "news"
        else:
            _check_shape("page", content)
            for item in content["value"]:
                _check_item(item)
    assert list(SHAPES["item"]) == ITEM_FIELDS


def _read(site: SiteView) -> dict[str, Any]:
    return {path: json.loads(body) for path, body in build_api(site)}


def test_an_item_as_clients_know_it() -> None:
    made = record(
        "A chip the size of a stamp",
        name="2026-11-24-a-chip-the-size-of-a-stamp",
        excerpt="It runs for a week.",
        original_url="https://www.circuitweekly.example/chip?utm_source=feed",
        web_url="https://www.circuitweekly.example/chip",
        amp_url="https://www.circuitweekly.example/amp/chip",
        cdn_amp_url="https://www-circuitweekly-example.cdn.ampproject.org/c/s/www.circuitweekly.example/amp/chip",
        provider=Provider(
            name="Circuit Weekly",
            domain="circuitweekly.example",
            images=(
                Image(
                    url="/assets/images/organizations/circuitweekly.example-50x50.jpg", width=50, height=50
                ),
            ),
        ),
        topics=("AI Hardware", "AI"),
        images=(Image(url="https://pictures.example/1.jpg", width=1280, height=720, cached=True),),
    )
    assert made.state is not None
    made = msgspec.structs.replace(
        made, state=msgspec.structs.replace(made.state, modified=CLOCK, authors=("Ines Okafor",))
    )
    page = _read(site_view([made], locale="en-US"))["api/news/index.json"]
    assert page == {
        "page": 1,
        "value": [
            {
                "path": "_news/2026-11-24-a-chip-the-size-of-a-stamp.md",
                "title": "A chip the size of a stamp",
                "excerpt": "It runs for a week.",
                "sourceUrl": None,
                "webUrl": "https://www.circuitweekly.example/chip",
                "originalUrl": "https://www.circuitweekly.example/chip?utm_source=feed",
                "featuredContent": None,
                "highlight": None,
                "heat": 72,
                "tags": None,
                "images": [
                    {
                        "url": "https://pictures.example/1.jpg",
                        "width": 1280,
                        "height": 720,
                        "title": None,
                        "attribution": None,
                        "isCached": True,
                    }
                ],
                "content": None,
                "type": "article",
                "ampWebUrl": "https://www.circuitweekly.example/amp/chip",
                "cdnAmpWebUrl": (
                    "https://www-circuitweekly-example.cdn.ampproject.org/c/s/www.circuitweekly.example/amp/chip"
                ),
                "publishedDateTime": "2026-11-24T07:00:00+01:00",
                "updatedDateTime": "2026-11-24T10:00:00+01:00",
                "provider": {
                    "name": "Circuit Weekly",
                    "domain": "circuitweekly.example",
                    "images": [
                        {
                            "url": "https://desk.example/assets/images/organizations/circuitweekly.example-50x50.jpg",
                            "width": 50,
                            "height": 50,
                            "title": None,
                            "attribution": None,
                            "isCached": False,
                        }
                    ],
                    "publishers": None,
                    "authors": ["Ines Okafor"],
                },
                "locale": "en-us",
                "categories": ["news"],
                "topics": ["AI Hardware", "AI"],
            }
        ],
        "nextPage": None,
    }
    assert list(page["value"][0]) == ITEM_FIELDS


def test_a_bare_record_has_every_field() -> None:
    bare = msgspec.structs.replace(record("Bare", topics=(), web_url=None), state=None)
    (item,) = _read(site_view([bare]))["api/news/index.json"]["value"]
    assert list(item) == ITEM_FIELDS
    empty = [name for name, value in item.items() if value is None]
    assert empty == [
        "sourceUrl",
        "webUrl",
        "featuredContent",
        "highlight",
        "tags",
        "images",
        "content",
        "ampWebUrl",
        "cdnAmpWebUrl",
        "updatedDateTime",
        "topics",
    ]
    assert item["provider"]["images"] is None and item["provider"]["authors"] is None


def test_newest_first_published_only_a_page_at_a_time() -> None:
    records = [
        record(f"Title {number:02}", published=CLOCK - timedelta(hours=number)) for number in range(45)
    ]
    records.append(record("Held", shown=False, published=CLOCK + timedelta(hours=1)))
    files = _read(site_view(records[::-1]))
    pages = [files[f"api/news/page/{number}/index.json"] for number in (1, 2, 3)]
    assert [page["page"] for page in pages] == [1, 2, 3]
    assert [page["nextPage"] for page in pages] == [2, 3, None]
    assert [len(page["value"]) for page in pages] == [20, 20, 5]
    titles = [item["title"] for page in pages for item in page["value"]]
    assert titles == [f"Title {number:02}" for number in range(45)]
    assert files["api/news/index.json"] == pages[0]
    assert "api/news/page/4/index.json" not in files


def test_each_topic_has_its_list_even_an_empty_one() -> None:
    files = _read(site_view([record("One", topics=("AI Hardware", "AI")), record("Two", topics=("AI",))]))
    assert [item["title"] for item in files["api/news/ai-hardware/index.json"]["value"]] == ["One"]
    assert len(files["api/news/ai/page/1/index.json"]["value"]) == 2
    assert files["api/news/ai-ethics/index.json"] == {"page": 1, "value": [], "nextPage": None}


def test_topics_name_where_their_news_is() -> None:
    topics = _read(site_view(url="https://x.github.io/desk/"))["api/topics/index.json"]["value"]
    assert list(topics[1]) == ["name", "shortname", "id", "parent", "images", "services"]
    assert topics[1] == {
        "name": "AI Hardware",
        "shortname": "Hardware",
        "id": "ai-hardware",
        "parent": "AI",
        "images": None,
        "services": [{"name": "news", "endpoint": "https://x.github.io/desk/api/news/ai-hardware/"}],
    }


def test_an_empty_site_has_an_empty_list() -> None:
    assert _read(site_view())["api/news/index.json"] == {"page": 1, "value": [], "nextPage": None}


def test_links_that_are_not_http_are_null_and_embed_code_is_rebuilt() -> None:
    made = record(
        "Hostile",
        original_url="javascript:alert(1)",
        web_url="data:text/html,x",
        images=(Image(url="javascript:alert(1)"),),
        featured='<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ" onload="x()"></iframe><script>',
    )
    (item,) = _read(site_view([made]))["api/news/index.json"]["value"]
    assert item["originalUrl"] is None and item["webUrl"] is None and item["images"] is None
    assert "nocookie" in item["featuredContent"] and "onload" not in item["featuredContent"]


def test_the_same_site_gives_the_same_bytes() -> None:
    assert dict(build_api(sample_site())) == dict(build_api(sample_site()))


def test_the_documentation_names_every_field() -> None:
    text = (Path(__file__).parents[2] / "docs/api.md").read_text()
    table = text[text.index("| field | form") : text.index("Addresses are http")]
    named = [
        name for line in table.splitlines()[2:] if line for name in re.findall(r"`(\w+)`", line.split("|")[1])
    ]
    assert named == ITEM_FIELDS
