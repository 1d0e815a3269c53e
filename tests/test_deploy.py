"""What `deploy/` starts is there: commands, their options, and the files they name."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from newsloom.cli import app

DEPLOY = Path(__file__).parents[1] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def _starts(unit: Path) -> list[str]:
    (line,) = re.findall(r"^ExecStart=(.+)$", unit.read_text(), re.MULTILINE)
    return shlex.split(line)


def _parse(arguments: list[str]) -> None:
    """Let the command line take these words; raises where it does not know one."""
    group: Any = typer.main.get_command(app)
    name, command, rest = group.resolve_command(
        group.make_context("newsloom", arguments, resilient_parsing=True), arguments
    )
    assert name == arguments[0]
    command.make_context(name, [word.replace("${PORT}", "8000") for word in rest])


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    program, *arguments = _starts(unit)
    if program.endswith("/newsloom"):
        _parse(arguments)
    else:
        assert program.endswith("/ray") and arguments[0] == "start"


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_knows_every_line(unit: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    text = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
    copy = tmp_path / unit.name
    copy.write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if unit.name in line]
    assert said == []


def test_compose_starts_commands_that_there_are() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    for service in services.values():
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
            _parse(service["command"])


def test_the_cluster_has_a_head_that_its_machines_join() -> None:
    cluster = yaml.safe_load((DEPLOY / "ray-cluster.yaml").read_text())
    assert any("--head --port=6379" in line for line in cluster["head_start_ray_commands"])
    assert any("$RAY_HEAD_IP:6379" in line for line in cluster["worker_start_ray_commands"])
    assert cluster["max_workers"] == len(cluster["provider"]["worker_ips"])


def test_the_image_has_every_extra_it_asks_for() -> None:
    (asked,) = re.findall(r'"/source\[([a-z0-9,]+)\]"', (DEPLOY / "Dockerfile").read_text())
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["project"]
    assert set(asked.split(",")) <= set(project["optional-dependencies"])
