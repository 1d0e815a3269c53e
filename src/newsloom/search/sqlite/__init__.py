"""The search index as a file of SQLite's, with its full-text tables (FTS5)."""
