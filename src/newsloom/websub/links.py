"""HTTP `Link` headers (RFC 8288), as far as hubs and topics stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from newsloom import settings

# <address>; name=value; name="value"; parted by commas, which values in quotes may hold as well.
_LINK: Final = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*!-]+\s*(?:=\s*(?:"[^"]*"|[^\s;,"]*))?)*)')
_PARAMETER: Final = re.compile(r';\s*([\w*!-]+)\s*(?:=\s*(?:"([^"]*)"|([^\s;,"]*)))?')


def read_links(values: Iterable[str]) -> dict[str, str]:
    """The first address for each relation that `Link` headers name."""
    found: dict[str, str] = {}
    for value in values:
        for address, parameters in _LINK.findall(value[: settings.HEADER_BYTES]):
            relations = (
                quoted or plain
                for name, quoted, plain in _PARAMETER.findall(parameters)
                if name.lower() == "rel"
            )
            for relation in next(relations, "").lower().split():
                found.setdefault(relation, address.strip())
    return found
