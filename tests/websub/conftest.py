"""A site that is served by the real server in a process of its own; each test starts without subscriptions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsloom.config import Config
from newsloom.site import Site, read_site
from newsloom.starter import init_site
from newsloom.store import open_index
from newsloom.store.subscriptions import Subscriptions
from tests.fetch.servers import QUICK
from tests.serve.serving import start_server, stop_server
from tests.websub.hubs import call


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No second between two requests to one host: everything here is one host."""
    monkeypatch.setattr("newsloom.fetch.client.Limits", lambda: QUICK)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("websub") / "site"
    process, port = start_server(root)
    config = Config(
        title="Pushed",
        url=f"http://127.0.0.1:{port}/",
        topic="AI",
        keep="all",
        engine="inline",
        fetch_pages=False,
        allow=("127.0.0.0/8",),
        websub=True,
        git=False,
    )
    init_site(root, config=config)
    call(f"{config.url}websub/{'w' * 43}")  # the first call imports what all need
    yield root
    assert stop_server(process) == 0


@pytest.fixture
def site(root: Path) -> Site:
    with open_index(root / ".newsloom/index.sqlite"):
        store = Subscriptions(root / ".newsloom/index.sqlite")
        store.remove([one.token for one in store.all()])
    shutil.rmtree(root / ".newsloom/inbox", ignore_errors=True)
    return read_site(root)
