"""How listings are kept: by numbers, which are times, as bytes, and with stamps that tell of change."""

from __future__ import annotations

import hashlib
import zlib
from datetime import datetime
from typing import Final

import msgspec

from newsloom.search.records import Listing

SLOTS: Final = 64  # numbers a second has; where more records share it they go into the next
_PACKING: Final = 6  # zlib's own default; a listing shrinks to two fifths
CLOCK: Final = "clock"  # the value put last: an index without one was never whole
LAST: Final = "\U0010ffff"  # sorts after whatever begins with a word
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Listing)


def tell_count(held: bool) -> str:
    """What counts the records a word is in that may be seen: a column, or the sum of two."""
    return "shown + held" if held else "shown"


def first_number(moment: datetime) -> int:
    """The first number of a moment's second; those of later seconds are larger."""
    return max(0, int(moment.timestamp())) * SLOTS


def pack_listing(listing: Listing) -> bytes:
    """A listing as it is kept."""
    return zlib.compress(_encoder.encode(listing), _PACKING)


def unpack_listing(body: bytes) -> Listing:
    """A listing as it was."""
    return _decoder.decode(zlib.decompress(body))


def make_stamp(*parts: bytes) -> bytes:
    """A digest that changes when any of the parts does."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(len(part).to_bytes(4, "big") + part)
    return digest.digest()
