"""Imports run downwards only, and what is heavy is imported where it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "newspan"

# From the bottom up; docs/architecture.md draws the same rows. A module may import from the rows
# below its own, and from its own package.
ROWS = [
    {"model", "problems", "whole", "parquet"},
    {"schema", "text", "offsets"},
    {"corpus"},
    {"checks", "derive", "splits", "formats"},
    {"reuse", "labelstudio", "upkeep"},
    {"agreement"},
    {"quality", "adjudication", "campaign", "scoring"},
    {"engines", "training"},
    {"release"},
    {"exchange", "viewer"},
    {"cli"},
]
RANK = {name: rank for rank, row in enumerate(ROWS) for name in row}
HEAVY = {
    "datasets",
    "pyarrow",
    "numpy",
    "scipy",
    "pandas",
    "jsonschema",
    "jsonschema_rs",
    "huggingface_hub",
    "label_studio_sdk",
    "mlcroissant",
    "markdown_it",
    "nupunkt",
    "trafilatura",
    "spacy",
    "pycrfsuite",
    "torch",
    "transformers",
    "yaml",
}


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Yield the module names that a file imports, and whether at the top of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inner = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) or _is_type_checking(node)
        for child in ast.walk(node)
        if child is not node
    }
    for node in ast.walk(tree):
        top = id(node) not in inner
        if isinstance(node, ast.Import):
            yield from ((alias.name, top) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            if node.module == "newspan":
                yield from ((f"newspan.{alias.name}", top) for alias in node.names)
            else:
                yield node.module or "", top


def _is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def part_of(path: Path) -> str:
    """Return the package or module of newspan that a file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


FILES = [p for p in sorted(SOURCE.rglob("*.py")) if part_of(p) not in ("__init__", "__main__")]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_run_downwards(path: Path) -> None:
    """A module imports from the rows below its own and from its own package, nothing else."""
    own = part_of(path)
    for name, _ in imports(path):
        if name.startswith("newspan."):
            other = name.split(".")[1]
            assert other == own or RANK[other] < RANK[own], f"{path.name} imports {name}"


def test_every_part_has_a_row() -> None:
    """A new package must be given its place."""
    assert {part_of(path) for path in FILES} == set(RANK)


def test_the_architecture_page_has_the_same_rows() -> None:
    """The picture for people and the rule for machines do not part ways."""
    page = (SOURCE.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = page.split("```rows\n")[1].split("```")[0]
    drawn = [set(line.split("#")[0].split()) for line in block.strip().splitlines()]

    assert drawn == ROWS[::-1]


@pytest.mark.parametrize("path", [p for p in FILES if part_of(p) == "cli"], ids=lambda p: p.name)
def test_a_verb_imports_its_work_when_it_runs(path: Path) -> None:
    """The help page costs nothing but click: verbs import the rest inside their functions."""
    top = {name.split(".")[0] for name, at_top in imports(path) if at_top}
    ours = {name for name, at_top in imports(path) if at_top and name.startswith("newspan.")}

    assert not top & HEAVY
    assert all(name.startswith("newspan.cli") for name in ours)


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    """`newspan --help` stays fast because it loads none of the large libraries."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['newspan', *{arguments!r}]\n"
        "try: runpy.run_module('newspan', run_name='__main__')\n"
        "except SystemExit: pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stderr.strip().splitlines()[-1] == "[]"


def test_the_package_imports_nothing_heavy() -> None:
    """`import newspan` is free; its functions are imported when they are first used."""
    code = f"import sys, newspan; print(sorted({HEAVY!r} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == "[]"


def test_public_names_are_functions_though_modules_are_loaded() -> None:
    """`newspan.check` is the function, whatever has been imported before."""
    import newspan
    import newspan.checks.sets
    import newspan.cli.check
    import newspan.release.build

    for name in ("check", "build", "load", "verify", "datasheet"):
        assert callable(getattr(newspan, name)), name
