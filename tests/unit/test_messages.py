"""The document of all messages: both languages, nothing fleeting, sections that can be renewed."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.results import NOT_FOUND, erroneous, failed, full_marks

from podgrade.grading.catalogue import exercise
from podgrade.grading.proof import Compared, mistakes_of
from podgrade.model.submission import Submission
from podgrade.model.text import Text
from podgrade.reports.messages import document

SIDECAR, SERVICE = exercise("sidecar"), exercise("service")


def compared(result, name="broken/no-follow", slug="sidecar"):
    result = replace(result, exercise=slug)
    return Compared(Submission(name, (), fixture=name), result, {}, {})


def test_a_mistake_is_told_in_both_languages():
    mistakes = {("sidecar", "broken/no-follow"): "tail without -f"}
    text = document([SIDECAR], [compared(failed())], mistakes)

    assert "## sidecar – A sidecar that prints nginx's access log\n\n### no-follow\n" in text
    assert "\ntail without -f\n" in text
    assert "The Pod shows 2/2 Ready  [image-not-found]\n    Expected: READY: 2/2\n" in text
    assert "    이유: 이미지 `busyboxx`: 찾을 수 없습니다\n" in text
    assert "not checked" not in text


def test_right_answers_are_told_nothing_and_errors_show():
    text = document([SIDECAR], [compared(full_marks(), "reference/pod")], {})
    assert "###" not in text

    text = document([SIDECAR], [compared(erroneous())], {})
    assert text.endswith("(not known: this proof ended in an error)\n")


def test_what_differs_from_run_to_run_is_replaced():
    seen = (
        "/4f1c9a0b7e2d3c55 of 10.244.0.17, Pod web-7d9f8b6c5d-x2x8w, clone web-qr5xf8zt "
        "at 2026-11-21T17:40:12.123Z in podgrade-b7qtfz-51; "
        "/home/kim/pack/fixtures/sidecar/broken/tab/pod.yaml:13:1: Sat Nov 21 18:18:35 UTC 2026, "
        "[21/Nov/2026:18:18:46 +0000], 2026/11/21 18:18:12 Linux 6.18.44-fc after 3 ms, log-sidecar"
    )
    reason = replace(NOT_FOUND, seen=Text(seen, seen))
    text = document([SIDECAR], [compared(failed(reason))], {})

    assert (
        "/0123456789abcdef of 10.0.0.1, Pod web-xxxxxxxxx-xxxxx, clone web-xxxxxxxx "
        "at 2026-01-01T00:00:00Z in podgrade-abcdef-1; "
        "pod.yaml:13:1: Thu Jan  1 00:00:00 UTC 2026, "
        "[01/Jan/2026:00:00:00 +0000], 2026/01/01 00:00:00 Linux 6.1.0 after 0 ms, log-sidecar"
    ) in text


def test_what_was_not_proven_now_stays_as_it_was():
    both = document(
        [SIDECAR, SERVICE], [compared(failed()), compared(failed(), slug="service")], {}
    )
    again = document([SERVICE], [compared(failed(), "broken/other", "service")], {}, both)

    assert again.index("## service") < again.index("### other") < again.index("## sidecar")
    assert again.count("### no-follow") == 1
    assert document([], [], {}, again) == again


def test_every_mistake_of_the_pack_says_what_it_is():
    assert all(mistakes_of(SIDECAR).values())
    assert "broken/no-follow" in mistakes_of(SIDECAR)
