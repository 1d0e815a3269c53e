"""The server as a browser meets it: over a real port, granian in a process of its own."""

from __future__ import annotations

import gzip
import http.client
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

import brotli
import pytest

from tests.builders import sample_site
from tests.serve.serving import start_server, stop_server, write_site

STORY = "/stories/2026-11-24-harbour-city-switches-its-traffic-lights-to-a-learning-system/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("site"), sample_site())


@pytest.fixture(scope="module")
def port(site: Path) -> Iterator[int]:
    process, port = start_server(site)
    yield port
    assert stop_server(process) == 0


class Reply:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def ask(port: int, path: str, method: str = "GET", **headers: str) -> Reply:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    try:
        return Reply(connection.getresponse())
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("path", "media"),
    [
        ("/", "text/html; charset=utf-8"),
        (STORY, "text/html; charset=utf-8"),
        ("/feed.rss", "application/rss+xml"),
        ("/feed.atom", "application/atom+xml"),
        ("/sitemap.xml", "application/xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/api/news/", "application/json"),
        ("/api/news/ai/page/2/index.json", "application/json"),
    ],
)
def test_files_come_with_their_type_and_security_headers(
    port: int, site: Path, path: str, media: str
) -> None:
    reply = ask(port, path)
    assert reply.status == 200
    assert reply.headers["content-type"] == media
    assert reply.headers["x-content-type-options"] == "nosniff"
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert reply.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in reply.headers["permissions-policy"]
    assert int(reply.headers["content-length"]) == len(reply.body)
    folder = site if path.startswith("/api/") else site / "public"
    name = {"/": "index.html", STORY: f"{STORY}index.html", "/api/news/": "api/news/index.json"}.get(
        path, path
    )
    assert reply.body == (folder / name.lstrip("/")).read_bytes()


def test_an_unchanged_page_is_not_sent_again(port: int) -> None:
    first = ask(port, "/")
    again = ask(port, "/", if_none_match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"] and "cache-control" in again.headers
    assert parsedate_to_datetime(first.headers["last-modified"]).year > 2000
    assert ask(port, "/", if_none_match='"other", W/' + first.headers["etag"]).status == 304
    assert ask(port, "/", if_none_match='"other"').status == 200


@pytest.mark.parametrize("folder", ["/", "/topics/ai/", "/providers/harbourpost.example/"])
@pytest.mark.parametrize("form", ["rss", "atom", "json"])
def test_an_unchanged_feed_is_not_sent_again(port: int, folder: str, form: str) -> None:
    first = ask(port, f"{folder}feed.{form}")
    again = ask(port, f"{folder}feed.{form}", if_none_match=first.headers["etag"])
    assert first.body and (again.status, again.body) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"] and "last-modified" in first.headers


def test_a_packed_page_has_an_etag_of_its_own(port: int) -> None:
    plain = ask(port, "/")
    packed, squeezed = (ask(port, "/", accept_encoding=form) for form in ("gzip", "gzip, deflate, br, zstd"))
    assert packed.headers["content-encoding"] == "gzip" and squeezed.headers["content-encoding"] == "br"
    assert gzip.decompress(packed.body) == brotli.decompress(squeezed.body) == plain.body
    assert len(squeezed.body) < len(packed.body)
    for reply, form in ((packed, "gzip"), (squeezed, "br")):
        assert reply.headers["etag"] != plain.headers["etag"]
        assert reply.headers["vary"] == plain.headers["vary"] == "accept-encoding"
        assert ask(port, "/", accept_encoding=form, if_none_match=reply.headers["etag"]).status == 304
    assert packed.headers["etag"] != squeezed.headers["etag"]
    assert "content-encoding" not in ask(port, "/", accept_encoding="gzip;q=0, br;q=0").headers


def test_head_is_get_without_the_body(port: int) -> None:
    get, head = ask(port, STORY), ask(port, STORY, "HEAD")
    assert (head.status, head.body) == (200, b"")
    different = {name for name in get.headers if get.headers[name] != head.headers.get(name)}
    assert different <= {"date"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_nothing_can_be_sent(port: int, method: str) -> None:
    for path in ("/", "/healthz", "/nope"):
        reply = ask(port, path, method)
        assert reply.status == 405 and reply.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/nothing-here",
        "/../.newsloom/keys",
        "/..%2f.newsloom%2fkeys",
        "/%2e%2e/.newsloom/keys",
        "/%252e%252e/.newsloom/keys",
        "/api/%2e%2e/.newsloom/keys",
        "/.newsloom/keys",
        "/%00",
        "/index.html%00",
        "/%ff%fe",
        "/%c0%ae%c0%ae/etc/passwd",
        "/..;/etc/passwd",
        "//etc/passwd",
        "/about/%0d%0aSet-Cookie:x",
    ],
)
def test_ways_out_end_at_the_friendly_page(port: int, path: str) -> None:
    reply = ask(port, path)
    assert reply.status == 404
    assert b"There is no page at this address" in reply.body
    assert reply.headers["content-type"].startswith("text/html") and "etag" not in reply.headers
    assert "set-cookie" not in reply.headers and b"secret" not in reply.body


def test_a_folder_is_found_without_its_slash(port: int) -> None:
    reply = ask(port, "/about?from=x")
    assert (reply.status, reply.headers["location"]) == (308, "/about/?from=x")


def test_assets_are_kept_for_ever_and_pages_are_not(port: int, site: Path) -> None:
    (style,) = (site / "public/assets").glob("style.*.css")
    assert "immutable" in ask(port, f"/assets/{style.name}").headers["cache-control"]
    assert "max-age=60" in ask(port, "/").headers["cache-control"]
    assert ask(port, "/nope").headers["cache-control"] == "no-store"


def test_the_api_can_be_read_from_any_site(port: int) -> None:
    assert ask(port, "/api/topics/").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in ask(port, "/").headers


def test_health_is_told_at_one_address_only(port: int) -> None:
    assert (ask(port, "/healthz").status, ask(port, "/healthz").body) == (200, b"ok\n")
    assert ask(port, "/x/healthz").status == ask(port, "/healthz/").status == 404


def test_a_pass_beside_it_is_seen_at_once(port: int, site: Path) -> None:
    path = site / "public/about/index.html"
    old = path.read_bytes()
    before = ask(port, "/about/")
    fresh = path.with_suffix(".new")
    fresh.write_bytes(old + b"<!-- later -->\n")
    fresh.replace(path)
    after = ask(port, "/about/", if_none_match=before.headers["etag"])
    assert after.status == 200 and after.body.endswith(b"<!-- later -->\n")


def test_a_site_below_a_path(tmp_path: Path) -> None:
    write_site(tmp_path, sample_site(url="https://x.github.io/desk/"))
    process, port = start_server(tmp_path, "/desk/")
    try:
        assert ask(port, "/desk/").status == ask(port, "/desk/api/news/").status == 200
        assert ask(port, "/").headers["location"] == ask(port, "/desk").headers["location"] == "/desk/"
        assert ask(port, "/desk/about").headers["location"] == "/desk/about/"
        assert ask(port, "/about/").status == ask(port, "/desk/../.newsloom/keys").status == 404
        assert ask(port, "/healthz").status == 200
    finally:
        assert stop_server(process) == 0


def test_a_folder_without_pages_answers_plainly(tmp_path: Path) -> None:
    process, port = start_server(tmp_path)
    try:
        reply = ask(port, "/")
        assert reply.status == 404 and reply.headers["content-type"].startswith("text/plain")
    finally:
        assert stop_server(process) == 0
