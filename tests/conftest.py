"""How property tests run: with new examples at a desk, with always the same ones in CI. What a run opened is closed."""

import os

from hypothesis import settings

from tests.postgres import close_shared_server

settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_sessionfinish() -> None:
    close_shared_server()
