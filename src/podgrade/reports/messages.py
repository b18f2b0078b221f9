"""What each mistake of a pack is told, in both languages, as Markdown to be read through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from podgrade.grading.proof import Compared, is_reference
from podgrade.model.exercise import Exercise
from podgrade.model.text import LANGUAGES, say
from podgrade.model.verdict import Outcome
from podgrade.reports.lines import hint, lines, said
from podgrade.reports.safe import encodable

HEAD = """\
# What each mistake is told

Made by `podgrade verify --messages docs/messages.md` from what came out on a real cluster: every
mistake of the pack with what a learner would read, in English and in Korean. Read it
through after sentences were changed. Words that differ from run to run are replaced.
"""

# What differs each time: nonces, parts of names that are given at random, addresses, times, and
# where the pack lies.
_FLEETING = (
    (re.compile(r"(?<![\w/])/\S*/fixtures/[^/\s]+/broken/[^/\s]+/"), ""),
    (re.compile(r"-(?=[a-z]{0,7}\d)[bcdf-hj-np-tv-z2-9]{8}\b"), "-xxxxxxxx"),
    (re.compile(r"(?<!\d)\d\d:\d\d:\d\d(?!\d)"), "00:00:00"),
    (re.compile(r"\b20\d\d([-/])\d\d\1\d\d(?!\d)"), r"2026\g<1>01\g<1>01"),
    (re.compile(r"\b\d\d/[A-Z][a-z]{2}/20\d\d\b"), "01/Jan/2026"),
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d (?=00:00:00)"), "Thu Jan  1 "),
    (re.compile(r"\bLinux \d+\.\S+"), "Linux 6.1.0"),
    (re.compile(r"\bafter \d+ ms\b"), "after 0 ms"),
    (re.compile(r"\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16}\b"), "0123456789abcdef"),
    (re.compile(r"\bpodgrade-[a-z0-9]{4,8}-\d+\b"), "podgrade-abcdef-1"),
    (re.compile(r"\b10(\.\d{1,3}){3}\b"), "10.0.0.1"),
    (re.compile(r"(?<=T00:00:00)\.\d+(?=Z)"), ""),
    (re.compile(r"-[bcdf-hj-np-tv-z2-9]{8,10}-[bcdf-hj-np-tv-z2-9]{5}\b"), "-xxxxxxxxx-xxxxx"),
)

_HINT = say("Hint")

_SECTION = re.compile(r"^## (\S+) – .*$", re.MULTILINE)


def document(
    exercises: Sequence[Exercise],
    found: Iterable[Compared],
    mistakes: Mapping[tuple[str, str], str],
    before: str = "",
) -> str:
    """The whole document. `mistakes` says in a line what is wrong with each fixture, by exercise
    and name; of exercises that were not proven now it has what the document had `before`.
    """
    sections = dict(_sections(before))
    results = sorted(found, key=lambda one: one.name)
    for exercise in exercises:
        mine = [one for one in results if one.result.exercise == exercise.slug]
        sections[exercise.slug] = "\n".join(_section(exercise, mine, mistakes))
    return encodable("\n".join([HEAD, *(sections[slug] for slug in sorted(sections))]))


def _sections(text: str) -> Iterator[tuple[str, str]]:
    starts = [*_SECTION.finditer(text)]
    ends = [start.start() for start in starts[1:]]
    for start, end in zip(starts, [*ends, len(text)], strict=False):
        yield start[1], text[start.start() : end].rstrip("\n") + "\n"


def _section(
    exercise: Exercise, found: Sequence[Compared], mistakes: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    yield f"## {exercise.slug} – {exercise.title.en}"
    for one in found:
        if is_reference(one.submission):
            continue
        yield f"\n### {one.name.removeprefix('broken/')}\n"
        yield f"{mistakes.get((exercise.slug, one.name), '')}\n"
        if one.result.erroneous:
            yield "(not known: this proof ended in an error)"
            continue
        for language in LANGUAGES:
            yield "````text"
            yield from map(_lasting, _told(one, exercise, language))
            yield "````"
    yield ""


def _told(found: Compared, exercise: Exercise, language: str) -> Iterator[str]:
    """The checks that failed, as `--format text` tells them."""
    for verdict, line in zip(found.result.verdicts, lines(found.result, language), strict=True):
        if verdict.outcome is Outcome.FAILED:
            code = f"  [{verdict.reason.code}]" if verdict.reason else ""
            yield f"{line.title}{code}"
            for detail in line.told():
                first, *rest = detail.splitlines() or [""]
                yield f"    {first}"
                yield from (f"        {more}" for more in rest)
    advice = hint(found.result, exercise, language)
    if advice is not None:
        yield f"{said(_HINT, language)}: {advice}"


def _lasting(text: str) -> str:
    """The line without what differs from run to run."""
    for pattern, instead in _FLEETING:
        text = pattern.sub(instead, text)
    return text
