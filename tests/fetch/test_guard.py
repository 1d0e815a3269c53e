from __future__ import annotations

import asyncio
import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsloom.errors import ConfigError, RefusedError
from newsloom.fetch.guard import Allowance, check_address, name_range, read_allowance
from newsloom.fetch.resolver import GuardedResolver

PRIVATE_HOSTS = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "192.88.99.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "[::1]", "[::]", "[fc00::1]", "[fdff::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[3fff::1]",
    "[::ffff:127.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[::ffff:0:7f00:1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001::1]", "[2001:0:53aa:64c::1]", "[4000::1]", "[100::1]",
    "2130706433", "0177.0.0.1", "0x7f000001", "0x7f.1", "127.1", "127.0.1", "0", "017700000001",
    "１２７.０.０.１", "127。0。0。1", "⑫7.0.0.1", "127.0.0.1.", "%31%32%37.0.0.1",
]  # fmt: skip


@pytest.mark.parametrize("host", PRIVATE_HOSTS)
@pytest.mark.parametrize("form", ["http://{}/", "https://{}/feed", "http://{}:8080/", "HTTP:\\\\{}\\x"])
def test_literal_addresses_that_are_not_public_are_refused(host: str, form: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_address(form.format(host))
    assert caught.value.code == "refused-address"
    assert "`allow` in newsloom.yaml" in caught.value.remedy


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("http://good@127.0.0.1/", "refused-userinfo"),
        ("http://user:secret@news.example/", "refused-userinfo"),
        ("http://:secret@news.example/", "refused-userinfo"),
        ("http://127.0.0.1#@good/", "refused-address"),
        ("http://127.0.0.1\\@good/", "refused-address"),
        ("http://12\t7.0.0\r\n.1/", "refused-address"),
        ("http://127.0.0.1%2f@good/", "refused-userinfo"),
        ("file:///etc/passwd", "refused-scheme"),
        ("ftp://news.example/", "refused-scheme"),
        ("gopher://news.example/", "refused-scheme"),
        ("data:text/html,x", "refused-scheme"),
        ("javascript:alert(1)", "refused-scheme"),
        ("ws://news.example/", "refused-scheme"),
        ("news.example/feed", "bad-address"),
        ("//news.example/", "bad-address"),
        ("", "bad-address"),
        ("http://", "bad-address"),
        ("http://[fe80::1%25eth0]/", "bad-address"),
        ("http://1.2.3.4.5/", "bad-address"),
        ("http://news.example:99999/", "bad-address"),
        ("http://news.example/\udc80", "bad-address"),
        ("http://news.example/" + "a" * 3000, "bad-address"),
        ("http://news.example:22/", "refused-port"),
        ("http://news.example:25/", "refused-port"),
        ("https://news.example:6000/", "refused-port"),
        ("http://news.example:6667/", "refused-port"),
    ],
)
def test_other_refusals_name_their_rule(address: str, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        check_address(address)
    assert caught.value.code == code
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://news.example", "news.example:80"),
        ("https://news.example./a#b", "news.example:443"),
        ("http://MÜNCHEN.example:8080/", "xn--mnchen-3ya.example:8080"),
        ("https://8.8.8.8/", "8.8.8.8:443"),
        ("https://[2606:4700::1111]/", "[2606:4700::1111]:443"),
    ],
)
def test_public_addresses_pass_in_one_spelling(address: str, place: str) -> None:
    target = check_address(address)
    assert target.place == place
    assert "#" not in target.address


def test_an_allowed_place_is_that_host_and_port_only() -> None:
    allowance = read_allowance(["127.0.0.1:8080", "[::1]:9000", "intranet.example:25", "10.1.0.0/16"])
    assert check_address("http://127.0.0.1:8080/feed", allowance).port == 8080
    assert check_address("http://0x7f.1:8080/feed", allowance).host == "127.0.0.1"
    assert check_address("http://[::1]:9000/", allowance)
    assert check_address("http://intranet.example:25/", allowance)
    assert check_address("http://10.1.2.3/", allowance)
    for refused in ("http://127.0.0.1/", "http://127.0.0.1:8081/", "http://10.2.0.1/", "http://[::1]/"):
        with pytest.raises(RefusedError):
            check_address(refused, allowance)


@pytest.mark.parametrize("entry", ["localhost", "10.0.0.0/99", "http://a/", "", "a:b", ":80"])
def test_an_unreadable_allowance_is_a_configuration_error(entry: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_allowance([entry])
    assert "allow" in str(caught.value)


@given(st.ip_addresses())
def test_what_the_guard_calls_public_python_does_too(ip: object) -> None:
    address = ip_address(str(ip))
    if not name_range(address):
        assert address.is_global
        assert not address.is_multicast


def resolve(found: list[str], host: str = "news.example", allow: tuple[str, ...] = ()) -> list[str]:
    async def lookup(name: str, port: int) -> list[str]:
        return found

    resolver = GuardedResolver(read_allowance(allow), lookup)
    return [result["host"] for result in asyncio.run(resolver.resolve(host, 80))]


def test_a_name_is_refused_when_any_of_its_addresses_is_not_public() -> None:
    assert resolve(["93.184.216.34", "2606:4700::1111"]) == ["93.184.216.34", "2606:4700::1111"]
    with pytest.raises(RefusedError) as caught:
        resolve(["93.184.216.34", "192.168.1.7"])
    assert "192.168.1.7" not in str(caught.value)
    assert "add news.example:80" in caught.value.remedy
    with pytest.raises(RefusedError):
        resolve(["fe80::1%eth0"])


def test_a_name_may_lead_to_a_private_address_that_is_allowed() -> None:
    assert resolve(["192.168.1.7"], allow=("news.example:80",)) == ["192.168.1.7"]
    assert resolve(["192.168.1.7"], allow=("192.168.0.0/16",)) == ["192.168.1.7"]
    with pytest.raises(RefusedError):
        resolve(["192.168.1.7"], allow=("news.example:81",))


def test_no_socket_is_opened_for_an_address_nobody_judged() -> None:
    resolver = GuardedResolver(Allowance())
    for host in ("127.0.0.1", "169.254.169.254"):
        with pytest.raises(RefusedError):
            resolver.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", (host, 80)))
    resolver.open_socket((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("93.184.216.34", 80))).close()
