"""What a datasheet answers, question by question, for pages and records that repeat it."""

from __future__ import annotations

import re

import msgspec

_HEADING = re.compile(r"^#{1,6} ([^\n]*?)[ \t]*(?:<!-- [qs]:([a-z-]+) -->)?[ \t\r]*$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Answer(msgspec.Struct, frozen=True):
    """A question of a datasheet, and what stands under it, in Markdown."""

    question: str
    text: str

    @property
    def prose(self) -> str:
        """Return the answer without its tables, its paragraphs parted by one empty line."""
        lines = [line for line in self.text.splitlines() if not line.startswith("|")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def answers(sheet: str) -> dict[str, Answer]:
    """Return the answers of a datasheet, by their questions' ids.

    A question is a heading that ends in `<!-- q:ID -->`, or in `<!-- s:ID -->` in a data statement;
    its answer goes to the next heading. Left out are questions without an answer.
    """
    headings = list(_HEADING.finditer(sheet))
    ends = [*(heading.start() for heading in headings[1:]), len(sheet)]
    found = {
        heading[2]: Answer(heading[1], _COMMENT.sub("", sheet[heading.end() : end]).strip())
        for heading, end in zip(headings, ends, strict=False)
        if heading[2]
    }
    return {id_: answer for id_, answer in found.items() if answer.text}
