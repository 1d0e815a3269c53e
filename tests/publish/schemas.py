"""What the specifications of feeds and sitemaps ask, as checks: each raises AssertionError naming what is wrong."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from lxml import etree
from selectolax.lexbor import LexborHTMLParser

ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
_MAIL_DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}"
    r" \d{2}:\d{2}:\d{2} (GMT|[+-]\d{4})"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", re.IGNORECASE)
_CHANNEL = {"title", "link", "description", "language", "lastBuildDate", "generator", "docs", "ttl", "item"}
_ITEM = {"title", "link", "guid", "comments", "pubDate", "category", "description", "author", "source"}


def parse_xml(body: bytes) -> Element:
    """A document's root, read strictly: no entity, no recovery, UTF-8 as declared."""
    assert body.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, recover=False))
    return ElementTree.fromstring(body)


def check_address(text: str | None) -> str:
    """An absolute http(s) address in ASCII, without blanks."""
    parts = urlsplit(text or "")
    assert text and parts.scheme in {"http", "https"} and parts.netloc, text
    assert text.isascii() and text == text.strip() and not re.search(r'[\s<>"{}|\\^`]', text), text
    return text


def check_date(text: str | None) -> datetime:
    """RFC 3339 with a zone, as Atom, JSON Feed, sitemaps and schema.org have it."""
    assert text and _DATE.fullmatch(text), text
    return datetime.fromisoformat(text)


def _check_html(text: str | None) -> None:
    """A piece of HTML of nothing but paragraphs and links, all of them absolute."""
    body = LexborHTMLParser(text or "").css_first("body")
    nodes = body.css("*") if body is not None else []
    assert {node.tag for node in nodes} <= {"body", "p", "a"}
    for node in nodes:
        assert node.attributes.keys() <= {"href"}
        if node.tag == "a":
            check_address(node.attributes["href"])


def _count(element: Element, names: Iterable[str], most: int = 1, least: int = 1) -> None:
    counts = Counter(child.tag for child in element)
    for name in names:
        assert least <= counts[name] <= most, (name, counts[name])


def check_rss(body: bytes) -> list[str]:
    """RSS 2.0 by the RSS Advisory Board's profile; gives the guids."""
    root = parse_xml(body)
    (channel,) = root
    assert (root.tag, root.get("version"), channel.tag) == ("rss", "2.0", "channel")
    _count(channel, ("title", "link", "description", "lastBuildDate", f"{ATOM}link"))
    assert {child.tag for child in channel if not child.tag.startswith("{")} <= _CHANNEL
    check_address(channel.findtext("link"))
    assert channel.findtext("title") and channel.findtext("description")
    assert _LANGUAGE.fullmatch(channel.findtext("language"))
    _check_mail_date(channel.findtext("lastBuildDate"))
    own = channel.find(f"{ATOM}link")
    assert (own.get("rel"), own.get("type")) == ("self", "application/rss+xml")
    check_address(own.get("href"))
    guids = [_check_item(item) for item in channel.iterfind("item")]
    assert len(guids) == len(set(guids))
    return guids


def _check_item(item: Element) -> str:
    _count(item, ("title", "link", "guid", "pubDate", "description"))
    assert {child.tag for child in item if not child.tag.startswith("{")} <= _ITEM
    assert item.findtext("title").strip()
    check_address(item.findtext("link"))
    check_address(item.findtext("comments"))
    _check_mail_date(item.findtext("pubDate"))
    _check_html(item.findtext("description"))
    guid: str = item.findtext("guid")
    assert item.find("guid").get("isPermaLink") == "true" and check_address(guid)
    return guid


def _check_mail_date(text: str | None) -> None:
    assert text and _MAIL_DATE.fullmatch(text), text
    assert parsedate_to_datetime(text).strftime("%a") == text[:3]


