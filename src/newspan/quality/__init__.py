"""How well sets are annotated: lints, consistency, lengths and densities, with their places."""

from newspan.quality.records import Report, SetReport
from newspan.quality.report import NoCorpusError, quality_report
from newspan.quality.tables import quality_tables
from newspan.quality.text import report_lines

__all__ = [
    "NoCorpusError",
    "Report",
    "SetReport",
    "quality_report",
    "quality_tables",
    "report_lines",
]
