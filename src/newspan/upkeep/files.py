"""Edits of a corpus's files that leave what people wrote in them as it was."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from newspan.whole import whole_file


def with_value(text: str, key: str, value: str, after: str = "version") -> str:
    """Return a JSON object's text with a string of its top level set, all else untouched.

    Args:
        text: the text of a JSON object that has the key `after`.
        key: the key to set; put behind `after` where it is missing.
        value: its value.
        after: a key whose value is a string.

    Raises:
        ValueError: when the value cannot be set without writing the rest anew.
    """
    written = json.dumps(value, ensure_ascii=False)
    data: dict[str, Any] = json.loads(text)
    if key in data:
        pattern = rf'("{re.escape(key)}"\s*:\s*){re.escape(_dumped(data[key]))}'
        new = re.sub(pattern, lambda found: found[1] + written, text, count=1)
    else:
        pattern = rf'(\s*)("{re.escape(after)}"\s*:\s*{re.escape(_dumped(data[after]))})'
        new = re.sub(
            pattern,
            lambda found: f'{found[1]}{found[2]},{found[1] or " "}"{key}": {written}',
            text,
            count=1,
        )
    ordered = json.loads(new)
    if ordered != {**data, key: value}:
        raise ValueError(f"{key} could not be set; write it by hand")
    return new


def _dumped(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_whole(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    with whole_file(path, text):
        pass


def json_text(data: Any) -> str:
    """Return JSON as newspan writes it into a corpus."""
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
