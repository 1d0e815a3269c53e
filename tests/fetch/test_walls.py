from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newsloom.fetch import Answer, Hop, tell_wall
from newsloom.fetch.causes import CAUSES
from newsloom.fetch.walls import _read_book

ASKED = "https://news.example/2026/11/24/a-chip-that-needs-no-power.html"
PROSE = "<p>" + "The laboratory measured the chip for a month and found it needs little power. " * 30 + "</p>"


def page(title: str, body: str = "", head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def answer(
    body: str, status: int = 200, *, final: str = "", content_type: str = "text/html", **headers: str
) -> Answer:
    raw, useful = body.encode(), status == 200
    fields = [
        ("content-type", content_type),
        *((name.replace("_", "-"), text) for name, text in headers.items()),
    ]
    return Answer(
        address=ASKED,
        final=final or ASKED,
        status=status,
        observed=datetime(2026, 11, 24, tzinfo=UTC),
        headers=tuple(fields),
        body=raw if useful else b"",
        notice=b"" if useful else raw,
        hops=(Hop(address=ASKED, status=302, location=final),) if final else (),
    )


def code(told: Answer) -> str:
    error = tell_wall(told)
    return error.code if error is not None else ""


BOT_WALLS = {
    "Cloudflare": page(
        "Just a moment...",
        '<noscript>Enable JavaScript and cookies to continue</noscript><script>window._cf_chl_opt={cvId:"3"}</script>',
    ),
    "Cloudflare, blocked": page(
        "Attention Required! | Cloudflare",
        "<h1>Sorry, you have been blocked</h1><p>Cloudflare Ray ID: 8f0</p>",
    ),
    "Cloudflare, 1020": "error code: 1020",
    "DataDome": page("news.example", "<script>var dd={'rt':'c','host':'geo.captcha-delivery.com'}</script>"),
    "DataDome, JSON": '{"url":"https://geo.captcha-delivery.com/captcha/?initialCid=x","var dd={":1}',
    "HUMAN (PerimeterX)": page(
        "Access to this page has been denied", '<div id="px-captcha"></div><p>Press &amp; Hold</p>'
    ),
    "Akamai": (
        "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n"
        "You don't have permission to access this<P>\nReference&#32;&#35;18&#46;5e\n</BODY>\n</HTML>"
    ),
    "Imperva (Incapsula)": page("", "Request unsuccessful. Incapsula incident ID: 703-19"),
    "Imperva, Distil": page("Pardon Our Interruption", "<h1>Pardon Our Interruption...</h1>"),
    "Sucuri": page(
        "Sucuri WebSite Firewall - Access Denied", "<p>Block reason: bad bot</p><p>Sucuri CloudProxy</p>"
    ),
    "AWS WAF": page("Human Verification", "<script>window.gokuProps = {}</script>"),
    "Vercel": page("Vercel Security Checkpoint", "<p>We're verifying your browser</p>"),
    "Anubis": page("Making sure you&#39;re not a bot!", "<p>Loading…</p>"),
    "Radware": page("x", '<form action="https://validate.perfdrive.com/captcha">x</form>'),
    "F5": page("Request Rejected", "The requested URL was rejected. Please consult with your administrator."),
    "Bloomberg": page(
        "Bloomberg - Are you a robot?", "<p>We've detected unusual activity from your computer network</p>"
    ),
    "hCaptcha": page(
        "Security check", '<p>Complete the security check to go on</p><div class="h-captcha"></div>'
    ),
    "German": page("Prüfung", "<p>Bitte bestätigen Sie, dass Sie kein Roboter sind.</p>"),
}


@pytest.mark.parametrize("status", [200, 202, 403, 429, 503])
@pytest.mark.parametrize("name", [name for name, body in BOT_WALLS.items() if body.startswith("<")])
def test_bot_walls_are_told_whatever_their_status(name: str, status: int) -> None:
    told = tell_wall(answer(BOT_WALLS[name], status))
    assert told is not None
    assert told.code == "bot-wall"
    assert "test for people" in str(told)


@pytest.mark.parametrize("name", [name for name, body in BOT_WALLS.items() if not body.startswith("<")])
def test_walls_in_plain_text_and_json_are_told_of_refusals_only(name: str) -> None:
    assert code(answer(BOT_WALLS[name], 403, content_type="text/plain")) == "bot-wall"
    assert code(answer(BOT_WALLS[name], 200, content_type="text/plain")) == ""


def test_a_maker_is_named_where_it_is_known() -> None:
    assert "Cloudflare" in str(tell_wall(answer(BOT_WALLS["Cloudflare"], 403)))
    assert "DataDome" in str(tell_wall(answer(BOT_WALLS["DataDome"], 401)))


def test_headers_tell_a_challenge_without_a_body() -> None:
    assert code(answer("", 403, cf_mitigated="challenge")) == "bot-wall"
    assert code(answer("", 202, x_amzn_waf_action="challenge")) == "bot-wall"


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500, 503])
def test_plain_refusals_stay_what_they_are(status: int) -> None:
    told = answer(page("Forbidden", "<h1>Forbidden</h1><p>You may not read this.</p>"), status)
    assert tell_wall(told) is None
    assert told.fault() is not None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (page("Before you continue to Google Search", "<p>We use cookies</p>"), "consent"),
        (page("Yahoo", '<p>Yahoo ist Teil der Yahoo Markenfamilie</p><form action="/v2/collectConsent">'), "consent"),
        (page("Zustimmung - News", "<script>window._sp_queue=[]</script>"), "consent"),
        (page("Consent", '<script src="https://cdn.cookielaw.org/x.js">'), "consent"),
        (page("News", "<p>Weiterlesen mit Werbung</p><button>Zustimmen und weiter</button>"), "consent"),
        (page("Log in", '<form><input type="password"></form>'), "login"),
        (page("Anmelden | Zeitung", "<form><input type='password'></form>"), "login"),
        (page("Subscribe | The Paper", "<p>Subscribe to continue reading</p>"), "paywall"),
        (page("news.example", "<p>This domain is for sale</p>"), "parked"),
        (page("news.example", "<p>Diese Domain steht zum Verkauf.</p>"), "parked"),
        (page("Page not found | News", "<h1>Sorry</h1><p>Try our search.</p>"), "soft-404"),
        (page("Seite nicht gefunden - Zeitung", "<p>Zur Startseite</p>"), "soft-404"),
        (page("App", '<noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div>'), "javascript-only"),
        (page("App", '<div id="app"></div><script src="/js/app.1.js"></script>'), "javascript-only"),
        (page("", ""), "empty-page"),
        ("   \n", "empty"),
        (page("", '<script src="/_Incapsula_Resource?SWJIYLWA=5074a"></script>'), "bot-wall"),
    ],
)  # fmt: skip
def test_other_walls_are_told_by_what_they_say(body: str, expected: str) -> None:
    assert code(answer(body)) == expected


