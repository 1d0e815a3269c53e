"""The index: a database beside the documents, and what is remembered of sources and hosts."""

from newsloom.store.holding import hold_lease
from newsloom.store.hosts import HostLedger
from newsloom.store.index import Index, address_keys
from newsloom.store.leases import PASS, Lease
from newsloom.store.opening import open_index, open_ledger, rebuild_index
from newsloom.store.outbox import PUBLISHERS
from newsloom.store.states import ImageFailure, SourceState, Stamp, Synchronised, Visit

__all__ = [
    "PASS",
    "PUBLISHERS",
    "HostLedger",
    "ImageFailure",
    "Index",
    "Lease",
    "SourceState",
    "Stamp",
    "Synchronised",
    "Visit",
    "address_keys",
    "hold_lease",
    "open_index",
    "open_ledger",
    "rebuild_index",
]
