"""A commit made of the files that changed alone, its objects in one pack.

`git add` and `git commit` look at every file the repository knows, and leave each new object as a file of its
own. `git fast-import` is told the changed files only, and writes one pack. What it makes stands under a name
of its own until the branch is moved to it, so a commit is there whole or not at all.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from newsloom import settings
from newsloom.errors import PublishError
from newsloom.publish.git import Git

_WAITING: Final = "refs/newsloom/commit"  # where a commit stands until the branch is moved to it
_CONVERSIONS: Final = ("filter", "ident", "text", "crlf", "working-tree-encoding")
_COMMAND: Final = ("-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done", "--force")


def pack_commit(
    git: Git, paths: Collection[str], message: str, parent: str, variables: Mapping[str, str]
) -> str | None:
    """Commit these files as they are on disk; the commit's id, None when `parent` holds the same.

    The index follows: for git the files are unchanged afterwards. `parent` is "" for a first commit,
    `variables` are git's own.
    """
    there = {path for path in paths if os.path.lexists(git.root / path)}
    objects = _convert(git, sorted(there), variables)
    if not parent:
        git.ask("update-ref", "-d", _WAITING)  # left by one that died, it would be the parent
    # Differences within one commit would keep git from finding those to the file before, which are far
    # smaller, when packs are joined; a first commit has no files before.
    with _open_import(git, "--depth=0" if parent else "--depth=50") as out:
        _write_head(out, variables, message, parent)
        for path in paths:
            if path not in there:  # first: a folder may be where a file was
                out.write(b"D %s\n" % _quote(path))
        for path in sorted(there):
            _write_file(out, git.root, path, objects.get(path, ""))
        out.write(b"done\n")
    return _move_branch(git, paths, message, parent)


@contextmanager
def _open_import(git: Git, *options: str) -> Iterator[IO[bytes]]:
    """The input of a `git fast-import`. Raises PublishError when it does not end well."""
    with tempfile.TemporaryFile() as errors:
        process, out = git.start((*_COMMAND, *options), errors)
        try:
            with out:
                yield out
            process.wait(settings.GIT_SECONDS)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass  # it has said why, or is ended below
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
        if process.returncode != 0:
            errors.seek(0)
            raise git.fail(errors.read().decode("utf-8", "replace"))


def _move_branch(git: Git, paths: Iterable[str], message: str, parent: str) -> str | None:
    """Bring the index in step, then the branch; what dies between is done again by the next commit."""
    asked = (_WAITING, f"{_WAITING}^{{tree}}", *([f"{parent}^{{tree}}"] if parent else ()))
    commit, *trees, short = git.tell("rev-parse", *asked, "--short", _WAITING).split()
    is_new = len(set(trees)) == len(trees)
    git.tell("update-index", "--add", "--remove", "--replace", "-z", "--stdin", given="\0".join([*paths, ""]))
    if is_new:
        head = message.partition("\n")[0]
        git.tell("update-ref", "-m", f"commit: {head}", "HEAD", commit, parent or "0" * len(commit))
    git.tell("update-ref", "-d", _WAITING)
    return short if is_new else None


def _convert(git: Git, paths: Sequence[str], variables: Mapping[str, str]) -> dict[str, str]:
    """The objects of files that git keeps otherwise than they are on disk (line ends, filters), by path."""
    if variables.get("core.autocrlf", "false").lower() not in {"false", "no", "off", "0"}:
        changed = list(paths)
    else:
        told = git.tell("check-attr", "-z", "--stdin", *_CONVERSIONS, given="\0".join([*paths, ""])).split(
            "\0"
        )
        values = zip(told[::3], told[2::3], strict=False)
        changed = sorted({path for path, value in values if value not in {"unspecified", "unset"}})
    changed = [path for path in changed if "\n" not in path and not (git.root / path).is_symlink()]
    if not changed:
        return {}
    objects = git.tell("hash-object", "-w", "--stdin-paths", given="\n".join([*changed, ""]))
    return dict(zip(changed, objects.split(), strict=True))


def _write_head(out: IO[bytes], variables: Mapping[str, str], message: str, parent: str) -> None:
    author, committer = (os.fsencode(variables[f"GIT_{who}_IDENT"]) for who in ("AUTHOR", "COMMITTER"))
    text = message.encode("utf-8", "replace").replace(b"\0", b"") + b"\n"
    out.write(b"commit %s\nauthor %s\ncommitter %s\n" % (_WAITING.encode(), author, committer))
    out.write(b"data %d\n%s\n" % (len(text), text))
    if parent:
        out.write(b"from %s\n" % parent.encode())


def _write_file(out: IO[bytes], root: Path, path: str, content: str) -> None:
    """A file's line, and its content where it has no object yet."""
    full = root / path
    found = full.lstat()
    if stat.S_ISLNK(found.st_mode):
        target = os.fsencode(full.readlink())
        out.write(b"M 120000 inline %s\ndata %d\n%s\n" % (_quote(path), len(target), target))
        return
    mode = b"100755" if found.st_mode & stat.S_IXUSR else b"100644"
    out.write(b"M %s %s %s\n" % (mode, content.encode() or b"inline", _quote(path)))
    if not content:
        _write_content(out, full)


def _write_content(out: IO[bytes], path: Path) -> None:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        out.write(b"data %d\n" % size)
        shutil.copyfileobj(file, out)
        if file.tell() != size:
            raise PublishError(str(path), "changed while it was read", "the next run commits it")
        out.write(b"\n")


def _quote(path: str) -> bytes:
    escaped = os.fsencode(path).replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n")
    return b'"%s"' % escaped
