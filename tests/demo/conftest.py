from pathlib import Path

import pytest

from newsloom.demo import build
from newsloom.demo.content import Content, read_content


@pytest.fixture(scope="session")
def content() -> Content:
    return read_content()


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo as built, before any pass: for tests that only look."""
    root = tmp_path_factory.mktemp("demo") / "site"
    build(root)
    return root
