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
IMAGE_FRAMES: Final = 500  # frames of an animated picture, of which the first is kept; more is a film
IMAGE_EDGE: Final = 1_200  # pixels across of the widest copy: what a wide screen shows of a lead picture
IMAGE_WIDTHS: Final = 3  # copies of a picture, each half as wide as the one before: 1200, 600, 300
IMAGE_NARROWEST: Final = 200  # pixels across under which no half is made: no place on a page is narrower
IMAGE_TALLEST: Final = 2  # heights to a width; taller charts would be cropped to a strip anyway
IMAGE_LEAST: Final = 120  # pixels across of an article's picture; smaller ones are icons and counters
LOGO_LEAST: Final = 16  # pixels across of a logo; marks are shown at 20
LOGO_EDGES: Final = (50, 400)  # pixels of a logo's square copies, as the reference's registry has them
IMAGE_TRIES: Final = 3  # pictures of an article looked at until one is fit to show
IMAGES_FETCHED: Final = 400  # pictures fetched in a pass, newest articles first; the rest waits for the next
IMAGES_OF_HOST: Final = 60  # of them from one host: a minute at one a second
IMAGES_AT_ONCE: Final = 48  # pictures fetched before they are reduced: at most 384 MiB in memory
BATCH_IMAGES: Final = 8  # pictures handed to a worker at once: a quarter of a second of work
IMAGE_RETRY_HOURS: Final = 6  # hours after which a picture that did not come is asked for again, then doubled
IMAGE_RETRY_MOST_HOURS: Final = 168  # hours between two tries at most: a week
IMAGE_REFUSED_HOURS: Final = 720  # hours after which a refused picture is looked at again; few ever change
IMAGE_IDLE_DAYS: Final = 30  # days a copy stays after no document names it: feed readers still show it
PLACEHOLDER_STORIES: Final = 4  # stories of one provider with one picture that make it a placeholder

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
