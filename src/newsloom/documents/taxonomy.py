"""A site's topics: `_data/topics/NN-slug.yaml`, one file a topic."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from newsloom import settings
from newsloom.documents.names import slugify
from newsloom.errors import ConfigError
from newsloom.records import Topic
from newsloom.yamlfile import Located, Value, load, suggest

ZONES: Final = ("title", "excerpt", "text")
WEIGHT_MOST: Final = 10  # a keyword that counts for more hides all others
_TEXTS: Final = ("_id", "name", "shortname", "parent", "description")
_LISTS: Final = ("keywords", "exact", "must", "exclude", "zones", "providers", "hashtags")
_KEYS: Final = frozenset({"taxonomy", *_TEXTS, *_LISTS, "weights", "bar", "images", "services"})


def read_topics(folder: Path) -> tuple[Topic, ...]:
    """All topics of a folder, in the order of their file names.

    Raises ConfigError for a file that is wrong, two topics of one name, or a parent that is missing
    or leads in a circle.
    """
    if not folder.is_dir():
        return ()
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if len(paths) > settings.TOPIC_FILES:
        raise ConfigError(str(folder), f"has more than {settings.TOPIC_FILES} topics", "split the site")
    found: dict[str, tuple[Topic, str]] = {}
    for path in paths:
        subject = f"_data/topics/{path.name}"
        with path.open("rb") as file:
            topic = parse_topic(file.read(settings.CONFIG_BYTES + 1), subject)
        if topic.name in found:
            raise ConfigError(
                subject, f"topic {topic.name!r} stands in {found[topic.name][1]} too", "rename one"
            )
        found[topic.name] = (topic, subject)
    for topic, subject in found.values():
        _check_parents(topic, subject, {name: entry[0] for name, entry in found.items()})
    return tuple(topic for topic, _ in found.values())


def parse_topic(data: bytes, subject: str) -> Topic:
    """Read one topic file."""
    # The reference's files end in the `---` of a front matter, sometimes on the last value's line.
    text = data.rstrip().removesuffix(b"---") + b"\n"
    located = load(text, subject)
    values = located.value
    if not isinstance(values, dict):
        raise located.error((), "must hold `key: value` lines", "see docs/configuration.md")
    for key in values:
        if key not in _KEYS:
            raise located.error((key,), f"unknown key `{key}`", suggest(key, _KEYS))
    name = _text(located, values, "name")
    if not name:
        raise located.error((), "`name` is missing")
    services = values.get("services")
    topic = Topic(
        id=_text(located, values, "_id") or slugify(name),
        name=name,
        shortname=_text(located, values, "shortname"),
        parent=_text(located, values, "parent"),
        description=_text(located, values, "description"),
        keywords=_words(located, values, "keywords"),
        exact=_texts(located, values, "exact"),
        weights=_weights(located, values),
        must=_words(located, values, "must"),
        exclude=_words(located, values, "exclude"),
        zones=_zones(located, values),
        providers=tuple(domain.lower() for domain in _texts(located, values, "providers")),
        bar=_bar(located, values),
        hashtags=_texts(located, values, "hashtags"),
        services=tuple((key, str(value)) for key, value in services.items())
        if isinstance(services, dict)
        else (),
    )
    unknown = [word for word, _ in topic.weights if word not in {*topic.keywords, *topic.exact}]
    if unknown:
        known = {*topic.keywords, *topic.exact}
        raise located.error(("weights", unknown[0]), f"no keyword {unknown[0]!r}", suggest(unknown[0], known))
    return topic


def _words(located: Located, values: dict[str, Value], key: str) -> tuple[str, ...]:
    """Read words to look for. One letter stands in every text: as such it means nothing."""
    words = _texts(located, values, key)
    for number, word in enumerate(words):
        if not word.strip():
            raise located.error((key, number), f"`{key}` has an empty word", "remove the line")
        if len(word.strip()) == 1 and word.strip().isascii():
            remedy = "write it under `exact` if a capital letter of its own is meant"
            raise located.error((key, number), f"{word!r} is a single letter", remedy)
    return words


def _weights(located: Located, values: dict[str, Value]) -> tuple[tuple[str, float], ...]:
    value = values.get("weights")
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise located.error(("weights",), "`weights` must be a list of `keyword: number`", "such as `gpu: 2`")
    for word, weight in value.items():
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight <= WEIGHT_MOST:
            raise located.error(
                ("weights", word), f"must be above 0 and at most {WEIGHT_MOST}, not {weight!r}"
            )
    return tuple((word, float(str(weight))) for word, weight in value.items())


def _zones(located: Located, values: dict[str, Value]) -> tuple[str, ...]:
    zones = _texts(located, values, "zones")
    for number, zone in enumerate(zones):
        if zone not in ZONES:
            raise located.error(("zones", number), f"there is no zone {zone!r}", suggest(zone, ZONES))
    return zones


def _bar(located: Located, values: dict[str, Value]) -> int | None:
    bar = values.get("bar")
    if bar is None:
        return None
    if isinstance(bar, bool) or not isinstance(bar, int) or bar < 0:
        raise located.error(("bar",), f"`bar` must be a quality from 0 upwards, not {bar!r}")
    return bar


def _check_parents(topic: Topic, subject: str, topics: dict[str, Topic]) -> None:
    seen = {topic.name}
    parent = topic.parent
    while parent is not None:
        if parent not in topics:
            raise ConfigError(subject, f"`parent`: there is no topic {parent!r}", suggest(parent, topics))
        if parent in seen:
            raise ConfigError(
                subject, f"`parent`: {parent!r} leads in a circle", "give one of them no parent"
            )
        seen.add(parent)
        parent = topics[parent].parent


def _text(located: Located, values: dict[str, Value], key: str) -> str | None:
    value = values.get(key)
    if isinstance(value, list | dict):
        raise located.error((key,), f"`{key}` must be text")
    return str(value) if value is not None else None


def _texts(located: Located, values: dict[str, Value], key: str) -> tuple[str, ...]:
    value = values.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise located.error((key,), f"`{key}` must be a list")
    for number, item in enumerate(value):
        if item is None or isinstance(item, list | dict):
            raise located.error((key, number), f"`{key}` must hold texts")
    return tuple(str(item) for item in value)
