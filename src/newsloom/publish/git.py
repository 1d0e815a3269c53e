"""Git's own commands on a site's folder: run with patience, and failing with one line.

Git itself is called, not a library: the owner's own configuration applies, and what is in the repository is
what `git` shows.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, Final, cast

from newsloom import settings
from newsloom.errors import PublishError

_LOOK_SECONDS: Final = 0.1
_FILES: Final = ("hooks", "index", "index.lock", "objects", "MERGE_HEAD", "CHERRY_PICK_HEAD")
_FULL: Final = ("No space left", "Out of disk", "File too large", "Disk quota")  # in git's words


class Git:
    """The `git` program at work in one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def tell(self, *arguments: str, given: str = "") -> str:
        """What a command prints; `given` is its input. Raises PublishError when it fails.

        Another git's lock is waited for.
        """
        done = self._run(arguments, given)
        until = time.monotonic() + settings.GIT_LOCK_SECONDS
        while done.returncode != 0 and _is_lock(done.stderr):
            if time.monotonic() >= until and not self._remove_old_lock():
                break
            time.sleep(_LOOK_SECONDS)
            done = self._run(arguments, given)
        if done.returncode != 0:
            raise self.fail(done.stderr)
        return done.stdout

    def ask(self, *arguments: str, given: str = "", seconds: float = settings.GIT_SECONDS) -> str | None:
        """What a command prints, None when it says no."""
        done = self._run(arguments, given, seconds)
        return done.stdout if done.returncode == 0 else None

    def start(self, arguments: Sequence[str], errors: IO[bytes]) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
        """A command that is written to as it runs, and its input; what is wrong goes to `errors`."""
        command = ["git", *arguments]
        try:
            process = subprocess.Popen(  # noqa: S603 - fixed program, no shell, arguments are ours
                command, cwd=self.root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors
            )
        except FileNotFoundError as error:
            raise _is_missing() from error
        return process, cast("IO[bytes]", process.stdin)

    def fail(self, message: str) -> PublishError:
        """The error of a command that failed with a message."""
        if _is_lock(message):
            return self._tell_lock()
        cause, remedy = _cause(message), "the documents are written; the next run commits them"
        if any(words in message for words in _FULL):
            remedy = f"free disk space: {remedy}"
        return PublishError(str(self.root), f"git failed: {cause}", remedy)

    def path(self, name: str) -> Path:
        """Where one of the repository's own files is (of `_FILES`)."""
        return self._paths[name]

    def read_variables(self, *options: str) -> dict[str, str]:
        """Git's configuration here, and who commits, by name."""
        lines = (line.partition("=") for line in self.tell(*options, "var", "-l").splitlines())
        return {name: value if sign else "true" for name, sign, value in lines}

    @cached_property
    def _paths(self) -> dict[str, Path]:
        asked = [word for name in _FILES for word in ("--git-path", name)]
        told = self.tell("rev-parse", *asked).splitlines()
        return {name: self.root / path for name, path in zip(_FILES, told, strict=True)}

    def _tell_lock(self) -> PublishError:
        lock = self.path("index.lock")
        try:
            since = f"since {datetime.fromtimestamp(lock.stat().st_mtime, UTC):%Y-%m-%d %H:%M:%S} UTC"
        except FileNotFoundError:
            since = "until just now"
        return PublishError(
            str(lock),
            f"git's lock is there {since}",
            "if no other git is running here, remove .git/index.lock; the next run commits",
        )

    def _remove_old_lock(self) -> bool:
        """Take a lock away whose holder cannot live: it is older than the machine's last start."""
        lock, start = self.path("index.lock"), _read_start()
        try:
            if lock.stat().st_mtime >= start:
                return False
        except FileNotFoundError:
            return True
        lock.unlink(missing_ok=True)
        return True

    def _run(
        self, arguments: Iterable[str], given: str, seconds: float = settings.GIT_SECONDS
    ) -> subprocess.CompletedProcess[str]:
        command = ["git", *arguments]
        try:
            return subprocess.run(  # noqa: S603 - fixed program, no shell, arguments are ours
                command,
                cwd=self.root,
                input=given,
                capture_output=True,
                encoding="utf-8",
                errors="surrogateescape",  # names of files are bytes
                timeout=seconds,
                check=False,
            )
        except FileNotFoundError as error:
            raise _is_missing() from error
        except subprocess.TimeoutExpired as error:
            raise PublishError(
                str(self.root),
                f"git took longer than {seconds} s",
                "see if another git is running",
            ) from error


def _is_lock(message: str) -> bool:
    return "index.lock" in message


def _read_start() -> float:
    """When the machine started, in seconds since 1970; 0 where the system does not say."""
    try:
        lines = Path("/proc/stat").read_text("ascii").splitlines()
    except OSError:
        return 0.0
    return next((float(line.split()[1]) for line in lines if line.startswith("btime ")), 0.0)


def _is_missing() -> PublishError:
    return PublishError("git", "is not installed", "install git, or set `git: false` in newsloom.yaml")


def _cause(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    grave = [line for line in lines if line.startswith(("fatal: ", "error: "))]
    told = next(iter((*grave, *lines)), "")
    return told.removeprefix("fatal: ").removeprefix("error: ") or "it gave no reason"
