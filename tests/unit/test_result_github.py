"""GitHub Actions: annotations and the step summary."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.unit.results import (
    LANES,
    NOT_FOUND,
    READY,
    erroneous,
    failed,
    full_marks,
    graded,
    hostile,
    result,
)
from tests.unit.test_result_html import Page

from podgrade.model.reason import Reason
from podgrade.model.submission import Position
from podgrade.model.text import Text
from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports import github, summary
from podgrade.reports.commands import command, harmless, stopped

TROUBLE = Text("no cluster", "클러스터 없음")
COMMAND = re.compile(r"::(error|warning) ?([^:]*)::([^\r\n]*)")


def annotations(found, **more):
    """Each annotation as its kind, its properties and its message, unescaped as GitHub does."""
    text = github.render(graded(found, **more))
    parsed = [COMMAND.fullmatch(line) for line in text.splitlines()]
    assert all(parsed)
    return [
        (one[1], dict(part.split("=", 1) for part in one[2].split(",") if part), one[3])
        for one in parsed
    ]


def placed(found, file="answers/pod.yaml"):
    return replace(found, places={"": Position(file, 3, 5)})


def test_a_failure_is_an_error_on_its_line():
    ((kind, properties, message),) = annotations(placed(failed()))

    assert kind == "error"
    assert properties == {
        "file": "answers/pod.yaml",
        "line": "3",
        "col": "5",
        "title": "The Pod shows 2/2 Ready",
    }
    assert "%0AWhy: image busyboxx was not found%0A" in message


def test_a_file_is_named_from_the_root_of_the_repository(monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    (tmp_path / "week3").mkdir()
    monkeypatch.chdir(tmp_path / "week3")

    assert annotations(placed(failed(), "pod.yaml"))[0][1]["file"] == "week3/pod.yaml"
    assert (
        annotations(placed(failed(), "/elsewhere/pod.yaml"))[0][1]["file"] == "/elsewhere/pod.yaml"
    )


def test_standard_input_has_no_line():
    assert "file" not in annotations(placed(failed(), "-"))[0][1]


def test_nothing_is_said_of_full_marks():
    assert annotations(full_marks()) == []


@pytest.mark.parametrize("found", [erroneous(), None])
def test_an_error_is_a_warning_and_not_the_learners(found):
    ((kind, _, message),) = annotations(found, problem=None if found else TROUBLE)

    assert kind == "warning"
    assert "No score" in message or "no cluster" in message


def test_ten_are_shown_and_the_last_says_how_many_more():
    one = Verdict(READY, Outcome.FAILED, reason=NOT_FOUND)

    assert len(annotations(result(*[one] * 10))) == 10
    found = annotations(result(*[one] * 14))
    assert len(found) == 10
    assert "5 more checks failed" in found[-1][2]


def test_a_learner_writes_no_command_and_no_property():
    evil = placed(hostile(), "a,line=9::b\n::warning::c%0A.yaml")
    ((_, properties, message),) = annotations(evil)

    assert properties["file"] == "a%2Cline=9%3A%3Ab%0A%3A%3Awarning%3A%3Ac%250A.yaml"
    assert "%250A" in message
    assert "\x1b" not in message


def test_commands_are_escaped_as_github_documents():
    assert (
        command("error", {"file": "a:b", "title": ""}, "50%\r\n")
        == "::error file=a%3Ab::50%25%0D%0A\n"
    )
    assert command("notice", {}, "x") == "::notice::x\n"


@pytest.mark.parametrize(
    "text", ["::error::x", "  ::error::x", "a\n::error::x", "\n\t::x", "##[error]x", "a ##[x"]
)
def test_no_line_of_harmless_text_is_a_command(text):
    lines = harmless(text).split("\n")

    assert not [line for line in lines if line.strip().startswith("::") or "##[" in line]


def test_a_token_stops_commands_and_nobody_can_guess_it():
    first, second = stopped("::error::x\n"), stopped("::error::x\n")

    assert first != second
    token = first.splitlines()[0].removeprefix("::stop-commands::")
    assert first.splitlines()[1:] == ["::error::x", f"::{token}::"]


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("found", [full_marks(), failed(), erroneous(), hostile(), None])
def test_the_summary_is_one_block_of_known_tags(found, language):
    found = found and replace(found, lanes=LANES)
    text = summary.render(graded(found, language, None if found else TROUBLE))

    assert text.endswith("\n\n")
    assert "" not in text.removesuffix("\n\n").split("\n")
    assert Page(text.replace("<br>", " ")).tags <= {
        *("h3", "p", "strong", "table", "tr", "th", "td", "ul", "li", "code", "pre"),
        *("details", "summary"),
    }


def test_the_summary_says_what_is_to_be_known():
    text = Page(summary.render(graded(replace(failed(), lanes=LANES))).replace("<br>", "\n")).text

    assert "Total 0/10" in text
    assert "Why: image busyboxx was not found" in text
    assert "waiting (ErrImagePull) 0.5–2.0 s" in text


def test_the_summary_stays_below_a_mebibyte():
    long = Reason("silent", why=Text("<" * 100_000, ""))
    one = Verdict(READY, Outcome.FAILED, reason=long)

    few, many = (summary.render(graded(result(*[one] * count))) for count in (9, 300))
    assert "&lt;" in few
    assert "&lt;" not in many
    assert max(len(few.encode()), len(many.encode())) < 2**20
    assert many.count("<tr>") == 301
