"""The desk's web server: pages and API files of one site, over HTTP."""

from newsloom.serve.app import create_app, run

__all__ = ["create_app", "run"]
