"""The index: a database beside the documents that can be thrown away and built again."""

from newsloom.store.index import (
    ImageFailure,
    Index,
    SourceState,
    Stamp,
    Synchronised,
    Visit,
    address_keys,
    open_index,
)

__all__ = [
    "ImageFailure",
    "Index",
    "SourceState",
    "Stamp",
    "Synchronised",
    "Visit",
    "address_keys",
    "open_index",
]
