"""The pictures of the documents, made of a recorded verdict and of an exercise's page.

`PODGRADE_PICTURES=docs/images pytest tests/browser/test_pictures.py` puts them into that folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from podgrade.grading.catalogue import exercise
from podgrade.grading.evidence import records
from podgrade.reports.graded import Graded
from podgrade.reports.html import render

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
WIDTH = 760
LARGEST = 120_000  # bytes of a picture


def verdict(language: str) -> str:
    """The page of a recorded verdict, as `podgrade report … --format html` makes it."""
    (record,) = records(ROOT / "tests" / "data" / "verdict.json")
    shown = Graded(exercise("sidecar"), "sidecar.yaml", record.result, None, language, "")
    return render(shown)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_picture_of_a_verdict(opened: Callable[..., Page], language: str) -> None:
    page = opened(verdict(language), WIDTH)
    picture = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": 620})
    keep(f"verdict.{language}.png", picture)


def keep(name: str, picture: bytes) -> None:
    """Put the picture where it was asked for; the documents have one of this name already."""
    assert len(picture) < LARGEST
    wanted = os.environ.get("PODGRADE_PICTURES")
    if wanted:
        Path(wanted).mkdir(parents=True, exist_ok=True)
        (Path(wanted) / name).write_bytes(picture)
    assert (IMAGES / name).is_file()


def test_every_picture_is_shown_somewhere() -> None:
    documents = [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md")]
    shown = {
        Path(name).name
        for document in documents
        for name in re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text(encoding="utf-8"))
    }

    assert shown == {path.name for path in IMAGES.glob("*.png")}
