"""newspan: annotate how news is told, from document to release.

Each verb of the command line is one function here, of the same name. They are imported when they
are first used, so that `import newspan` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newspan.adjudication.adjudicate_set import adjudicate
    from newspan.adjudication.pull import adjudicate_pull
    from newspan.adjudication.push import adjudicate_push
    from newspan.agreement.agree import agree
    from newspan.campaign.ingest import annotate_ingest
    from newspan.campaign.prompts import annotate_prompts
    from newspan.campaign.pull import annotate_pull
    from newspan.campaign.push import annotate_config, annotate_push
    from newspan.campaign.status import annotate_status
    from newspan.checks import check
    from newspan.engines.duplicates import duplicates
    from newspan.engines.reuse_sets import reuse_sets
    from newspan.exchange.add import Added, add
    from newspan.exchange.adding import AddError
    from newspan.exchange.convert import Converted, convert
    from newspan.exchange.init import init
    from newspan.quality.report import quality_report
    from newspan.release.build import BuildError, Release, build
    from newspan.release.datasheet import datasheet
    from newspan.release.diff import Diff, DiffError, diff
    from newspan.release.hydrate import hydrate
    from newspan.release.load import load
    from newspan.release.publish import Published, PublishError, publish
    from newspan.release.verify import verify
    from newspan.reuse.project_set import project
    from newspan.scoring.score import score
    from newspan.training.predict import predict
    from newspan.training.train import train
    from newspan.upkeep.migrate import migrate
    from newspan.upkeep.withdraw import withdraw
    from newspan.viewer.view import Viewed, ViewError, view

__version__ = "1.0.1"

__all__ = [
    "AddError",
    "Added",
    "BuildError",
    "Converted",
    "Diff",
    "DiffError",
    "PublishError",
    "Published",
    "Release",
    "ViewError",
    "Viewed",
    "__version__",
    "add",
    "adjudicate",
    "adjudicate_pull",
    "adjudicate_push",
    "agree",
    "annotate_config",
    "annotate_ingest",
    "annotate_prompts",
    "annotate_pull",
    "annotate_push",
    "annotate_status",
    "build",
    "check",
    "convert",
    "datasheet",
    "diff",
    "duplicates",
    "hydrate",
    "init",
    "load",
    "migrate",
    "predict",
    "project",
    "publish",
    "quality_report",
    "reuse_sets",
    "score",
    "train",
    "verify",
    "view",
    "withdraw",
]

_HOMES = {
    "AddError": "newspan.exchange.adding",
    "Added": "newspan.exchange.add",
    "add": "newspan.exchange.add",
    "init": "newspan.exchange.init",
    "BuildError": "newspan.release.build",
    "Converted": "newspan.exchange.convert",
    "Diff": "newspan.release.diff",
    "DiffError": "newspan.release.diff",
    "PublishError": "newspan.release.publish",
    "Published": "newspan.release.publish",
    "Release": "newspan.release.build",
    "ViewError": "newspan.viewer.view",
    "Viewed": "newspan.viewer.view",
    "adjudicate": "newspan.adjudication.adjudicate_set",
    "adjudicate_pull": "newspan.adjudication.pull",
    "adjudicate_push": "newspan.adjudication.push",
    "agree": "newspan.agreement.agree",
    "annotate_config": "newspan.campaign.push",
    "annotate_ingest": "newspan.campaign.ingest",
    "annotate_prompts": "newspan.campaign.prompts",
    "annotate_pull": "newspan.campaign.pull",
    "annotate_push": "newspan.campaign.push",
    "annotate_status": "newspan.campaign.status",
    "build": "newspan.release.build",
    "check": "newspan.checks",
    "convert": "newspan.exchange.convert",
    "datasheet": "newspan.release.datasheet",
    "diff": "newspan.release.diff",
    "duplicates": "newspan.engines.duplicates",
    "hydrate": "newspan.release.hydrate",
    "load": "newspan.release.load",
    "migrate": "newspan.upkeep.migrate",
    "predict": "newspan.training.predict",
    "project": "newspan.reuse.project_set",
    "publish": "newspan.release.publish",
    "quality_report": "newspan.quality.report",
    "reuse_sets": "newspan.engines.reuse_sets",
    "score": "newspan.scoring.score",
    "train": "newspan.training.train",
    "verify": "newspan.release.verify",
    "view": "newspan.viewer.view",
    "withdraw": "newspan.upkeep.withdraw",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'newspan' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
