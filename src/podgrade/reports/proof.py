"""The proof of a pack for people: a line a fixture, what differs, what proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.console import Console

from podgrade.grading.proof import DECIDED_BY, Compared
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Verdict
from podgrade.reports.lines import said
from podgrade.reports.safe import visible
from podgrade.reports.terminal import put

_PROVEN = (say("proven"), "green")
_NOT_PROVEN = (say("not proven"), "red")
_NOT_KNOWN = (say("not known"), "yellow")
_MARKS = (_PROVEN, _NOT_PROVEN, _NOT_KNOWN)
_INDENT = "    "


def show_fixture(found: Compared, language: str, console: Console) -> None:
    """One fixture, and what was expected and what came out where that is not the same."""
    words, style = _mark(found)
    mark, width = said(words, language), max(cell_len(said(w, language)) for w, _ in _MARKS)
    seconds = said(say("{seconds} s", seconds=f"{found.result.seconds:.1f}"), language)
    line = f"{found.result.exercise} {visible(found.name)}  {seconds}"
    put(console, f"{mark}{' ' * (width - cell_len(mark))}  {line}", style=style)
    for detail in _details(found):
        for text in said(detail, language).splitlines():
            put(console, f"{_INDENT}{text}")


def show_gaps(
    gaps: Mapping[str, Sequence[Words]], others: Sequence[Words], language: str, console: Console
) -> None:
    """What the fixtures of each exercise do not prove, and those that belong to none."""
    if not others and not any(gaps.values()):
        return
    put(console, "")
    put(console, said(say("What the fixtures do not prove:"), language), style="bold")
    for slug, found in gaps.items():
        for words in found:
            put(console, f"{_INDENT}{slug}: {said(words, language)}")
    for words in others:
        put(console, f"{_INDENT}{said(words, language)}")


def show_summary(
    found: Sequence[Compared], count: int, seconds: float, language: str, out: Console
) -> None:
    """How many fixtures came out as they should."""
    words = say(
        "{proven} of {count} fixtures proven in {seconds} s",
        proven=sum(one.proven for one in found),
        count=count,
        seconds=f"{seconds:.0f}",
    )
    put(out, "")
    put(out, said(words, language), style="bold")


def _mark(found: Compared) -> tuple[Words, str]:
    if found.result.erroneous:
        return _NOT_KNOWN
    return _PROVEN if found.proven else _NOT_PROVEN


def _details(found: Compared) -> Iterator[Words]:
    if found.problem is not None:
        yield found.problem
    verdicts = {verdict.id: verdict for verdict in found.result.verdicts}
    if found.result.erroneous:
        yield from _errors(found.result.verdicts)
        return
    for name in found.differences:
        yield say(
            "{name}: expected {expected}, came out as {seen}",
            name=name,
            expected=_side(name, found.expected),
            seen=_side(name, found.seen),
        )
        verdict = verdicts.get(name)
        if verdict and verdict.outcome is Outcome.FAILED and verdict.reason and verdict.reason.why:
            yield say("why: {text}", text=verdict.reason.why)


def _errors(verdicts: Sequence[Verdict]) -> Iterator[Words]:
    """Only of what went wrong itself: what needs it says no more."""
    for verdict in verdicts:
        if verdict.outcome is Outcome.ERROR and verdict.because is None:
            why = verdict.reason.why if verdict.reason else None
            yield say("{name}: {why}", name=verdict.id, why=why or "")


def _side(name: str, side: Mapping[str, str]) -> Words | str:
    """What a check came out as, in words."""
    text = side.get(name)
    if text is None:
        return say("nothing") if name == DECIDED_BY else say("passed")
    if text == Outcome.NOT_REACHED:
        return say("not reached")
    outcome, _, code = text.partition(": ")
    return say("failed ({code})", code=code) if outcome == Outcome.FAILED else text
