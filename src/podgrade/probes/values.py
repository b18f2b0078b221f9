"""Answers that know why they are what they are, so that a failed assert explains itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, cast

from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Message, Words, clipped, say
from podgrade.probes.codec import (
    Codec,
    reason_from_json,
    reason_to_json,
    words_from_json,
    words_to_json,
)


@dataclass
class Witness:
    """Collects, for one run of one check, why its comparisons came out false."""

    compared: Reason | None = None
    untrue: Reason | None = None

    @property
    def reason(self) -> Reason | None:
        """The reason of a failed assert: what was compared last, else the last false flag."""
        return self.compared or self.untrue


@dataclass(frozen=True)
class About:
    """What an answer says of itself: its name for people, its reason, how it is shown."""

    subject: Words
    reason: Reason | None = None
    shown: Words | None = None
    witness: Witness = field(default_factory=Witness, compare=False)


class Text(str):
    """A text that was seen, with what is known about it."""

    about: About

    def __new__(cls, value: str, about: About) -> Text:
        self = super().__new__(cls, value)
        self.about = about
        return self


class Number(int):
    """A whole number that was seen, with what is known about it."""

    about: About

    def __new__(cls, value: int, about: About) -> Number:
        self = super().__new__(cls, value)
        self.about = about
        return self


class Names(frozenset[str]):
    """A set of names that was seen, with what is known about it."""

    about: About

    def __new__(cls, names: Iterable[str], about: About) -> Names:
        self = super().__new__(cls, names)
        self.about = about
        return self

    def __repr__(self) -> str:
        return "{" + ", ".join(repr(name) for name in sorted(self)) + "}"


class Flag:
    """A truth that was seen; where it is asked and is false, its reason is remembered.

    One that is true and has a reason is meant to be false: that reason is remembered, too.
    """

    def __init__(self, value: bool, about: About) -> None:
        self.value = value
        self.about = about

    def __bool__(self) -> bool:
        if not self.value or self.about.reason is not None:
            self.about.witness.untrue = flag_reason(self)
        return self.value

    def __eq__(self, other: object) -> bool:
        return bool(self.value) == other if isinstance(other, bool | Flag) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return repr(self.value)


@dataclass(frozen=True)
class Reply:
    """What an HTTP server answered: status, body (bounded), headers with lower-case names."""

    status: Number
    body: Text
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        """What the body says as JSON (RFC 8259). Raises Failure where it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            reason = _no_json(error, self.body.about.reason)
            expected = say("{subject}: JSON", subject=self.body.about.subject)
            raise Failure(reason.expecting(expected, _shown(self.body))) from error

    def __repr__(self) -> str:
        return f"<Reply {int(self.status)}, {len(self.body)} characters>"


@dataclass(frozen=True)
class Ran:
    """What a command in a container said: exit code, output, error output (bounded)."""

    code: Number
    out: Text
    err: Text

    def __repr__(self) -> str:
        return f"<Ran exit code {int(self.code)}>"


@dataclass(frozen=True)
class Stat:
    """What is known of a file or folder: mode (`"0750"`), owner (uid, gid; -1 where there is no
    file), and whether it is from before the container's start.
    """

    mode: Text
    uid: Number
    gid: Number
    before_start: Flag

    def __repr__(self) -> str:
        return f"<Stat {self.mode} {int(self.uid)}:{int(self.gid)}>"


@dataclass(frozen=True)
class FileSystem:
    """A file system seen from inside a container: its type as `stat -f` names it (`tmpfs`), its
    size as Kubernetes writes quantities (`64Mi`).
    """

    type: Text
    size: Text

    def __repr__(self) -> str:
        return f"<FileSystem {self.type}, {self.size}>"


@dataclass(frozen=True)
class Change:
    """What became of a Pod's containers when something was done to it."""

    restarted: Names

    def __repr__(self) -> str:
        return f"<Change {self.restarted!r}>"


@dataclass(frozen=True)
class Process:
    """One process: its PID, its command line."""

    pid: int
    command: str


