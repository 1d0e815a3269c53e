"""Lists of feeds: OPML 2."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from lxml import etree
from msgspec import Struct

from newsloom import settings
from newsloom.errors import SourceError

_ENTITY: Final = re.compile(rb"<!(?:ENTITY|DOCTYPE)", re.IGNORECASE)


class Outline(Struct, frozen=True, kw_only=True):
    """One feed of a list."""

    address: str
    title: str = ""


def read_opml(path: Path) -> tuple[Outline, ...]:
    """The feeds of an OPML file, each once, in its order; only http(s) addresses.

    Raises SourceError when it cannot be read or is not OPML.
    """
    try:
        with path.open("rb") as file:
            data = file.read(settings.CONFIG_BYTES + 1)
    except OSError as error:
        raise SourceError(
            str(path), f"cannot be read: {error.strerror}", "check the path in sources.yaml"
        ) from error
    if len(data) > settings.CONFIG_BYTES:
        raise SourceError(
            str(path), f"is larger than {settings.CONFIG_BYTES // settings.KIB} KiB", "split it"
        )
    if _ENTITY.search(data):
        raise SourceError(str(path), "declares a document type", "remove the line: OPML needs none")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise SourceError(str(path), f"is not XML: {error.msg}", "export it again") from error
    if root.tag != "opml":
        raise SourceError(str(path), f"is not OPML but <{root.tag}>", "export the list of feeds again")
    found: dict[str, Outline] = {}
    for element in root.iter("outline"):
        address = (element.get("xmlUrl") or "").strip()
        if address.startswith(("http://", "https://")) and len(address) <= settings.URL_CHARACTERS:
            found.setdefault(
                address, Outline(address=address, title=element.get("title") or element.get("text") or "")
            )
    return tuple(found.values())
