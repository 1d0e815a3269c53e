"""The article document and the other files of a site: read, write, name, seal."""

from newsloom.documents.document import Document, Extra
from newsloom.documents.files import read_document, sweep_folder, sync_folder, write_file
from newsloom.documents.keyring import KeyRing, create_keys, load_keys, rotate_keys
from newsloom.documents.names import document_name, slugify
from newsloom.documents.places import (
    count_flat,
    find_document,
    fold_name,
    list_documents,
    list_months,
    month_of,
)
from newsloom.documents.reading import parse
from newsloom.documents.registry import Organization, format_organization, read_organizations
from newsloom.documents.sealing import seal, unseal
from newsloom.documents.taxonomy import read_topics
from newsloom.documents.writing import format_document

__all__ = [
    "Document",
    "Extra",
    "KeyRing",
    "Organization",
    "count_flat",
    "create_keys",
    "document_name",
    "find_document",
    "fold_name",
    "format_document",
    "format_organization",
    "list_documents",
    "list_months",
    "load_keys",
    "month_of",
    "parse",
    "read_document",
    "read_organizations",
    "read_topics",
    "rotate_keys",
    "seal",
    "slugify",
    "sweep_folder",
    "sync_folder",
    "unseal",
    "write_file",
]
