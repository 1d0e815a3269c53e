"""The site's git repository: one commit a pass, none when nothing changed.

Git itself is called, not a library: the owner's own configuration, signing and hooks apply, and what
is in the repository is what `git` shows.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from newsloom.errors import PublishError

_SECONDS: Final = 120  # for one git command; adding 100,000 files takes about 20
_LOCK_SECONDS: Final = 3.0  # waited for another git's lock: that of a killed pass may still be at work
_LOOK_SECONDS: Final = 0.1
_FALLBACK_NAME: Final = "Newsloom"
_FALLBACK_MAIL: Final = "newsloom@localhost"


class Repository:
    """A site folder's own git repository."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def prepare(self) -> None:
        """Make the folder a repository of its own when it is not one yet.

        A site inside another project's checkout still gets its own: its passes must not land in
        that project's history.
        """
        if not (self.root / ".git").exists():
            self._git("init", "--quiet", "--initial-branch=main")

    def commit(self, paths: Sequence[str], message: str) -> str | None:
        """Commit what changed under `paths`; the commit's id, or None when nothing had changed.

        The very first commit takes the whole folder in, so that the site's configuration is there
        from the start; later ones leave the owner's own edits elsewhere to the owner.
        """
        first = not self._succeeds("rev-parse", "--verify", "--quiet", "HEAD")
        chosen = ["."] if first else [path for path in paths if self._is_there(path)]
        if not chosen:
            return None
        self._git("add", "--all", "--", *chosen)
        if self._succeeds("diff", "--cached", "--quiet", "--", *chosen):
            return None
        self._git(*self._identity(), "commit", "--quiet", "--message", message, "--", *chosen)
        return self._git("rev-parse", "--short", "HEAD").strip()

    def _is_there(self, path: str) -> bool:
        # Git knows no empty folder, and still knows one whose last file went.
        on_disk = any(file.is_file() for file in (self.root / path).rglob("*"))
        return on_disk or bool(self._git("ls-files", "--", path))

    def _identity(self) -> list[str]:
        """Options naming a committer where the owner has configured none."""
        if self._succeeds("config", "user.email"):
            return []
        return ["-c", f"user.name={_FALLBACK_NAME}", "-c", f"user.email={_FALLBACK_MAIL}"]

    def _succeeds(self, *arguments: str) -> bool:
        return self._run(arguments).returncode == 0

    def _git(self, *arguments: str) -> str:
        done = self._run(arguments)
        until = time.monotonic() + _LOCK_SECONDS
        while done.returncode != 0 and "index.lock" in done.stderr and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
            done = self._run(arguments)
        if done.returncode != 0:
            raise PublishError(str(self.root), f"git failed: {_cause(done.stderr)}", _remedy(done.stderr))
        return done.stdout

    def _run(self, arguments: Iterable[str]) -> subprocess.CompletedProcess[str]:
        command = ["git", *arguments]
        try:
            return subprocess.run(  # noqa: S603 - fixed program, no shell, arguments are ours
                command, cwd=self.root, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
        except FileNotFoundError as error:
            raise PublishError(
                "git", "is not installed", "install git, or set `git: false` in newsloom.yaml"
            ) from error
        except subprocess.TimeoutExpired as error:
            raise PublishError(
                str(self.root), f"git took longer than {_SECONDS} s", "see if another git is running"
            ) from error


def _cause(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    return lines[0].removeprefix("fatal: ") if lines else "it gave no reason"


def _remedy(message: str) -> str:
    if "index.lock" in message:
        return "if no other git is running here, remove .git/index.lock; the next run commits"
    return "the documents are written; the next run commits them"
