from __future__ import annotations

import asyncio
import datetime
import gzip
import ipaddress
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsloom.errors import FetchError, LimitError, RefusedError
from newsloom.fetch import Answer, Limits, LiveFetcher, Request
from tests.fetch.servers import QUICK, Behaviour, Seen, Server, redirect, reply

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def fetch(
    routes: dict[str, bytes | Behaviour], path: str = "/", limits: Limits = QUICK, **request: str
) -> tuple[Answer, Server]:
    async def work() -> tuple[Answer, Server]:
        async with (
            Server(routes) as server,
            LiveFetcher(site="https://desk.example/", allow=[server.place], limits=limits) as fetcher,
        ):
            return await fetcher.fetch(Request(address=server.url(path), **request)), server

    return run(work())


def failure(
    routes: dict[str, bytes | Behaviour], path: str = "/", limits: Limits = QUICK, **request: str
) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(routes, path, limits, **request)
    assert caught.value.remedy
    return caught.value


def write(*parts: bytes, then: Callable[[asyncio.StreamWriter], Awaitable[None]] | None = None) -> Behaviour:
    async def behave(writer: asyncio.StreamWriter, seen: Seen) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if then is not None:
            await then(writer)

    return behave


def drip(data: bytes, pause: float = 0.02) -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    async def behave(writer: asyncio.StreamWriter) -> None:
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


async def pour(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"x" * 65536)
        await writer.drain()


def test_an_answer_brings_body_headers_and_where_it_came_from() -> None:
    answer, server = fetch(
        {
            "/": reply(
                b"<p>hello", ETag='"a1"', Last_Modified="Sat, 01 Jan 2022 00:00:00 GMT", Set_Cookie="a=b"
            )
        }
    )
    assert answer.body == b"<p>hello"
    assert (answer.etag, answer.last_modified) == ('"a1"', "Sat, 01 Jan 2022 00:00:00 GMT")
    assert answer.header("set-cookie") == ""
    assert answer.final == answer.address == server.url("/")
    assert answer.observed.tzinfo is datetime.UTC
    assert answer.fault() is None
    sent = server.seen[-1].headers
    assert sent["user-agent"].startswith("Newsloom/")
    assert sent["user-agent"].endswith("(+https://desk.example/)")
    assert not {"cookie", "authorization", "referer"} & sent.keys()


def test_validators_are_given_back_exactly_and_304_is_told() -> None:
    answer, server = fetch(
        {"/": reply(status="304 Not Modified", ETag='W/"x y"')},
        etag='W/"x y"',
        last_modified="yesterday, maybe",
    )
    assert answer.unchanged
    assert answer.fault() is None
    assert server.seen[-1].headers["if-none-match"] == 'W/"x y"'
    assert server.seen[-1].headers["if-modified-since"] == "yesterday, maybe"


def test_validators_that_would_break_the_request_are_not_sent() -> None:
    _, server = fetch({"/": reply(b"x")}, etag='"a"\r\nX-Evil: 1')
    assert "if-none-match" not in server.seen[-1].headers
    assert "x-evil" not in server.seen[-1].headers


def test_packed_bodies_arrive_unpacked() -> None:
    answer, _ = fetch({"/": reply(gzip.compress(b"<p>hello"), Content_Encoding="gzip")})
    assert answer.body == b"<p>hello"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("401 No", "login"), ("402 Pay", "paywall"), ("403 No", "forbidden"), ("404 No", "not-found"),
        ("410 Gone", "gone"), ("418 Teapot", "http-418"), ("429 Slow", "too-many-requests"), ("451 No", "legal"),
        ("500 Oh", "server-error"), ("503 Later", "unavailable"), ("204 No Content", "http-204"),
        ("206 Partial", "http-206"), ("300 Choose", "http-300"),
    ],
)  # fmt: skip
def test_each_status_has_a_plain_cause(status: str, code: str) -> None:
    body = b"" if status.startswith("204") else b"secret inner page"
    answer, _ = fetch({"/": reply(body, status)})
    error = answer.fault()
    assert error is not None
    assert error.code == code
    assert error.remedy
    assert answer.body == b""


# --- too much -------------------------------------------------------------------------------------

SMALL = msgspec.structs.replace(
    QUICK, wire_bytes=50_000, page_bytes=30_000, feed_bytes=40_000, fetch_seconds=0.5
)


