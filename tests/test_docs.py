"""The documentation tells of every command, option and setting, and of none that is not there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec
import typer

from newsloom.cli import app
from newsloom.config import OPTIONS, Config
from newsloom.settings import __dict__ as settings_names

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
# Every command has these; telling of them once is enough.
COMMON = {"--help", "--install-completion", "--show-completion", "--version"}


def walk(command: click.Command, name: str = "newsloom") -> Iterator[tuple[str, click.Command]]:
    children: dict[str, click.Command] = getattr(command, "commands", {})
    if children:
        for child_name, child in children.items():
            yield from walk(child, f"{name} {child_name}")
    else:
        yield name, command


def test_every_command_and_option_is_in_the_docs() -> None:
    text = (DOCS / "commands.md").read_text()
    for name, command in walk(typer.main.get_command(app)):
        row = next((line for line in text.splitlines() if f"`{name} " in line or f"`{name}`" in line), "")
        assert row, f"{name} is not in docs/commands.md"
        told = " ".join(line for line in text.splitlines() if f"`{name}" in line)
        for parameter in command.params:
            for option in set(parameter.opts) - COMMON:
                assert not option.startswith("--") or option in told, (
                    f"{name} {option} is not in docs/commands.md"
                )


def test_the_docs_name_no_command_that_is_not_there() -> None:
    known = {name for name, _ in walk(typer.main.get_command(app))}
    groups = {name.rsplit(" ", 1)[0] for name in known}
    for path in (ROOT / "README.md", *DOCS.glob("*.md")):
        for line in re.findall(r"^\|? ?`?newsloom ([a-z ]+)", path.read_text(), re.MULTILINE):
            words = f"newsloom {line.strip()}".split()
            assert " ".join(words[:2]) in known | groups or " ".join(words[:3]) in known, (
                f"{path.name}: {line}"
            )


def test_every_setting_is_in_the_docs_with_its_default() -> None:
    text = (DOCS / "configuration.md").read_text()
    defaults = msgspec.to_builtins(Config())
    for option in OPTIONS:
        row = next(line for line in text.splitlines() if line.startswith(f"| `{option.name}` |"))
        shown = row.split("|")[2].strip()
        default = json.dumps(defaults[option.name]).strip('"')
        assert shown == {"": "empty", "[]": "none"}.get(default, f"`{default}`")


def test_every_option_of_the_table_is_a_field_and_the_other_way_round() -> None:
    assert [option.name for option in OPTIONS] == list(Config.__struct_fields__)


def test_links_between_documents_lead_somewhere() -> None:
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_limit_has_its_unit_and_reason_beside_it() -> None:
    lines = (ROOT / "src/newsloom/settings.py").read_text().splitlines()
    limits = [line for line in lines if re.match(r"[A-Z_]+: Final", line) and not re.match(r"[KM]IB", line)]
    assert len(limits) > 20
    assert [line for line in limits if "  # " not in line] == []
    assert all(line.split(":")[0] in settings_names for line in limits)
