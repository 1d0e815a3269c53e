"""The look of the site: templates, the stylesheet, the script, and what the browser may load.

Assets carry a digest in their names, so that they can be cached for ever and a new version is a new
address. Templates are strict: a name that is not there is an error, never an empty place on a page.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from newsloom.publish.compiled import CompiledTemplates
from newsloom.publish.embeds import FRAME_HOSTS
from newsloom.publish.look import digest_look
from newsloom.publish.words import Words

_PACKAGE: Final = "newsloom.publish"
FONTS: Final = (
    "newsreader-latin-400.woff2",
    "newsreader-latin-600.woff2",
)  # asked for before the stylesheet is read
_ASSETS: Final = (
    "style.css",
    "desk.js",
    "search.js",
    "icon.svg",
    *FONTS,
    "newsreader-latin-ext-400.woff2",
    "newsreader-latin-ext-600.woff2",
    "newsreader-licence.txt",
)
_REFERENCE: Final = re.compile(rb'url\("([\w.-]+)"\)')  # of a stylesheet to an asset beside it
_FONT_FACE: Final = re.compile(r"@font-face \{[^}]*\}\n*")
_REMARK: Final = re.compile(rb"(?<=[;,{}]) // [^\"'`]*$")  # behind code that ends; a text has a mark after it
_OPEN: Final = re.compile(rb"(?m)^((?:(?! //)[^\n])*[;,{(\[])\n")  # a line after which code goes on
_CONTENT: Final = (
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    f"frame-src {' '.join(FRAME_HOSTS)}",
    "img-src 'self' https: http:",
    "manifest-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
)

PAGE_POLICY: Final = "; ".join(_CONTENT)  # as a page itself can state it
SERVER_POLICY: Final = f"{PAGE_POLICY}; frame-ancestors 'none'"  # a header can state one thing more


@cache
def load_asset(name: str) -> bytes:
    """The bytes of one asset of the package; a stylesheet names others by their published names."""
    body = (files(_PACKAGE) / "assets" / name).read_bytes()
    if name.endswith(".js"):
        return _compact(body)
    return _REFERENCE.sub(_name_reference, body) if name.endswith(".css") else body


@cache
def write_inline_style() -> str:
    """The stylesheet for a page that stands alone: without fonts, which are files of their own."""
    return _FONT_FACE.sub("", (files(_PACKAGE) / "assets" / "style.css").read_text())


@cache
def name_asset(name: str) -> str:
    """The path of an asset below the site's root, with its digest: `assets/style.1a2b3c4d5e.css`."""
    stem, _, suffix = name.rpartition(".")
    return f"assets/{stem}.{hashlib.sha256(load_asset(name)).hexdigest()[:10]}.{suffix}"


def build_assets() -> Iterator[tuple[str, bytes]]:
    """Every asset with its path below the site's root."""
    for name in _ASSETS:
        yield name_asset(name), load_asset(name)


def _compact(script: bytes) -> bytes:
    """A script without comments, indentation, and the line ends that mean nothing."""
    lines = (_REMARK.sub(b"", line.strip()) for line in script.splitlines())
    code = b"\n".join(line for line in lines if line and not line.startswith(b"//")) + b"\n"
    return _OPEN.sub(rb"\1", code)


def _name_reference(match: re.Match[bytes]) -> bytes:
    return f'url("{name_asset(match[1].decode()).removeprefix("assets/")}")'.encode()


@cache
def open_templates(words: Words) -> Environment:
    """The templates in one language: everything escaped, nothing undefined."""
    templates = Environment(
        extensions=["jinja2.ext.i18n"],
        loader=PackageLoader(_PACKAGE, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=CompiledTemplates(str(files(_PACKAGE) / "templates"), digest_look()),
    )
    installer: Any = templates  # the extension adds this method, which type checkers cannot see
    installer.install_gettext_translations(words.catalogue, newstyle=True)
    return templates


def render(template: str, words: Words, **values: object) -> bytes:
    """One page as UTF-8 HTML."""
    return open_templates(words).get_template(template).render(**values).encode()
