"""The search index in the schema that machines share: full text by `tsvector`, stories by their vectors."""
