"""There is one way out, and what strangers write into feeds, pages and lists does not lead around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import newsloom
from newsloom.bench.courtesy.host import Host, redirect, reply
from newsloom.bench.courtesy.ssrf import FORMS
from newsloom.config import Config
from newsloom.pipeline import run_pass
from newsloom.starter import init_site
from tests.fetch.servers import serving
from tests.recordings import make_feed, make_page

SOURCE = Path(newsloom.__file__).parent

# Modules that can reach another machine, and calls that do.
WAYS_OUT = {
    "aiohttp", "aiosmtplib", "ftplib", "http.client", "httpx", "imaplib", "nntplib", "obstore", "poplib", "requests",
    "smtplib", "socket", "ssl", "telnetlib", "trafilatura.downloads", "trafilatura.fetch_url", "urllib.request", "urllib3",
    "websockets", "xmlrpc",
}  # fmt: skip
CALLS = {
    "create_connection", "create_datagram_endpoint", "fetch_response", "fetch_url", "getaddrinfo", "gethostbyname",
    "open_connection", "start_server", "urlopen", "urlretrieve",
}  # fmt: skip
# The courtesy server and the invented publishers play the other side, on loopback alone.
OTHER_SIDE = {
    "bench/courtesy/host.py", "bench/courtesy/certificate.py", "bench/courtesy/range.py", "bench/fetching.py",
    "bench/publishers.py",
}  # fmt: skip
# The bench of serving is a crowd of readers of our own server, on loopback alone.
READERS = {"bench/listening.py", "bench/serving.py"}
# A bucket that the owner names on the command line of a back-fill is read through obstore.
BUCKETS = {"backfill/shelves.py"}
# A cluster that the owner names is asked whether it is there, before Ray waits for it.
CLUSTERS = {"engine/cluster.py"}


def modules() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if path.parent.name != "fetch"]


def names_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_but_the_client_opens_connections(path: Path) -> None:
    tree = ast.parse(path.read_text())
    used = {
        name for name in names_of(tree) if any(name == way or name.startswith(f"{way}.") for way in WAYS_OUT)
    }
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    }
    if str(path.relative_to(SOURCE)) in OTHER_SIDE:
        assert used <= {"ssl"}
        assert calls & CALLS <= {"open_connection", "start_server"}
        return
    if str(path.relative_to(SOURCE)) in READERS:
        assert used <= {"socket", "urllib.request", "urllib.request.Request", "urllib.request.urlopen"}
        assert calls & CALLS <= {"create_connection", "urlopen"}
        return
    if str(path.relative_to(SOURCE)) in CLUSTERS:
        used, calls = used - {"socket"}, calls - {"create_connection"}
    if str(path.relative_to(SOURCE)) in BUCKETS:
        used = {name for name in used if not name.startswith("obstore")}
    assert used == set()
    assert calls & CALLS == set()


def test_within_fetch_one_module_opens_sessions_and_one_opens_sockets() -> None:
    opened: dict[str, set[str]] = {}
    for path in (SOURCE / "fetch").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "aiohttp.ClientSession",
                "socket.socket",
            }:
                opened.setdefault(ast.unparse(node.func), set()).add(path.name)
    assert opened == {"aiohttp.ClientSession": {"outlet.py"}, "socket.socket": {"resolver.py"}}


def test_no_door_of_a_pass_leads_inside(tmp_path: Path) -> None:
    """Feed, list of feeds, redirect, links, pictures, canonical, AMP: all point at a machine nobody allowed."""
    canary = Host({"*": reply("an inner page")}, ip="0.0.0.0")
    outer, moved = Host({}), Host({})
    with serving(canary, outer, moved):
        inside = f"http://127.0.0.1:{canary.port}"
        links = [f"http://{host}:{canary.port}/{number}" for number, host in enumerate(FORMS.values())]
        head = "".join(
            f'<link rel="{kind}" href="{inside}/{kind}">'
            for kind in ("canonical", "amphtml", "alternate", "icon", "stylesheet", "hub", "self")
        )
        head += f'<meta property="og:image" content="{inside}/image.jpg">'
        head += f'<meta property="og:url" content="{inside}/og">'
        head += f'<meta http-equiv="refresh" content="0; url={inside}/refresh">'
        outer.routes["/page"] = reply(
            make_page("A chip that needs no power", head=head), Content_Type="text/html"
        )
        outer.routes["/feed"] = reply(
            make_feed([(outer.url("/page"), "A chip"), *((link, "In") for link in links)])
        )
        moved.routes["/feed"] = redirect(f"{inside}/feed")
        opml = "".join(f'<outline type="rss" text="x" xmlUrl="{link}"/>' for link in links)
        root = tmp_path / "site"
        config = Config(keep="all", engine="inline", git=False, allow=(outer.place, moved.place))
        sources = f"- feed: {outer.url('/feed')}\n- feed: {moved.url('/feed')}\n- feed: {inside}/feed\n- opml: list.opml\n"
        init_site(root, config=config, sources=sources)
        (root / "list.opml").write_text(f'<opml version="2.0"><head/><body>{opml}</body></opml>')
        summary = run_pass(root)
        assert canary.connections == 0
        assert [seen.path for seen in outer.asked()] == ["/feed", "/page"]
    refused = [problem for problem in summary.problems if "`allow`" in problem]
    assert (
        len(refused) >= 3
    )  # the moved feed, the inner feed, and the list's, which are one address in many spellings
    assert summary.new >= 1


def test_the_environment_names_no_proxy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy, outer = Host({"*": reply("the proxy did it")}), Host({"/feed": reply(make_feed([]))})
    with serving(proxy, outer):
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.place}")
        config = Config(keep="all", engine="inline", git=False, allow=(outer.place,))
        init_site(tmp_path / "site", config=config, sources=f"- feed: {outer.url('/feed')}\n")
        run_pass(tmp_path / "site")
        assert proxy.connections == 0
        assert len(outer.asked("/feed")) == 1


def test_the_owners_proxy_is_used_for_all(tmp_path: Path) -> None:
    proxy = Host({})
    with serving(proxy):
        proxy.routes["http://8.8.8.8/feed"] = reply(make_feed([("http://8.8.4.4/page", "A chip")]))
        proxy.routes["http://8.8.4.4/page"] = reply(
            make_page("A chip that needs no power"), Content_Type="text/html"
        )
        config = Config(keep="all", engine="inline", git=False, proxy=f"http://{proxy.place}")
        init_site(tmp_path / "site", config=config, sources="- feed: http://8.8.8.8/feed\n")
        summary = run_pass(tmp_path / "site")
        assert {seen.path for seen in proxy.seen} == {
            f"http://8.8.{host}" for host in ("8.8/robots.txt", "8.8/feed", "4.4/robots.txt", "4.4/page")
        }
    assert summary.new == 1
