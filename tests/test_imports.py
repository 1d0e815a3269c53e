"""The pure core does no I/O: extraction and curation import no web, HTTP, database or process module."""

import ast
import sys
from pathlib import Path

import pytest

import newsloom

SOURCE = Path(newsloom.__file__).parent
PURE = ("extract", "curate", "records.py", "errors.py", "settings.py")
FORBIDDEN = {
    "aiohttp", "asyncio", "fastwarc", "granian", "http", "jinja2", "litestar", "multiprocessing", "requests",
    "shutil", "socket", "sqlalchemy", "sqlite3", "ssl", "subprocess", "tempfile", "threading",
    "urllib.request",
}  # fmt: skip
SHELLS = {
    "newsloom.archive", "newsloom.cli", "newsloom.comparing", "newsloom.engine", "newsloom.fetch", "newsloom.holding", "newsloom.intake",
    "newsloom.lock",
    "newsloom.pipeline", "newsloom.publish", "newsloom.publishing", "newsloom.serve", "newsloom.site",
    "newsloom.sources", "newsloom.store", "newsloom.tools",
}  # fmt: skip


def pure_modules() -> list[Path]:
    found: list[Path] = []
    for name in PURE:
        path = SOURCE / name
        found += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return found


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def is_below(name: str, packages: set[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:length]) in packages for length in range(1, len(parts) + 1))


@pytest.mark.parametrize("path", pure_modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_core_imports_no_io(path: Path) -> None:
    assert {name for name in imported_names(path) if is_below(name, FORBIDDEN | SHELLS)} == set()


@pytest.mark.parametrize("path", pure_modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_the_core_opens_no_files(path: Path) -> None:
    calls = {
        ast.unparse(node.func) for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
    }
    forbidden = {"open", "Path", "print", "input", "datetime.now", "time.time"}
    assert calls & forbidden == set()


def test_the_engine_knows_nothing_of_news() -> None:
    for path in (SOURCE / "engine").glob("*.py"):
        ours = {name for name in imported_names(path) if name.startswith("newsloom.")}
        assert {
            name
            for name in ours
            if not is_below(name, {"newsloom.engine", "newsloom.errors", "newsloom.settings"})
        } == set()


def test_no_module_imports_what_is_not_declared() -> None:
    declared = (SOURCE.parent.parent / "pyproject.toml").read_text().lower().replace("-", "_")
    names = {name.split(".")[0] for path in SOURCE.rglob("*.py") for name in imported_names(path)}
    own = {"newsloom", "__future__"}
    aliases = {"yaml": "pyyaml", "Stemmer": "pystemmer", "PIL": "pillow", "msgspec": "msgspec"}
    foreign = {name for name in names if name not in sys.stdlib_module_names and name not in own}
    assert {name for name in foreign if aliases.get(name, name).lower() not in declared} == set()
