"""The index: a database beside the documents, and what is remembered of sources and hosts."""

from newsloom.store.hosts import HostLedger
from newsloom.store.index import ImageFailure, Index, Stamp, Synchronised, Visit, address_keys
from newsloom.store.opening import open_index, rebuild_index
from newsloom.store.states import HostState, SourceState

__all__ = [
    "HostLedger",
    "HostState",
    "ImageFailure",
    "Index",
    "SourceState",
    "Stamp",
    "Synchronised",
    "Visit",
    "address_keys",
    "open_index",
    "rebuild_index",
]
