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
EVERY_LEAST_SECONDS: Final = 60  # seconds between two polls an owner may ask for; less is no courtesy
EVERY_MOST_SECONDS: Final = 30 * 86_400  # seconds; a source read less often than monthly is one to remove

# --- recordings (WARC) ---------------------------------------------------------------------------
WARC_RECORD_BYTES: Final = 64 * MIB  # bytes of one record's block before it is passed over
FOLDER_FILES: Final = 200_000  # saved pages of one folder; larger collections are better kept as WARC

# --- back-fill -----------------------------------------------------------------------------------
BACKFILL_BATCH: Final = 64  # records looked at together, and noted as done: a fifth of a second
BACKFILL_BATCH_BYTES: Final = 8 * MIB  # bytes of their pages; with two batches a worker in flight 32 MiB
BACKFILL_KEPT: Final = 1_000  # pages kept after which a pass takes them in: some 10 MB of drafts
BACKFILL_RECORDS: Final = 20_000  # records after which a pass takes in what there is: a minute or two
BACKFILL_FILES: Final = 200_000  # files of one back-fill; a year of Common Crawl's news has 20,000
BACKFILL_HEAD_BYTES: Final = 256 * KIB  # of a page in which its head is looked for; nearly all end before 64
BACKFILL_CHUNK: Final = 4 * MIB  # bytes asked of a bucket at once: a request takes 0.1 s in any case
BACKFILL_LOCK_SECONDS: Final = 3_600.0  # seconds its passes wait for another pass to end: it has time
BACKFILL_SECONDS: Final = 60  # seconds such a request may take, and tries of it may go on

# --- pages ---------------------------------------------------------------------------------------
PAGE_BYTES: Final = 10 * MIB  # bytes of a page after decoding; the 99.9th percentile of news is 5 MiB
PAGE_DEPTH: Final = 512  # levels of nesting read; browsers stop at 512 as well
PAGE_SECONDS: Final = 10.0  # seconds of the processor for one page; the slowest of 240 real ones takes 0.3
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
FEED_ELEMENTS: Final = 200_000  # elements read of a feed; 93 recorded ones have 32,000 in all
FEED_DEPTH: Final = 200  # levels of nesting read; XHTML inside entries needs 30
FEED_FUTURE_DAYS: Final = 3_650  # a date further ahead than this is a mistake; event calendars reach years
OPML_BYTES: Final = 8 * MIB  # bytes of a list of subscriptions; OPML_OUTLINES with long names have 6
OPML_OUTLINES: Final = 20_000  # outlines read of a list of subscriptions; the largest public ones have 5,000

# --- sitemaps and listings -----------------------------------------------------------------------
SITEMAP_BYTES: Final = 50 * MIB  # bytes of a sitemap after unpacking; the protocol's own limit
SITEMAP_ADDRESSES: Final = 50_000  # addresses read of one sitemap; the protocol's own limit
SITEMAP_ELEMENTS: Final = 1_000_000  # XML elements read of one sitemap; 20 an address, about two seconds
SITEMAP_NEWS_ENTRIES: Final = 1_000  # entries taken of a news sitemap, newest first; the protocol's own limit
SITEMAP_ENTRIES: Final = 200  # entries taken of a plain sitemap, newest first: each costs its host a page
SITEMAP_CHILDREN: Final = 5  # sitemaps of an index read in one poll, newest first: the rest is archive
DISCOVERY_REQUESTS: Final = 16  # addresses of one site asked for to find its sources: 16 seconds at our pace
LISTING_LINKS: Final = 3_000  # links looked at on a page; front pages of large papers have 800
LISTING_ENTRIES: Final = 100  # entries taken of a listing, first ones first: front pages lead to about 60

