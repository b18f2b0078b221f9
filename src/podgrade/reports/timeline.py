"""What the containers did and when the checks ran, in words and as bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from podgrade.model.text import Message, Words, say
from podgrade.model.timeline import Lane, Span, State
from podgrade.model.verdict import Result, Verdict
from podgrade.reports.lines import said

STATES: dict[State, Words] = {
    State.WAITING: say("waiting"),
    State.RUNNING: say("running, not Ready"),
    State.READY: say("running and Ready"),
    State.ENDED: say("ended"),
}
_KINDS: dict[str, Message] = {
    "init": say("init container"),
    "sidecar": say("native sidecar"),
    "container": say("container"),
}
_SHORTEST = 0.05  # seconds that a span must last to be told
_LONGEST = 12  # spans of one container that are told: the first, and the last


@dataclass(frozen=True)
class Bar:
    """A part of a row: where it begins and how long it is, in thousandths of the whole."""

    kind: str
    begin: int
    length: int


def length(result: Result) -> float:
    """Seconds from handing in to the last thing that was seen; 0 if nothing was."""
    spans = [span.end for lane in result.lanes for span in lane.spans]
    return max([*spans, *(one.at + one.seconds for one in result.verdicts)], default=0.0)


def bars(lane: Lane, whole: float) -> Iterator[Bar]:
    """The container's states; one that ended otherwise than with 0 is `broken`."""
    for span in lane.spans:
        clean = span.state is not State.ENDED or span.detail.endswith(" 0")
        yield _bar(span.state.value if clean else "broken", span.begin, span.end, whole)


def asked(verdict: Verdict, whole: float) -> Iterator[Bar]:
    """The check's time, and in it each question that it asked."""
    yield _bar("check", verdict.at, verdict.at + verdict.seconds, whole)
    for evidence in verdict.evidence:
        begin = verdict.at + evidence.at
        yield _bar("question", begin, begin + evidence.seconds, whole)


def _bar(kind: str, begin: float, end: float, whole: float) -> Bar:
    first = round(1000 * begin / whole)
    return Bar(kind, first, max(3, round(1000 * end / whole) - first))


def name_of(lane: Lane, result: Result, language: str) -> str:
    """The container, with its Pod where there are several, and what kind it is."""
    several = len({other.pod for other in result.lanes}) > 1
    name = f"{lane.pod}/{lane.container}" if several else lane.container
    kind = "" if lane.kind == "container" else f" ({said(_KINDS[lane.kind], language)})"
    return said(name, language) + kind


def told(lane: Lane, language: str) -> str:
    """What the container did, as one line: `waiting (ContainerCreating) 0.3–3.3 s, …`."""
    half = _LONGEST // 2
    spans = [span for span in lane.spans if span.end - span.begin >= _SHORTEST]
    parts = [_span(span, language) for span in spans or lane.spans]
    if len(parts) > _LONGEST:
        parts = [*parts[:half], "…", *parts[-half:]]
    if lane.restarts:
        parts.append(said(say("restarts: {count}", count=lane.restarts), language))
    return ", ".join(parts)


def _span(span: Span, language: str) -> str:
    detail = f" ({said(span.detail, language)})" if span.detail else ""
    return f"{said(STATES[span.state], language)}{detail} {seconds(span.begin, span.end, language)}"


def seconds(begin: float, end: float, language: str) -> str:
    """A stretch of time: `0.3–3.3 s`."""
    return said(say("{seconds} s", seconds=f"{begin:.1f}–{end:.1f}"), language)
