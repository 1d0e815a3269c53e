"""Other libraries' assertions on equal addresses, read as: equal for them is equal for us."""

from __future__ import annotations

import json

import pytest

from newsloom.errors import PageError
from newsloom.extract import identity_key
from tests.shared import shared

NORMALISING = {
    ("w3lib/test_url.py", "canonicalize_url"),
    ("w3lib/test_url.py", "safe_url_string"),
    ("w3lib/test_url.py", "safe_download_url"),
    ("courlan/unit_tests.py", "normalize_url"),
    ("courlan/unit_tests.py", "scrub_url"),
    ("courlan/unit_tests.py", "clean_url"),
    ("courlan/unit_tests.py", "check_url"),
    ("mcmetadata/test_urls.py", "normalize_url"),
}
# Assertions that we hold to be wrong for news, by the address they start from.
ARGUED = {
    'https://example.org/abc"': "a quotation mark may end an address; cutting it off is the feed's job",
    "https://www.dwds.de/garbledhttps://www.dwds.de/": "archives have addresses within addresses",
    "https://www.test.com/{user_name}": "a template left unfilled names no page; its site's home page is another",
    "http://test.org/?this_affiliate=0": "no parameter anybody uses",
    "http://test.net/foo.html?testid=1": "an option of that library: unknown parameters may name the page",
    "http://www.example.com/£": "bytes of an encoding the caller knows; browsers write UTF-8",
    "http://www.example.org?£": "as above",
    "http://www.example.com/résumé?country=Россия": "as above",
    "http://www.example.com/Âµ": "a test of bytes, written down as text",
    "http://www.example.com/country/Ðîññèÿ": "as above",
    "http://www.example.com/a doÂ£.html?a=1": "as above",
    "http://www.example.com/do?price=Â£500&a=5&z=3": "as above",
    "http://www.example.com/do?b=&a=2": "an option of that library: a blank value may name the page",
    "http://www.example.com/do?b=&c&a=2": "as above",
    "https://google.com:8080/search?q=test&ref=test": "`ref` names branches and chapters as well as referrers",
    "https://do.ma.in:442/what/ever": "another port is another server",
    "<![CDATA[https://www.dwds.de]]>": "a feed's markup around an address; its reader takes it off",
}


@pytest.mark.shared
def test_what_is_equal_for_other_libraries_is_equal_for_us() -> None:
    rows = [
        json.loads(line) for line in shared("data/urls/pairs.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    held, broken = 0, []
    for row in rows:
        url, expected = row["url"], row["expected"]
        expected = expected[0] if isinstance(expected, list) and expected else expected
        known = (row["source"], row["func"]) in NORMALISING or row["source"].startswith("url_normalize")
        if not known or not isinstance(url, str) or not isinstance(expected, str) or url in ARGUED:
            continue
        try:
            pair = identity_key(url), identity_key(expected)
        except PageError:
            continue  # parts of addresses, other schemes: nothing that names a page
        held += 1
        if pair[0] != pair[1]:
            broken.append((url, expected, pair))
    assert held > 100
    assert broken == []
