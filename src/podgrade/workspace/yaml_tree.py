"""Builds plain values and the place of every field from YAML's parse events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from podgrade.workspace.yaml_limits import Budget, events, place, within_depth
from podgrade.workspace.yaml_scalars import ScalarError, for_json, for_key, resolve

Place = tuple[int, int]
"""Line and column, both counted from 0, within the text that was parsed."""

_FREE_KEYS = ("data", "stringData", "labels", "annotations", "matchLabels", "limits", "requests")


class TreeError(Exception):
    """The events make no value: `problem` is a short code, `detail` the words involved."""

    def __init__(self, problem: str, detail: str, place: Place) -> None:
        super().__init__(f"{problem}: {detail}")
        self.problem, self.detail, self.place = problem, detail, place


@dataclass(frozen=True)
class Repeat:
    """A key written twice in one mapping; the last one counts, as it does for kubectl."""

    path: str
    first: Place
    last: Place


@dataclass
class Tree:
    """One document: its value, the place of each path in it, and keys written twice."""

    value: Any = None
    start: Place = (0, 0)
    places: dict[str, Place] = field(default_factory=dict)
    repeats: list[Repeat] = field(default_factory=list)


@dataclass
class _Anchor:
    value: Any = None
    done: bool = False
    nodes: int = 0
    characters: int = 0


def build(text: str, budget: Budget) -> Tree | None:
    """The first document of `text`, or None where there is none.

    Raises yaml.YAMLError, TreeError, or LimitError.
    """
    stream = within_depth(events(text))
    for event in stream:
        if isinstance(event, yaml.DocumentStartEvent):
            return _Builder(stream, budget).document()
    return None


class _Builder:
    def __init__(self, stream: Iterator[yaml.Event], budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._anchors: dict[str, _Anchor] = {}
        self._tree = Tree()
        self._flow = 0

    def document(self) -> Tree:
        event = next(self._stream)
        self._tree.start = place(event)
        self._tree.value = self._value(event, "")
        next(self._stream)  # the document's end: what follows is checked to be YAML by nobody
        return self._tree

    def _value(self, event: yaml.Event, path: str) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        self._budget.spend(event, nodes=1)
        anchor = self._begin(event)
        if isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event)
        else:
            value = self._collection(event, path)
        self._end(anchor, value)
        return value

    def _collection(self, event: yaml.Event, path: str) -> Any:
        flow = bool(getattr(event, "flow_style", False))
        self._flow += flow
        sequence = isinstance(event, yaml.SequenceStartEvent)
        value = self._sequence(path) if sequence else self._mapping(path)
        self._flow -= flow
        return value

    def _begin(self, event: yaml.Event) -> _Anchor | None:
        name = getattr(event, "anchor", None)
        if not name:
            return None
        anchor = _Anchor(nodes=self._budget.nodes, characters=self._budget.characters)
        self._anchors[name] = anchor
        return anchor

    def _end(self, anchor: _Anchor | None, value: Any) -> None:
        if anchor is None:
            return
        anchor.value, anchor.done = value, True
        anchor.nodes -= self._budget.nodes
        anchor.characters -= self._budget.characters

    def _alias(self, event: yaml.AliasEvent) -> Any:
        self._budget.alias(event)
        name = str(event.anchor)
        anchor = self._anchors.get(name)
        if anchor is None:
            raise TreeError("unknown-alias", name, place(event))
        if not anchor.done:
            raise TreeError("alias-in-itself", name, place(event))
        self._budget.spend(event, nodes=anchor.nodes + 1, characters=anchor.characters)
        return anchor.value

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        self._weigh(event)
        return _meant(event, lambda: for_json(_resolved(event)))

    def _weigh(self, event: yaml.ScalarEvent) -> None:
        self._budget.spend(event, characters=len(event.value))
        # libyaml reads `[a?b]`; kubectl's parser ends the value at the question mark and fails
        if self._flow and not event.style and "?" in event.value:
            raise TreeError("question", event.value, place(event))

    def _sequence(self, path: str) -> list[Any]:
        items: list[Any] = []
        for event in self._until(yaml.SequenceEndEvent):
            name = f"{path}[{len(items)}]"
            self._put(name, event)
            items.append(self._value(event, name))
        return items

    def _mapping(self, path: str) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        written: dict[str, Place] = {}
        for event in self._until(yaml.MappingEndEvent):
            if _merges(event):
                self._merge(mapping, path)
                continue
            key = self._key(event)
            name = f"{path}.{key}" if path else key
            self._note(path, key, name, event, written)
            mapping[key] = self._value(next(self._stream), name)
        return mapping

    def _note(
        self, path: str, key: str, name: str, event: yaml.Event, written: dict[str, Place]
    ) -> None:
        here = place(event)
        if key in written:
            self._tree.repeats.append(Repeat(name, written[key], here))
        written[key] = here
        self._put(name, event)
        if path.rpartition(".")[2] in _FREE_KEYS:
            self._put(f"{path}[{key}]", event)

    def _put(self, path: str, event: yaml.Event) -> None:
        """Remember where a path is; deep down, long keys make many long ones."""
        self._budget.spend(event, characters=len(path))
        self._tree.places[path] = place(event)

    def _key(self, event: yaml.Event) -> str:
        if isinstance(event, yaml.AliasEvent):
            value = self._alias(event)
        elif isinstance(event, yaml.ScalarEvent):
            value = self._scalar_key(event)
        else:
            raise TreeError(
                "key", "{ }" if isinstance(event, yaml.MappingStartEvent) else "[ ]", place(event)
            )
        if isinstance(value, dict | list):
            raise TreeError("key", "[ ]", place(event))
        return str(_meant(event, lambda: for_key(value)))

    def _scalar_key(self, event: yaml.ScalarEvent) -> Any:
        self._budget.spend(event, nodes=1)
        self._weigh(event)
        anchor = self._begin(event)
        value = _meant(event, lambda: _resolved(event))
        self._end(anchor, value)
        return value

    def _merge(self, mapping: dict[str, Any], path: str) -> None:
        """`<<: *a`: as go-yaml does it, a merge replaces what stands before it."""
        event = next(self._stream)
        merged = self._value(event, f"{path}.<<")
        sources = merged if isinstance(merged, list) and not _is_alias(event) else [merged]
        if not all(isinstance(source, dict) for source in sources):
            raise TreeError("merge", "<<", place(event))
        for source in reversed(sources):
            mapping.update(source)

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        for event in self._stream:
            if isinstance(event, end):
                return
            yield event


def _meant(event: yaml.Event, meaning: Callable[[], Any]) -> Any:
    try:
        return meaning()
    except ScalarError as error:
        raise TreeError(error.problem, error.text, place(event)) from error


def _resolved(event: yaml.ScalarEvent) -> Any:
    return resolve(event.value, event.tag, plain=event.implicit[0])


def _merges(event: yaml.Event) -> bool:
    return (
        isinstance(event, yaml.ScalarEvent)
        and event.value == "<<"
        and (event.implicit[0] or event.tag == "tag:yaml.org,2002:merge")
    )


def _is_alias(event: yaml.Event) -> bool:
    return isinstance(event, yaml.AliasEvent)
