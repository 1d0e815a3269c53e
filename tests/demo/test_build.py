import shutil
from pathlib import Path

import yaml
from PIL import Image

from newsloom.demo import build
from newsloom.demo.content import Content
from newsloom.site import read_site


def read_files(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".newsloom" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_the_demo_is_a_site_like_any_other(demo_site: Path) -> None:
    site = read_site(demo_site)
    assert site.config.title == "The Loom"
    assert site.config.topic == "AI"
    assert [source.location for source in site.sources] == ["recordings/demo.warc.gz"]
    assert len(site.topics) == 21


def test_a_demo_built_elsewhere_has_the_same_bytes(demo_site: Path, tmp_path: Path) -> None:
    build(tmp_path / "site")
    assert read_files(tmp_path / "site") == read_files(demo_site)


def test_building_again_changes_nothing_and_keeps_what_the_owner_has_set(
    demo_site: Path, tmp_path: Path
) -> None:
    root = tmp_path / "site"
    shutil.copytree(demo_site, root)
    config = root / "newsloom.yaml"
    config.write_text(config.read_text().replace("The Loom", "My own loom"))
    (root / "assets/images/organizations/northwire.example-50x50.jpg").unlink()
    before = read_files(demo_site)
    build(root)
    after = read_files(root)
    assert read_site(root).config.title == "My own loom"
    assert {name for name in before if after[name] != before[name]} == {"newsloom.yaml"}


def test_known_providers_have_an_entry_and_two_logos(demo_site: Path, content: Content) -> None:
    known = [outlet for outlet in content.outlets.values() if outlet.standing is not None]
    assert 0 < len(known) < len(content.outlets)  # some stay unknown to the desk
    for outlet in known:
        text = (demo_site / "_data" / "organizations" / f"{outlet.domain}.md").read_text()
        entry = yaml.safe_load(text.split("---\n")[1])
        assert entry["taxonomy"] == "organization"
        assert entry["_id"] == entry["domain"] == outlet.domain
        assert 0 <= entry["standing"] <= 1
        for image in entry["images"]:
            with Image.open(demo_site / image["url"].lstrip("/")) as logo:
                assert logo.size == (image["width"], image["height"])