# --- polling -------------------------------------------------------------------------------------
POLL_LEAST: Final = 300  # seconds between two polls of a source at least, where the owner says nothing
POLL_MOST: Final = 86_400  # seconds between two polls of a source at most: a dead feed is asked once a day
POLL_USUAL: Final = 3_600  # seconds between two polls while a source's rhythm is not known
POLL_JITTER: Final = 0.1  # share of a wait that is added or taken, so that sources do not fall into step
RHYTHM_ENTRIES: Final = 50  # newest dates of a feed that its rhythm is told from
RHYTHM_LAGS: Final = 20  # latest delays from publication to poll that are kept of a source
MOVE_CONFIRMATIONS: Final = 3  # polls in a row that must be redirected for good before the new address counts
SILENCE_GAPS: Final = 3  # usual gaps without anything new after which a source is called silent
SILENCE_LEAST: Final = 43_200  # seconds before any source is called silent: a night is no silence
SILENCE_LONGEST: Final = 259_200  # seconds a gap seen before excuses at most: a long weekend
FOLLOW_CHILDREN: Final = 50  # children of one source read in one poll; news sites list 1 to 20 of this week
FOLLOW_DEPTH: Final = 2  # levels of children; sitemap indexes may not hold indexes, a few do
HOST_MEMORY_SECONDS: Final = 604_800  # seconds a host's last request is remembered
WATCH_PAUSE_SECONDS: Final = 5.0  # seconds between two passes of a watcher at least: what is due gathers
WATCH_STARTS: Final = 10  # sources a watcher starts with each second, so that a start is no stampede
LOCK_SECONDS: Final = 30.0  # seconds a command waits for a pass to end: a watcher's passes are short
STOP_SECONDS: Final = 7.0  # seconds a stopped watcher may take to finish its pass; then it drops it

# --- shared by the sites of one installation -----------------------------------------------------
SHARED_BYTES: Final = 2_048 * MIB  # bytes of answers and drafts kept, the newest: some 40,000 pages
SHARED_SECONDS: Final = 7 * 86_400.0  # seconds they are kept at most: feeds lead to few older pages
SHARED_CLAIM_SECONDS: Final = 60.0  # seconds a site waits for what another one fetches: twice a slow answer
SHARED_PAGE_SECONDS: Final = 86_400.0  # seconds for which a page that one site read will do for another

# --- fetching ------------------------------------------------------------------------------------
WIRE_BYTES: Final = 16 * MIB  # bytes of an answer as sent
DECODED_RATIO: Final = 200  # decoded bytes per byte sent, past the first MiB; real pages reach 30
FETCH_SECONDS: Final = 30.0  # seconds for a whole answer, redirects included: a total, not per read
CONNECT_SECONDS: Final = 10.0  # seconds to connect
REDIRECTS: Final = 5  # hops followed; RFC 9309 asks for at least five
PATIENCE_SECONDS: Final = 30.0  # seconds a pass waits for a host that asked for a pause; longer: next pass
RETRY_SECONDS: Final = 60.0  # pause after the first 429 or 503 without Retry-After; doubled each time
RETRY_JITTER: Final = 0.1  # share of a pause added by chance at most, so that not all come back at once
LONGEST_PAUSE_SECONDS: Final = 86_400.0  # of any pause; a host that asks for more is asked once a day
CRAWL_DELAY_SECONDS: Final = 30.0  # longest crawl-delay kept between two requests; longer ones count as this
ROBOTS_BYTES: Final = 512 * KIB  # of a robots.txt; RFC 9309 asks for at least 500 KiB
ROBOTS_SECONDS: Final = 86_400.0  # a robots.txt is kept before it is asked for anew; RFC 9309 allows a day
ROBOTS_RETRY_SECONDS: Final = 600.0  # before a robots.txt that could not be read is asked for again
ROBOTS_STALE_SECONDS: Final = 30 * 86_400.0  # an older copy stands in for one that cannot be read any more
NOTICE_BYTES: Final = 64 * KIB  # of the body of a 403 and the like; walls name themselves in the first 16 KiB
NOTICE_SECONDS: Final = 5.0  # seconds such a body may take; the status alone is told when it takes longer
HEADERS: Final = 128  # header lines of an answer; real ones stay under 60
HEADER_BYTES: Final = 32 * KIB  # bytes of one header line; long policies reach 16 KiB
HEAD_BYTES: Final = 128 * KIB  # bytes of all header lines together; browsers stop at 256 KiB
CONCURRENCY: Final = 32  # requests under way at once, over all hosts
RESOLVERS: Final = 32  # names looked up at once, so that a dead name server's hosts hold up nobody else
KEEP_ALIVE_SECONDS: Final = 3.0  # an idle connection is kept for its host's next turn; each is an open file
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
STORY_SHARDS: Final = 256  # most shards of stories: each has 1 MB of counters beside its stories
STORY_NEIGHBOURS: Final = 3  # cells beside its own that an article is compared with; two lose .01 of F1
SHARDS_HELD: Final = 256  # shards a worker keeps for the next batch: of all sites of a cluster together
SHARD_STORIES_HELD: Final = 200_000  # stories in them at most, 1.2 KB each
STORY_HANDED: Final = 2_000  # articles and stories shards are asked about from which workers are worth it
RELATED: Final = 5  # items listed under `related`, as the reference has
COPIES: Final = 50  # copies told of one record; a wire story printed more often proves nothing more
FURTHER_ADDRESSES: Final = 500  # addresses beyond those by which a record is known again: 60 bytes each
SIGNATURE_PERMUTATIONS: Final = 64  # MinHash values kept of a text: 256 bytes, error about .06
STATE_KEYWORDS: Final = 24  # strongest terms kept in the sealed state
FUTURE_HOURS: Final = 24  # hours a date may lie ahead of the clock before it is not believed
EARLIEST_YEAR: Final = 1990  # the first year believed as a date of publication on the web

