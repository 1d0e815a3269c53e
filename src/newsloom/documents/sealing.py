"""Sealing private state into a document: AES-SIV (RFC 5297) over canonical JSON.

The synthetic vector is made from the content, so the same state sealed twice is the same text and a
pass that changes nothing writes nothing. It is bound to the document's name and original address as
associated data: a seal moved to another document does not open. The form is the reference's,
`base64(ciphertext);base64(vector)`; the vector has 16 bytes in both, so its own seals (AES-CBC under a
key of its makers) cannot be told apart from ours by form: they just do not open, and are kept.
"""

from __future__ import annotations

import base64
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from newsloom.documents.keyring import KeyRing
from newsloom.errors import SealError
from newsloom.records import State

_VECTOR: Final = 16  # bytes; RFC 5297, section 2.6: the vector comes first
_decoder = msgspec.json.Decoder(State)


def seal(state: State, name: str, address: str, ring: KeyRing) -> str | None:
    """The state sealed with the newest key, for the document of that name and original address.

    None when the ring is empty. Fields that a later version adds are ignored by this one.
    """
    if not ring:
        return None
    plain = msgspec.json.encode(state, order="sorted")
    sealed = AESSIV(ring[0]).encrypt(plain, [name.encode(), address.encode()])
    vector, text = sealed[:_VECTOR], sealed[_VECTOR:]
    return f"{base64.b64encode(text).decode()};{base64.b64encode(vector).decode()}"


def unseal(sealed: str, name: str, address: str, ring: KeyRing) -> State:
    """The state in a sealed value. Raises SealError, its subject the document's name.

    That a seal was changed, was moved, or is of a key that is not at hand looks the same: telling them
    apart would need the key.
    """
    text, separator, vector = sealed.partition(";")
    try:
        data = base64.b64decode(vector, validate=True) + base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error is one, and so is what letters beyond ASCII raise
        data = b""
    if not separator or len(data) <= _VECTOR:
        raise SealError(name, "its seal is not of the form base64;base64", code="seal-form")
    for key in ring:
        try:
            return _decoder.decode(AESSIV(key).decrypt(data, [name.encode(), address.encode()]))
        except InvalidTag:
            continue
        except msgspec.MsgspecError as error:
            raise SealError(
                name, f"its sealed state is of another program: {error}", code="seal-content"
            ) from error
    raise SealError(
        name,
        "its seal does not open: it was changed or moved, or its key is not on the ring",
        "restore the document from git, or add the key",
    )
