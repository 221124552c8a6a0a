"""Colours and style of the labelling interface."""

from __future__ import annotations

from collections.abc import Iterable

#: Colours by layer. Label Studio lays 30 % of a colour under the words, lays spans over each
#: other, and takes 80 % for the one that is chosen. Each colour is light enough for dark text
#: however many lie over each other, and strong enough to be seen alone. Layers differ in hue (blue,
#: yellow, rose), so that they stay apart with red-green blindness too: the tests measure it all.
COLOURS = {
    "claim": {
        "factual": "#1595ff",
        "opinion": "#6e8bf6",
        "prediction": "#11baf3",
        "normative": "#7ac0fc",
    },
    "attribution": {
        "source": "#c08203",
        "medium": "#b4ad47",
        "cue": "#f1de21",
        "content": "#fbdc9a",
        "free_quote": "#f9f700",
        "scope_end": "#f9f777",
    },
    "loaded_language": {
        "Loaded_Language": "#f95370",
        "Name_Calling-Labeling": "#eb5c86",
        "Exaggeration-Minimisation": "#ea7287",
        "Slogans": "#bf7c8a",
        "Conversation_Killer": "#fe5284",
    },
}
#: The text is dark on white, whatever theme the annotator has chosen.
INK, PAPER = "#1f1f1f", "#ffffff"

_STYLE = f"""
.newspan {{ display: flex; gap: 12px; align-items: flex-start; }}
.newspan-text {{ flex: 1 1 0; min-width: 0; padding: 24px 8px 8px 32px; background: {PAPER}; }}
.newspan-text .lsf-richtext__container {{ color: {INK}; font-size: 16px; line-height: 1.9; }}
.newspan-text .lsf-richtext__line {{ display: inline-block; width: 100%; margin-bottom: 8px; }}
.newspan-text .htx-highlight[data-label]::after {{ font-size: 11px; color: {INK}; }}
.newspan-side {{ flex: 0 0 340px; position: sticky; top: 0; max-height: 88vh; overflow-y: auto; }}
.newspan-side h4 {{ font-size: 13px; line-height: 16px; margin: 6px 0 3px !important; }}
.newspan-side .lsf-labels {{ margin: 0; }}
.newspan-side .lsf-label {{ margin: 0 5px 5px 0; }}
.newspan-side .lsf-label_selected, .newspan-side .lsf-label_selected span {{ color: {INK}; }}
.newspan-question {{ display: flex; align-items: center; min-height: 33px; }}
.newspan-question h4 {{ flex: 0 0 94px; margin: 0 !important; }}
.newspan-needed h4::after {{ content: " *"; color: #d03050; }}
.newspan-question .lsf-choices, .newspan-question .lsf-text-area {{ flex: 1 1 0; min-width: 0; }}
.newspan-question .lsf-choices_layout_inline {{ display: flex; flex-wrap: wrap; gap: 0 10px; }}
.newspan-question .lsf-choices, .newspan-question .lsf-text-area,
.newspan-question .lsf-choice, .newspan-question .lsf-choice__item,
.newspan-question .ant-form-item {{ margin: 0 !important; padding: 0 !important; }}
.newspan-question .ant-checkbox-wrapper {{ margin: 0; padding: 0; line-height: 24px; }}
.newspan-question .ant-checkbox + span {{ padding: 0 0 0 5px; }}
.newspan-question .lsf-text-area p {{ overflow-wrap: anywhere; }}
.newspan-question .lsf-hint {{ margin-left: 3px; line-height: 0; }}
.newspan-question button {{ min-height: 0; height: 28px; }}
.newspan-question input.ant-input {{ height: 28px; min-height: 0; padding: 2px 8px; margin: 0; }}
.newspan-open h4 {{ padding: 3px 8px; background: #fff1b8; color: {INK}; border-radius: 3px; }}
.newspan-hint h4 {{ font-weight: normal; color: var(--color-neutral-content-subtle); }}
.lsf-labels-list, .lsf-labels-list * {{ color: var(--color-neutral-content) !important; }}
.lsf-outliner-item__index {{ color: {INK} !important; }}
.lsf-detailed-region__index_value {{ color: {INK} !important; }}
.relations-overlay text {{ font-size: 10px !important; }}
.relations-overlay g g rect {{ height: 14px; y: -8px; fill: #606060; }}
"""


def colour(layer: str, label: str, number: int) -> str:
    """Return a label's background colour; `number` is its place in the palette."""
    colours = COLOURS[layer]
    return colours.get(label) or list(colours.values())[number % len(colours)]


def style(marks: Iterable[tuple[str, str]]) -> str:
    """Return the style sheet: marks are a label's title and the letter that its spans end in."""
    # Label Studio would write the whole title after each span, and the text would be unreadable.
    rules = [
        f'.newspan .htx-highlight[data-label$=":{_quoted(title)}"]::after '
        f'{{ content: "{_quoted(letter)}"; }}\n'
        for title, letter in marks
    ]
    return _STYLE + "".join(rules)


def _quoted(text: str) -> str:
    """Return text as it may stand in a string of a style sheet, and in HTML."""
    return "".join(
        c if c.isascii() and (c.isalnum() or c in " -_") else f"\\{ord(c):x} " for c in text
    )
