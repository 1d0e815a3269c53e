from __future__ import annotations

from pathlib import Path

import pytest

from newsloom.errors import ConfigError
from newsloom.fetch.outlet import read_proxy
from newsloom.site import read_site
from newsloom.starter import init_site


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("http://proxy.example:3128", "proxy.example:3128"),
        ("http://127.0.0.1:8080/", "127.0.0.1:8080"),
        ("http://user:secret@[::1]:3128", "[::1]:3128"),
        ("http://proxy.example", "proxy.example:80"),
    ],
)
def test_a_proxy_gives_leave_for_its_own_place_alone(address: str, place: str) -> None:
    assert read_proxy(address).places == {place}
    assert read_proxy(address).networks == ()


@pytest.mark.parametrize(
    "address", ["proxy.example:3128", "socks5://proxy.example", "http://", "http://a:99999", "x"]
)
def test_what_is_no_proxy_is_a_configuration_error(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_proxy(address)
    assert "`proxy`" in str(caught.value)


@pytest.mark.parametrize(
    "value", ["socks5://proxy.example:1080", "proxy.example:3128", "http://p.example/path", "[]"]
)
def test_a_site_names_an_http_proxy_or_none(tmp_path: Path, value: str) -> None:
    init_site(tmp_path / "site")
    path = tmp_path / "site" / "newsloom.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("proxy:")]
    path.write_text("\n".join([*lines, f"proxy: {value}", ""]))
    with pytest.raises(ConfigError) as caught:
        read_site(tmp_path / "site")
    assert "proxy" in str(caught.value)
