"""A new site: the files that `newsloom init` writes, each with comments that explain it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
import yaml

from newsloom.config import OPTIONS, Config
from newsloom.documents import create_keys, slugify, write_file
from newsloom.documents.taxonomy import parse_topic
from newsloom.errors import ConfigError
from newsloom.records import Topic
from newsloom.site import CONFIG_FILE, SOURCES_FILE

_GITIGNORE: Final = """\
# The index, keys and journal: private, and made again when missing (but keep a copy of the keys).
.newsloom/
# The rendered site and the JSON API: made again by each pass. Remove these lines to publish them with git
# pages; the API's lists move with every article, and would take ten times what the documents take.
public/
api/
"""

_SOURCES_HEAD: Final = """\
# Where the news comes from. `newsloom sources add https://news.example/` finds out what an address is
# and writes it down here. Each entry names its kind by its key:
#
# - feed: https://news.example/rss        RSS, Atom or JSON Feed; also a file, relative to this folder
# - sitemap: https://news.example/news-sitemap.xml     news sitemaps, plain ones and indexes
# - listing: https://news.example/latest  a page of links to articles
# - opml: subscriptions.opml              all feeds of a list, a file or an address
# - folder: saved                         saved pages (HTML) and recordings
# - warc: recordings/*.warc.gz            recorded pages and feeds (WARC 1.0 and 1.1)
#
# and may add:
#   name: News of the Week
#   provider: news.example                whose articles these are, when the pages do not say
#   topics: [AI]                          topics that everything from here belongs to
#   every: 2h                             least time between two polls: minutes, or such as 2h and 1d
#   pages: false                          take what the source says, do not read its entries' pages
#   select: h2 > a                        CSS selector of a listing's links
#   paused: true                          do not read it
"""

# The topic set of a real AI site; keywords without a topic of their own are left to the owner.
_AI_TOPICS: Final = (
    ("AI", "AI", "", ("artificial intelligence", "ai")),
    (
        "Machine Learning",
        "ML",
        "AI",
        ("machine learning", "ml", "deep learning", "neural network", "neural networks"),
    ),
    ("AI Hardware", "Hardware", "AI", ("chip", "chips", "gpu", "gpus", "ai accelerator")),
    ("Computer Vision", "Vision", "AI", ("computer vision", "image recognition", "facial recognition")),
    (
        "Natural Language Processing",
        "NLP",
        "AI",
        ("natural language processing", "nlp", "language model", "language models", "chatbot", "chatbots"),
    ),
    (
        "AI Ethics",
        "Ethics",
        "AI",
        ("ai ethics", "ethical ai", "responsible ai", "algorithmic bias", "ai safety"),
    ),
    (
        "AI in Autos",
        "Autos",
        "AI",
        ("self-driving", "driverless", "autonomous vehicle", "autonomous vehicles", "robotaxi"),
    ),
    (
        "AI in Healthcare",
        "Healthcare",
        "AI",
        ("healthcare", "hospital", "hospitals", "medical imaging", "radiology"),
    ),
    (
        "AI in Finance",
        "Finance",
        "AI",
        ("fintech", "banking", "trading algorithm", "fraud detection", "insurer"),
    ),
    ("AI in Marketing", "Marketing", "AI", ("marketing", "advertising", "ad targeting")),
    ("AI in Sales", "Sales", "AI", ("sales team", "sales teams", "crm", "lead scoring")),
    ("AI in Education", "Education", "AI", ("education", "classroom", "classrooms", "tutoring", "edtech")),
    ("AI in Robotics", "Robotics", "AI", ("robotics", "robot", "robots", "humanoid")),
    ("AI in Security", "Security", "AI", ("cybersecurity", "malware", "phishing", "deepfake", "deepfakes")),
    ("AWS AI", "AWS", "AI", ("sagemaker", "amazon bedrock", "aws ai")),
    ("Microsoft AI", "Microsoft", "AI", ("azure ai", "microsoft ai", "microsoft copilot")),
    ("Google AI", "Google", "AI", ("google ai", "deepmind", "google gemini")),
    ("Facebook AI", "Facebook", "AI", ("facebook ai", "meta ai", "llama model")),
    ("IBM AI", "IBM", "AI", ("ibm watson", "watsonx", "ibm ai")),
    ("TensorFlow", "TensorFlow", "Machine Learning", ("tensorflow", "keras")),
    ("Math for AI", "Math", "Machine Learning", ("linear algebra", "gradient descent", "probability theory")),
)


def ai_topics() -> tuple[Topic, ...]:
    """The AI topic set that a new site starts with."""
    return tuple(
        Topic(
            id=slugify(name),
            name=name,
            shortname=short,
            parent=parent or None,
            keywords=keywords,
            hashtags=("#" + name.replace(" ", ""),),
        )
        for name, short, parent, keywords in _AI_TOPICS
    )


def init_site(
    root: Path,
    *,
    config: Config | None = None,
    feeds: Iterable[str] = (),
    topics: Iterable[Topic] | None = None,
    sources: str = "",
) -> None:
    """Make a new site in `root`, an empty or missing folder.

    `sources` is YAML text added to `sources.yaml` as it is; `feeds` are addresses or paths. Raises
    ConfigError when there is a site already.
    """
    if (root / CONFIG_FILE).exists():
        raise ConfigError(
            str(root / CONFIG_FILE), "is there already", "choose another folder, or edit that file"
        )
    chosen = config or Config(topic="AI" if topics is None else "")
    lines = "".join(f"- feed: {_scalar(feed)}\n" for feed in feeds)
    _write(root / SOURCES_FILE, f"{_SOURCES_HEAD}\n{lines}{sources}")
    for number, topic in enumerate(ai_topics() if topics is None else topics):
        _write(root / "_data" / "topics" / f"{number:02}-{topic.id}.yaml", format_topic(topic))
    (root / "_news").mkdir(parents=True, exist_ok=True)
    (root / "_data" / "organizations").mkdir(parents=True, exist_ok=True)
    _write(root / ".gitignore", _GITIGNORE)
    create_keys(root / ".newsloom" / "keys")
    _write(root / CONFIG_FILE, format_config(chosen))  # last: with it the folder is a site


def start_site(
    root: Path, *, title: str, url: str, topic: str = "", keywords: str = "", feeds: Iterable[str] = ()
) -> None:
    """Make a new site from what a new user knows: a title, feeds, and a topic with its keywords.

    Without a topic of its own the site gets the AI topic set. `keywords` are parted by commas.
    """
    if keywords and not topic:
        raise ConfigError("--keywords", "need a topic to belong to", 'add --topic "Solar power"')
    own = (topic_from_keywords(topic, keywords.split(",")),) if topic else None
    if own:
        parse_topic(format_topic(own[0]).encode(), "the new topic")  # before anything is made
    config = Config(title=title, url=url, topic=topic or "AI")
    init_site(root, config=config, feeds=feeds, topics=own)


def topic_from_keywords(name: str, keywords: Iterable[str]) -> Topic:
    """A topic of the owner's own, from its name and keywords."""
    words = tuple(dict.fromkeys(word.strip() for word in keywords if word.strip()))
    return Topic(
        id=slugify(name),
        name=name,
        keywords=words or (name.lower(),),
        hashtags=("#" + name.replace(" ", ""),),
    )


