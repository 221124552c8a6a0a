"""Keys of the labelling interface: each once, and none of Label Studio's own."""

from __future__ import annotations

from collections.abc import Iterable

from newspan.labelstudio import names

#: Label Studio keeps u, escape, enter, backspace and all with ctrl or alt for itself, and r and h
#: with pictures.
LETTERS = "abcdefgijklmnopqstvwxyz"

#: The shipped labels' keys; others get the first letter of their title that is left.
_LABELS = {
    "factual": "f",
    "opinion": "o",
    "prediction": "p",
    "normative": "n",
    "source": "s",
    "medium": "m",
    "cue": "c",
    "content": "t",
    names.FREE_QUOTE: "q",
    names.SCOPE_END: "e",
    "Loaded_Language": "l",
    "Name_Calling-Labeling": "a",
    "Exaggeration-Minimisation": "x",
    "Slogans": "g",
    "Conversation_Killer": "k",
}

#: Answers that are shown in a row have keys, those in lists have none.
_ANSWERS = {
    ("check_worthy", names.YES): "1",
    ("check_worthy", names.NO): "2",
    ("hedged", names.YES): "3",
    ("hedged", names.NO): "4",
    ("mode", "direct"): "5",
    ("mode", "indirect"): "6",
    ("mode", "mixed"): "7",
    ("polarity", "negative"): "8",
    ("polarity", "positive"): "9",
    (names.UNSURE, names.UNSURE): "0",
    ("source_named", names.YES): "y",
    ("source_named", names.NO): "z",
    ("scope", names.OPEN): "w",
    (names.VERDICT, "take"): "j",
    (names.VERDICT, "reject"): "v",
}


class Keys:
    """Gives labels and answers their keys."""

    def __init__(self, labels: Iterable[tuple[str, str]]) -> None:
        """Give each label, an id and a title, a key."""
        labels = list(labels)
        taken = {*_LABELS.values(), *_ANSWERS.values()}
        self._labels = {key: _LABELS[key] for key, _ in labels if key in _LABELS}
        for label, title in labels:
            if label not in self._labels:
                self._labels[label] = next((k for k in _wishes(title) if k not in taken), "")
                taken.add(self._labels[label])
        self._silent = 0x2500

    def of_label(self, label: str) -> str:
        """Return a label's key: a letter, or shift and a letter."""
        return self._labels[label] or self._next_silent()

    def letter(self, label: str) -> str:
        """Return the letter of a label's key, as a capital where it goes with shift."""
        *shift, letter = self._labels[label].split("+")
        return letter.upper() if shift else letter

    def of_answer(self, control: str, answer: str) -> str:
        """Return the key of an answer."""
        return _ANSWERS.get((control, answer)) or self._next_silent()

    def _next_silent(self) -> str:
        """Return a character, of those to draw boxes with, that no keyboard sends.

        Label Studio gives whatever has no key one that is left over; pressed by mistake, it would
        change an answer that is not even shown.
        """
        self._silent += 1
        return chr(self._silent)


def _wishes(title: str) -> list[str]:
    letters = [*(c for c in title.lower() if c in LETTERS), *LETTERS]
    return [*letters, *(f"shift+{letter}" for letter in letters)]
