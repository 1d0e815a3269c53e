"""The callback as hubs, liars and vandals meet it: the real server, called over a real port."""

from __future__ import annotations

import asyncio
import http.client
import socket
import time
from urllib.parse import urlencode, urlsplit

import pytest
from msgspec.structs import replace

from newsloom import settings
from newsloom.fetch import LiveFetcher
from newsloom.site import Site
from newsloom.store.subscriptions import Subscriptions
from newsloom.websub import Subscription, is_live, polling_ceiling, tell_subscription
from newsloom.websub.exchange import Hubs
from newsloom.websub.inbox import has_pushes, make_push, spool, take_inbox
from newsloom.websub.signing import sign
from tests.recordings import make_feed
from tests.websub.hubs import Hub, Reply, call, running

TOPIC = "https://news.example/rss"
FEED = make_feed([("https://news.example/one", "A chip that thinks with less power")])
LATER = make_feed([("https://news.example/two", "City council lets robots sweep the streets")])


def talk(site: Site) -> Hubs:
    hubs = Hubs(site)

    async def run() -> None:
        async with LiveFetcher(allow=site.config.allow) as fetcher:
            await hubs.talk(fetcher)

    asyncio.run(run())
    return hubs


def plant(site: Site, hub: str = "https://hub.example/", topic: str = TOPIC, **more: object) -> Subscription:
    planted = Subscription(
        token="t" * 43,
        secret="s3cret",
        source=topic,
        hub=hub,
        topic=topic,
        callback=f"{site.config.url}websub/{'t' * 43}",
    )
    planted = replace(planted, **more)
    Subscriptions(site.store).put([planted])
    return planted


def plant_live(site: Site, **more: object) -> Subscription:
    now = int(time.time())
    fields = {"state": "active", "asked": now - 100_000, "verified": now - 90_000, "expires": now + 90_000}
    return plant(site, **(fields | {"next_try": now + 1_000} | more))


def read(site: Site) -> Subscription:
    (one,) = Subscriptions(site.store).all()
    return one


def push(one: Subscription, body: bytes, signature: str = "", **headers: str) -> Reply:
    signed = signature or sign(body, one.secret, "sha256")
    return call(one.callback, "POST", body, X_Hub_Signature=signed, **headers)


def ask_back(one: Subscription, **fields: str) -> Reply:
    named = {"mode": "subscribe", "topic": one.topic, "challenge": "x1", "lease_seconds": "1000"} | fields
    return call(f"{one.callback}?{urlencode({f'hub.{name}': value for name, value in named.items()})}")


def test_a_renewal_leaves_what_works_alone_until_the_hub_confirms(site: Site) -> None:
    hub = Hub(mode="silent", lease="5000")
    one = plant_live(site, hub=hub.url, next_try=0)
    with running(hub):
        talk(site)
        asked = read(site)
        assert (asked.state, asked.secret, asked.expires) == ("active", one.secret, one.expires)
        assert push(one, FEED).status == 202
        (form,) = hub.forms
        assert (form["hub.callback"], form["hub.secret"]) == (one.callback, one.secret)
        assert hub.check(form).status == 200
    renewed = read(site)
    now = int(time.time())
    assert abs(renewed.expires - now - 5000) < 5
    assert 2500 <= renewed.next_try - renewed.verified <= 3334  # half to two thirds of the lease


def test_a_lease_that_nobody_renews_ends_in_polling(site: Site) -> None:
    one = plant_live(site)
    assert polling_ceiling(one, one.expires - 60) == 60
    assert polling_ceiling(one, one.expires) is None


@pytest.mark.parametrize(
    ("told", "kept"),
    [("31536000", settings.WEBSUB_LEASE_MOST_SECONDS), ("nonsense", 864_000), ("-5", 864_000)],
)
def test_leases_are_held_to_two_weeks(site: Site, told: str, kept: int) -> None:
    hub = Hub(lease=told)
    plant(site, hub=hub.url)
    with running(hub):
        talk(site)
    assert abs(read(site).expires - time.time() - kept) < 5


