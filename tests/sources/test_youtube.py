from datetime import UTC, datetime

import pytest

from newsloom.extract import read_entry
from newsloom.sources import read_source
from newsloom.sources.youtube import (
    find_youtube_feed,
    is_youtube_channel,
    is_youtube_feed,
    read_youtube_channel,
)

CHANNEL = "UC" + "a1_-" * 5 + "Qw"
FEED = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
ENTRIES = f"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/"
 xmlns="http://www.w3.org/2005/Atom"><title>Robot kitchen</title>
<entry><id>yt:video:abcdefghijk</id><yt:videoId>abcdefghijk</yt:videoId><yt:channelId>{CHANNEL}</yt:channelId>
<title>A robot learns to pour tea</title><link rel="alternate" href="https://www.youtube.com/watch?v=abcdefghijk"/>
<author><name>Robot kitchen</name></author><published>2026-11-23T10:00:00+00:00</published>
<media:group><media:title>A robot learns to pour tea</media:title>
<media:thumbnail url="https://i1.ytimg.example/vi/abcdefghijk/hqdefault.jpg" width="480" height="360"/>
<media:description>Without a single spill.</media:description></media:group></entry></feed>"""


@pytest.mark.parametrize(
    ("address", "query"),
    [
        (f"https://www.youtube.com/channel/{CHANNEL}", f"channel_id={CHANNEL}"),
        (f"https://m.youtube.com/channel/{CHANNEL}/videos", f"channel_id={CHANNEL}"),
        ("https://www.youtube.com/user/robotkitchen", "user=robotkitchen"),
        ("https://youtube.com/playlist?list=PLabcdefghijkl", "playlist_id=PLabcdefghijkl"),
    ],
)
def test_addresses_that_say_enough_give_the_feed(address: str, query: str) -> None:
    assert find_youtube_feed(address) == f"https://www.youtube.com/feeds/videos.xml?{query}"
    assert is_youtube_feed(find_youtube_feed(address))


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/@robotkitchen",
        "https://evil.example/channel/UC0123456789012345678901",
        "https://www.youtube.com/channel/UCshort",
        "https://[",
    ],
)
def test_others_do_not(address: str) -> None:
    assert find_youtube_feed(address) == ""


def test_a_handle_is_resolved_by_its_page() -> None:
    assert is_youtube_channel("https://www.youtube.com/@robotkitchen")
    assert not is_youtube_channel("https://news.example/@robotkitchen")
    for page in (
        f'<link rel="alternate" type="application/rss+xml" href="{FEED}">',
        f'<link rel="canonical" href="https://www.youtube.com/channel/{CHANNEL}">',
        f'<script>{{"externalId":"{CHANNEL}"}}</script>',
    ):
        assert read_youtube_channel(f"<html><head>{page}</head></html>".encode()) == FEED
    assert read_youtube_channel(b"<html>Before you continue</html>") == ""


def test_a_channels_entries_come_as_films_with_their_player() -> None:
    feed = read_source("feed", ENTRIES.encode(), FEED, datetime(2026, 11, 24, tzinfo=UTC))
    draft = read_entry(feed.entries[0])
    assert draft.kind == "video"
    assert draft.embed is not None
    assert "https://www.youtube-nocookie.com/embed/abcdefghijk" in draft.embed
