"""The JSON Schemas, how to find them, and validation against them."""

from newspan.schema.files import SCHEMA_VERSION, bundle, names, path, read
from newspan.schema.labels import Label, Labels, read_labels
from newspan.schema.validate import Violation, is_valid, violations

__all__ = [
    "SCHEMA_VERSION",
    "Label",
    "Labels",
    "Violation",
    "bundle",
    "is_valid",
    "names",
    "path",
    "read",
    "read_labels",
    "violations",
]
