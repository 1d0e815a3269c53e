"""A pool of connections and the judge of what it connects to: directly, or through the owner's proxy.

A proxy must not become the way round the guard: it would resolve names by itself, and from inside the
owner's network. So names are resolved and judged here all the same, and the proxy is asked to connect
to the judged network address: `CONNECT 203.0.113.7:443` with the name inside the TLS greeting, where
its certificate is checked, or `GET http://203.0.113.7/` with the name in the Host header. Only the
owner's configuration names a proxy; the environment is not looked at (Miniflux checks the hop to the
proxy alone; urllib3 CVE-2026-44431 sent credentials along).
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Final

import aiohttp
from yarl import URL

from newsloom import settings
from newsloom.errors import ConfigError, FetchError
from newsloom.fetch.causes import fault
from newsloom.fetch.guard import Allowance, Target, check_address, read_target
from newsloom.fetch.limits import Limits
from newsloom.fetch.resolver import GuardedResolver, Lookup

_CHUNK: Final = 64 * 1024


class Outlet:
    """One way out. `allowance` is what may be connected to beyond the public web."""

    def __init__(
        self,
        allowance: Allowance,
        lookup: Lookup,
        limits: Limits,
        *,
        tls: ssl.SSLContext | None = None,
        proxy: str = "",
    ) -> None:
        self._allowance = allowance
        self._head_bytes = limits.head_bytes
        self._proxy = proxy
        self._judge = GuardedResolver(allowance, lookup)
        # Through a proxy nothing but the proxy is connected to, and its own address needs no leave.
        resolver = GuardedResolver(read_proxy(proxy), lookup) if proxy else self._judge
        connector = aiohttp.TCPConnector(
            resolver=resolver,
            use_dns_cache=False,
            socket_factory=resolver.open_socket,
            ssl=tls if tls is not None else True,
            limit=0,  # Pace counts; a second queue here would eat into a request's time
            keepalive_timeout=settings.KEEP_ALIVE_SECONDS,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect_seconds),
            auto_decompress=False,
            trust_env=False,
            read_bufsize=_CHUNK,
            max_line_size=limits.header_bytes,
            max_field_size=limits.header_bytes,
            max_headers=limits.headers,
        )

    async def send(
        self, target: Target, headers: Mapping[str, str], form: tuple[tuple[str, str], ...] = ()
    ) -> aiohttp.ClientResponse:
        """Send one request; its answer is open until it is released. Redirects are not followed.

        Raises RefusedError for a name whose network address is refused, FetchError for headers beyond the
        bounds, and aiohttp's and the system's errors.
        """
        url, name = _read_url(target), None
        if self._proxy:
            headers = {"Host": _host_header(target), **headers}
            url = url.with_host(await self._resolve(target))
            name = target.host if target.scheme == "https" else None
        response = await self._session.request(
            "POST" if form else "GET",
            url,
            headers=headers,
            data=list(form) or None,
            allow_redirects=False,
            proxy=self._proxy or None,
            server_hostname=name,
        )
        if sum(len(field) + len(value) for field, value in response.raw_headers) > self._head_bytes:
            response.close()
            raise fault("bad-answer", target.address, f"its headers are over {self._head_bytes} bytes")
        return response

    async def _resolve(self, target: Target) -> str:
        if target.ip is not None:
            check_address(target.address, self._allowance)
            return str(target.ip)
        try:
            found = await self._judge.resolve(target.host, target.port)
        except OSError:
            raise fault("dns", target.address) from None
        return found[0]["host"]

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


def read_proxy(address: str) -> Allowance:
    """The leave to connect to a proxy. Raises ConfigError when it is not written as a proxy is."""
    try:
        url = URL(address)
        target = read_target(str(url.with_user(None).with_path("/")) if url.raw_host else address)
    except (FetchError, ValueError):
        raise ConfigError(
            "newsloom.yaml", "`proxy` is not a web address", "write it as http://proxy.example:3128"
        ) from None
    return Allowance(frozenset({target.place}))


def _read_url(target: Target) -> URL:
    """The address for aiohttp, whose own reader of addresses must see the same host."""
    url = URL(target.address, encoded=True)
    if url.raw_host != target.host:
        raise fault("bad-address", target.address)
    return url


def _host_header(target: Target) -> str:
    usual = {"http": 80, "https": 443}[target.scheme]
    return target.place.removesuffix(f":{usual}") if target.port == usual else target.place
