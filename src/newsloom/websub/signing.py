"""Signatures of what a hub pushes (W3C WebSub, 7.1 and 8).

SHA-1 is taken as well: the largest public hubs sign with nothing else, and what is broken about it
(collisions) does not help to forge an HMAC under a secret of 32 random bytes (RFC 6194, 3.3). A hub that
has once signed with something better is held to that (`subscriptions.accepts_method`).
"""

from __future__ import annotations

import hmac
from typing import Final

METHODS: Final = ("sha1", "sha256", "sha384", "sha512")  # weakest first; the only ones that are computed


def read_method(signature: str) -> str:
    """The method a signature (`sha256=…`) names, "" for one that is not known."""
    method = signature.partition("=")[0].strip().lower()
    return method if method in METHODS else ""


def sign(body: bytes, secret: str, method: str) -> str:
    """The signature of a body as a hub sends it in `X-Hub-Signature`."""
    return f"{method}={hmac.digest(secret.encode(), body, method).hex()}"


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Whether a signature is the body's; takes the same time wherever the two differ."""
    method = read_method(signature)
    if not method:
        return False
    given = signature.partition("=")[2].strip().lower()
    return hmac.compare_digest(sign(body, secret, method).encode(), f"{method}={given}".encode())
