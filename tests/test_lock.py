import os
from pathlib import Path

import pytest

from newsloom.errors import BusyError
from newsloom.lock import hold


def test_a_second_writer_is_told_who_holds_the_site(tmp_path: Path) -> None:
    lock = tmp_path / ".newsloom" / "lock"
    with hold(lock), pytest.raises(BusyError, match=str(os.getpid())), hold(lock):
        pass


def test_the_lock_is_free_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / ".newsloom" / "lock"
    for _ in range(2):
        with hold(lock):
            pass
