"""docs/outputs.md tells of every output there is, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.unit.results import failed, graded

from podgrade.reports.forms import render
from podgrade.reports.names import FORMS

DOC = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text("utf-8")


def test_every_output_has_its_row_and_its_section():
    assert re.findall(r"^\| \[`(\w+)`\]\(#\1\)", DOC, re.MULTILINE) == [
        *re.findall(r"^## ([a-z]+)$", DOC, re.MULTILINE)
    ]
    assert {*re.findall(r"^## ([a-z]+)$", DOC, re.MULTILINE)} == {*FORMS}


@pytest.mark.parametrize("form", FORMS)
def test_every_output_can_be_made(form):
    assert render(form, graded(failed())).endswith("\n")
