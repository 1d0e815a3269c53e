"""Rules for single publishers, as data: where one prints what no general rule finds.

`data/publishers.json` maps a registrable domain to CSS selectors by field. A rule is for what a page shows
to its readers only and states nowhere else; most publishers need none.
"""

from __future__ import annotations

from typing import Final

import msgspec

from newsloom.extract.address import host_of, registrable_domain
from newsloom.extract.reading import Reading
from newsloom.extract.rules import load
from newsloom.extract.tree import Tree

_TRUST: Final = 0.97  # a rule was written by somebody who looked at this publisher's pages
_MATCHES: Final = 20  # elements of one selector that are read
SOURCE: Final = "publisher rule"


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The selectors of one publisher; "" where the general rules do well. `drop` is taken out of the text."""

    title: str = ""
    authors: str = ""
    published: str = ""
    drop: str = ""


class _Rules(msgspec.Struct, frozen=True):
    rules: dict[str, Rule]


RULES: Final = load("publishers.json", _Rules).rules
_NONE: Final = Rule()


def rule_of(tree: Tree) -> Rule:
    """Give the rule for a page's publisher, an empty one for most."""
    return RULES.get(registrable_domain(host_of(tree.address)), _NONE)


def read_by_rule(tree: Tree, selector: str) -> list[Reading[str]]:
    """Give what a rule's selector finds on a page: `content` or `datetime` if there is one, else the text."""
    if not selector:
        return []
    found = []
    for node in tree.parser.css(selector)[:_MATCHES]:
        values = node.attributes
        text = values.get("content") or values.get("datetime") or node.text(separator=" ")
        if text.strip():
            found.append(Reading(text.strip(), SOURCE, _TRUST))
    return found
