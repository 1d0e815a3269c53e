"""The site's git repository: one commit a pass, none when nothing changed.

What a commit costs follows what changed: a pass knows which files it wrote, and git is told those alone
(`packing.py`). An owner's hooks and signature count for more than speed: where there are any, `git commit`
itself is called, so that they apply.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.errors import PublishError
from newsloom.publish.git import Git
from newsloom.publish.packing import pack_commit

_FALLBACK: Final = ("-c", "user.name=Newsloom", "-c", "user.email=newsloom@localhost")
_HOOKS: Final = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit")
_HALFWAY: Final = ("MERGE_HEAD", "CHERRY_PICK_HEAD")
_GROWTH: Final = 2  # packs are joined so that each is at least so many times as large as the next


class Repository:
    """A site folder's own git repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._git = Git(root)

    def prepare(self) -> None:
        """Make the folder a repository of its own when it is not one yet.

        A site inside another project's checkout still gets its own: its passes must not land in
        that project's history.
        """
        if not self.exists():
            self._git.tell("init", "--quiet", "--initial-branch=main")

    def exists(self) -> bool:
        """Whether the folder is a repository of its own."""
        return (self.root / ".git").exists()

    def commit(
        self, paths: Sequence[str], message: str, changed: Collection[str] | None = None
    ) -> str | None:
        """Commit what changed under `paths`; the commit's id, or None when nothing had changed.

        `changed` names further files, wherever they are, that are not looked for. The very first commit
        takes the whole folder in, so that the site's configuration is there from the start; later ones leave
        the owner's own edits elsewhere to the owner.
        """
        parent = (self._git.ask("rev-parse", "--verify", "--quiet", "HEAD") or "").strip()
        chosen = list(paths) if parent else ["."]
        files = self._find_changes(chosen)
        if changed and parent:
            files |= self._leave_ignored(changed)
        if not files:
            return None
        variables = self._git.read_variables()
        identity = [] if variables.get("user.email") else list(_FALLBACK)
        if self._has_own_ways(variables):
            return self._commit_their_way(files, message, identity)
        self._refuse_halfway()
        if identity:
            variables = self._git.read_variables(*identity)
        commit = pack_commit(self._git, sorted(files), message, parent, variables)
        self._tidy()
        return commit

    def count_files(self) -> int:
        """About how many files git knows here, by the size of its index: some 100 bytes for each."""
        try:
            return self._git.path("index").stat().st_size // 100
        except FileNotFoundError:
            return 0

    def _find_changes(self, paths: Iterable[str]) -> set[str]:
        """Files below `paths` that differ from the index or the last commit; a look at each."""
        chosen = list(paths)
        if not chosen:
            return set()
        told = self._git.tell(
            "--no-optional-locks", "status", "--porcelain", "-z", "--untracked-files=all", "--no-renames",
            "--", *chosen,
        )  # fmt: skip
        return {entry[3:] for entry in told.split("\0") if entry and not entry.endswith("/")}

    def _leave_ignored(self, paths: Collection[str]) -> set[str]:
        """The paths without those the owner keeps out of git."""
        ignored: Collection[str] = paths
        for option in (["--no-index"], []):  # the second look reads the index: what git knows stays
            given = "\0".join([*ignored, ""])
            told = self._git.ask("check-ignore", *option, "-z", "--stdin", given=given)
            ignored = {*(told or "").split("\0")} - {""}
            if not ignored:
                break
        return {*paths} - {*ignored}

    def _commit_their_way(self, files: Collection[str], message: str, identity: Iterable[str]) -> str | None:
        given, named = "\0".join(sorted(files)), ("--pathspec-from-file=-", "--pathspec-file-nul")
        self._git.tell("--literal-pathspecs", "add", "--all", *named, given=given)
        if not self._git.ask("diff", "--cached", "--name-only"):
            return None
        options = (*identity, "--literal-pathspecs", "commit", "--quiet", "--message", message)
        self._git.tell(*options, *named, given=given)
        return self._git.tell("rev-parse", "--short", "HEAD").strip()

    def _has_own_ways(self, variables: Mapping[str, str]) -> bool:
        """Whether the owner has hooks for commits, or has them signed."""
        hooks = self._git.path("hooks")
        if any(os.access(hooks / name, os.X_OK) for name in _HOOKS):
            return True
        return variables.get("commit.gpgsign", "").lower() in {"true", "yes", "on", "1"}

    def _refuse_halfway(self) -> None:
        if any(self._git.path(name).exists() for name in _HALFWAY):
            raise PublishError(
                str(self.root),
                "git is in the middle of a merge",
                "finish it; the documents are written, and the next run commits them",
            )

    def _tidy(self) -> None:
        """Join packs once there are many, each with smaller ones than itself: cost follows what is new.

        What fails here is tried again by a later commit: this one is made.
        """
        objects = self._git.path("objects")
        packs = sum(name.endswith(".pack") for name in _list_folder(objects / "pack"))
        loose = 256 * len(_list_folder(objects / "17"))  # as git itself estimates it
        if packs > settings.GIT_PACKS or loose > settings.GIT_LOOSE:
            with suppress(PublishError):
                options = ("-d", "--quiet", f"--geometric={_GROWTH}")
                self._git.ask("repack", *options, seconds=settings.GIT_REPACK_SECONDS)


def _list_folder(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - names alone, no path for each
    except FileNotFoundError:
        return []
