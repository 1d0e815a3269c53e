"""Feeds of a search: what is newest among its matches, in the same forms as every other feed."""

from __future__ import annotations

from urllib.parse import urlencode

from newsloom.publish.cards import Card
from newsloom.publish.feeds import Channel, FeedForm
from newsloom.publish.safety import clean_text
from newsloom.publish.search_page import SearchFrame, compose_result
from newsloom.publish.view import Coverage
from newsloom.publish.words import find_words
from newsloom.records import Article, Provider, Record
from newsloom.search import Hit, Results


class SearchChannel(Channel, frozen=True, kw_only=True):
    """A feed of a search: `query` is the part of its addresses after the question mark."""

    query: str

    def address(self, file: str) -> str:
        """The full address of one of the channel's files."""
        return f"{self.links.absolute(self.links.page('search'))}{file}?{self.query}"


def write_feed(form: FeedForm, results: Results, site: SearchFrame) -> bytes:
    """A feed of results, which are to come newest first."""
    query, words = urlencode({"q": results.text}), find_words(site.frame.locale)
    title = f"{clean_text(results.text) or words.say('Search')} · {site.frame.title}"
    updated = max((hit.listing.published for hit in results.hits), default=site.clock)
    return form.write(
        SearchChannel(
            title=title,
            description=title,
            language=site.frame.locale,
            home=f"{site.links.page('search')}?{query}",
            updated=updated,
            entries=[(_make_story(hit), _make_card(hit, site)) for hit in results.hits],
            links=site.links,
            words=words,
            query=query,
        )
    )


def _make_story(hit: Hit) -> Coverage:
    """A result as far as feeds read a story: when it was published."""
    listing = hit.listing
    article = Article(
        title=listing.title,
        excerpt=listing.excerpt,
        published=listing.published,
        original_url=listing.out,
        provider=Provider(name=listing.provider, domain=listing.domain),
    )
    return Coverage(name=listing.story, lead=Record(name=listing.name, article=article))


def _make_card(hit: Hit, site: SearchFrame) -> Card:
    listing, card = hit.listing, compose_result(hit, site)
    return Card(
        name=listing.story,
        href=card.href,
        out=card.out,
        title=listing.title,
        excerpt=listing.excerpt,
        provider=card.provider,
        moment=card.moment,
        topics=card.topics,
        picture=None,
        heat=0,
        heat_value=-1,
        video=card.video,
        language=card.language,
    )