@pytest.mark.parametrize(
    ("final", "expected"),
    [
        ("https://consent.google.com/m?continue=x", "consent"),
        ("https://consent.yahoo.com/v2/collectConsent?sessionId=1", "consent"),
        ("https://news.example/zustimmung?url=x", "consent"),
        ("https://accounts.news.example/login?next=x", "login"),
        ("https://www.sedoparking.com/news.example", "parked"),
        ("https://news.example/subscribe/offer", "paywall"),
        ("https://news.example/404", "soft-404"),
        ("https://news.example/", "soft-404"),
        ("https://news.example/2026/11/24/new-name", ""),
        ("https://other.example/2026/11/24/a-chip-that-needs-no-power.html", ""),
    ],
)
def test_walls_are_told_by_where_a_redirect_ended(final: str, expected: str) -> None:
    assert code(answer(page("News of today", PROSE), final=final)) == expected


@pytest.mark.parametrize(
    "body",
    [
        page('How "Just a moment..." became the web\'s doorman', PROSE + "Attention Required! | Cloudflare"),
        page("Page not found: a novel", PROSE),
        page("404 Media", PROSE),
        page("Chip", "<article><h1>Chip</h1></article>" + '<script>window._sp_queue=[]</script><p>Zustimmen und weiter'),
        page("Chip", "<p>Subscribe to continue reading</p>", '<meta property="og:type" content="article">'),
        page("Chip", '<p>Please verify you are human', '<script type="application/ld+json">{"@type":"NewsArticle"}</script>'),
        page("Chip", '<div id="app"></div>', '<meta property="article:published_time" content="2026-11-24">'),
        page("Chip", '<div class="g-recaptcha"></div><form><input type="password"></form>' + PROSE),
        page("Photo", "<img src=/a.jpg>", '<meta property="og:title" content="Photo">'),
        page("", "", '<meta http-equiv="refresh" content="0; url=/there">'),
        page("Kurz", "<p>Nur ein Satz.</p>"),
    ],
)  # fmt: skip
def test_pages_are_not_taken_for_walls(body: str) -> None:
    assert tell_wall(answer(body)) is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ('<?xml version="1.0"?><rss><channel><title>Page not found</title></channel></rss>', "text/html"),
        (
            '<rss version="2.0"><channel><title>Just a moment...</title></channel></rss>',
            "application/rss+xml",
        ),
        ('{"version": "https://jsonfeed.org/version/1.1", "title": "Are you a robot?"}', "text/html"),
        ("\x89PNG\r\n please verify you are human", "image/png"),
    ],
)
def test_feeds_and_files_are_never_walls(body: str, content_type: str) -> None:
    assert tell_wall(answer(body, content_type=content_type)) is None


def test_each_wall_of_the_table_has_its_cause_and_a_mark_alone_is_seldom_enough() -> None:
    book = _read_book()
    for wall in book.walls:
        assert wall.code in CAUSES
        assert wall.reason
        assert all(mark == mark.lower() and 1 <= weight <= 3 for mark, weight in wall.marks.items())
        assert sum(wall.marks.values()) >= 3
    assert {*book.hosts.values(), *book.segments.values()} <= CAUSES.keys()
