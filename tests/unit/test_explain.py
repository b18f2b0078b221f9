"""`podgrade explain`: the finished Pod as text, and the idea in both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.cells import cell_len
from rich.console import Console
from tests.unit.results import full_marks
from tests.unit.test_anatomy import LONG, pod, rich

from podgrade.cli.main import main
from podgrade.cli.record import remember
from podgrade.grading import catalogue
from podgrade.reports.anatomy import parts_of
from podgrade.reports.anatomy.panels import draw
from podgrade.reports.sheet import render

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = catalogue.exercises_of(ROOT)
MYTHS = {"en": "**Often believed:**", "ko": "**흔한 오해:**"}


def drawn(parts, language="en", encoding="utf-8"):
    """The picture's lines on a console of 80 columns."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    draw(parts, language, Console(file=stream, width=80, markup=False, emoji=False))
    stream.seek(0)
    return stream.read().splitlines()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_every_exercise_has_its_idea_in_both_languages(exercise, language):
    path = exercise.folder / ("idea.md" if language == "en" else f"idea.{language}.md")
    text = path.read_text("utf-8")
    sentences = re.findall(r"[.?](?=\s|$)", text)

    assert MYTHS[language] in text
    assert re.search(r"\[.+\]\(https://kubernetes\.io/(ko/)?docs/.+/(#\w+)?\)$", text.strip())
    assert 5 <= len(sentences) <= 16
    assert bool(re.search("[가-힣]", text)) == (language == "ko")
    assert max(map(cell_len, text.splitlines()[:-1])) <= 100


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_every_pod_fits_a_terminal_and_shows_all_its_parts(exercise, language):
    parts = parts_of(catalogue.anatomy(exercise))
    lines = drawn(parts, language)
    text = "\n".join(lines)

    assert max(map(cell_len, lines)) <= 80
    for each in parts.pods:
        assert {each.name, *(one.name for one in each.containers)} <= {*re.findall(r"[\w-]+", text)}
        assert all(mount.path in text for one in each.containers for mount in one.mounts)


def test_the_picture_says_who_mounts_what_and_where_a_service_leads():
    text = "\n".join(drawn(rich()))

    assert "/logs ← logs, read-only" in text
    assert "/usr/share/nginx/html ↔ html" in text
    assert "conf, subPath default.conf, read-only" in re.sub(r"\s*│\n│ │ ", " ", text)
    assert "80 → web http" in text
    assert text.index("one after another") < text.index("prepare") < text.index("then together")


def test_a_terminal_without_such_signs_gets_others():
    text = "\n".join(drawn(rich(), encoding="ascii"))

    assert text.isascii()
    assert "/logs <- logs" in text


def test_long_names_are_broken():
    assert max(map(len, drawn(parts_of([pod(2, name=LONG)])))) <= 80


def test_the_command_shows_both_once_the_exercise_was_passed(tmp_path, monkeypatch):
    monkeypatch.setenv("PODGRADE_STATE", str(tmp_path))
    words = ["explain", "sidecar", "--lang", "ko"]
    refused = CliRunner().invoke(main, words)
    remember(full_marks())
    answer = CliRunner().invoke(main, words)

    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert "podgrade explain sidecar --anyway" in refused.stderr
    assert answer.exit_code == 0
    assert answer.stdout == CliRunner().invoke(main, [*words, "--anyway"]).stdout
    assert "log-sidecar" in answer.stdout
    assert answer.stdout.endswith(catalogue.idea(catalogue.exercise("sidecar"), "ko"))


def test_an_exercise_without_either_says_so(tmp_path, monkeypatch):
    (tmp_path / "graders").mkdir()
    (tmp_path / "graders" / "test_demo.py").touch()
    sheet = tmp_path / "exercises" / "demo" / "exercise.yaml"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("title: {en: a, ko: a}\ngoal: {en: a, ko: a}\ntarget: {name: a}\n")
    monkeypatch.chdir(tmp_path)
    answer = CliRunner().invoke(main, ["explain", "demo", "--anyway", "--lang", "en"])

    assert answer.exit_code == 2
    assert "the exercise demo has no picture and no idea.md" in answer.stderr


def test_the_page_holds_the_idea_below_the_picture():
    exercise = catalogue.exercise("sidecar")
    sheets, parts = catalogue.sheets(exercise), parts_of(catalogue.anatomy(exercise))
    text = render(exercise, sheets, parts, "en", "1", {"en": "**Often**", "ko": "**흔한**"})

    assert text.index("</svg>") < text.index("<strong>Often</strong>")
    assert "<strong>Often</strong>" not in render(exercise, sheets, parts, "en", "1")
