"""Bounds what a stranger's YAML may cost, on parse events, before anything is built from it.

Measured with libyaml 0.2.5: its event stream is flat in memory and reads 1 MiB of brackets,
anchors or quotes in well under a second, while composing 25,000 nested brackets with the same
library overflows the C stack. So nothing is ever composed by it: events only, counted here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

MAX_BYTES = 1 << 20
"""Of all files of a submission together; a document counts at least as one node."""
MAX_DOCUMENTS = 200
"""Objects, those within a List counted one by one."""
MAX_DEPTH = 64
MAX_NODES = 20_000
MAX_ALIASES = 1_000
MAX_EXPANDED = 4 << 20
"""Characters of all scalars once every alias is written out, and of the paths to all fields."""

NOWHERE = yaml.Event()
"""For what is counted before it is read: the document's own place stands for it."""


class LimitError(Exception):
    """A limit was passed; `limit` names it and `most` is what is allowed; line counts from 0."""

    def __init__(self, limit: str, most: int, line: int, column: int) -> None:
        super().__init__(f"{limit} over {most}")
        self.limit, self.most, self.line, self.column = limit, most, line, column


@dataclass
class Budget:
    """What one submission may still use, over all its files and documents."""

    nodes: int = MAX_NODES
    aliases: int = MAX_ALIASES
    characters: int = MAX_EXPANDED

    def spend(self, event: yaml.Event = NOWHERE, *, nodes: int = 0, characters: int = 0) -> None:
        """Take nodes and characters off; LimitError when nothing is left."""
        self.nodes -= nodes
        self.characters -= characters
        if self.nodes < 0:
            raise _passed("nodes", MAX_NODES, event)
        if self.characters < 0:
            raise _passed("characters", MAX_EXPANDED, event)

    def alias(self, event: yaml.Event) -> None:
        """Count one alias."""
        self.aliases -= 1
        if self.aliases < 0:
            raise _passed("aliases", MAX_ALIASES, event)


def events(text: str) -> Iterator[yaml.Event]:
    """The parse events of one YAML stream, by libyaml where PyYAML was built with it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(yaml.parse(text, Loader=loader))


def within_depth(stream: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The same events, stopped by LimitError where collections are nested too deeply."""
    depth = 0
    for event in stream:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _passed("depth", MAX_DEPTH, event)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def _passed(limit: str, most: int, event: yaml.Event) -> LimitError:
    return LimitError(limit, most, *place(event))


def place(event: yaml.Event) -> tuple[int, int]:
    """Line and column of an event, both counted from 0."""
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)
