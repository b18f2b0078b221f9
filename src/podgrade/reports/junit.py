"""JUnit XML, as Jenkins, GitLab and test reporters of GitHub read it.

A failure is the learner's, an error the cluster's or podgrade's; what was not reached or not graded
is skipped.
The form is pytest's `xunit2`: points and learner are properties of each test case.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET  # only written here, never parsed

from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports.graded import Graded
from podgrade.reports.lines import Line, number
from podgrade.reports.safe import visible

_ELEMENTS = {
    Outcome.FAILED: "failure",
    Outcome.ERROR: "error",
    Outcome.NOT_REACHED: "skipped",
    Outcome.NOT_GRADED: "skipped",
}


def render(graded: Graded) -> str:
    """One test suite, a test case a check; without a result a single one that is an error."""
    cases = list(_cases(graded))
    suites = ET.Element("testsuites", name="podgrade")
    suite = ET.SubElement(suites, "testsuite", _counted(graded, cases))
    _put_properties(suite, _whole(graded))
    suite.extend(cases)
    ET.indent(suites)
    return ET.tostring(suites, encoding="unicode", xml_declaration=False).join(
        ('<?xml version="1.0" encoding="utf-8"?>\n', "\n")
    )


def _cases(graded: Graded) -> Iterator[ET.Element]:
    if graded.result is None:
        case = ET.Element("testcase", classname=graded.exercise.slug, name="podgrade", time="0")
        _put_outcome(case, "error", graded.sums(), "no result")
        yield case
        return
    for verdict, line in zip(graded.result.verdicts, graded.lines(), strict=True):
        yield _case(graded, verdict, line)


def _case(graded: Graded, verdict: Verdict, line: Line) -> ET.Element:
    case = ET.Element(
        "testcase",
        classname=graded.exercise.slug,
        name=line.title,
        time=f"{verdict.seconds:.3f}",
    )
    _put_properties(case, _of_check(graded, verdict))
    element = _ELEMENTS.get(verdict.outcome)
    if element is not None:
        _put_outcome(case, element, line.told(), verdict.reason.code if verdict.reason else "")
    return case


def _put_outcome(case: ET.Element, element: str, told: tuple[str, ...], code: str) -> None:
    kind = {"type": code} if code else {}
    found = ET.SubElement(case, element, {"message": " · ".join(told), **kind})
    found.text = "\n".join(told)


def _counted(graded: Graded, cases: list[ET.Element]) -> dict[str, str]:
    def count(element: str) -> str:
        return str(sum(case.find(element) is not None for case in cases))

    return {
        "name": visible(f"{graded.exercise.slug}: {graded.submission}"),
        "tests": str(len(cases)),
        "failures": count("failure"),
        "errors": count("error"),
        "skipped": count("skipped"),
        "time": f"{graded.result.seconds if graded.result else 0:.3f}",
    }


def _whole(graded: Graded) -> Iterator[tuple[str, str]]:
    yield "learner", graded.submission
    if graded.result is not None:
        yield "possible", number(graded.result.possible)
    if graded.score is not None:
        yield "points", number(graded.score)
    for note in graded.remarks():
        yield "note", note


def _of_check(graded: Graded, verdict: Verdict) -> Iterator[tuple[str, str]]:
    yield "learner", graded.submission
    yield "check", verdict.id or verdict.check.name
    if verdict.outcome is not Outcome.ERROR:
        yield "points", number(verdict.points)
    yield "possible", number(verdict.possible)


def _put_properties(parent: ET.Element, found: Iterator[tuple[str, str]]) -> None:
    properties = ET.SubElement(parent, "properties")
    for name, value in found:
        ET.SubElement(properties, "property", name=name, value=visible(value))
