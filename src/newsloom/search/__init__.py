"""Search over a site's records: query language, index, ranking, highlighting, similar ones."""

from newsloom.search.catalogue import SearchIndex
from newsloom.search.keeping import make_stamp
from newsloom.search.opening import (
    SEARCH_INDEX,
    drop_search_index,
    find_search_place,
    is_search_index,
    open_search_index,
    open_searcher,
)
from newsloom.search.query import Query, parse_query
from newsloom.search.records import Facet, Hit, Label, Listing, Results, Score, Updated
from newsloom.search.searcher import RELEVANCE, TIME, Searcher

__all__ = [
    "RELEVANCE",
    "SEARCH_INDEX",
    "TIME",
    "Facet",
    "Hit",
    "Label",
    "Listing",
    "Query",
    "Results",
    "Score",
    "SearchIndex",
    "Searcher",
    "Updated",
    "drop_search_index",
    "find_search_place",
    "is_search_index",
    "make_stamp",
    "open_search_index",
    "open_searcher",
    "parse_query",
]
