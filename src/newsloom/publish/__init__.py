"""From records to what readers get: documents in git, the JSON API, pages, feeds, sitemaps.

The parts that make bytes are pure; writing them is the journal's and the repository's work.
"""
