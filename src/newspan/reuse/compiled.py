"""The loops compiled with numba, for input that is large enough to pay for its start."""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from newspan.reuse import buffers, families, loops, weaker

# What Python calls; the rest is compiled into these.
ENTRIES = {
    "align_pairs",
    "compare_members",
    "grow_members",
    "hash_shingles",
    "keep_repeated",
    "link_keys",
    "link_sorted",
    "locate_blocks",
    "locate_members",
    "members_of",
    "read_words",
    "segments_of",
    "shingle_rows",
    "sort_rows_by_document",
    "unknown_codes",
    "without_weaker",
}


def available() -> bool:
    """Tell whether numba is installed (the extra `fast`)."""
    return importlib.util.find_spec("numba") is not None


@cache
def kernels() -> Any:
    """Return the functions of the modules with loops, each compiled when first called.

    Compiled code is kept in NUMBA_CACHE_DIR, else in the user's cache folder, else in a temporary
    one, so that an installation that cannot be written to works too.

    Raises:
        ImportError: when numba is not installed.
    """
    import numba

    config: Any = numba.config
    njit: Any = numba.njit
    found = ModuleType("newspan.reuse.kernels")
    # numba decides where the cache is when a function is declared.
    before = config.CACHE_DIR
    config.CACHE_DIR = before or str(_cache_directory())
    try:
        for source in (loops, families, weaker, buffers):
            module = _copy(source)
            for name, value in list(vars(module).items()):
                if not isinstance(value, FunctionType):
                    continue
                if value.__module__ == module.__name__:
                    outer = name in ENTRIES
                    # Only what Python calls gets a wrapper and a place in the cache: half the time.
                    value = njit(
                        cache=outer,
                        nogil=True,
                        no_cpython_wrapper=not outer,
                        no_cfunc_wrapper=True,
                    )(value)
                    setattr(found, name, value)
                setattr(module, name, getattr(found, name))
    finally:
        config.CACHE_DIR = before
    return found


def _copy(module: ModuleType) -> ModuleType:
    """Return a second, private copy of a module, whose functions call each other compiled."""
    name = f"{module.__name__}_compiled"
    spec = importlib.util.spec_from_file_location(name, module.__file__)
    if spec is None or spec.loader is None:
        raise ImportError(f"no source of {module.__name__}")
    copy = importlib.util.module_from_spec(spec)
    sys.modules[name] = copy  # numba's cache names a function's module, and imports it
    spec.loader.exec_module(copy)
    return copy


def _cache_directory() -> Path:
    for parent in (os.environ.get("XDG_CACHE_HOME"), Path.home() / ".cache"):
        if parent:
            directory = Path(parent) / "newspan" / "numba"
            try:
                directory.mkdir(parents=True, exist_ok=True)
            except OSError:
                continue
            if os.access(directory, os.W_OK):
                return directory
    return Path(tempfile.gettempdir()) / "newspan-numba"
