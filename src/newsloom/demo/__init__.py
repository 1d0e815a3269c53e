"""The demo: a small invented web of AI news, and a site that reads it, all of our own making."""

from newsloom.demo.build import build

__all__ = ["build"]
