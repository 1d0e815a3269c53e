"""The demo site: a folder like any other, whose one source is the recording of an invented web."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import yaml

from newsloom.config import Config
from newsloom.demo.content import Content, Outlet, read_content
from newsloom.demo.pictures import draw_logo
from newsloom.demo.recording import record_content
from newsloom.documents import write_file
from newsloom.site import CONFIG_FILE
from newsloom.starter import init_site

_RECORDING: Final = "recordings/demo.warc.gz"
_LOGO_FOLDER: Final = "assets/images/organizations"
_LOGO_EDGES: Final = (50, 400)
_CONFIG: Final = Config(
    title="The Loom",
    description="A demo of Newsloom: invented AI news by invented publishers, woven into stories.",
    locale="en-GB",
    topic="AI",
)
_SOURCES: Final = f"""\
# The demo's own web, recorded: feeds, pages and pictures of 14 invented publishers.
- warc: {_RECORDING}
  name: The demo's recording
"""


def build(root: Path) -> None:
    """Make the demo site in `root`, or bring an earlier one there up to date.

    What an owner may have changed since (settings, sources, topics) stays; recording, logos and the
    providers' entries are written again, with the same bytes each time.
    """
    content = read_content()
    _write(root / _RECORDING, record_content(content))
    for path, body in _list_registry(content).items():
        _write(root / path, body)
    if not (root / CONFIG_FILE).exists():
        init_site(root, config=_CONFIG, sources=_SOURCES)


def _list_registry(content: Content) -> dict[str, bytes]:
    """The providers the demo's desk knows, each with its logos, by path."""
    files: dict[str, bytes] = {}
    for outlet in content.outlets.values():
        if outlet.standing is None:
            continue
        files[f"_data/organizations/{outlet.domain}.md"] = _write_organization(outlet).encode()
        for edge in _LOGO_EDGES:
            files[_logo_path(outlet, edge)] = draw_logo(outlet.domain, outlet.colours, edge)
    return files


def _write_organization(outlet: Outlet) -> str:
    """An outlet's entry in the registry, in the reference's form with what Newsloom adds."""
    entry = {
        "taxonomy": "organization",
        "_id": outlet.domain,
        "name": outlet.name,
        "domain": outlet.domain,
        "description": outlet.description,
        "country": outlet.country,
        "standing": outlet.standing,
        "standingReason": outlet.reason,
        "images": [
            {"url": f"/{_logo_path(outlet, edge)}", "width": edge, "height": edge} for edge in _LOGO_EDGES
        ],
    }
    body = yaml.safe_dump(entry, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{body}---\n"


def _logo_path(outlet: Outlet, edge: int) -> str:
    return f"{_LOGO_FOLDER}/{outlet.domain}-{edge}x{edge}.jpg"


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, body)
