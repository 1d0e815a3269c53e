"""The bounds one fetcher keeps, gathered so that a test can have smaller ones."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from newsloom import settings

_BODY_BYTES: Final = {"feed": "feed_bytes", "robots": "robots_bytes", "image": "image_bytes"}


class Limits(Struct, frozen=True, kw_only=True):
    """Bytes, seconds and counts; each defaults to the setting of the same name, where its reason is."""

    wire_bytes: int = settings.WIRE_BYTES
    page_bytes: int = settings.PAGE_BYTES
    feed_bytes: int = settings.FEED_BYTES
    robots_bytes: int = settings.ROBOTS_BYTES
    image_bytes: int = settings.IMAGE_BYTES
    notice_bytes: int = settings.NOTICE_BYTES
    notice_seconds: float = settings.NOTICE_SECONDS
    decoded_ratio: int = settings.DECODED_RATIO
    header_bytes: int = settings.HEADER_BYTES
    headers: int = settings.HEADERS
    fetch_seconds: float = settings.FETCH_SECONDS
    connect_seconds: float = settings.CONNECT_SECONDS
    redirects: int = settings.REDIRECTS
    concurrency: int = settings.CONCURRENCY
    host_concurrency: int = settings.HOST_CONCURRENCY
    host_seconds: float = settings.HOST_SECONDS
    patience_seconds: float = settings.PATIENCE_SECONDS
    retry_seconds: float = settings.RETRY_SECONDS
    longest_pause_seconds: float = settings.LONGEST_PAUSE_SECONDS
    crawl_delay_seconds: float = settings.CRAWL_DELAY_SECONDS

    def body_bytes(self, kind: str) -> int:
        """Bytes a decoded body of that kind ("page", "feed", "robots", "image") may have."""
        size: int = getattr(self, _BODY_BYTES.get(kind, "page_bytes"))
        return size
