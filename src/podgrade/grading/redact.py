"""Takes out of all that is told and kept what nobody is to read: values of Secrets, tokens, keys.

Comparisons are made before, on what really was seen.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from podgrade.grading.secret_values import SHORTEST, marks_of
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, SourceFile
from podgrade.model.text import Message, Text, Words

# What is known by its form: a ServiceAccount's or anybody's JSON Web Token, private keys, the
# credentials of a kubeconfig (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/).
_FORMS = re.compile(
    r"(?P<token>\beyJ[\w-]{10,}\.[\w-]{10,}\.?[\w-]*"
    r"|(?<=token: )[\w.~+/=-]{20,}|(?i:(?<=bearer )[\w.~+/=-]{16,}))"
    r"|(?P<key>-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z))"
    r"|(?P<kubeconfig>(?<=client-key-data: )\S+|(?<=client-certificate-data: )\S+"
    r"|(?<=certificate-authority-data: )\S+)",
    re.DOTALL,
)
_SIGNS = ("eyj", "-----begin ", "-data: ", "token: ", "bearer ")  # one of them is in each form
_FORM_MARKS = {"token": "[token]", "key": "[private-key]", "kubeconfig": "[kubeconfig]"}

# Words of our own, and names that a record is found by.
_OURS = frozenset(
    {"say", "kind", "id", "code", "raised", "outcome", "check", "title", "needs", "because"}
)

# Words that Kubernetes, kubectl and podgrade say themselves: no secret can be told by them.
_EVERYDAY = frozenset(
    {
        *("true", "false", "null", "none", "True", "False", "None"),
        *("http", "https", "localhost", "default", "secret", "Secret"),
        *("kubectl", "logs", "exec", "describe", "explain", "apply", "events", "container"),
        *("namespace", "Pending", "Running", "Ready", "Completed", "Error", "Always", "Never"),
        *("OnFailure", "Unknown", "Failed", "Succeeded"),
    }
)

_SHORT_WORD = 6  # letters: a value of letters alone that is no longer is replaced as a word only
_LONG = 8  # letters: longer values are looked up by so many at their begin
_FEW = 64  # beginnings of values that are looked for at once
_CUT = re.compile("…")
_CUT_BY_PYTEST = re.compile(r"…|\.\.\.")
_CUTS = 40  # cuts of one text that are looked at

# Fields of objects that hold names, and nothing that could be hidden.
_NAMING = ("name", "image", "kind", "path", "port", "workingdir", "scheme")
_NAMED = frozenset({"labels", "matchLabels", "selector", "requests", "limits"})
_HOLDING = frozenset({"data", "stringData", "binaryData", "annotations"})


class Redaction:
    """Replaces what is not to be read, each value everywhere by the same mark.

    So what was equal stays equal, and checks can be run again on what is left. `marks` has the
    mark of each value, `names` what is told as it is although a value may be a part of it.
    """

    def __init__(self, marks: Mapping[str, str] | None = None, names: Iterable[str] = ()) -> None:
        self._marks = dict(marks or {})
        self._names: frozenset[str] = frozenset()
        self._look_up()
        self._names = frozenset(name for name in names if self._replaced(name) != name)
        kept = (*self._names, *self._marks.values())
        self._begun = sorted(self._marks)
        self._ended = sorted(value[::-1] for value in self._marks)
        self._marks |= {name: name for name in kept}
        self._look_up()

    def _look_up(self) -> None:
        """What is needed to find a value fast, however many there are."""
        lengths: dict[str, set[int]] = {}
        for value in self._marks:
            begin = value[: _LONG if len(value) >= _LONG else SHORTEST]
            lengths.setdefault(begin, set()).add(len(value))
        self._lengths = {begin: sorted(some, reverse=True) for begin, some in lengths.items()}
        begins = {value[:SHORTEST] for value in self._marks}
        few = "|".join(map(re.escape, begins)) if len(begins) <= _FEW else "."
        self._begin = re.compile(few, re.DOTALL)

    def text(self, text: str, *, cut: re.Pattern[str] = _CUT) -> str:
        """The text with a mark in the place of each secret, also of one that was cut off."""
        if self._marks:
            text = self._uncut(self._replaced(text), cut)
        lower = text.lower()
        if not any(sign in lower for sign in _SIGNS):
            return text
        return _FORMS.sub(lambda found: _FORM_MARKS[str(found.lastgroup)], text)

    def words(self, words: Words) -> Words:
        """The words with what was put into them redacted; a template is podgrade's own."""
        if isinstance(words, Text):
            told = Text(self.text(words.en), self.text(words.ko))
            return words if (told.en, told.ko) == (words.en, words.ko) else told
        return Message(words.template, {key: self._value(v) for key, v in words.values.items()})

    def of_pytest(self, text: str) -> str:
        """A text of pytest's, which cuts values off with three dots."""
        return self.text(text, cut=_CUT_BY_PYTEST)

    def _value(self, value: Any) -> Any:
        if isinstance(value, Text | Message):
            return self.words(value)
        plain = str(value)
        told = self.text(plain)
        return value if told == plain else told

    def reason(self, reason: Reason | None) -> Reason | None:
        """The reason with its sentences redacted."""
        if reason is None:
            return None
        parts = (reason.expected, reason.seen, reason.why, reason.look)
        return Reason(reason.code, *(words and self.words(words) for words in parts))

    def data(self, data: Any) -> Any:
        """Plain data with every text of it redacted, but for names and podgrade's own words."""
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, Mapping):
            return {key: self._part(key, part) for key, part in data.items()}
        if isinstance(data, list | tuple):
            return [self.data(part) for part in data]
        return data

    def _part(self, key: str, part: Any) -> Any:
        if key == "headers" and isinstance(part, Mapping):
            return {name: self.data(value) for name, value in part.items()}
        return part if key in _OURS and not isinstance(part, Mapping) else self.data(part)

    def _replaced(self, text: str) -> str:
        parts: list[str] = []
        last = place = 0
        while self._lengths and (begin := self._begin.search(text, place)) is not None:
            place = begin.start()
            value = self._at(text, place)
            if value is None:
                place += 1
                continue
            mark = self._marks[value]
            if last < place or not parts or parts[-1] != mark:  # a long value has pieces
                parts += (text[last:place], mark)
            last = place = place + len(value)
        return "".join((*parts, text[last:]))

    def _at(self, text: str, place: int) -> str | None:
        """The longest value that stands there."""
        for size in (_LONG, SHORTEST):
            for length in self._lengths.get(text[place : place + size], ()):
                value = text[place : place + length]
                if value in self._marks and self._stands(value, text, place):
                    return value
        return None

    def _stands(self, value: str, text: str, place: int) -> bool:
        """False where it is only a part of a longer word or number by chance."""
        end = place + len(value)
        around = text[max(place - 1, 0) : place] + text[end : end + 1]
        if value in self._names:
            return not re.search(r"[\w-]", around, re.ASCII)
        if value.isdigit():
            return not re.search(r"\d", around)
        if value.isalpha() and len(value) <= _SHORT_WORD:
            return not re.search("[A-Za-z]", around)
        return True

    def _uncut(self, text: str, cut: re.Pattern[str]) -> str:
        """The text without the parts of values that stand where it was cut off."""
        cuts = [found.span() for found in cut.finditer(text)]
        for begin, end in reversed((*cuts[:_CUTS], *cuts[_CUTS:][-_CUTS:])):
            head, mark, rest = text[:begin], text[begin:end], text[end:]
            text = self._unended(head) + mark + self._unbegun(rest)
        return text

    def _unended(self, text: str) -> str:
        """The text without the first letters of a value at its end."""
        for length in range(min(len(text), len(max(self._begun, key=len))), SHORTEST - 1, -1):
            value = _that_begins(self._begun, text[-length:])
            if value is not None:
                return text[:-length] + self._marks[value]
        return text

    def _unbegun(self, text: str) -> str:
        """The text without the last letters of a value at its begin."""
        for length in range(min(len(text), len(max(self._ended, key=len))), SHORTEST - 1, -1):
            value = _that_begins(self._ended, text[:length][::-1])
            if value is not None:
                return self._marks[value[::-1]] + text[length:]
        return text


