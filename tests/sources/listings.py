"""Listing pages made up for tests: each in the markup of another family of sites.

Every page comes with the paths of the articles it lists; everything else on it is no article.
"""

from __future__ import annotations

from typing import NamedTuple

HEADLINES = (
    "Harbour city switches its traffic lights to a learning system",
    "A chip the size of a stamp runs a language model for a week",
    "Nurses helped to write the rules for the ward's triage assistant",
    "School board votes to publish every prompt its tutors use",
    "Auditors found the loan model treated two postcodes differently",
    "Robot arm learns to fold laundry from eleven videos",
)
NAVIGATION = """<header><a href="/">The Harbour Post</a><nav><ul>
<li><a href="/technology">Technology</a></li><li><a href="/world/asia-and-pacific">Asia and the Pacific</a></li>
<li><a href="/tag/artificial-intelligence">Everything on artificial intelligence</a></li>
<li><a href="/subscribe">Subscribe to the paper for a pound</a></li></ul></nav></header>"""
FOOTER = """<footer><ul><li><a href="/about/how-we-work-and-who-we-are">How we work and who we are</a></li>
<li><a href="/terms-of-use">Terms of use and conditions of sale</a></li>
<li><a href="/privacy-policy">Privacy and what we keep of you</a></li></ul>
<a href="https://social.example/harbourpost">Follow us on the social network</a></footer>"""


class Listing(NamedTuple):
    """One page and the paths of its articles, in its order."""

    name: str
    body: bytes
    articles: tuple[str, ...]


def slug(title: str) -> str:
    return "-".join("".join(letter if letter.isalnum() else " " for letter in title.lower()).split())


def page(name: str, middle: str, articles: tuple[str, ...], head: str = "") -> Listing:
    text = (
        f"<!doctype html><html lang='en'><head><title>{name}</title>{head}</head>"
        f"<body>{NAVIGATION}{middle}{FOOTER}</body></html>"
    )
    return Listing(name, text.encode(), articles)


def make_blog() -> Listing:
    paths = tuple(f"/2026/11/{24 - n}/{slug(title)}/" for n, title in enumerate(HEADLINES))
    items = "".join(
        f"""<article class="post-{n} hentry"><h2 class="entry-title"><a href="{path}" rel="bookmark">{title}</a></h2>
        <p class="meta"><time datetime="2026-11-{24 - n}T08:00:00+01:00">November {24 - n}</time> by
        <a href="/author/ines-okafor">Ines Okafor</a> <a href="{path}#comments">3 comments on this post</a></p>
        <p>What happened, told in two sentences. Those who were there say why it matters to them.</p>
        <a class="more" href="{path}">Continue reading</a></article>"""
        for n, (path, title) in enumerate(zip(paths, HEADLINES, strict=True))
    )
    tags = "".join(f'<a href="/tag/topic-{n}-of-the-week">Topic {n} of the week</a>' for n in range(9))
    return page("blog", f'<main>{items}</main><aside><div class="tagcloud">{tags}</div></aside>', paths)


def make_cards() -> Listing:
    paths = tuple(f"/news/{slug(title)}-{10_000 + n}" for n, title in enumerate(HEADLINES))
    items = "".join(
        f"""<li class="card"><a href="{path}"><img src="/pictures/{n}.jpg" alt=""><span>Technology</span>
        <h3>{title}</h3><p>By Tom Lind, who was there when it happened and asked.</p>
        <span class="card__date">{24 - n} November 2026</span></a></li>"""
        for n, (path, title) in enumerate(zip(paths, HEADLINES, strict=True))
    )
    return page("cards", f'<section><h2>Latest</h2><ul class="grid">{items}</ul></section>', paths)


def make_press_list() -> Listing:
    paths = tuple(f"/presse/meldung.php?id={700 + n}" for n in range(5))
    titles = (
        "Stadtrat beschließt neue Regeln für lernende Ampeln",
        "Universität eröffnet Zentrum für maschinelles Lernen",
        "Klinikum stellt Assistenzsystem für die Notaufnahme vor",
        "Bibliothek richtet Lesesaal für Sprachmodelle ein",
        "Verkehrsbetriebe testen fahrerlosen Bus im Hafen",
    )
    items = "".join(
        f'<tr><td>{20 - n}.11.2026</td><td><a href="meldung.php?id={700 + n}">{title}</a></td></tr>'
        for n, title in enumerate(titles)
    )
    return page("press", f"<table>{items}</table>", paths, '<base href="https://desk.example/presse/">')


def make_front_page() -> Listing:
    paths = tuple(f"/world/2026/nov/{24 - n}/{slug(title)}" for n, title in enumerate(HEADLINES))
    lead = f"""<div class="lead"><a href="{paths[0]}" aria-hidden="true"><img src="/lead.jpg"></a>
    <h2><a href="{paths[0]}">{HEADLINES[0]}</a></h2><p>Read also <a href="/world/2026/oct/01/an-older-story-we-cite">an
    older story that we cite</a>, and what we said of it when it was new and nobody believed it yet.</p></div>"""
    river = "".join(
        f'<div class="fc-item fc-item-{n}"><div class="c"><h3><a href="{path}"><span class="kicker">Robots</span> {title}</a>'
        f"</h3></div></div>"
        for n, (path, title) in enumerate(zip(paths[1:], HEADLINES[1:], strict=True))
    )
    share = "".join(
        f'<a href="/share/{n}?url={paths[0]}">Share this on network number {n}</a>' for n in range(4)
    )
    return page("front", f'{lead}<div class="share-buttons">{share}</div><div>{river}</div>', paths)


def make_japanese() -> Listing:
    titles = (
        "港湾都市が信号機を学習システムに切り替え",
        "切手大のチップが言語モデルを一週間動かす",
        "看護師が病棟の規則作りに協力",
        "学校委員会が全ての指示文の公開を決定",
    )
    paths = tuple(f"/articles/AST1F{n}445T1FUTIL02SM.html" for n in range(len(titles)))
    items = "".join(
        f'<li><a href="{path}">{title}</a><time>2026年11月{20 + n}日</time></li>'
        for n, (path, title) in enumerate(zip(paths, titles, strict=True))
    )
    menu = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("社会", "経済", "政治", "国際"))
    return page("japanese", f"<ul class='g'>{menu}</ul><ul class='list'>{items}</ul>", paths)


LISTINGS = (make_blog(), make_cards(), make_press_list(), make_front_page(), make_japanese())
