"""Names taken out of texts, so that a model cannot learn whom a corpus writes about.

A placeholder has as many code points as the name: all offsets hold.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from unicodedata import normalize

import msgspec
import regex

from newspan.corpus import AnnotationSet, Corpus
from newspan.training.examples import Example

#: What stands for each letter of a name; marks and digits are letters here, other signs stay.
PLACEHOLDER = "X"

#: What a word goes on with behind an apostrophe, as in “Kan’ani”; a single letter is an ending.
_ON = r"(?:[’'ʼ][\p{Ll}\p{M}]{2,})?"
_CAPITALISED = regex.compile(rf"\p{{Lu}}[\p{{L}}\p{{M}}]+{_ON}")
_WORD = regex.compile(rf"[\p{{L}}\p{{M}}]+{_ON}")
_LETTER = regex.compile(r"[\p{L}\p{M}\p{N}]")
#: Shorter names take no ending but an s: “UN” is no part of “UNIX”.
_LONG = 4


def names_of(
    corpus: Corpus, reference: AnnotationSet, examples: Iterable[Example], layer: str
) -> list[str]:
    """Return the words of names: of the corpus's targets and of the resolved sources of examples.

    Taken are capitalised words of targets' titles and descriptions, and of `source_name`. Words
    that the examples have in small letters as often as not, such as “government”, are no names.

    Nothing is taken of other texts than the examples': what is held out must tell nothing of
    itself. Nor are sources taken where sources are learnt: their placeholders would mark them.
    """
    stated = [text for each in corpus.targets.values() for text in (each.title, each.description)]
    seen: dict[str, int] = {}
    for example in examples:
        if layer != "attribution":
            said = reference.attributions_in.get(example.item, ())
            stated += [each.source_name or "" for each in said]
        for word in _WORD.findall(example.text):
            seen[word] = seen.get(word, 0) + 1
    words = {word for text in stated for word in _CAPITALISED.findall(text)}
    return sorted(w for w in words if seen.get(w, 0) > seen.get(w.lower(), 0))


def masked(examples: Iterable[Example], names: Collection[str]) -> tuple[list[Example], int]:
    """Return examples with names replaced, and how many places were.

    A name is a whole word as it is given, or in capitals, composed or not, with up to three letters
    behind it: “Norway”, “NORWAY” and “Norwayan” for Norway. Each letter becomes an X.
    """
    pattern = _pattern(names)
    if pattern is None:
        return list(examples), 0
    found, number = [], 0
    for example in examples:
        text, places = pattern.subn(_replaced, example.text)
        number += places
        found.append(msgspec.structs.replace(example, text=text))
    return found, number


def _pattern(names: Collection[str]) -> Any:
    forms = {
        normalize(kind, form)
        for name in names
        for form in (name, name.upper())
        for kind in ("NFC", "NFD")
    }
    words = sorted(forms.union(names), key=lambda form: (-len(form), form))
    if not words:
        return None
    parts = [
        regex.escape(word) + (r"[\p{L}\p{M}]{0,3}" if len(word) >= _LONG else "s?")
        for word in words
    ]
    return regex.compile(
        rf"(?<![\p{{L}}\p{{M}}\p{{N}}_])(?:{'|'.join(parts)})(?![\p{{L}}\p{{M}}\p{{N}}_])"
    )


def _replaced(match: Any) -> str:
    return str(_LETTER.sub(PLACEHOLDER, match[0]))
