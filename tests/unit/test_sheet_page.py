"""The sheet as a page: complete in itself, strict in what it lets in, in both languages."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner

from podgrade.cli.main import main
from podgrade.grading import catalogue
from podgrade.model.text import Text
from podgrade.reports.anatomy import parts_of
from podgrade.reports.markdown import html_of
from podgrade.reports.sheet import render


@pytest.fixture
def exercise():
    return catalogue.exercise("sidecar")


@pytest.fixture
def written(exercise):
    """Writes the page of the exercise with these sheets."""

    def write(en="# Sheet", ko="# 안내문", parts=None, language="en", **changes):
        sheets = {"en": en, "ko": ko}
        return render(replace(exercise, **changes), sheets, parts, language, "1.2.3")

    return write


def test_policy_lets_in_nothing_but_the_style_of_the_page(written):
    text = written()
    style = re.search(r"<style>(.*)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#39;", "'")

    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    # A style attribute would be refused by it.
    assert " style=" not in text


def test_nothing_comes_from_outside(written, exercise):
    text = written(parts=parts_of(catalogue.anatomy(exercise)))

    assert not re.search(r"<(script|link|img|iframe|object)|@import|url\(|\bsrc=", text)
    assert set(re.findall(r'https?://[^"\s<]+', text)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize(
    "markdown",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](http://example.com/x.png)",
        "```console\n$ <script>\n<script>\n```",
        "`<script>`",
        "| <script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    ],
)
def test_sheets_cannot_smuggle_anything_in(markdown):
    html = html_of(markdown)

    assert not re.search(r"<(script|img)|href=\"javascript", html)


def test_titles_and_hints_are_text(written):
    evil = Text("<b>&", "<i>&")
    text = written(title=evil, goal=evil, hints=(evil,))

    assert "<title>&lt;b&gt;&amp; – podgrade</title>" in text
    assert "<p>&lt;i&gt;&amp;</p>" in text
    assert "<b>" not in text


def test_both_languages_are_there_and_the_chosen_one_is_first_seen(written):
    english, korean = written(), written(language="ko")

    assert '<html lang="en">' in english
    assert 'id="in-en" checked>' in english
    assert '<html lang="ko">' in korean
    assert 'id="in-ko" checked>' in korean
    for text in (english, korean):
        assert '<article class="ko" lang="ko">\n<h1>안내문</h1>' in text
        assert "힌트 1" in text
        assert "Hint 1" in text


def test_a_sheet_in_one_language_has_no_switch(exercise):
    text = render(exercise, {"en": "# Sheet"}, None, "ko", "1.2.3")

    assert "<fieldset" not in text
    assert '<html lang="en">' in text


def test_a_prompt_is_not_part_of_the_command():
    html = html_of("```console\n$ kubectl get pod\nNAME\n```")

    assert '<span class="prompt">$ </span><kbd>kubectl get pod</kbd>\nNAME\n' in html


def test_the_picture_is_folded_away_and_each_id_is_there_once(written, exercise):
    text = written(parts=parts_of(catalogue.anatomy(exercise)))
    ids = re.findall(r'\bid="([^"]*)"', text)

    assert text.count("<svg") == 2
    assert re.search(r'<details class="after">\n<summary>After you have passed', text)
    assert len(ids) == len(set(ids))


def test_without_parts_there_is_no_picture(written):
    assert "<svg" not in written()
    assert "<svg" not in written(parts=parts_of([]))


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `podgrade show` in an empty folder with an English locale."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return lambda *words: CliRunner().invoke(main, ["show", *words])


def test_show_writes_the_page(run, tmp_path):
    answer = run("sidecar", "--format", "html", "--output", "sheet.html")
    text = (tmp_path / "sheet.html").read_text(encoding="utf-8")

    assert answer.exit_code == 0
    assert answer.stdout == ""
    assert answer.stderr == "The sheet is in sheet.html\n"
    assert text.startswith("<!doctype html>")
    assert "<svg" in text
    assert run("sidecar", "--format", "html").stdout == text
    assert "<svg" not in run("sidecar", "--format", "html", "--no-anatomy").stdout


def test_show_writes_markdown_too(run, tmp_path):
    run("sidecar", "--output", "sheet.md")

    assert (tmp_path / "sheet.md").read_text(encoding="utf-8").startswith("# A sidecar that")
    assert run("sidecar", "--output", "no/folder.md").exit_code == 2


def test_an_anatomy_that_cannot_be_read_is_told_with_its_place(run, tmp_path):
    folder = tmp_path / "exercises" / "mine"
    folder.mkdir(parents=True)
    (tmp_path / "graders").mkdir()
    (tmp_path / "graders" / "test_mine.py").touch()
    words = "{en: x, ko: x}"
    (folder / "exercise.yaml").write_text(f"title: {words}\ngoal: {words}\ntarget: {{name: x}}")
    (folder / "README.md").write_text("# Mine")
    (folder / "anatomy.yaml").write_text("a: [")
    answer = run("mine", "--format", "html")

    assert answer.exit_code == 2
    assert "anatomy.yaml:2:1 cannot be read: " in answer.stderr
