"""The errors of aiohttp and of the system, told as causes of our own table."""

from __future__ import annotations

import aiohttp

from newsloom.errors import FetchError
from newsloom.fetch.causes import fault

# The more exact class first: aiohttp's TLS and DNS errors are connection errors as well.
_CODES: tuple[tuple[type[BaseException], str], ...] = (
    (aiohttp.ClientProxyConnectionError, "proxy"),
    (aiohttp.ClientHttpProxyError, "proxy"),
    (aiohttp.ClientSSLError, "tls"),
    (aiohttp.ClientConnectorDNSError, "dns"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused-connection"),
    (aiohttp.ServerDisconnectedError, "cut-short"),
    (aiohttp.ClientPayloadError, "cut-short"),
    (ConnectionError, "cut-short"),
    (aiohttp.ClientConnectorError, "unreachable"),
    (aiohttp.ClientOSError, "unreachable"),
    (aiohttp.ClientResponseError, "bad-answer"),
    (aiohttp.InvalidURL, "bad-address"),
    (aiohttp.ClientError, "bad-answer"),
    (OSError, "unreachable"),
    (ValueError, "bad-answer"),
)


def transport_fault(address: str, error: BaseException) -> FetchError:
    """The FetchError that stands for an error raised while an address was being fetched."""
    if isinstance(error, aiohttp.ClientConnectorError) and not isinstance(
        error, (aiohttp.ClientSSLError, aiohttp.ClientConnectorDNSError, aiohttp.ClientProxyConnectionError)
    ):
        error = error.os_error
    code = next((code for kind, code in _CODES if isinstance(error, kind)), "unexpected")
    return fault(code, address)
