"""Plain values to Kubernetes objects: lists flattened, namespaces taken off, kinds asked for."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from podgrade.model.submission import Document, Position
from podgrade.model.text import Message, Words, say
from podgrade.workspace.unreadable import NOT_KUBERNETES, Unreadable, unreadable
from podgrade.workspace.yaml_documents import Raw, Repeated
from podgrade.workspace.yaml_trouble import template_words

_MOST_NOTES = 5
_ENOUGH = 200  # characters of a text that is looked through for what was meant


def objects_of(raw: Raw) -> Iterator[Document]:
    """The objects of one document: itself, or its `items`. Raises Unreadable.

    Whatever has items is a list to kubectl, of what kind it may say that it is.
    """
    document = Document(_body(raw), raw.position, raw.positions)
    items = document.body.get("items")
    if not (document.kind and isinstance(items, list)):
        yield _checked(document)
        return
    inside = _places_in_items(raw.positions)
    for number, item in enumerate(items):
        where = raw.positions.get(f"items[{number}]", raw.position)
        yield from objects_of(Raw(_of_the_list(document, item), where, inside.get(number, {})))


def _of_the_list(document: Document, item: Any) -> Any:
    """An item of a PodList need not say that it is a Pod: the API's own answers do not."""
    kind = document.kind.removesuffix("List")
    if not kind or not isinstance(item, dict) or item.get("kind"):
        return item
    return {**item, "kind": kind, "apiVersion": document.api_version}


def _places_in_items(positions: Mapping[str, Position]) -> Mapping[int, dict[str, Position]]:
    """The places within each item of a list, by its number."""
    found: dict[int, dict[str, Position]] = defaultdict(dict)
    for path, position in positions.items():
        number, bracket, rest = path.removeprefix("items[").partition("].")
        if bracket and number.isdigit() and path.startswith("items["):
            found[int(number)][rest] = position
    return found


def _body(raw: Raw) -> Mapping[str, Any]:
    if isinstance(raw.value, dict):
        return raw.value
    raise unreadable(NOT_KUBERNETES, raw.position, *_not_a_mapping(raw.value))


def _not_a_mapping(value: Any) -> tuple[Message, Message]:
    if isinstance(value, list):
        return (
            say("this is a list, not a Kubernetes object"),
            say("an object begins with `apiVersion:` and `kind:`, without a dash"),
        )
    text = str(value)
    if "{{" in text:
        return template_words()
    match = re.search(r"(\w+):(\S+)", text[:_ENOUGH])
    if match and "://" not in match[0]:
        return (
            say("this is not a Kubernetes object: there is no space after the colon"),
            say("write `{line}`", line=f"{match[1]}: {match[2]}"),
        )
    return say("this is text, not a Kubernetes object"), _first_fields()


def _first_fields() -> Message:
    return say("an object begins like this: `apiVersion: v1`, then `kind: Pod`")


def _checked(document: Document) -> Document:
    for field in ("apiVersion", "kind"):
        value = document.body.get(field)
        if not isinstance(value, str) or not value:
            raise _lacking(document, field)
    metadata = document.body.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise unreadable(
            NOT_KUBERNETES,
            document.locate("metadata"),
            say("`metadata` has to hold fields, `name` first"),
            say("write `name:` in the line below `metadata:`, indented by two spaces"),
        )
    return document


def _lacking(document: Document, field: str) -> Unreadable:
    position = document.locate(field)
    if "{{" in str(document.body):
        return unreadable(NOT_KUBERNETES, position, *template_words())
    other = next((key for key in document.body if key.lower() == field.lower()), field)
    if other != field:
        look = say("did you mean `{name}`? Capital and small letters count", name=field)
        return unreadable(
            NOT_KUBERNETES,
            document.locate(other),
            say("there is no field `{field}`, but one called `{other}`", field=field, other=other),
            look,
        )
    return unreadable(
        NOT_KUBERNETES,
        position,
        say("this is not a Kubernetes object: the field `{field}` is missing", field=field),
        _first_fields(),
    )


def in_default_namespace(document: Document) -> tuple[Document, Words | None]:
    """The object without `namespace: default`, and a note where there was one.

    Raises Unreadable for any other namespace.
    """
    metadata = document.body.get("metadata") or {}
    namespace = metadata.get("namespace")
    if not namespace:
        return document, None
    position = document.locate("metadata.namespace")
    if namespace != "default":
        raise unreadable(
            "refused-by-policy",
            position,
            say("the object wants to be in namespace `{namespace}`", namespace=namespace),
            say("take `namespace` out: your objects get a namespace of their own here"),
        )
    kept = {key: value for key, value in metadata.items() if key != "namespace"}
    body = {**document.body, "metadata": kept}
    note = say("{position}: `namespace: default` was taken off", position=position)
    return Document(body, document.position, document.positions), note


def repeat_notes(repeats: tuple[Repeated, ...]) -> Iterator[Words]:
    """What is said of keys written twice: kubectl keeps the last without a word."""
    for repeat in repeats[:_MOST_NOTES]:
        yield say(
            "`{path}` is written twice, in line {first} and in line {last} of {file}; "
            "only the last one counts, as for kubectl",
            path=repeat.path,
            first=repeat.first.line,
            last=repeat.last.line,
            file=repeat.last.file,
        )
