"""The interface in the site's language: strings from gettext catalogues, dates and numbers as CLDR has them.

English stands in the templates and in the code; `locale/LANGUAGE.po` has the translations, in the form that
translators' programs read. A language without a catalogue gets English strings, and still its own dates.
"""

from __future__ import annotations

import gettext
import io
from functools import cache
from importlib.resources import files
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_FALLBACK: Final = "en-US"


class Words:
    """One locale's strings and forms. Made by `find_words`, so that there is one for each locale."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self._strings = _open_catalogue(locale.language)

    def say(self, text: str, /, **values: object) -> str:
        """A string in the site's language, `%(name)s` replaced by the values."""
        told = self._strings.gettext(text)
        return told % values if values else told

    @property
    def tag(self) -> str:
        """The locale as pages and feeds write it: de-AT."""
        return str(self.locale).replace("_", "-")

    @property
    def from_right(self) -> bool:
        """Whether the language is written from right to left."""
        return bool(self.locale.text_direction == "rtl")

    @property
    def catalogue(self) -> gettext.NullTranslations:
        """The strings themselves, for templates."""
        return self._strings


def mark(text: str) -> str:
    """Mark a string of a table as one to be translated where it is shown; gives it back as it is."""
    return text


@cache
def find_words(tag: str) -> Words:
    """The words of a locale such as `de-AT`; its language's, then English, where it is not known."""
    for candidate in (tag, tag.partition("-")[0], _FALLBACK):
        try:
            return Words(Locale.parse(candidate.replace("_", "-"), sep="-"))
        except (ValueError, UnknownLocaleError):
            continue
    raise LookupError(_FALLBACK)


@cache
def _open_catalogue(language: str) -> gettext.NullTranslations:
    """Read a language's catalogue; an empty one where there is none."""
    source = files("newsloom.publish") / "locale" / f"{language}.po"
    if not source.is_file():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source.read_bytes()), locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
