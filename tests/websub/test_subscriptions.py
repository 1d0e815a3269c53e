"""The steps of a subscription, for any order of events that hubs, sources and time can bring."""

from __future__ import annotations

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from newsloom import settings
from newsloom.websub.subscriptions import (
    Subscription,
    accepts_method,
    adopt_hub,
    ask,
    deny,
    hear,
    is_due,
    is_live,
    is_over,
    leave,
    miss,
    polling_ceiling,
    put_off,
    request_form,
    settle,
    verify,
)
from newsloom.websub.telling import tell_subscription

SOURCES = ("https://a.example/rss", "https://b.example/rss")
TOPICS = ("https://a.example/rss", "https://t.example/")
HUBS = ("", "https://hub.example/", "https://other.example/")
NOW = 1_800_000_000


def make(
    number: int = 0, source: str = SOURCES[0], hub: str = HUBS[1], topic: str = TOPICS[0]
) -> Subscription:
    token = f"token{number}"
    return Subscription(
        token=token,
        secret=f"secret{number}",
        source=source,
        hub=hub,
        topic=topic,
        callback=f"https://desk.example/websub/{token}",
    )


def confirm(subscription: Subscription, now: int = NOW, lease: int | None = 1_000_000) -> Subscription:
    confirmed = verify(ask(subscription, now), "subscribe", subscription.topic, lease, now)
    assert confirmed is not None
    return confirmed


def test_a_source_that_changes_its_hub_leaves_the_old_one_and_keeps_one_subscription() -> None:
    first = confirm(make())
    left, new = adopt_hub([first], make(1, hub=HUBS[2]))
    assert (left.token, left.state, new.hub, new.state) == (first.token, "leaving", HUBS[2], "none")
    assert not is_live(left, NOW)
    assert dict(request_form(left))["hub.mode"] == "unsubscribe"


def test_a_source_without_a_hub_any_more_leaves_it() -> None:
    (left,) = adopt_hub([confirm(make())], make(1, hub=""))
    assert left.state == "leaving"


def test_a_topic_of_two_sources_has_one_subscription() -> None:
    assert adopt_hub([confirm(make())], make(1, source=SOURCES[1])) == ()


def test_a_site_that_moved_subscribes_under_its_new_address() -> None:
    first = confirm(make())
    moved = Subscription(
        token="new", secret="s", source=first.source, hub=first.hub, topic=first.topic, callback="https://new.example/websub/new"
    )  # fmt: skip
    assert [one.state for one in adopt_hub([first], moved)] == ["leaving", "none"]


def test_a_hub_that_does_not_listen_is_not_asked_to_let_go_for_ever() -> None:
    left, now = leave(confirm(make())), NOW
    for _ in range(settings.WEBSUB_LEAVES):
        assert is_due(left, now) and not is_over(left, now)
        left = ask(left, now)
        now = left.next_try
    assert is_over(left, now)


def test_a_hub_that_pushes_nothing_while_polls_find_news_counts_as_dead() -> None:
    one = confirm(make())
    for _ in range(settings.WEBSUB_MISSES - 1):
        one = miss(one, NOW)
        assert polling_ceiling(one, NOW) == settings.WEBSUB_POLL_SECONDS
    one = miss(hear(one, "sha256", "d", NOW), NOW)
    assert one.missed == 1  # a push in between begins the count anew
    for _ in range(settings.WEBSUB_MISSES - 1):
        one = miss(one, NOW)
    assert (one.state, polling_ceiling(one, NOW)) == ("failed", None)
    assert "3 polls in a row" in tell_subscription(one, NOW)
    assert accepts_method(one, "sha1")


def test_a_renewal_that_fails_again_and_again_stays_live_to_the_end_of_its_lease() -> None:
    one = confirm(make())
    now = one.next_try
    while now < one.expires:
        assert is_live(one, now)
        if is_due(one, now):
            one = settle(ask(one, now), "HTTP 500", now)
        now += 1_800
    assert not is_live(ask(one, now), now)


def test_renewals_of_many_topics_do_not_fall_together() -> None:
    moments = [confirm(make(number)).next_try - NOW for number in range(200)]
    assert min(moments) >= 500_000 and max(moments) <= 666_667
    assert len(set(moments)) > 100


def test_pauses_grow_to_a_week_and_stay_there() -> None:
    one, now, pauses = make(), NOW, []
    for _ in range(20):
        one = ask(one, now)
        pauses.append(one.next_try - now)
        now = one.next_try
    assert 3_600 <= pauses[0] <= 5_400
    assert settings.WEBSUB_RETRY_MOST_SECONDS <= pauses[-1] <= 1.5 * settings.WEBSUB_RETRY_MOST_SECONDS
    assert one.state == "failed"


