"""Which addresses may be fetched at all: pure rules, asked before each connection.

The threat is server-side request forgery: a feed, a redirect or a DNS record of a stranger that
leads this program to a machine behind the owner's firewall (CommaFeed GHSA-q5qw-345w-55xg and
GHSA-hgrr-mjfp-gmr6 by IPv6 forms, tt-rss GHSA-pfj9-qgh4-9wmq by loopback, changedetection.io
CVE-2026-27696 by not checking what the name resolved to, World Monitor #4671 by the second hop).

The answer is a list of what is public, not of what is private: an IPv4 address in none of the
special ranges of the IANA registry (RFC 6890 and its updates), or an IPv6 address in 2000::/3 that
carries no other address inside it. Hosts are read by the rules browsers use (WHATWG URL), so
that octal, decimal, hexadecimal, short and full-width forms mean here what they mean everywhere.

Not here: looking names up and connecting (`resolver`), following redirects (`client`).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

import can_ada
from msgspec import Struct

from newsloom import settings
from newsloom.errors import ConfigError, FetchError
from newsloom.fetch.causes import fault

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_LOCAL_NAMES: Final = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
_GLOBAL_IPV6: Final = IPv6Network("2000::/3")

# IANA special-purpose address registries; the more exact range first, for its better name.
_SPECIAL: Final[tuple[tuple[IPNetwork, str], ...]] = tuple(
    (ip_network(network), name)
    for network, name in (
        ("127.0.0.0/8", "loopback"),
        ("10.0.0.0/8", "private"),
        ("172.16.0.0/12", "private"),
        ("192.168.0.0/16", "private"),
        ("169.254.0.0/16", "link-local"),
        ("100.64.0.0/10", "carrier NAT"),
        ("0.0.0.0/8", "this network"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("198.18.0.0/15", "benchmarking"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("::ffff:0:0:0/96", "IPv4-translated"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("2002::/16", "6to4"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)

# Ports from 1024 up that browsers refuse as well (WHATWG Fetch, "bad port"): other protocols live there.
_BAD_PORTS: Final = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6679, 6697, 10080, *range(6665, 6670)}
)


class Target(Struct, frozen=True):
    """A checked address in its normal form. `host` has no brackets and no trailing dot."""

    address: str
    scheme: str
    host: str
    port: int
    ip: IPAddress | None = None

    @property
    def named(self) -> bool:
        """Whether its host is written as everyone knows it: an IP address, or no house's own name."""
        return self.ip is not None or ("." in self.host and not self.host.endswith(_LOCAL_NAMES))

    @property
    def place(self) -> str:
        """`host:port`, an IPv6 host in brackets: what pace, robots and `allow` go by."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Allowance(Struct, frozen=True):
    """What the owner of a site has allowed beyond the public web."""

    places: frozenset[str] = frozenset()
    networks: tuple[IPNetwork, ...] = ()

    def covers(self, ip: IPAddress) -> bool:
        """Whether the address lies in an allowed network."""
        return any(ip in network for network in self.networks)


def read_allowance(entries: Iterable[str]) -> Allowance:
    """Read the `allow` list of a site: `host:port`, `[v6]:port`, or a network such as `10.1.0.0/16`.

    Raises ConfigError for an entry that is neither.
    """
    places: set[str] = set()
    networks: list[IPNetwork] = []
    for entry in entries:
        try:
            if "/" in entry:
                networks.append(ip_network(entry, strict=False))
            else:
                places.add(_read_place(entry))
        except ValueError:
            raise ConfigError(
                "newsloom.yaml",
                f"`allow`: {entry!r} is neither host:port nor a network",
                "write it as intranet.example:8080 or 192.168.1.0/24",
            ) from None
    return Allowance(frozenset(places), tuple(networks))


def _read_place(entry: str) -> str:
    if not entry.rpartition(":")[2].isdigit():
        raise ValueError(entry)
    parsed = can_ada.parse(f"http://{entry}/")
    target = Target("", "http", _plain_host(parsed.hostname), int(parsed.port or 80))
    return target.place


def check_address(address: str, allowance: Allowance = Allowance()) -> Target:  # noqa: B008 - frozen
    """Read an address and judge all that can be judged without looking its name up.

    Raises RefusedError: not an address, not http(s), user name inside, a port or a literal network
    address that is not the public web's and not allowed.
    """
    target = read_target(address)
    if target.place in allowance.places:
        return target
    if target.port not in {80, 443} and (target.port < 1024 or target.port in _BAD_PORTS):
        raise fault("refused-port", target.address, str(target.port), place=target.place)
    if target.ip is not None and (refusal := refuse_ip(target, target.ip, allowance)) is not None:
        raise refusal
    return target


def read_target(address: str) -> Target:
    """Read an address into its normal form: WHATWG's, without the fragment.

    Raises RefusedError when it is none, not http(s), or has a user name inside.
    """
    if len(address) > settings.URL_CHARACTERS:
        raise fault("bad-address", address[:80] + "…", "it is too long")
    try:
        parsed = can_ada.parse(address)
    except (ValueError, TypeError):  # TypeError: not Unicode text (lone surrogates)
        raise fault("bad-address", ascii(address)) from None
    scheme = parsed.protocol.rstrip(":")
    if scheme not in _DEFAULT_PORTS:
        raise fault("refused-scheme", address)
    if parsed.username or parsed.password:
        raise fault("refused-userinfo", f"{scheme}://…@{parsed.host}")
    host = _plain_host(parsed.hostname)
    if not host:
        raise fault("bad-address", address)
    port = int(parsed.port) if parsed.port else _DEFAULT_PORTS[scheme]
    parsed.hash = ""
    if parsed.hostname.endswith("."):
        parsed.hostname = host  # one spelling of a host, for pace, robots and TLS alike
    return Target(parsed.href, scheme, host, port, read_ip(host))


def _plain_host(hostname: str) -> str:
    return hostname.strip("[]").rstrip(".")


def read_ip(host: str) -> IPAddress | None:
    """The network address a host is written as, or None for a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def name_range(ip: IPAddress) -> str:
    """The name of the special range an address lies in, or "" when it is a public one."""
    if isinstance(ip, IPv6Address) and ip.scope_id:
        return "link-local"
    for network, name in _SPECIAL:
        if ip.version == network.version and ip in network:
            return name
    if isinstance(ip, IPv6Address) and ip not in _GLOBAL_IPV6:
        return "reserved"
    return ""


def refuse_ip(target: Target, ip: IPAddress, allowance: Allowance) -> FetchError | None:
    """The refusal to connect to `ip` for this target, or None when it may be.

    The range is named only where the address itself was written out: a name's network address
    is not told.
    """
    if target.place in allowance.places or allowance.covers(ip):
        return None
    name = name_range(ip)
    if not name:
        return None
    detail = name if target.ip is not None else ""
    return fault("refused-address", target.address, detail, place=target.place)
