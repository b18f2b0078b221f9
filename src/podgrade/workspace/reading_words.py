"""Words for what the API server could not even read: unknown fields, values of a wrong type.

The sentences come from sigs.k8s.io/json (strict decoding), encoding/json and resource.Quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.submission import Document
from podgrade.model.text import Message, Words, say
from podgrade.workspace.complaint import every_value, without_indices
from podgrade.workspace.schema import advice_on

Found = tuple[Reason, str]

_UNKNOWN = re.compile(r'unknown field "([^"]*)"')
_REPEATED = re.compile(r'duplicate field "([^"]*)"')
_UNMARSHAL = re.compile(r"cannot unmarshal (\w+)(?: \S+)? into Go struct field (\S+) of type (\S+)")
_QUANTITY = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+|[numkMGTPE]i?)?")

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "bool": (bool,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
}


def misread(message: str, document: Document) -> tuple[Found, ...]:
    """Reasons with the paths they are about; none if the sentence is of another sort."""
    unknown = [(_unknown(path, document), path) for path in _UNKNOWN.findall(message)]
    repeated = [(_repeated(path), path) for path in _REPEATED.findall(message)]
    if unknown or repeated:
        return (*unknown, *repeated)
    unmarshal = _UNMARSHAL.search(message)
    if unmarshal:
        return (_wrong_type(document, *unmarshal.groups()),)
    if "quantities must match" in message:
        return (_wrong_amount(document),)
    if "illegal base64" in message:
        return (_not_base64(),)
    return ()


def _unknown(path: str, document: Document) -> Reason:
    why = say("there is no field `{path}`", path=path)
    advice = advice_on(document.kind, path)
    if advice.name:
        return Reason(
            "unknown-field", why=why, look=say("did you mean `{name}`?", name=advice.name)
        )
    if advice.place:
        name, place = path.rpartition(".")[2], advice.place
        look = say(
            "`{name}` belongs under `{place}`: check the indentation", name=name, place=place
        )
        return Reason("unknown-field", why=why, look=look)
    around = without_indices(path).rpartition(".")[0]
    command = f"kubectl explain {document.kind.lower()}{'.' + around if around else ''}"
    return Reason(
        "unknown-field", why=why, look=say("`{command}` lists the fields", command=command)
    )


def _repeated(path: str) -> Reason:
    why = say("`{field}` is written twice", field=path)
    return Reason("refused-by-server", why=why, look=say("keep one of the two"))


def _wrong_type(document: Document, sent: str, struct_field: str, wanted: str) -> Found:
    field, value = _culprit(document, sent, _plain(struct_field))
    why = say(
        "`{field}` must be {wanted}, not {sent}",
        field=field,
        wanted=_type_words(wanted),
        sent=_type_words(sent),
    )
    return Reason("refused-by-server", why=why, look=_cure(sent, wanted, value)), field


def _plain(struct_field: str) -> str:
    """Without the Go type in front and the embedded structs (they begin with a capital)."""
    steps = struct_field.split(".")[1:]
    return ".".join(step for step in steps if not step[:1].isupper())


def _culprit(document: Document, sent: str, path: str) -> tuple[str, Any]:
    """The field of the manifest that is meant: the first of that path, and of the wrong type."""
    fits = list(_of_path(document, path))
    for field, value in fits:
        if _is(value, sent):
            return field, value
    return fits[0] if fits else (path, None)


def _of_path(document: Document, path: str) -> Iterator[tuple[str, Any]]:
    for field, value in every_value(document.body):
        plain = without_indices(field)
        if plain == path or plain.startswith(f"{path}."):  # a map's value is named by its map
            yield field, value


def _is(value: Any, sent: str) -> bool:
    return isinstance(value, _TYPES.get(sent, (object,))) and (
        sent == "bool" or not isinstance(value, bool)
    )


def _type_words(name: str) -> Words:
    if name.startswith("[]") or name == "array":
        return say("a list")
    if name == "string":
        return say("text")
    if name == "bool":
        return say("true or false")
    if name == "number" or name.startswith(("int", "uint", "float")):
        return say("a number")
    return say("a group of fields")


def _cure(sent: str, wanted: str, value: Any) -> Message:
    if wanted == "string" and sent == "number":
        return say('put it in quotes: `"{value}"`', value=value)
    if wanted == "string" and sent == "bool":
        return say("put it in quotes: yes, no, on, off, true and false are not text in YAML")
    if sent == "string" and wanted.startswith(("int", "uint")):
        return say("write the number without quotes")
    if wanted == "bool":
        return say("write true or false without quotes")
    if wanted.startswith("[]") and sent == "string":
        return say("write a list: each item on a line of its own, with `- ` in front")
    if wanted.startswith("[]"):
        return say("write a list: begin each item with `- `")
    return say("check the indentation and the dashes")


def _wrong_amount(document: Document) -> Found:
    for field, value in every_value(document.body):
        amount = re.search(r"(?:limits|requests|sizeLimit|capacity)(?:\.[^.]+)?$", field)
        if amount and isinstance(value, str) and not _QUANTITY.fullmatch(value):
            why = say("`{field}`: `{value}` is not an amount", field=field, value=value)
            break
    else:
        field, why = "", say("an amount of CPU, memory or storage cannot be read")
    look = say("write amounts like `100m` (CPU), `64Mi` or `1Gi` (memory, storage)")
    return Reason("refused-by-server", why=why, look=look), field


def _not_base64() -> Found:
    why = say("the values under `data` of a Secret must be base64")
    look = say("write plain text under `stringData` instead")
    return Reason("refused-by-server", why=why, look=look), "data"