@dataclass(frozen=True)
class Processes:
    """The processes that were seen from inside a container.

    `namespace` is the PID namespace as /proc names it: the same in containers that share it.
    """

    every: tuple[Process, ...]
    namespace: Text
    about: About

    def pids(self, command: str) -> Names:
        """The PIDs, as words, of those whose command line begins like this."""
        found = (str(one.pid) for one in self.every if one.command.startswith(command))
        within = self.about.subject
        subject = say("PIDs of `{command}` in {subject}", command=command, subject=within)
        return Names(found, replace(self.about, subject=subject))

    def __repr__(self) -> str:
        return f"<{len(self.every)} Processes>"


@dataclass(frozen=True)
class Happening:
    """One Event of the workspace: type (Normal, Warning), reason, object (Kind/name), message."""

    type: str
    reason: str
    object: str
    message: str
    count: int


Seen = Text | Number | Names | Flag


def flag_reason(flag: Flag) -> Reason:
    """Why a flag is false, in the learner's words."""
    reason = flag.about.reason or Reason(code="not-so")
    return reason.expecting(reason.expected or flag.about.subject, flag.about.shown)


def explain(operator: str, left: object, right: object) -> Reason | None:
    """Why `left OPERATOR right` was false, if one side is an answer of a probe."""
    if operator in {"in", "not in"} and isinstance(right, Text | Names):
        return _explained(right, _membership(operator, left, right))
    if operator == "==" and isinstance(left, Names):
        return _names_differ(left, right)
    for seen, other in ((left, right), (right, left)):
        if isinstance(seen, Text | Number | Names | Flag):
            return _explained(seen, _expectation(operator, seen, other))
    return None


def _expectation(operator: str, seen: Seen, other: object) -> Message:
    subject, value = seen.about.subject, _plain(other)
    if operator == "==":
        return say("{subject}: {value}", subject=subject, value=value)
    if operator == "!=" and value == "":
        return say("{subject}: not empty", subject=subject)
    if operator == "!=":
        return say("{subject}: anything but {value}", subject=subject, value=value)
    return say("{subject} {operator} {value}", subject=subject, operator=operator, value=value)


def _membership(operator: str, part: object, whole: Text | Names) -> Message:
    subject, value = whole.about.subject, _first_lines(part)
    if operator == "in":
        return say("{subject}: contains `{value}`", subject=subject, value=value)
    return say("{subject}: does not contain `{value}`", subject=subject, value=value)


def _explained(seen: Seen, expected: Words) -> Reason:
    reason = seen.about.reason or Reason(code="different")
    shown = seen.about.shown or _shown(seen)
    return reason.expecting(expected, shown)


def _shown(seen: Seen) -> Message:
    return say("{subject}: {value}", subject=seen.about.subject, value=_plain(seen))


def _names_differ(seen: Names, other: object) -> Reason:
    wanted = frozenset(map(str, other)) if isinstance(other, set | frozenset) else frozenset()
    reason = _explained(seen, _expectation("==", seen, other))
    if reason.why is not None:
        return reason
    missing, extra = _listed(wanted - seen), _listed(seen - wanted)
    if missing and extra:
        why = say("missing: {missing}; not asked for: {extra}", missing=missing, extra=extra)
    elif missing:
        why = say("missing: {missing}", missing=missing)
    else:
        why = say("not asked for: {extra}", extra=extra)
    code = "names-differ" if seen.about.reason is None else reason.code
    return Reason(code, reason.expected, reason.seen, why, reason.look)


def _no_json(error: ValueError, known: Reason | None) -> Reason:
    """Why a reply is no JSON; what is known of the reply itself says more."""
    if known is not None and known.code != "different":
        return known
    look = known.look if known else None
    if not isinstance(error, json.JSONDecodeError):
        return Reason("not-json", why=say("the reply is no JSON"), look=look)
    where = {"line": error.lineno, "column": error.colno}
    why = say("the reply is no JSON from line {line}, column {column} on", **where)
    return Reason("not-json", why=why, look=look)


