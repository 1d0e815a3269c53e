"""Brings the interface's catalogues in step with templates and code: new strings come in, gone ones go.

    python scripts/update_words.py [LANGUAGE…]

Translations stand in `src/newsloom/publish/locale/LANGUAGE.po`; any editor of PO files opens them. A language
named for the first time gets a catalogue of its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PUBLISH = Path(__file__).parent.parent / "src" / "newsloom" / "publish"
LOCALE = PUBLISH / "locale"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
    "mark": None,
}


def collect_strings() -> Catalog:
    """Every string of the interface, from templates and code."""
    found = Catalog(charset="utf-8")
    options = {"templates/**.html": {"trimmed": "true", "newstyle_gettext": "true"}}
    for _, _, message, comments, _ in extract_from_dir(
        PUBLISH, METHODS, options, KEYWORDS, comment_tags=("Translators:",)
    ):
        found.add(message, auto_comments=comments)
    return found


def update_catalogue(language: str, strings: Catalog) -> int:
    """Bring one language's catalogue in step; how many strings it has no translation of."""
    path = LOCALE / f"{language}.po"
    if path.exists():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
    else:
        catalogue = Catalog(locale=Locale.parse(language), project="Newsloom", version="1", charset="utf-8")
    created = catalogue.creation_date
    catalogue.update(strings, no_fuzzy_matching=True)
    catalogue.creation_date, catalogue.fuzzy = created, False  # so that a second run changes nothing
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Newsloom's interface in {Locale.parse(language).english_name}."
    with path.open("wb") as file:
        write_po(file, catalogue, width=110, sort_output=True, omit_header=False, include_previous=False)
    return sum(1 for message in catalogue if message.id and not is_translated(message))


def is_translated(message: Message) -> bool:
    """Whether a message has a translation in every form of its language."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(forms)


def main(languages: list[str]) -> None:
    """Update the catalogues named, or all there are."""
    LOCALE.mkdir(exist_ok=True)
    strings = collect_strings()
    for language in languages or sorted(path.stem for path in LOCALE.glob("*.po")):
        print(f"{language}: {update_catalogue(language, strings)} of {len(strings)} strings untranslated")


if __name__ == "__main__":
    main(sys.argv[1:])
