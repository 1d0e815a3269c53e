"""Limits and thresholds, each with its unit and its reason.

They guard against hostile or broken input and are the same for every site. What an owner may set
for one site is in `newsloom.yaml` (see `site.py`).
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

# --- documents -----------------------------------------------------------------------------------
DOCUMENT_BYTES: Final = 2 * MIB  # bytes of a document; the largest real one seen is 40 KiB
DOCUMENT_DEPTH: Final = 12  # levels of YAML nesting; the form needs 5
DOCUMENT_NODES: Final = 20_000  # YAML nodes; 100 related items with images need about 3,000
SLUG_CHARACTERS: Final = 180  # of a file name's slug; file systems allow 255 bytes for the name

# --- configuration -------------------------------------------------------------------------------
CONFIG_BYTES: Final = 1 * MIB  # bytes of a configuration file; 10,000 sources fit
CONFIG_DEPTH: Final = 12  # levels of YAML nesting; the files need 4
CONFIG_NODES: Final = 200_000  # YAML nodes; 10,000 sources with five keys each have 110,000
RATINGS_BYTES: Final = 16_000_000  # bytes of a list of ratings; 100,000 providers need 8 MB
TOPIC_FILES: Final = 2_000  # topic files of a site; a 200-topic site is a large one

# --- recordings (WARC) ---------------------------------------------------------------------------
WARC_RECORD_BYTES: Final = 64 * MIB  # bytes of one record's block before it is passed over

# --- pages ---------------------------------------------------------------------------------------
PAGE_BYTES: Final = 10 * MIB  # bytes of a page after decoding; the 99.9th percentile of news is 5 MiB
PAGE_DEPTH: Final = 512  # levels of nesting read; browsers stop at 512 as well
PAGE_SECONDS: Final = 10.0  # seconds one page may take before its worker gives it up
TITLE_CHARACTERS: Final = 500  # of a headline; longer ones are page text by mistake
EXCERPT_CHARACTERS: Final = 300  # of an excerpt; short enough to quote under fair dealing
TEXT_CHARACTERS: Final = 200_000  # of main text kept for judgement; the longest read is 120,000
AUTHORS: Final = 20  # people in a byline; longer lists are indexes of staff
IMAGES: Final = 10  # images kept of an article
URL_CHARACTERS: Final = 2_048  # of an address; servers and sitemaps stop at about this

# --- feeds ---------------------------------------------------------------------------------------
FEED_BYTES: Final = 16 * MIB  # bytes of a feed after decoding; the largest real one seen is 6 MiB
FEED_ENTRIES: Final = 2_000  # entries read of one feed, first ones first; real feeds end at 1,000
ENTRY_CHARACTERS: Final = 500_000  # of one entry's content; guards against entity blow-up
FEED_FALLBACK_BYTES: Final = 1 * MIB  # of a broken feed shown to the lenient reader: about a second of it
FEED_FUTURE_DAYS: Final = 3_650  # a date further ahead than this is a mistake; event calendars reach years
OPML_OUTLINES: Final = 20_000  # outlines read of a list of subscriptions; the largest public ones have 5,000

# --- fetching ------------------------------------------------------------------------------------
WIRE_BYTES: Final = 16 * MIB  # bytes of an answer as sent
DECODED_RATIO: Final = 200  # decoded bytes per byte sent, past the first MiB; real pages reach 30
FETCH_SECONDS: Final = 30.0  # seconds for a whole answer, redirects included: a total, not per read
CONNECT_SECONDS: Final = 10.0  # seconds to connect
REDIRECTS: Final = 5  # hops followed; RFC 9309 asks for at least five
PATIENCE_SECONDS: Final = 30.0  # seconds a pass waits for a host that asked for a pause; longer: next pass
RETRY_SECONDS: Final = 60.0  # pause after 429 or 503 without Retry-After
CRAWL_DELAY_SECONDS: Final = 30.0  # longest crawl-delay kept between two requests; longer ones count as this
ROBOTS_BYTES: Final = 512 * KIB  # of a robots.txt; RFC 9309 asks for at least 500 KiB
HEADERS: Final = 128  # header lines of an answer; real ones stay under 60
HEADER_BYTES: Final = 32 * KIB  # bytes of one header line and of all of them
CONCURRENCY: Final = 32  # requests under way at once, over all hosts
HOST_CONCURRENCY: Final = 2  # requests under way at once to one host: what a browser's user would do
HOST_SECONDS: Final = 1.0  # seconds between the starts of two requests to one host

# --- pictures ------------------------------------------------------------------------------------
IMAGE_BYTES: Final = 8 * MIB  # bytes of a picture as sent; press photos reach 5 MiB
IMAGE_PIXELS: Final = 50_000_000  # pixels decoded: 150 MB in memory; cameras make 45 million
IMAGE_EDGE: Final = 1_200  # pixels of the longer edge kept: what a wide screen shows of a lead picture

# --- curation ------------------------------------------------------------------------------------
STORY_MEMBERS: Final = 500  # records of one story; the largest real one seen has 322, more means a mistake
RELATED: Final = 5  # items listed under `related`, as the reference has
SIGNATURE_PERMUTATIONS: Final = 64  # MinHash values kept of a text: 256 bytes, error about .06
STATE_KEYWORDS: Final = 24  # strongest terms kept in the sealed state
FUTURE_HOURS: Final = 24  # hours a date may lie ahead of the clock before it is not believed
EARLIEST_YEAR: Final = 1990  # the first year believed as a date of publication on the web

# --- engine --------------------------------------------------------------------------------------
BATCH_PAGES: Final = 32  # pages handed to a worker at once: about a second of work
BATCH_ENTRIES: Final = 200  # feed entries handed to a worker at once: they are read ten times as fast
WORKER_RETRIES: Final = 2  # times a batch is handed out again after its worker died

# --- serving -------------------------------------------------------------------------------------
REQUEST_BYTES: Final = 64 * KIB  # bytes of a request body; the public site takes none larger
SERVE_FILE_BYTES: Final = 32 * MIB  # bytes of one file served; a sitemap of 50,000 addresses has 10 MiB
SERVE_CACHE_BYTES: Final = 128 * MIB  # files kept in memory; a site of 10,000 stories has about 100 MiB

# --- search --------------------------------------------------------------------------------------
SEARCH_CHARACTERS: Final = 300  # characters of a query that are read; a pasted headline has 120
SEARCH_CLAUSES: Final = 16  # words, phrases and filters of a query; further ones are told and left out
SEARCH_CANDIDATES: Final = 2_000  # newest matches that are ranked by relevance: some 10 ms of a common word
SEARCH_PREFIX_STEMS: Final = 40  # stems a prefix stands for, the commonest; each is a list to be merged
SEARCH_WORD_STEMS: Final = 4  # stems one written word stands for; it has several where languages meet
SEARCH_VOCABULARY: Final = 150_000  # words a misspelt one is compared with: 10 ms, and 12 MiB in memory
SEARCH_SECONDS: Final = 1.0  # seconds after which a search is given up: 20 times what the slow ones need
SEARCH_WAITING: Final = 32  # searches that wait or run at once; further ones are asked to come back
SEARCH_WORKERS: Final = 2  # threads that search: SQLite works without the interpreter's lock
SEARCH_PAGES: Final = 200  # pages of results that can be turned; nobody reads on, but robots do
SEARCH_SIMILAR_TERMS: Final = 12  # strongest terms of an article by which others like it are looked for
SEARCH_SIMILAR_HOLDERS: Final = 400  # records looked at of each of them, those it says most of
SEARCH_EXPORT: Final = 20_000  # newest records in the exported index: about 10 MB of files
SEARCH_SHARD_BYTES: Final = 40 * KIB  # bytes of a part of the exported index: a word loads one or two