def test_a_reason_of_a_hub_is_held_to_one_short_line() -> None:
    one = deny(confirm(make()), TOPICS[0], "a\nb\x1b[31m" + "x" * 10_000, NOW)
    assert one is not None and len(one.problem) < 250 and one.problem.isprintable()
    assert deny(one, "https://other.example/", "", NOW) is None


def test_a_live_subscription_is_told_with_its_hub() -> None:
    one = hear(confirm(make()), "sha256", "d", NOW)
    assert tell_subscription(one, NOW + 7_200) == (
        "pushed by https://hub.example/ for 11 days more, last push 2 hours ago"
    )
    assert "leaving" in tell_subscription(leave(one), NOW)
    assert tell_subscription(None, NOW) == ""


class World(RuleBasedStateMachine):
    """A desk with two sources, two topics and two hubs, and whatever may happen to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.number = 0
        self.rows: dict[str, Subscription] = {}
        self.granted: dict[str, int] = {}  # until when each hub has really promised to push

    def pick(self, number: int) -> Subscription | None:
        return list(self.rows.values())[number % len(self.rows)] if self.rows else None

    def keep(self, one: Subscription | None) -> None:
        if one is not None:
            self.rows[one.token] = one

    @rule(seconds=st.sampled_from((1, 600, 3_600, 90_000, 700_000, 2_000_000)))
    def wait(self, seconds: int) -> None:
        self.now += seconds

    @rule(source=st.sampled_from(SOURCES), hub=st.sampled_from(HUBS), topic=st.sampled_from(TOPICS))
    def read_source(self, source: str, hub: str, topic: str) -> None:
        self.number += 1
        for one in adopt_hub(self.rows.values(), make(self.number, source, hub, topic)):
            self.keep(one)

    @rule()
    def make_a_pass(self) -> None:
        for one in list(self.rows.values()):
            if is_over(one, self.now):
                del self.rows[one.token]
            elif is_due(one, self.now):
                self.keep(ask(one, self.now))

    @precondition(lambda self: self.rows)
    @rule(
        number=st.integers(0, 9),
        mode=st.sampled_from(("subscribe", "unsubscribe", "")),
        topic=st.sampled_from(TOPICS),
        lease=st.one_of(st.none(), st.sampled_from((0, 60, 864_000, 10**9))),
    )
    def call_back(self, number: int, mode: str, topic: str, lease: int | None) -> None:
        before = self.pick(number)
        assert before is not None
        after = verify(before, mode, topic, lease, self.now)
        if after is None:
            return
        assert before.asked and topic == before.topic and before.ending == (mode == "unsubscribe")
        if mode == "subscribe" and before.waiting:
            self.granted[after.token] = self.now + min(
                864_000 if lease is None else max(lease, 1), settings.WEBSUB_LEASE_MOST_SECONDS
            )
        self.keep(after)

    @precondition(lambda self: self.rows)
    @rule(number=st.integers(0, 9), event=st.sampled_from(("deny", "hear", "miss", "settle", "off", "leave")))
    def happen(self, number: int, event: str) -> None:
        one = self.pick(number)
        assert one is not None
        if event == "deny":
            self.keep(deny(one, one.topic, "no", self.now))
            self.granted.pop(one.token, None)
        elif event == "hear" and not one.ending:
            self.keep(hear(one, "sha256", f"d{self.now}", self.now))
        elif event == "miss":
            self.keep(miss(one, self.now))
        elif event == "settle":
            self.keep(settle(one, "HTTP 500", self.now))
        elif event == "off":
            self.keep(put_off(one, self.now))
        elif event == "leave":
            self.keep(leave(one))

    @invariant()
    def a_topic_and_a_source_have_one_subscription_at_most(self) -> None:
        running = [one for one in self.rows.values() if not one.ending]
        assert len({one.topic for one in running}) == len({one.source for one in running}) == len(running)

    @invariant()
    def whoever_is_not_promised_pushes_is_polled(self) -> None:
        for one in self.rows.values():
            ceiling = polling_ceiling(one, self.now)
            promised = self.granted.get(one.token, 0) - self.now
            if promised <= 0 or one.ending or one.state == "failed":
                assert ceiling is None
            elif ceiling is not None:
                assert 0 < ceiling <= min(promised, settings.WEBSUB_POLL_SECONDS)

    @invariant()
    def nothing_is_ever_stuck(self) -> None:
        for one in self.rows.values():
            pause = 1.5 * settings.WEBSUB_RETRY_MOST_SECONDS
            longest = max(pause, 2 / 3 * settings.WEBSUB_LEASE_MOST_SECONDS)
            assert one.next_try - self.now <= longest
            assert len(one.digests) <= settings.WEBSUB_DIGESTS


World.TestCase.settings = hypothesis_settings(max_examples=60, stateful_step_count=40, deadline=None)
TestWorld = World.TestCase
