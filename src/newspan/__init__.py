"""newspan: annotate how news is told, from document to release.

Each verb of the command line is one function here, of the same name. They are imported when they
are first used, so that `import newspan` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newspan.adjudication.adjudicate_set import adjudicate
    from newspan.agreement.agree import agree
    from newspan.campaign.ingest import annotate_ingest
    from newspan.campaign.prompts import annotate_prompts
    from newspan.checks import check
    from newspan.engines.duplicates import duplicates
    from newspan.engines.reuse_sets import reuse_sets
    from newspan.quality.report import quality_report
    from newspan.release.build import BuildError, Release, build
    from newspan.release.datasheet import datasheet
    from newspan.release.load import load
    from newspan.release.verify import verify
    from newspan.reuse.project_set import project

__version__ = "0.3.0"

__all__ = [
    "BuildError",
    "Release",
    "__version__",
    "adjudicate",
    "agree",
    "annotate_ingest",
    "annotate_prompts",
    "build",
    "check",
    "datasheet",
    "duplicates",
    "load",
    "project",
    "quality_report",
    "reuse_sets",
    "verify",
]

_HOMES = {
    "BuildError": "newspan.release.build",
    "Release": "newspan.release.build",
    "adjudicate": "newspan.adjudication.adjudicate_set",
    "agree": "newspan.agreement.agree",
    "annotate_ingest": "newspan.campaign.ingest",
    "annotate_prompts": "newspan.campaign.prompts",
    "build": "newspan.release.build",
    "check": "newspan.checks",
    "datasheet": "newspan.release.datasheet",
    "duplicates": "newspan.engines.duplicates",
    "load": "newspan.release.load",
    "project": "newspan.reuse.project_set",
    "quality_report": "newspan.quality.report",
    "reuse_sets": "newspan.engines.reuse_sets",
    "verify": "newspan.release.verify",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'newspan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
