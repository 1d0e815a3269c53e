"""What a pass makes of the sources it reads: hubs found, changed, lost, and those that let it down."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from newsloom import settings
from newsloom.config import Config
from newsloom.errors import ConfigError
from newsloom.fetch import Answer
from newsloom.records import Candidate
from newsloom.site import Site
from newsloom.sources import Feed
from newsloom.store import SourceState, open_index
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub import Subscription
from newsloom.websub.exchange import Hubs, check_callback

SOURCE = "https://news.example/rss"
HUB = "https://hub.example/"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    with open_index(tmp_path / ".newsloom/index.sqlite"):
        pass
    config = Config(url="https://desk.example/", websub=True)
    return Site(root=tmp_path, config=config, sources=(), topics=(), organizations={})


def entry(hours: float | None) -> Candidate:
    moment = datetime.now(UTC)
    published = None if hours is None else moment - timedelta(hours=hours)
    return Candidate(
        address="https://news.example/1", source=SOURCE, observed=moment, title="News", published=published
    )


def note(hubs: Hubs, hub: str = HUB, unseen: tuple[Candidate, ...] = (), polled: int = 0) -> None:
    moment = datetime.now(UTC)
    answer = Answer(address=SOURCE, final=SOURCE, status=200, observed=moment)
    feed = Feed(address=SOURCE, title="", observed=moment, entries=unseen, problems={}, hub=hub, topic=SOURCE)
    hubs.note(SOURCE, answer, feed, unseen, polled)


def plant(site: Site) -> Subscription:
    now = int(time.time())
    one = Subscription(
        token="t", secret="s", source=SOURCE, hub=HUB, topic=SOURCE, callback="https://desk.example/websub/t",
        state="active", asked=now - 300_000, verified=now - 300_000, expires=now + 300_000, next_try=now + 9_000,
    )  # fmt: skip
    Subscriptions(site.store).put([one])
    return one


def missed(site: Site, hours: float | None, *, polled_hours: float = 24, ping: bool = False) -> int:
    hubs = Hubs(site)
    if ping:
        hubs.ping(SOURCE)
    note(hubs, unseen=(entry(hours),), polled=int(time.time() - polled_hours * 3_600))
    found = Subscriptions(site.store).find("t")
    assert found is not None
    return found.missed


def test_news_a_safety_poll_finds_counts_against_the_hub(site: Site) -> None:
    plant(site)
    assert missed(site, 5) == 1
    assert missed(site, None) == 2


@pytest.mark.parametrize(
    ("hours", "polled_hours", "ping"),
    [
        (0.1, 24, False),  # so new that the push may be on its way
        (40, 24, False),  # older than the last poll: the feed shows old entries again
        (5, 100, False),  # the poll before was before the hub took over
        (5, 24, True),  # the hub said that there is news
    ],
)
def test_what_the_hub_is_not_to_blame_for_does_not_count(
    site: Site, hours: float, polled_hours: float, ping: bool
) -> None:
    plant(site)
    assert missed(site, hours, polled_hours=polled_hours, ping=ping) == 0


def test_a_dead_hub_has_its_source_polled_with_every_pass_again(site: Site) -> None:
    plant(site)
    state = SourceState(address=SOURCE, polled=int(time.time()) - 60)
    assert Hubs(site).rests(state)
    for _ in range(settings.WEBSUB_MISSES):
        missed(site, 5)
    assert not Hubs(site).rests(state)


def test_a_source_rests_while_its_hub_pushes_but_is_polled_once_a_day(site: Site) -> None:
    plant(site)
    now = int(time.time())
    state = SourceState(address=SOURCE, polled=now - 60)
    assert Hubs(site).rests(state)
    assert not Hubs(site).rests(replace(state, polled=now - settings.WEBSUB_POLL_SECONDS))
    assert not Hubs(site).rests(replace(state, failures=1))
    assert not Hubs(site).rests(replace(state, address="https://other.example/"))
    assert not Hubs(site).rests(None)
    assert not Hubs(site, recording=True).rests(state)
    assert not Hubs(site, live=False).rests(state)


def test_pushes_do_not_put_the_safety_poll_off(site: Site) -> None:
    one = plant(site)
    now = int(time.time())
    Subscriptions(site.store).put([replace(one, pushed=now)])
    assert not Hubs(site).rests(SourceState(address=SOURCE, polled=now - settings.WEBSUB_POLL_SECONDS))


def test_without_the_setting_no_hub_is_noted(site: Site) -> None:
    off = Hubs(Site(
        root=site.root, config=Config(url="https://desk.example/"), sources=(), topics=(), organizations={}
    ))  # fmt: skip
    note(off)
    assert not off.waiting


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000/", "http://127.0.0.1/", "http://[::1]/", "http://desk/", "http://desk.local/", "http://0x7f.1/"],
)  # fmt: skip
def test_hubs_cannot_call_an_address_of_this_house(url: str) -> None:
    with pytest.raises(ConfigError, match="set `url`"):
        check_callback(Config(url=url, websub=True))


def test_hubs_can_call_a_public_address_or_one_that_is_allowed() -> None:
    check_callback(Config(url="https://desk.example/news/"))
    check_callback(Config(url="http://desk:8000/", allow=("desk:8000",)))
    check_callback(Config(url="http://127.0.0.1:8000/", allow=("127.0.0.0/8",)))