def format_config(config: Config) -> str:
    """The text of a `newsloom.yaml`: every key with its value, its meaning above it."""
    values = msgspec.to_builtins(config)
    head = "# The settings of this site; a key that is missing has the value shown by `newsloom init`.\n"
    return head + "".join(
        f"\n# {option.meaning}\n{option.name}: {_scalar(values[option.name])}\n" for option in OPTIONS
    )


def format_topic(topic: Topic) -> str:
    """The text of a topic file, in the reference's form."""
    lines = ["taxonomy: topic", f"_id: {_scalar(topic.id)}", f"name: {_scalar(topic.name)}"]
    if topic.shortname:
        lines.append(f"shortname: {_scalar(topic.shortname)}")
    if topic.parent:
        lines.append(f"parent: {_scalar(topic.parent)}")
    if topic.description:
        lines.append(f"description: {_scalar(topic.description)}")
    for key, values in (("keywords", topic.keywords), ("hashtags", topic.hashtags)):
        if values:
            lines += [f"{key}:", *(f"  - {_scalar(value)}" for value in values)]
    return "\n".join(lines) + "\n"


def _scalar(value: object) -> str:
    """A value as YAML on one line."""
    dumped = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000_000)
    return dumped.removesuffix("\n").removesuffix("\n...")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, text.encode())
