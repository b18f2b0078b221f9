"""What the mistakes of a pack are told, each kind of message once: data, and Markdown made of it.

The data are reasons as they came out on a cluster, templates with their values. So the Markdown
can be made again when a translation was changed, and a sentence that no code says any more is
noticed, without a cluster.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from podgrade.grading.proof import Compared, is_reference
from podgrade.model.text import LANGUAGES
from podgrade.model.verdict import Outcome, Verdict
from podgrade.probes.codec import reason_from_json, reason_to_json, words_from_json, words_to_json
from podgrade.reports.lines import said, told
from podgrade.reports.safe import encodable

Data = dict[str, Any]

HEAD = """\
# What each mistake is told

What learners read where a check fails, in English and Korean: every kind of message that the
mistakes of this pack lead to, once, by the code of its reason. `podgrade verify --messages
docs/messages.md` writes it, and `docs/messages.json` beside it, after a proof on a real cluster;
`ci/messages` makes it anew of that file when only words were changed. Values that differ from run
to run are replaced. Read it through after sentences were changed.
"""

_LINES = 3  # of a value that a message shows

# What differs each time: nonces, parts of names that are given at random, addresses, times, and
# where the pack lies. `#` counts the different ones of a message.
_FLEETING = (
    (re.compile(r"(?<![\w/])/\S*/fixtures/[^/\s]+/broken/[^/\s]+/"), ""),
    (re.compile(r"-(?=[a-z]{0,7}\d)[bcdf-hj-np-tv-z2-9]{8}\b"), "-xxxxxxxx"),
    (re.compile(r"(?<!\d)\d\d:\d\d:\d\d(\.\d+)?(?!\d)"), "00:00:00"),
    (re.compile(r"\b20\d\d-\d\d-\d\d(?!\d)"), "2026-01-0#"),
    (re.compile(r"\b20\d\d/\d\d/\d\d(?!\d)"), "2026/01/0#"),
    (re.compile(r"\b\d\d/\d\d/20\d\d(?!\d)"), "0#/01/2026"),
    (re.compile(r"\b\d\d/[A-Z][a-z]{2}/20\d\d\b"), "01/Jan/2026"),
    (re.compile(r"\b[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d (?=00:00:00)"), "Thu Jan  1 "),
    (re.compile(r"\bLinux \d+\.\S+"), "Linux 6.1.0"),
    (re.compile(r"\bafter \d+ (ms|milliseconds)\b"), r"after 0 \1"),
    (re.compile(r"(?<![0-9a-f])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16}(?![0-9a-f])"), "#" * 16),
    (re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])"), "#" * 40),
    (re.compile(r"\bpodgrade-[a-z0-9]{4,8}-\d+\b"), "podgrade-abcdef-1"),
    (re.compile(r"\b10(\.\d{1,3}){3}\b"), "10.0.0.#"),
    (re.compile(r"\bpid:\[\d+\]"), "pid:[402653184#]"),
    (re.compile(r"-[bcdf-hj-np-tv-z2-9]{8,10}-[bcdf-hj-np-tv-z2-9]{5}\b"), "-xxxxxxxxx-xxxxx"),
)


def messages(found: Iterable[Compared], mistakes: Mapping[tuple[str, str], str]) -> Data:
    """Every kind of message as data. `mistakes` says in a line what is wrong with each fixture, by
    exercise and name. What ended in an error is left out: it is not known.
    """
    kinds: dict[str, Data] = {}
    for one in sorted(found, key=lambda one: (one.result.exercise, one.name)):
        if is_reference(one.submission) or one.result.erroneous:
            continue
        place = (one.result.exercise, one.name)
        for verdict in one.result.verdicts:
            if verdict.outcome is Outcome.FAILED and verdict.reason is not None:
                _add(kinds, place, mistakes.get(place, ""), verdict)
    ordered = sorted(kinds.values(), key=lambda kind: (kind["reason"]["code"], kind["mistake"]))
    return {"messages": ordered}


def document(data: Data) -> str:
    """The Markdown."""
    return encodable("\n".join([HEAD, *_sections(data["messages"])]))


def as_text(data: Data) -> str:
    """The data as JSON, a line each, so that a change is seen line by line."""
    lines = (json.dumps(kind, ensure_ascii=False) for kind in data["messages"])
    return '{"messages": [\n' + ",\n".join(lines) + "\n]}\n"


def _add(kinds: dict[str, Data], place: tuple[str, str], what: str, verdict: Verdict) -> None:
    reason = reason_to_json(verdict.reason)
    mistake = f"{place[0]}/{place[1].removeprefix('broken/')}"
    kind = kinds.setdefault(
        _kind(reason),
        {
            "mistake": mistake,
            "what": what,
            "check": words_to_json(verdict.check.title),
            "reason": _lasting(reason),
            "also": [],
        },
    )
    if mistake != kind["mistake"] and mistake not in kind["also"]:
        kind["also"].append(mistake)


def _kind(reason: Data) -> str:
    """The same for messages that differ only in what was put into their sentences."""
    return repr((reason["code"], _templates(reason.get("why")), _templates(reason.get("look"))))


def _templates(words: Any) -> Any:
    if not isinstance(words, Mapping):
        return None
    if "say" not in words:
        return "a pack's own words"
    inner = {name: _templates(value) for name, value in words["with"].items()}
    return words["say"], {name: inside for name, inside in inner.items() if inside}


def _lasting(reason: Data) -> Data:
    """The reason without what differs from run to run; what differs in it still does."""
    known: dict[str, list[str]] = {}

    def kept(value: Any) -> Any:
        if isinstance(value, str):
            return _replaced(value, known)
        if not isinstance(value, Mapping):
            return value
        return {k: inside if k == "say" else kept(inside) for k, inside in value.items()}

    result: Data = kept(reason)
    return result


def _replaced(text: str, known: dict[str, list[str]]) -> str:
    for pattern, instead in _FLEETING:
        text = pattern.sub(lambda found, to=instead: _numbered(found, to, known), text)  # type: ignore[misc]
    lines = text.splitlines()
    return text if len(lines) <= _LINES else "\n".join([*lines[:_LINES], "…"])


def _numbered(found: re.Match[str], instead: str, known: dict[str, list[str]]) -> str:
    if "#" not in instead:
        return found.expand(instead)
    seen = known.setdefault(instead, [])
    if found[0] not in seen:
        seen.append(found[0])
    return instead.replace("#", str((seen.index(found[0]) + 1) % 10))


def _sections(kinds: Iterable[Data]) -> Iterator[str]:
    code = ""
    for kind in kinds:
        if kind["reason"]["code"] != code:
            code = kind["reason"]["code"]
            yield f"## {code}\n"
        yield f"### {kind['mistake']}: {kind['what']}\n"
        for language in LANGUAGES:
            yield "````text"
            yield from _message(kind, language)
            yield "````"
        if kind["also"]:
            yield f"\nAlso: {', '.join(kind['also'])}"
        yield ""


def _message(kind: Data, language: str) -> Iterator[str]:
    """As `--format text` tells it."""
    title, reason = words_from_json(kind["check"]), reason_from_json(kind["reason"])
    if title is None or reason is None:
        return
    yield said(title, language)
    for detail in told(reason, language):
        first, *rest = str(detail).splitlines() or [""]
        yield f"    {first}"
        yield from (f"        {more}" for more in rest)
