"""From the text of a byline to the names in it: without "By", addresses, job titles and page furniture."""

from __future__ import annotations

import re
from typing import Final

from newsloom.extract.plain import tidy

_PREFIX: Final = re.compile(
    r"^(?:(?:written|posted|published|reported|story|text|words|article|photos?|reporting|edited|verfasst|"
    r"veröffentlicht|eingestellt|geschrieben|gespeichert|erstellt|publicado|escrito|publié|écrit|scritto|"
    r"pubblicato|(?:view )?all posts|more|articles|analysis|opinion|interview)\s+(?:by|von|por|par|da|di)\b|"
    r"by|von|par|por|de|di|da|door|av|af|przez|oleh|author|autor(?:in)?(?:/autor(?:in)?)?|autore|auteur|автор|"
    r"text|texte|reported by|från|ein(?:e)? \w+ von|による|記者)"
    r"\s*[:：]?\s+",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(
    r"\s*(?:;|\||•|·|、|，|\bwith\b|\bund\b|\band\b|\bet\b|\by\b|\ben\b|\boch\b|\bog\b|\be\b|\bи\b|\bve\b|"
    r"&|\s/\s|\n)\s*|\s*,\s*",
    re.IGNORECASE,
)
_JUNK: Final = re.compile(
    r"^(?:foto|photo|bild|image|quelle|source)\b|https?:|www\.|@|\d{3}|"
    r"^(?:admin|administrator|editor|staff|redaktion|redaction|guest|unknown|null|none|undefined|n/a|"
    r"your name.*|.*\b(?:sagt|says|dit|dice|schreibt|kommentar|comment|bearbeiten|profile?|name here|posts?|"
    r"profil complet)|share|follow|comments?|published|updated|view profile|facebook|twitter|read more|"
    r"anonymous|author|autor)$",
    re.IGNORECASE,
)
_JOB: Final = re.compile(
    r"\b(?:reporter|correspondent|editor|journalist|writer|columnist|contributor|producer|analyst|"
    r"redakteur(?:in)?|korrespondent(?:in)?|staff|senior|chief|director|professor|specialist|author of|"
    r"associate|fellow|bureau|political|news|business|sports?|technology|science|head of|ph\.?d|m\.?d|"
    r"jr|sr|for|the|redaktion|responsable|periodista|journaliste)\b",
    re.IGNORECASE,
)
_TITLED: Final = re.compile(
    r"^(\w[\w.'’-]*(?:\s\w[\w.'’-]*){1,2})\s"
    r"(?:(?:senior )?staff (?:writer|reporter)|(?:senior |news )*editor|news)$",
    re.IGNORECASE,
)


def clean_name(text: str) -> str:
    """Give a byline's name without "By", addresses in brackets, and what stands after a bar or dash."""
    name = tidy(text).strip(" ,;:|-–—•·*/\"'")
    name = _PREFIX.sub("", name)
    name = re.sub(r"\s*[(\[<].*?[)\]>]\s*$", "", name)
    name = re.sub(r"\s+(?:[-–—|]|in)\s+.*$", "", name) if len(name) > 12 else name
    name = _TITLED.sub(r"\1", name)
    if name.isupper() and len(name) > 4 and " " in name:
        name = name.title()
    return name.strip(" ,;:|-–—•·*/")


def is_name(text: str) -> bool:
    """Say whether a part of a byline can be a name: short, of letters, and none of a page's own words."""
    return (
        2 <= len(text) <= 60
        and len(text.split()) <= 6
        and not _JUNK.search(text)
        and any(c.isalpha() for c in text)
        and not any(character.isdigit() for character in text)
    )


def split_byline(text: str) -> list[str]:
    """Split one byline into names: at commas, "and" and their like, dropping job titles."""
    parts = [clean_name(part) for part in _SPLIT.split(_PREFIX.sub("", tidy(text)))]
    names = [part for part in parts if is_name(part)]
    return [name for position, name in enumerate(names) if position == 0 or not _JOB.search(name)]