# --- engine --------------------------------------------------------------------------------------
BATCH_PAGES: Final = 32  # pages handed to a worker at once: about a second of work
BATCH_ENTRIES: Final = 200  # feed entries handed to a worker at once: they are read ten times as fast
WORKER_RETRIES: Final = 2  # times a batch is handed out again after its worker died
ITEM_RETRIES: Final = 5  # times an item alone is tried again: workers may die of what others do, too
WORKER_STARTS: Final = 3  # first workers that may end by themselves before they are up; no other will come up
WORKER_LOSSES: Final = 30  # workers in a row that may be killed so: a system short of memory kills many
WORKER_END_SECONDS: Final = 1.0  # seconds to wait for how a dead worker ended; the system knows at once
WORKER_AHEAD: Final = 2  # batches a worker has at hand, so that it never waits for the next
WORKER_WINDOW: Final = 3  # batches a worker that are drawn at once; what is done waits for its turn
RAY_STRETCH: Final = 6  # usual batches in one task of a cluster: about 200 pages, a second or two of work
ERRANDS_OF_HOST: Final = 30  # pages of one host in one task that fetches: half a minute at its pace
ERRAND_SECONDS: Final = 60.0  # seconds after which such a task asks for no more: some hosts want longer gaps
RAY_STORE_BYTES: Final = 512 * MIB  # bytes for pages on their way to our own nodes; more goes to disk

# --- git -----------------------------------------------------------------------------------------
GIT_SECONDS: Final = 600  # seconds for one git command; taking in 100,000 files takes about 20
GIT_REPACK_SECONDS: Final = 3_600  # seconds for joining packs; what an older version left loose is many
GIT_LOCK_SECONDS: Final = 3.0  # seconds another git's lock is waited for: a killed pass's may still work
GIT_LOOK_FILES: Final = 20_000  # files up to which each commit looks at all of them, which takes 0.1 s
GIT_LOOK_SECONDS: Final = 86_400  # seconds after which all files of a larger repository are looked at again
GIT_PACKS: Final = 24  # packs after which they are joined; git itself does at 50, all history at once
GIT_LOOSE: Final = 2_000  # loose objects after which they are packed too; git itself does at 6,700

# --- serving -------------------------------------------------------------------------------------
REQUEST_BYTES: Final = 64 * KIB  # bytes of a request body; the public site takes none larger
PUBLISH_MOMENTS: Final = 16_384  # times kept in words; pages, cards and search tell the same: 8 MiB
SERVE_FILE_BYTES: Final = 32 * MIB  # bytes of one file served; a sitemap of 50,000 addresses has 10 MiB
SERVE_CACHE_BYTES: Final = 128 * MIB  # files kept in memory; a site of 10,000 stories has about 100 MiB
SERVE_ADDRESSES: Final = 16_384  # addresses known by sight; then they are learned anew: 4 MiB
SERVE_CONNECTIONS: Final = 8_192  # connections open at once; systems let 1,024 be unless asked
LIVE_LISTENERS: Final = 2_000  # readers who wait for news at once: 72 MiB; more are asked to come back
LIVE_LOOK_SECONDS: Final = 1.0  # seconds between looks for what a pass published: one stat for all
LIVE_BEAT_SECONDS: Final = 25.0  # seconds of silence before a sign of life; proxies give up after 30 or 60
LIVE_RETRY_SECONDS: Final = 10  # seconds after which a browser comes back when it was parted
SERVE_END_SECONDS: Final = 5  # seconds a server that is to end waits for readers; then it goes all the same
LIVE_SEND_SECONDS: Final = 20.0  # seconds a reader may take to receive an event; slower ones are let go
LIVE_NEWS: Final = 32  # publications remembered for readers who come back: a day at one in 45 minutes
LIVE_TITLES: Final = 5  # newest headlines an event names; the page needs only their number