def test_bodies_over_the_limit_are_refused_before_or_while_they_are_read() -> None:
    assert failure({"/": reply(b"x" * 30_001)}, limits=SMALL).code == "too-big"
    assert failure({"/": write(b"HTTP/1.1 200 OK\r\n\r\n", then=pour)}, limits=SMALL).code == "too-big"
    assert failure({"/": reply(b"x", Content_Length="99999999999")}, limits=SMALL).code == "too-big"
    assert len(fetch({"/": reply(b"x" * 40_000)}, limits=SMALL, kind="feed")[0].body) == 40_000


def test_bombs_are_refused() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    assert failure({"/": reply(bomb, Content_Encoding="gzip")}).code == "bomb"
    assert isinstance(failure({"/": reply(bomb, Content_Encoding="gzip")}), LimitError)
    nested = gzip.compress(bomb)
    assert failure({"/": reply(nested, Content_Encoding="gzip, gzip")}).code == "coding"


def test_lying_and_broken_answers_are_told_plainly() -> None:
    assert failure({"/": reply(b"short", Content_Length="100")}).code == "cut-short"
    assert failure({"/": reply(b"x", Content_Length="-5")}).code == "bad-answer"
    assert failure({"/": reply(b"x", Content_Length="five")}).code == "bad-answer"
    assert failure({"/": b"no http at all\r\n\r\n"}).code == "bad-answer"
    assert failure({"/": b""}).code == "cut-short"
    cut = gzip.compress(b"<p>hello" * 99)[:-20]
    assert failure({"/": reply(cut, Content_Encoding="gzip")}).code == "broken-coding"
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n"
    assert failure({"/": chunked}).code in {"bad-answer", "cut-short"}
    assert failure({"/": reply(b"longer than said", Content_Length="6")}).code == "bad-answer"


def test_headers_are_bounded_in_size_and_number() -> None:
    assert failure({"/": reply(b"x", X_Long="a" * 100_000)}).code == "bad-answer"
    many = b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000 + b"\r\n"
    assert failure({"/": many}).code == "bad-answer"


def test_time_is_counted_over_the_whole_answer() -> None:
    slow_body = write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", then=drip(b"x" * 1000))
    slow_head = write(then=drip(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 99))
    for behaviour in (slow_body, slow_head):
        started = monotonic()
        error = failure({"/": behaviour}, limits=SMALL)
        assert error.code == "timeout"
        assert isinstance(error, LimitError)
        assert monotonic() - started < 5


# --- redirects ------------------------------------------------------------------------------------


def test_redirects_are_followed_and_remembered() -> None:
    answer, server = fetch(
        {"/": redirect("/b", "301 Moved"), "/b": redirect("c?x=1", "308 Moved"), "/c?x=1": reply(b"there")}
    )
    assert answer.body == b"there"
    assert answer.final == server.url("/c?x=1")
    assert [(hop.address, hop.status) for hop in answer.hops] == [
        (server.url("/"), 301),
        (server.url("/b"), 308),
    ]


def test_five_redirects_are_followed_and_no_more() -> None:
    routes: dict[str, bytes | Behaviour] = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    assert fetch(routes | {"/5": reply(b"end")}, "/0")[0].body == b"end"
    assert failure(routes, "/0").code == "too-many-redirects"


def test_loops_end() -> None:
    assert failure({"/": redirect("/b"), "/b": redirect("/")}).code == "redirect-loop"
    assert failure({"/": redirect("/")}).code == "redirect-loop"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://127.0.0.1:{other}/", "refused-address"),
        ("http://169.254.169.254/latest/meta-data/", "refused-address"),
        ("http://0x7f.1:{other}/", "refused-address"),
        ("//localhost:{other}/", "refused-address"),
        ("http://[::ffff:127.0.0.1]:{other}/", "refused-address"),
        ("http://user@127.0.0.1:{other}/", "refused-userinfo"),
        ("file:///etc/passwd", "refused-scheme"),
        ("ftp://127.0.0.1/", "refused-scheme"),
        ("data:text/html,x", "refused-scheme"),
        ("gopher://127.0.0.1:70/", "refused-scheme"),
        ("http://[broken", "bad-address"),
        ("https://news.example:22/", "refused-port"),
    ],
)
@pytest.mark.parametrize("hops", [1, 5])
def test_no_redirect_leads_to_a_private_machine(location: str, code: str, hops: int) -> None:
    async def work() -> None:
        async with Server({"*": reply(b"inner secret")}) as other:
            routes: dict[str, bytes | Behaviour] = {f"/{n}": redirect(f"/{n + 1}") for n in range(hops - 1)}
            routes[f"/{hops - 1}"] = redirect(location.format(other=other.port))
            async with (
                Server(routes) as server,
                LiveFetcher(allow=[server.place], limits=QUICK) as fetcher,
            ):
                with pytest.raises(RefusedError) as caught:
                    await fetcher.fetch(Request(address=server.url("/0")))
            assert caught.value.code == code
            assert other.seen == []

    run(work())