def _plain(value: object) -> Words | str:
    if isinstance(value, set | frozenset):
        return _listed(value) or "-"
    if isinstance(value, str):
        return clipped(str(value), _LONGEST) or say("(empty)")
    return clipped(repr(value), _LONGEST)


def _first_lines(part: object) -> Words | str:
    """What was looked for; of many lines the first ones, without the end of the last."""
    lines = str(part).splitlines() if isinstance(part, str) else []
    if len(lines) <= _LINES:
        return _plain(str(part).rstrip("\n") if lines else part)
    return clipped("\n".join([*lines[:_LINES], "…"]), _LONGEST)


def _listed(names: Iterable[object]) -> str:
    return ", ".join(sorted(str(name) for name in names))


_LINES = 3  # of a text that was looked for
_LONGEST = 300  # characters of a value


def _about_to_json(about: About) -> Any:
    return {
        "subject": words_to_json(about.subject),
        "reason": reason_to_json(about.reason),
        "shown": words_to_json(about.shown),
    }


def _about_from_json(data: Any, witness: Witness) -> About:
    subject = words_from_json(data["subject"])
    if subject is None:
        raise ValueError("an answer on the tape has no subject")
    reason, shown = reason_from_json(data["reason"]), words_from_json(data["shown"])
    return About(subject, reason, shown, witness)


def _seen_to_json(plain: Any, about: About) -> Any:
    return [plain, _about_to_json(about)]


def _fields(codec: Codec, value: Any, names: Iterable[str]) -> dict[str, Any]:
    return {name: codec.encode(getattr(value, name)) for name in names}


def answers() -> Codec:
    """The codec that knows every kind of answer above."""
    codec = Codec()
    _register_seen(codec)
    _register_parts(codec, FileSystem, "file-system", ("type", "size"))
    _register_parts(codec, Ran, "ran", ("code", "out", "err"))
    _register_parts(codec, Stat, "stat", ("mode", "uid", "gid", "before_start"))
    _register_parts(codec, Change, "change", ("restarted",))
    _register_parts(codec, Happening, "event", ("type", "reason", "object", "message", "count"))
    codec.register(
        Processes,
        "processes",
        lambda seen: [
            [[one.pid, one.command] for one in seen.every],
            codec.encode(seen.namespace),
            _about_to_json(seen.about),
        ],
        lambda data, witness: Processes(
            tuple(Process(*one) for one in data[0]),
            codec.decode(data[1], witness),
            _about_from_json(data[2], witness),
        ),
    )
    codec.register(
        Reply,
        "reply",
        lambda reply: _fields(codec, reply, ("status", "body")) | {"headers": dict(reply.headers)},
        lambda data, witness: Reply(
            codec.decode(data["status"], witness),
            codec.decode(data["body"], witness),
            MappingProxyType(dict(data["headers"])),
        ),
    )
    return codec


def _register_seen(codec: Codec) -> None:
    _register_one(codec, Text, "text", str)
    _register_one(codec, Number, "number", int)
    _register_one(codec, Names, "names", sorted)
    _register_one(codec, Flag, "flag", bool_of)


def bool_of(flag: Flag) -> bool:
    """The flag's value, without counting as a question."""
    return flag.value


def _register_one(
    codec: Codec, kind: Callable[[Any, About], Seen], name: str, plain: Callable[[Any], Any]
) -> None:
    codec.register(
        cast(type, kind),
        name,
        lambda value: _seen_to_json(plain(value), value.about),
        lambda data, witness: kind(data[0], _about_from_json(data[1], witness)),
    )


def _register_parts(codec: Codec, kind: type, name: str, parts: tuple[str, ...]) -> None:
    codec.register(
        kind,
        name,
        lambda value: _fields(codec, value, parts),
        lambda data, witness: kind(**{part: codec.decode(data[part], witness) for part in parts}),
    )