# --- hubs (WebSub) -------------------------------------------------------------------------------
WEBSUB_LEASE_SECONDS: Final = 864_000  # seconds of a lease asked for: 10 days, the most the largest hub gives
WEBSUB_LEASE_MOST_SECONDS: Final = 1_209_600  # seconds of a lease believed: 14 days; hubs forget sooner
WEBSUB_RENEWAL_LEAST_SECONDS: Final = 300  # seconds between renewals; a hub of shorter leases is polled
WEBSUB_VERIFY_SECONDS: Final = 86_400  # seconds for which a hub may ask whether a request was meant: a day
WEBSUB_RETRY_SECONDS: Final = 3_600  # seconds before a request is sent again, doubled each time
WEBSUB_RETRY_MOST_SECONDS: Final = 604_800  # seconds of the longest such pause: a week
WEBSUB_ATTEMPTS: Final = 5  # requests without success after which a hub counts as failed: about a day
WEBSUB_LEAVES: Final = 3  # requests to end a subscription; then its lease ends it
WEBSUB_MISSES: Final = 3  # polls in a row that find what was not pushed before a hub counts as dead
WEBSUB_LATE_SECONDS: Final = 3_600  # seconds after which an entry counts as not pushed; hubs take minutes
WEBSUB_POLL_SECONDS: Final = 86_400  # seconds between polls of what is pushed: once a day, to be sure
WEBSUB_REQUESTS: Final = 60  # requests to one hub in one pass: a minute at one a second
WEBSUB_HUB_SECONDS: Final = 90.0  # seconds of a pass after which a slow hub is sent no more
WEBSUB_TOLD: Final = 100  # changed feeds told to our own hub in one request: 8 KB of addresses
WEBSUB_TELLS: Final = 20  # such requests of one pass; a desk of 300 topics and providers needs 10
WEBSUB_DIGESTS: Final = 32  # pushes remembered of a topic, so that none is read twice
WEBSUB_CHALLENGE_CHARACTERS: Final = 1_024  # of a hub's challenge; real ones have under 200
WEBSUB_BODIES: Final = 4  # pushes read at once: 64 MiB in memory
WEBSUB_BODY_SECONDS: Final = 30.0  # seconds for a whole push, as for a whole answer
WEBSUB_INBOX_FILES: Final = 1_000  # pushes waiting for a pass; beyond, hubs are asked to come again
WEBSUB_INBOX_BYTES: Final = 64 * MIB  # bytes of all pushes waiting, which a pass reads at once


# --- the owner's report --------------------------------------------------------------------------
REPORT_DAYS: Final = 28  # days of passes told: four weeks show weekends coming back
REPORT_PASSES: Final = 20_000  # newest passes looked at; one every two minutes for four weeks

# --- the store -----------------------------------------------------------------------------------
STORE_WAIT_SECONDS: Final = 10  # seconds a connection or a lock is waited for; writes take under one
STORE_ANSWER_SECONDS: Final = 300  # seconds a silent PostgreSQL is waited for; its slowest work takes 60
STORE_IDLE_SECONDS: Final = 60  # seconds after which PostgreSQL ends a transaction whose client is silent
LEASE_SECONDS: Final = 60.0  # seconds after which the work of a machine that died is taken over by another
LEASE_RENEWALS: Final = 4  # renewals within that time: three may be lost before the lease is
VISIT_DAYS: Final = 400  # days an address without a record is known; one listed longer is looked at once more
PASS_DAYS: Final = 400  # days the summaries of passes are kept: a year can be compared with the one before
COPY_ROWS: Final = 1_000  # rows moved at once from one store to another: some 5 MiB

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
SEARCH_STORY_TERMS: Final = 64  # strongest terms of a story that are kept of its mean; an article has 24
SEARCH_STORIES: Final = 150  # nearest stories whose articles are compared: five pages of results and some
SEARCH_BATCH: Final = 1_000  # listings written in one transaction of PostgreSQL's: some two seconds
SEARCH_EXPORT: Final = 20_000  # newest records in the exported index: about 10 MB of files
SEARCH_SHARD_BYTES: Final = 40 * KIB  # bytes of a part of the exported index: a word loads one or two

# --- history -------------------------------------------------------------------------------------
HISTORY_LOOKED: Final = 2_000  # old documents a pass looks at, in turn, for edits that kept the file: 10 ms
HISTORY_TOUCHED: Final = 10_000  # documents changed at once from which a pass looks at the whole site
