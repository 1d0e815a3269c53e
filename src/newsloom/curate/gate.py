"""Whether the site shows a record, and why: the rules in the order in which they are asked.

An editor's word comes first, then the bar, then whether a better record leads the story.
"""

from __future__ import annotations

from newsloom.records import Article


def pass_gate(article: Article, publish_at: int, lead: str, name: str) -> tuple[bool, str]:
    """Give whether a record is shown and the reason in a few words.

    `lead` is the name of its story's leading record, `name` its own.
    """
    if article.editorial == "publish":
        return True, "an editor published it"
    if article.editorial == "hold":
        return False, "an editor holds it"
    if article.quality < publish_at:
        return False, f"quality {article.quality} is below the bar of {publish_at}"
    if lead != name:
        return False, f"covered by {lead}"
    return True, f"quality {article.quality} reaches the bar of {publish_at}"