def test_an_allowed_server_is_not_lent_to_redirects_from_elsewhere() -> None:
    async def work() -> None:
        async with (
            Server({"*": reply(b"inner")}) as inner,
            Server({"/": redirect(inner.url("/admin")), "/back": redirect("/")}) as outer,
            LiveFetcher(allow=[inner.place, outer.place], limits=QUICK) as fetcher,
        ):
            assert (await fetcher.fetch(Request(address=inner.url("/feed")))).body == b"inner"
            for path in ("/", "/back"):
                with pytest.raises(RefusedError) as caught:
                    await fetcher.fetch(Request(address=outer.url(path)))
                assert caught.value.code == "refused-redirect"
            assert inner.paths() == ["/feed"]

    run(work())


def test_an_allowed_network_is_not_lent_to_redirects_either() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def work() -> None:
        async with Server({"*": reply(b"inner")}) as inner:
            elsewhere = f"http://inner.example:{inner.port}/x"
            async with (
                Server({"/": redirect(elsewhere)}) as outer,
                LiveFetcher(allow=["127.0.0.0/8"], limits=QUICK, lookup=lookup) as fetcher,
            ):
                assert (await fetcher.fetch(Request(address=elsewhere))).body == b"inner"
                with pytest.raises(RefusedError):
                    await fetcher.fetch(Request(address=outer.url("/")))
            assert inner.paths() == ["/x"]

    run(work())


def test_refresh_headers_are_not_redirects() -> None:
    answer, _ = fetch({"/": reply(b"stay", Refresh="0; url=http://169.254.169.254/")})
    assert answer.body == b"stay"


# --- names ----------------------------------------------------------------------------------------


def test_a_name_that_changes_its_mind_is_connected_to_as_it_was_checked() -> None:
    async def work() -> None:
        asked: list[str] = []

        async def lookup(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

        limits = msgspec.structs.replace(QUICK, fetch_seconds=0.2, connect_seconds=0.2)
        async with (
            Server({"*": reply(b"inner")}) as inner,
            LiveFetcher(limits=limits, lookup=lookup) as fetcher,
        ):
            for _ in range(3):
                with pytest.raises(FetchError):
                    await fetcher.fetch(Request(address=f"http://rebind.example:{inner.port}/"))
            assert inner.seen == []

    run(work())


def test_a_name_without_an_address_is_a_dns_failure() -> None:
    async def lookup(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async def work() -> None:
        async with LiveFetcher(limits=QUICK, lookup=lookup) as fetcher:
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(Request(address="http://gone.example/"))
            assert caught.value.code == "dns"
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(Request(address="http://gone.example/", kind="robots"))
            assert caught.value.code == "dns"

    run(work())


def test_a_closed_port_is_told_as_such() -> None:
    async def work() -> None:
        async with Server({}) as server:
            pass
        async with LiveFetcher(allow=[server.place], limits=QUICK) as fetcher:
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(Request(address=server.url("/"), kind="robots"))
            assert caught.value.code == "refused-connection"

    run(work())


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start.replace(year=2100))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_https_never_leads_to_http(certificate: Path) -> None:
    async def work() -> None:
        async with (
            Server({"*": reply(b"plain")}) as plain,
            Server({"/": redirect(plain.url("/")), "/ok": reply(b"safe")}, serving(certificate)) as safe,
            LiveFetcher(
                allow=[safe.place],
                limits=QUICK,
                tls=ssl.create_default_context(cafile=str(certificate)),
            ) as fetcher,
        ):
            assert (await fetcher.fetch(Request(address=safe.url("/ok")))).body == b"safe"
            with pytest.raises(RefusedError):
                await fetcher.fetch(Request(address=safe.url("/")))
            assert plain.seen == []
            safe.routes["/same"] = redirect(f"http://{safe.place}/")
            with pytest.raises(RefusedError) as caught:
                await fetcher.fetch(Request(address=safe.url("/same")))
            assert caught.value.code == "refused-downgrade"

    run(work())


def test_a_certificate_nobody_vouches_for_is_refused(certificate: Path) -> None:
    async def work() -> None:
        async with (
            Server({"*": reply(b"x")}, serving(certificate)) as server,
            LiveFetcher(allow=[server.place], limits=QUICK) as fetcher,
        ):
            with pytest.raises(FetchError) as caught:
                await fetcher.fetch(Request(address=server.url("/"), kind="robots"))
            assert caught.value.code == "tls"

    run(work())