def test_a_denied_subscription_is_polled_and_tried_again_much_later(site: Site) -> None:
    hub = Hub(mode="denied")
    plant(site, hub=hub.url)
    with running(hub):
        talk(site)
        denied = read(site)
        talk(site)
    now = int(time.time())
    assert hub.checks[0].status == 200
    assert (denied.state, len(hub.forms), polling_ceiling(denied, now)) == ("failed", 1, None)
    assert denied.next_try - now >= 57_600
    assert "no room" in tell_subscription(denied, now)


@pytest.mark.parametrize("status", [400, 403, 429, 500, 307])
def test_a_hub_that_refuses_is_named_and_tried_again_with_growing_pauses(site: Site, status: int) -> None:
    hub = Hub(status=status)
    plant(site, hub=hub.url)
    with running(hub):
        problems = talk(site).problems
        first = read(site)
        Subscriptions(site.store).put([replace(first, next_try=0)])
        talk(site)
    assert str(status) in str(problems[0]) and hub.url in str(problems[0])
    now = int(time.time())
    assert (
        settings.WEBSUB_RETRY_SECONDS <= first.next_try - first.asked <= 1.5 * settings.WEBSUB_RETRY_SECONDS
    )
    assert read(site).next_try - now > 1.9 * settings.WEBSUB_RETRY_SECONDS
    assert str(status) in tell_subscription(read(site), now)


def test_a_hub_that_is_down_is_not_asked_for_each_of_its_topics(site: Site) -> None:
    hub = Hub(status=500)
    for number in range(5):
        plant(site, hub=hub.url, topic=f"{TOPIC}/{number}", token=str(number) * 43)
    with running(hub):
        talk(site)
        assert len(hub.forms) == 1
        talk(site)
    assert len(hub.forms) == 1


def test_a_hub_on_a_private_address_is_refused_by_the_guard(site: Site) -> None:
    plant(site, hub="http://10.1.2.3/hub")
    (problem,) = talk(site).problems
    assert "10.1.2.3" in str(problem)


@pytest.mark.parametrize("state", ["none", "active", "failed"])
def test_what_nobody_asked_for_is_not_confirmed(site: Site, state: str) -> None:
    one = plant_live(site, state=state, asked=0)
    for fields in ({}, {"mode": "unsubscribe"}, {"mode": "publish"}, {"topic": "https://other.example/"}):
        reply = ask_back(one, **fields)
        assert (reply.status, reply.body) == (404, b"")
    assert read(site) == one


def test_a_challenge_cannot_become_a_page(site: Site) -> None:
    one = plant(site, state="pending", waiting=True, asked=int(time.time()))
    script = "<html><script>alert(1)</script>"
    assert ask_back(one, challenge=script, topic="https://other.example/").body == b""
    assert ask_back(one, challenge="x" * 1_025).status == ask_back(one, challenge="").status == 404
    reply = ask_back(one, challenge=script)
    assert (reply.status, reply.body) == (200, script.encode())
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert ask_back(one).status == 200  # the hub asks again when our answer got lost


@pytest.mark.parametrize(
    "signature",
    ["sha256=" + "0" * 64, "sha256=", "md5=" + "0" * 32, "=", "sha256=\xe9", "x" * 5_000, sign(FEED, "guess", "sha256")],
)  # fmt: skip
def test_a_wrong_signature_is_acknowledged_dropped_and_told(site: Site, signature: str) -> None:
    one = plant_live(site)
    reply = push(one, FEED, signature)
    assert (reply.status, reply.body) == (202, b"")
    assert not has_pushes(site.private)
    now = int(time.time())
    assert is_live(read(site), now)
    assert "its signature is wrong" in tell_subscription(read(site), now)


def test_an_unsigned_push_is_dropped(site: Site) -> None:
    one = plant_live(site)
    assert call(one.callback, "POST", FEED).status == 202
    assert not has_pushes(site.private)


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_way_of_signing_is_understood_but_none_weaker_than_before(site: Site, method: str) -> None:
    one = plant_live(site)
    push(one, FEED, sign(FEED, one.secret, method))
    assert len(take_inbox(site.private)) == 1
    push(one, LATER, sign(LATER, one.secret, "sha1"))
    assert len(take_inbox(site.private)) == (2 if method == "sha1" else 1)