def check_atom(body: bytes) -> list[str]:
    """Atom by the RELAX NG rules of RFC 4287; gives the entries' ids."""
    root = parse_xml(body)
    assert root.tag == f"{ATOM}feed"
    assert {child.tag for child in root} <= {
        ATOM + name
        for name in ("title", "subtitle", "id", "updated", "author", "link", "generator", "category", "entry")
    }
    _check_atom_head(root)
    (own,) = (link for link in root.iterfind(f"{ATOM}link") if link.get("rel") == "self")
    assert own.get("type") == "application/atom+xml"
    ids = [_check_entry(entry) for entry in root.iterfind(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return ids


def _check_atom_head(element: Element) -> str:
    """What feeds and entries have in common."""
    _count(element, (ATOM + name for name in ("id", "title", "updated")))
    _count(element, (ATOM + name for name in ("summary", "subtitle", "published")), least=0)
    check_date(element.findtext(f"{ATOM}updated"))
    for author in element.iterfind(f"{ATOM}author"):
        _count(author, (f"{ATOM}name",))
        assert author.findtext(f"{ATOM}name").strip()
    assert element.find(f"{ATOM}author") is not None
    links = [
        (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
        for link in element.iterfind(f"{ATOM}link")
    ]
    alternates = [link for link in links if link[0] == "alternate"]
    assert len(alternates) == len(set(alternates)) == 1
    for link in element.iterfind(f"{ATOM}link"):
        check_address(link.get("href"))
    for category in element.iterfind(f"{ATOM}category"):
        assert category.get("term")
    found: str = element.findtext(f"{ATOM}id")
    return check_address(found)


def _check_entry(entry: Element) -> str:
    assert {child.tag for child in entry} <= {
        ATOM + name
        for name in (
            "title",
            "id",
            "link",
            "published",
            "updated",
            "author",
            "category",
            "summary",
            "content",
        )
    }
    published = check_date(entry.findtext(f"{ATOM}published"))
    assert published <= check_date(entry.findtext(f"{ATOM}updated"))
    summary = entry.find(f"{ATOM}summary")
    assert summary.get("type") in {None, "text", "html"} and not len(summary)
    _check_html(summary.text)
    return _check_atom_head(entry)


def check_json_feed(body: bytes) -> list[str]:
    """JSON Feed 1.1 by its specification; gives the items' ids."""
    feed = json.loads(body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str) and feed["title"]
    for name in ("home_page_url", "feed_url"):
        check_address(feed[name])
    assert _LANGUAGE.fullmatch(feed["language"]) and isinstance(feed["items"], list)
    assert feed.keys() <= {
        "version",
        "title",
        "description",
        "language",
        "home_page_url",
        "feed_url",
        "hubs",
        "items",
    }
    ids = [_check_json_item(item) for item in feed["items"]]
    assert len(ids) == len(set(ids))
    return ids


def _check_json_item(item: dict[str, Any]) -> str:
    assert isinstance(item["id"], str) and ("content_html" in item or "content_text" in item)
    for name in ("id", "url", *(["image"] if "image" in item else [])):
        check_address(item[name])
    for name in ("title", "summary", "content_html"):
        assert isinstance(item[name], str)
    assert check_date(item["date_published"]) <= check_date(item["date_modified"])
    assert item["authors"] and all(
        isinstance(author["name"], str) and author["name"] for author in item["authors"]
    )
    assert all(isinstance(tag, str) for tag in item["tags"])
    assert "author" not in item
    _check_html(item["content_html"])
    found: str = item["id"]
    return found


def check_news_sitemap(body: bytes) -> list[datetime]:
    """Google's sitemap-news.xsd: elements, their order and forms; gives the dates."""
    root = parse_xml(body)
    assert root.tag == f"{MAP}urlset" and len(body) < 50_000_000 and len(root) <= 1_000
    dates = []
    for url in root:
        assert [child.tag for child in url] == [f"{MAP}loc", f"{NEWS}news"]
        check_address(url.findtext(f"{MAP}loc"))
        news = url.find(f"{NEWS}news")
        assert [child.tag for child in news] == [
            NEWS + name for name in ("publication", "publication_date", "title")
        ]
        publication = news.find(f"{NEWS}publication")
        assert [child.tag for child in publication] == [f"{NEWS}name", f"{NEWS}language"]
        assert publication.findtext(f"{NEWS}name").strip() and news.findtext(f"{NEWS}title").strip()
        assert re.fullmatch(r"zh-cn|zh-tw|[a-z]{2,3}", publication.findtext(f"{NEWS}language"))
        dates.append(check_date(news.findtext(f"{NEWS}publication_date")))
    return dates


def check_sitemap(body: bytes) -> list[str]:
    """A sitemap or an index of them, by the XSD of sitemaps.org; gives the addresses."""
    root = parse_xml(body)
    child = {f"{MAP}urlset": f"{MAP}url", f"{MAP}sitemapindex": f"{MAP}sitemap"}[root.tag]
    assert 1 <= len(root) <= 50_000 and len(body) < 50 * 2**20
    addresses = []
    for element in root:
        assert element.tag == child
        assert [part.tag for part in element] in ([f"{MAP}loc"], [f"{MAP}loc", f"{MAP}lastmod"])
        addresses.append(check_address(element.findtext(f"{MAP}loc")))
        assert len(addresses[-1]) < 2_048
        if len(element) == 2:
            check_date(element.findtext(f"{MAP}lastmod"))
    assert len(addresses) == len(set(addresses))
    return addresses