def _that_begins(values: list[str], part: str) -> str | None:
    """The first of the sorted values that begins like this."""
    place = bisect_left(values, part)
    return values[place] if place < len(values) and values[place].startswith(part) else None


def redaction_of(
    documents: Iterable[Document],
    files: Iterable[SourceFile] = (),
    sheet: Callable[[], str] = lambda: "",
) -> Redaction:
    """What hides the values of the Secrets among these objects, and in these files.

    A name in the objects is told as it is, and so is a word of the exercise's own texts (`sheet`):
    by `nginx` nobody learns a secret, and without it nobody understands what was wrong.
    """
    documents = tuple(documents)
    marks = marks_of(documents, files)
    if not marks:
        return Redaction()
    names, said = frozenset(_names(documents)) | _EVERYDAY, sheet()
    hidden = {
        value: mark
        for value, mark in marks.items()
        if value not in names and not _is_word(value, said)
    }
    return Redaction(hidden, names)


def _is_word(value: str, text: str) -> bool:
    if value not in text:
        return False
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.ASCII) is not None


def _names(documents: Iterable[Document]) -> Iterator[str]:
    for document in documents:
        for name in _names_in(document.body, ""):
            yield name
            yield from re.split("[:@]", name.rpartition("/")[2])[:1]  # an image's own name


def _names_in(part: Any, field: str) -> Iterator[str]:
    """Every field's name, and what stands in fields that hold names."""
    if isinstance(part, Mapping):
        yield from map(str, part)
        for key, value in part.items() if field not in _HOLDING else ():
            yield from _names_in(value, field if field in _NAMED else str(key))
    elif isinstance(part, list | tuple):
        for value in part:
            yield from _names_in(value, field)
    elif field in _NAMED or field == "key" or field.lower().endswith(_NAMING):
        yield str(part)
