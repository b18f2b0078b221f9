"""The values of Secrets in every form in which they may show up, each with the mark for it."""

from __future__ import annotations

import base64
import contextlib
import html
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, quote_plus

from podgrade.model.submission import Document, SourceFile

SHORTEST = 4  # letters: what is shorter stands everywhere, and nothing would be left

_SPELLED = 2000  # lines that are known in the spelling of other languages, too
_PIECE = 76  # letters: as long as the lines are that `base64` prints
_STEM = 6  # letters of base64 that are no chance
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")

Marks = dict[str, str]


def marks_of(documents: Sequence[Document], files: Iterable[SourceFile] = ()) -> Marks:
    """Every value of the Secrets among these objects: `[Secret/mine:password]` by each form of it.

    Lines are replaced by themselves (`[Secret/mine:conf:2]`), so that a text keeps its shape. Of
    the files, the parts of those values count as they are written there; where there are no
    objects, as no YAML could be read, whatever looks like a value of a Secret.
    """
    bodies = [(document.name, document.body) for document in documents]
    bodies = [(name, body) for name, body in bodies if body.get("kind") == "Secret"]
    marks: Marks = {}
    for name, body in bodies:
        _put_all(marks, name, body)
    known = "\n".join(_collapsed(value) for _, body in bodies for value in _written(body))
    spelled = (one for file in files for one in _spelled(file.data.decode("utf-8", "replace")))
    unknown = (one for one in spelled if not all(value in marks for value in _written(one[1])))
    for name, body in itertools.islice(unknown, _SPELLED):
        if not documents or all(_collapsed(value) in known for value in _written(body)):
            _put_all(marks, name, body)
    return marks


def _written(body: Mapping[str, Any]) -> Iterator[str]:
    return (value for field in ("stringData", "data") for _, value in _texts(body.get(field)))


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _put_all(marks: Marks, secret: str, body: Mapping[str, Any]) -> None:
    for key, text in _texts(body.get("stringData")):
        _put(marks, _label(secret, key), text)
    for key, encoded in _texts(body.get("data")):
        label = _label(secret, key)
        # What is no text can only show up as it is written here.
        with contextlib.suppress(ValueError):
            _put(marks, label, base64.b64decode(encoded, validate=False).decode())
        _note(marks, encoded.strip(), f"[{label}:base64]")


def _texts(mapping: object) -> Iterator[tuple[str, str]]:
    items = mapping.items() if isinstance(mapping, Mapping) else ()
    return ((str(key), value) for key, value in items if isinstance(value, str))


def _label(secret: str, key: str) -> str:
    """`Secret/mine:password`, without a space, so that words stay one word each."""
    return f"Secret/{_plain(secret)}:{_plain(key)}"


def _plain(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)[:63]


def _put(marks: Marks, label: str, text: str) -> None:
    lines = [(number, line.strip()) for number, line in enumerate(text.strip().splitlines(), 1)]
    for number, line in lines:
        mark = f"[{label}]" if len(lines) == 1 else f"[{label}:{number}]"
        if line in marks:
            continue
        for form in _forms_of(line) if number <= _SPELLED else (line,):
            _note(marks, form, mark)
    for form in _encoded(text):
        _note(marks, form, f"[{label}:base64]")


def _note(marks: Marks, form: str, mark: str) -> None:
    """The form in pieces that can be looked up; the last one is never too short."""
    while len(form) >= SHORTEST:
        size = _PIECE if len(form) >= _PIECE + SHORTEST else len(form)
        marks.setdefault(form[:size], mark)
        form = form[size:]


def _forms_of(line: str) -> Iterator[str]:
    """The line, and what becomes of it in JSON, YAML, Python, HTML, a URL, a shell, a report."""
    yield line
    if line.isalnum() and line.isascii():
        return
    yield unicodedata.normalize("NFC", line)
    yield unicodedata.normalize("NFD", line)
    yield json.dumps(line, ensure_ascii=False)[1:-1]
    yield json.dumps(line)[1:-1]
    yield line.replace("'", "''")
    yield repr(line)[1:-1]
    yield html.escape(line)
    written = line.encode("utf-8", "replace")
    yield quote(written)
    yield quote(written, safe="")
    yield quote_plus(written)
    yield _collapsed(line)
    yield _CONTROL.sub("", line)


def _encoded(text: str) -> Iterator[str]:
    """The text in base64: by itself, with a line break, and somewhere within other text."""
    for whole in dict.fromkeys((text, text.strip(), text.strip() + "\n")):
        yield base64.b64encode(_bytes(whole)).decode()
    inner = _bytes(text.strip())
    for before in range(3):
        letters = base64.b64encode(b"\0" * before + inner).decode()
        stem = letters[-(-before * 8 // 6) : (before + len(inner)) * 8 // 6]
        if len(stem) >= _STEM:
            yield stem


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_KIND = re.compile(r"""\bkind["']?\s*:\s*["']?Secret\b""")
_NAME = re.compile(r"""\bname["']?\s*:\s*["']?([\w.-]+)""")
_BEGIN = re.compile(r"""\b(stringData|data)["']?\s*:(.*)""")
_END = re.compile(r"""\W*(apiVersion|kind|metadata|type|immutable)["']?\s*:""")
_ENTRY = re.compile(r"""["']?([\w.-]+)["']?\s*:(?:\s+|(?=["']))(.*)""")


def _spelled(text: str) -> Iterator[tuple[str, dict[str, dict[str, str]]]]:
    """Name and data of what looks like a Secret in a text that need not be YAML."""
    for part in re.split(r"^---", text, flags=re.MULTILINE):
        if not _KIND.search(part):
            continue
        name = _NAME.search(part)
        for field, key, value in _entries(part):
            yield (name[1] if name else ""), {field: {key: value}}


def _entries(part: str) -> Iterator[tuple[str, str, str]]:
    field = key = ""
    margin = 0
    for line in part.splitlines():
        begin, indent = _BEGIN.search(line), len(line) - len(line.lstrip())
        if begin:
            field, margin = begin[1], indent
        elif indent <= margin and _END.match(line):
            field = ""
        rest = begin[2] if begin else line
        if not field or rest.lstrip().startswith("#"):
            continue
        for piece in (rest, *(re.split(r"[{},]", rest) if "{" in rest else ())):
            entry = _ENTRY.match(piece.strip(" \t{"))
            key = entry[1] if entry else key
            yield field, key, _scalar(entry[2] if entry else piece)


def _scalar(written: str) -> str:
    value = re.sub(r"\s#.*$", "", written).strip().rstrip("},").strip()
    value = re.sub(r"^!!?\w*\s+", "", value)
    return value[1:-1] if value[:1] in {'"', "'"} and value[-1:] == value[:1] else value