def test_a_replayed_push_is_not_taken_twice(site: Site) -> None:
    one = plant_live(site)
    assert push(one, FEED).status == push(one, FEED).status == 202
    (taken,) = take_inbox(site.private)
    assert (taken.source, taken.body) == (one.source, FEED)
    (site.private / "inbox" / taken.name).unlink()
    push(one, LATER)
    push(one, FEED)
    assert [item.body for item in take_inbox(site.private)] == [LATER]


def test_a_push_for_another_topic_is_dropped(site: Site) -> None:
    one = plant_live(site)
    assert push(one, FEED, Link='<https://other.example/rss>; rel="self"').status == 202
    assert not has_pushes(site.private)
    assert push(one, FEED, Link=f'<https://h.example/>; rel="hub", <{TOPIC}>; rel="self"').status == 202
    assert has_pushes(site.private)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_a_callback_takes_nothing_but_get_and_post(site: Site, method: str) -> None:
    assert call(plant_live(site).callback, method).status == 405


@pytest.mark.parametrize(
    "path", ["websub/", "websub/short", f"websub/{'u' * 43}/x", f"x/websub/{'u' * 43}", "rss"]
)
def test_nothing_else_takes_a_push(site: Site, path: str) -> None:
    plant_live(site)
    assert call(site.config.url + path, "POST", FEED).status == 405


def test_an_unknown_callback_is_told_so_before_its_body_is_read(site: Site) -> None:
    plant_live(site)
    assert call(f"{site.config.url}websub/{'u' * 43}", "POST", FEED).status == 404
    assert call(f"{site.config.url}websub/{'u' * 43}?hub.mode=subscribe&hub.challenge=1").status == 404


def test_a_body_beyond_what_a_feed_may_have_is_refused(site: Site) -> None:
    one = plant_live(site)
    parts = urlsplit(one.callback)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10) as line:
        head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {settings.FEED_BYTES + 1}\r\n\r\n"
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_an_endless_body_is_cut_off(site: Site) -> None:
    one = plant_live(site)
    parts = urlsplit(one.callback)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    piece = b"x" * settings.MIB
    pieces = (piece for _ in range(settings.FEED_BYTES // settings.MIB + 2))
    try:
        connection.request("POST", parts.path, pieces, {"X-Hub-Signature": "sha256=0"}, encode_chunked=True)
        assert connection.getresponse().status == 413
    except ConnectionError:
        pass  # it may hang up before all of it is sent
    finally:
        connection.close()
    assert not has_pushes(site.private)
    assert push(one, FEED).status == 202


def test_a_packed_body_is_not_unpacked(site: Site) -> None:
    assert push(plant_live(site), FEED, Content_Encoding="gzip").status == 415


def test_a_full_inbox_asks_the_hub_to_come_again(site: Site) -> None:
    one = plant_live(site)
    for number in range(settings.WEBSUB_INBOX_FILES):
        path = site.private / "inbox" / f"{number}.push"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    reply = push(one, FEED)
    assert reply.status == 503 and int(reply.headers["retry-after"]) > 0
    assert read(site).digests == ()


def test_a_push_proves_that_a_hub_thought_dead_is_alive(site: Site) -> None:
    one = plant_live(site, state="failed", attempts=5, problem="3 polls in a row")
    push(one, FEED)
    assert is_live(read(site), int(time.time()))


def test_a_push_of_garbage_only_asks_for_a_poll(site: Site) -> None:
    one = plant_live(site)
    for body in (b"", b"\x00\xff" * 1_000, b"<html><body>hello</body></html>", b"{}"):
        assert push(one, body).status == 202
    (ping,) = take_inbox(site.private)  # four times the same news: that there is news
    assert (ping.source, ping.body) == (one.source, b"")
    hubs = Hubs(site)
    hubs.take()
    assert hubs.is_pinged(one.source)


def test_pushes_come_out_in_the_order_they_came_in(site: Site) -> None:
    spool(site.private, make_push("https://b.example/", TOPIC, LATER, 2_000))
    spool(site.private, make_push("https://a.example/", TOPIC, FEED, 1_000))
    assert [push.observed.timestamp() for push in take_inbox(site.private)] == [1_000, 2_000]
