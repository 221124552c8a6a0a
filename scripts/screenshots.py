"""Take the pictures of the docs: what annotators and adjudicators see, in an invented text.

python scripts/screenshots.py LABEL_STUDIO_EXECUTABLE

Starts a server of its own and a browser (Chromium; NEWSPAN_CHROMIUM names another than
/usr/bin/chromium), annotates the text with mouse and keyboard, shows it with other readings to an
adjudicator, and writes to docs/img/.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from browse import Annotator
from label_studio import start
from newspan.adjudication.push import HOW_TO_DECIDE
from newspan.adjudication.review_tasks import reasons
from newspan.labelstudio.config import label_config
from newspan.labelstudio.instruction import instruction
from newspan.labelstudio.names import TEXT as SHOWN
from newspan.labelstudio.names import TO_DECIDE, VERDICT
from newspan.labelstudio.server import Server
from newspan.model import Target
from newspan.schema import read_labels

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "img"
LAYERS = ("claim", "attribution", "loaded_language")
TARGETS = {
    "council": Target("council", "The council", "organisation", "The town council."),
    "company": Target("company", "The ferry company", "organisation", "Its owners and managers."),
}

TEXT = """\
Ferries stay in harbour over the holidays

Mayor Ada Lind said on Friday that the ferries would not sail before the new year. “We will not \
risk a single passenger,” she told the Harbour Gazette.

The rowing club called the decision a shameful surrender. The company, which runs three boats, \
denied that any of them was unsafe; the council may ask for a second report.
"""

MARKS = (
    ("f", "Ferries stay in harbour over the holidays"),
    ("Source", "Mayor Ada Lind"),
    ("Cue", "said"),
    ("Content", "that the ferries would not sail before the new year"),
    ("p", "the ferries would not sail before the new year"),
    ("Content", "“We will not risk a single passenger,”"),
    ("p", "We will not risk a single passenger"),
    ("Source", "she"),
    ("Cue", "told"),
    ("Medium", "the Harbour Gazette"),
    ("f", "The rowing club called the decision a shameful surrender"),
    ("Source", "The rowing club"),
    ("Cue", "called"),
    ("Content", "the decision a shameful surrender"),
    ("Loaded language", "shameful surrender"),
)
TIES = (
    (("Cue", "said"), ("Source", "Mayor")),
    (("Cue", "said"), ("Content", "that the ferries")),
    (("Cue", "told"), ("Content", "We will not")),
    (("Cue", "told"), ("Source", "she")),
    (("Cue", "told"), ("Medium", "Gazette")),
)


def annotate(ada: Annotator) -> None:
    """Annotate a part of the text, and choose a cue."""
    for label, words in MARKS:
        ada.mark(label, TEXT.index(words), TEXT.index(words) + len(words))
    for one, other in TIES:
        ada.tie(one, other)
    ada.choose("Cue", "told")
    ada.answer("Mode", "Direct")
    ada.answer("Source is", "Person")
    ada.answer("Named here", "Yes")
    ada.write("Name", "Ada Lind")
    ada.answer("Cue type", "Speech")
    ada.answer("Cue force", "Neutral")


#: What the adjudicator has to decide: label and words, of two readings each.
OPEN = (
    ("claim", "factual", "the ferries would not sail before the new year"),
    ("claim", "prediction", "the ferries would not sail before the new year"),
    ("loaded_language", "Loaded_Language", "shameful surrender"),
    ("loaded_language", "Loaded_Language", "shameful"),
)


def to_decide(annotated: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the annotated text as a task to adjudicate, with what is open first."""
    regions: list[dict[str, Any]] = []

    def add(name: str, label: str, start: int, end: int) -> None:
        value = {"start": start, "end": end, "text": TEXT[start:end]}
        region = {"id": f"r{len(regions)}", "to_name": SHOWN}
        regions.append(
            {**region, "from_name": name, "type": "labels", "value": {**value, "labels": [label]}}
        )

    for name, label, words in OPEN:
        add(name, label, TEXT.index(words), TEXT.index(words) + len(words))
    opened = {(each["value"]["start"], each["from_name"]) for each in regions}
    rest = [
        each
        for each in annotated
        if "value" not in each or (each["value"]["start"], each["from_name"]) not in opened
    ]
    verdicts = [
        {
            **{key: each[key] for key in ("id", "to_name")},
            "from_name": VERDICT,
            "type": "choices",
            "value": {
                **{key: each["value"][key] for key in ("start", "end", "text")},
                "choices": ["take"],
            },
        }
        for each in rest
        if each["type"] == "labels"
    ]
    result = [*regions, *rest, *verdicts]
    return {
        "data": {"text": TEXT, TO_DECIDE: len(regions)},
        "predictions": [{"model_version": "all readings", "result": result}],
    }


def main(executable: Path) -> None:
    """Start a server and a browser, and take the pictures."""
    from playwright.sync_api import sync_playwright

    IMAGES.mkdir(exist_ok=True)
    chromium = os.environ.get("NEWSPAN_CHROMIUM", "/usr/bin/chromium")
    options = ["--no-sandbox"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = start(executable, Path(folder) / "data")
        try:
            with Server(running.url, running.token) as server:
                project = server.create(
                    "Harbour news",
                    description="",
                    label_config=label_config(read_labels(), TARGETS, LAYERS),
                    instruction=instruction("# Guidelines"),
                    predictions=False,
                ).id
                server.import_tasks(project, [{"data": {"text": TEXT}}])
                task = server.held(project)[0].task_id
            browser = playwright.chromium.launch(executable_path=chromium, args=options)
            page = browser.new_page(viewport={"width": 1440, "height": 860})
            page.goto(running.url + "/user/login/")
            page.fill("input[name=email]", running.user)
            page.fill("input[name=password]", running.password)
            page.click("button[type=submit]")
            page.wait_for_url(lambda url: "/user/login" not in url)
            ada = Annotator(page, running.url, project)
            ada.open(task)
            page.screenshot(path=IMAGES / "label-studio-empty.png")
            annotate(ada)
            page.mouse.move(700, 700)
            page.wait_for_timeout(500)
            page.screenshot(path=IMAGES / "label-studio-annotated.png")
            ada.press("Submit")
            with Server(running.url, running.token) as server:
                (done,) = json.loads(server.snapshot(project))
                shown = to_decide(done["annotations"][0]["result"])
                review = server.create(
                    "Harbour news, to decide",
                    description="",
                    label_config=label_config(
                        read_labels(),
                        TARGETS,
                        LAYERS,
                        review=True,
                        reasons=reasons(),
                        decide=True,
                    ),
                    instruction=instruction("# Guidelines", first=HOW_TO_DECIDE),
                    predictions=True,
                    model_version="all readings",
                ).id
                server.import_tasks(review, [shown])
                task = server.held(review)[0].task_id
            results = shown["predictions"][0]["result"]
            ada = Annotator(page, running.url, review)
            ada.open(task, len({each["id"] for each in results if "id" in each}))
            page.wait_for_timeout(500)
            page.screenshot(path=IMAGES / "label-studio-to-decide.png")
            browser.close()
        finally:
            running.stop()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
