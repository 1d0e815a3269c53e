from collections.abc import Iterator

import pytest

from tests.engine.nodes import Nodes


@pytest.fixture(scope="session")
def _nodes() -> Iterator[Nodes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        nodes = Nodes()
        yield nodes
        nodes.close()


@pytest.fixture
def nodes(_nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> Nodes:
    """A cluster of three nodes that RAY_ADDRESS leads to."""
    _nodes.refill()
    monkeypatch.setenv("RAY_ADDRESS", _nodes.address)
    return _nodes
