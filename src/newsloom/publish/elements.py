"""XML made from elements, never by pasting strings together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree

Element = ElementTree.Element

ATOM: Final = "http://www.w3.org/2005/Atom"
SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
SITEMAP_NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"

# The prefixes every reader of these formats knows; the library keeps one table for the process.
for _prefix, _namespace in (("atom", ATOM), ("news", SITEMAP_NEWS), ("dc", DUBLIN_CORE)):
    ElementTree.register_namespace(_prefix, _namespace)


_HEAD: Final = "<?xml version='1.0' encoding='utf-8'?>\n"


def make_element(tag: str, content: str | Iterable[Element] = (), **attributes: str) -> Element:
    """An element with text or with children. `tag` is `name` or `{namespace}name`."""
    element = Element(tag, attributes)
    if isinstance(content, str):
        element.text = content
    else:
        element.extend(content)
    return element


def write_xml(root: Element) -> bytes:
    """A document as indented UTF-8.

    The namespace written without a prefix is set as `xmlns` on the root and its elements have bare
    names: the library's own option for it fails as soon as any attribute has one.
    """
    ElementTree.indent(root)
    text: str = ElementTree.tostring(root, "unicode")  # encoded at once: the library does so piece by piece
    return f"{_HEAD}{text}\n".encode("utf-8", "xmlcharrefreplace")
