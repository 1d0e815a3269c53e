from pathlib import Path

import pytest

from newsloom.config import Config
from newsloom.errors import ConfigError
from newsloom.records import StoryEdits
from newsloom.site import read_site
from newsloom.starter import ai_topics, format_config, init_site, start_site


@pytest.fixture
def root(tmp_path: Path) -> Path:
    init_site(tmp_path / "site")
    return tmp_path / "site"


def test_a_new_site_can_be_read_and_has_the_ai_topics(root: Path) -> None:
    site = read_site(root)
    assert site.config == Config(topic="AI")
    assert [topic.name for topic in site.topics] == [topic.name for topic in ai_topics()]
    assert len(site.topics) == 21
    assert site.sources == ()
    assert (root / ".newsloom/keys").stat().st_mode & 0o777 == 0o600


def test_every_key_is_written_with_its_meaning_above_it(root: Path) -> None:
    lines = (root / "newsloom.yaml").read_text().splitlines()
    keys = [number for number, line in enumerate(lines) if line and not line.startswith("#")]
    assert len(keys) == len(Config.__struct_fields__)
    assert all(lines[number - 1].startswith("# ") for number in keys)


def test_a_feed_and_three_keywords_make_a_site(tmp_path: Path) -> None:
    start_site(
        tmp_path / "solar",
        title="Solar: „the“ Desk",
        url="https://solar.example/",
        topic="Solar power",
        keywords="solar, photovoltaic,inverter",
        feeds=["https://news.example/rss"],
    )
    site = read_site(tmp_path / "solar")
    assert site.config.title == "Solar: „the“ Desk"
    assert [topic.keywords for topic in site.topics] == [("solar", "photovoltaic", "inverter")]
    assert [(source.kind, source.location) for source in site.sources] == [
        ("feed", "https://news.example/rss")
    ]


def test_an_existing_site_is_not_overwritten(root: Path) -> None:
    with pytest.raises(ConfigError, match="is there already"):
        init_site(root)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("tittle: X", r"newsloom.yaml:2: unknown key `tittle` \(did you mean `title`\?\)"),
        (
            "publish_at: high",
            r"newsloom.yaml:2: `publish_at` must be a whole number from 0 to 1000, not 'high'",
        ),
        ("publish_at: true", r"newsloom.yaml:2: `publish_at` must be a whole number"),
        ("keep: some", r"newsloom.yaml:2: `keep` must be topical or all"),
        ("timezone: Mars/Olympus", r"newsloom.yaml:2: `timezone` must be a time zone"),
        ("url: ftp://x.example/", r"newsloom.yaml:2: `url` must be an http"),
        ("url: 'http://[::1'", r"newsloom.yaml:2: `url` must be an http"),
        ("url: http://x.example:port/", r"newsloom.yaml:2: `url` must be an http"),
        ("hub: 'http://[::1'", r"newsloom.yaml:2: `hub` must be a hub's http"),
        ("proxy: 'http://[::1'", r"newsloom.yaml:2: `proxy` must be the address of an HTTP proxy"),
        ("proxy: http://x.example:99999", r"newsloom.yaml:2: `proxy` must be the address of an HTTP proxy"),
        ("git: 1", r"newsloom.yaml:2: `git` must be true or false"),
        (
            "topic: Tensorflow",
            r"newsloom.yaml:2: `topic`: there is no topic 'Tensorflow' \(did you mean `TensorFlow`\?\)",
        ),
        ("page_size:\n\t20", r"newsloom.yaml:3: .*tab"),
        ("page_size: 20\npage_size: 30", r"newsloom.yaml:3: .*twice"),
        ("allow: 10.0.0.1", r"newsloom.yaml:2: `allow` must be a list"),
        ("allow: &a [x]\ndescription: *a", r"newsloom.yaml:\d: .*(alias|anchor)"),
        ("page_size: [", r"newsloom.yaml:\d+: .*YAML"),
    ],
)
def test_a_wrong_setting_names_file_line_key_and_the_fix(root: Path, line: str, message: str) -> None:
    (root / "newsloom.yaml").write_text(f"title: T\n{line}\n")
    with pytest.raises(ConfigError, match=message):
        read_site(root)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- feeds: https://a.example/rss", r"sources.yaml:1: unknown key `feeds` \(did you mean `feed`\?\)"),
        ("- feed: a.xml\n  topic: [AI]", r"sources.yaml:2: unknown key `topic`"),
        ("- feed: a.xml\n  topics: [Art]", r"sources.yaml:2: there is no topic 'Art'"),
        ("- feed: a.xml\n  topics: AI", r"sources.yaml:2: `topics` must be a list"),
        (
            "- name: nothing",
            r"sources.yaml:1: a source needs exactly one of feed, sitemap, listing, folder, warc, opml",
        ),
        ("- feed: gopher://a.example/", r"sources.yaml:1: .*not an http"),
        ("- feed:", r"sources.yaml:1: `feed` has no address"),
        ("- https://a.example/rss", r"sources.yaml:1: a source must be `kind: address`"),
        ("feed: https://a.example/rss", r"sources.yaml:1: must be a list"),
    ],
)
def test_a_wrong_source_names_file_line_and_the_fix(root: Path, text: str, message: str) -> None:
    (root / "sources.yaml").write_text(text + "\n")
    with pytest.raises(ConfigError, match=message):
        read_site(root)


def test_a_key_without_a_value_means_its_default(root: Path) -> None:
    (root / "newsloom.yaml").write_text("title:\npublish_at:\n")
    assert read_site(root).config == Config()


def test_a_written_configuration_reads_back_the_same(root: Path) -> None:
    config = Config(
        title="yes: #1 \"best\" 'desk' 🎉", allow=("10.0.0.0/8", "localhost:8080"), topic="AI", git=False
    )
    (root / "newsloom.yaml").write_text(format_config(config))
    assert read_site(root).config == config


def test_subscriptions_alone_are_sources_enough(root: Path) -> None:
    (root / "sources.yaml").unlink()
    (root / "sources.opml").write_text("<opml/>")
    assert [source.kind for source in read_site(root).sources] == ["opml"]


def test_an_editors_word_on_stories_is_read(root: Path) -> None:
    edits = root / "stories.yaml"
    assert read_site(root).edits == StoryEdits()
    edits.write_text(
        "join:\n  - [2026-03-01-a, 2026-03-02-b.md]\nalone: [2026-03-03-c]\npin: [2026-03-01-a]\n"
    )
    assert read_site(root).edits == StoryEdits(
        join=(("2026-03-01-a", "2026-03-02-b"),), alone=("2026-03-03-c",), pin=("2026-03-01-a",)
    )
    for wrong, cause in (
        ("jion: []\n", "join"),
        ("alone: 3\n", "list of records"),
        ("- x\n", "must hold"),
        ("join: 1\n", "lists"),
    ):
        edits.write_text(wrong)
        with pytest.raises(ConfigError, match=cause) as told:
            read_site(root)
        assert "stories.yaml:1" in str(told.value)


def test_a_topic_that_no_pass_would_take_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'t' is a single letter"):
        start_site(tmp_path / "site", title="T", url="https://t.example/", topic="T", keywords="t")
    assert not (tmp_path / "site").exists()
