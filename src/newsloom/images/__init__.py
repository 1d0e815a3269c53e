"""Pictures: what they are, which are kept, and the copies pages show instead of sending readers elsewhere.

`keeping` does a pass's work; it is imported by itself, so that workers and pages do not load the fetcher.
"""

from newsloom.images.album import (
    Album,
    Gallery,
    Kept,
    Width,
    mark_article,
    mark_images,
    read_album,
    sweep_images,
)
from newsloom.images.inspection import inspect
from newsloom.images.probe import Probe, probe

__all__ = [
    "Album",
    "Gallery",
    "Kept",
    "Probe",
    "Width",
    "inspect",
    "mark_article",
    "mark_images",
    "probe",
    "read_album",
    "sweep_images",
]
