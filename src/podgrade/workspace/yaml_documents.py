"""One file of a submission to plain values, each with the place of every field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from podgrade.model.submission import Position, SourceFile
from podgrade.model.text import Message, say
from podgrade.workspace import yaml_json
from podgrade.workspace.unreadable import NOT_YAML, Unreadable, unreadable
from podgrade.workspace.yaml_limits import Budget, LimitError
from podgrade.workspace.yaml_spot import Trouble
from podgrade.workspace.yaml_stream import Chunk, SeparatorError, chunks, decode
from podgrade.workspace.yaml_tree import Place, Tree, TreeError, build
from podgrade.workspace.yaml_trouble import explain, template_words


@dataclass(frozen=True)
class Repeated:
    """A key written twice; kubectl takes the last."""

    path: str
    first: Position
    last: Position


@dataclass(frozen=True)
class Raw:
    """A document before anything is asked of it."""

    value: Any
    position: Position
    positions: dict[str, Position] = field(default_factory=dict)
    repeats: tuple[Repeated, ...] = ()


def documents_of(source: SourceFile, budget: Budget) -> Iterator[Raw]:
    """The documents of one file that hold something. Raises Unreadable."""
    stream = chunks(_text(source))
    while True:
        try:
            chunk = next(stream, None)
        except SeparatorError as error:
            raise _separator(source.name, error) from error
        if chunk is None:
            return
        raw = _document(source.name, chunk, budget)
        if raw is not None:
            yield raw


def _text(source: SourceFile) -> str:
    text = _decoded(source)
    if "\n\ufeff" in text:
        line = text[: text.index("\n\ufeff")].count("\n") + 2
        raise unreadable(
            NOT_YAML,
            Position(source.name, line),
            say("line {line} begins with an invisible character", line=line),
            say("delete the invisible character, or type the line again"),
        )
    return text


def _decoded(source: SourceFile) -> str:
    try:
        return decode(source.data)
    except UnicodeDecodeError as error:
        line = source.data.count(b"\n", 0, error.start) + 1
        raise unreadable(
            NOT_YAML,
            Position(source.name, line),
            say("line {line} is not text in UTF-8", line=line),
            say("save the file as UTF-8 in your editor"),
        ) from error


def _separator(name: str, error: SeparatorError) -> Unreadable:
    return unreadable(
        NOT_YAML,
        Position(name, error.line + 1, 4),
        say("only a comment may follow `---` on the same line"),
        say("begin the object on the next line"),
    )


def _document(name: str, chunk: Chunk, budget: Budget) -> Raw | None:
    try:
        budget.spend(nodes=1)  # an empty document costs something, too
        tree = _json_tree(chunk, budget) if chunk.is_json else build(chunk.text, budget)
    except yaml.YAMLError as error:
        raise _syntax(name, explain(chunk, error)) from error
    except TreeError as error:
        raise _meaning(name, chunk, error) from error
    except LimitError as error:
        raise _limit(name, chunk, error) from error
    return None if tree is None or tree.value is None else _raw(name, chunk, tree)


def _json_tree(chunk: Chunk, budget: Budget) -> Tree:
    """JSON's own value; the places come from reading it as YAML, which it nearly always is."""
    value = yaml_json.meant(chunk.json, budget)
    try:
        tree = build(chunk.text, budget)
    except (yaml.YAMLError, TreeError):
        tree = None
    tree = tree or Tree()
    tree.value = value
    return tree


def _raw(name: str, chunk: Chunk, tree: Tree) -> Raw:
    return Raw(
        tree.value,
        _position(name, chunk, tree.start),
        {path: _position(name, chunk, place) for path, place in tree.places.items()},
        tuple(
            Repeated(
                repeat.path,
                _position(name, chunk, repeat.first),
                _position(name, chunk, repeat.last),
            )
            for repeat in tree.repeats
        ),
    )


def _position(name: str, chunk: Chunk, place: Place) -> Position:
    line, column = place
    return Position(name, chunk.line + line + 1, (chunk.column if line == 0 else 0) + column + 1)


def _syntax(name: str, trouble: Trouble) -> Unreadable:
    position = Position(name, trouble.line + 1, trouble.column + 1)
    return unreadable(NOT_YAML, position, trouble.why, trouble.look)


def _meaning(name: str, chunk: Chunk, error: TreeError) -> Unreadable:
    position = _position(name, chunk, error.place)
    return unreadable(NOT_YAML, position, *_meaning_words(error))


def _meaning_words(error: TreeError) -> tuple[Message, Message]:
    quotes = say("put it in quotes if it is meant as text")
    if error.problem == "unknown-alias":
        return say("`*{name}` refers to an anchor that is not there", name=error.detail), quotes
    if error.problem == "alias-in-itself":
        return say("the anchor `&{name}` holds itself", name=error.detail), quotes
    if error.problem == "question":
        return say(
            "inside `[ ]` or `{braces}` a value with `?` has to be in quotes", braces="{ }"
        ), (say("write `{line}`", line=f'"{error.detail}"'))
    if error.problem == "merge":
        return say("`<<` takes a mapping or a list of mappings"), quotes
    if error.problem == "key":
        return (
            template_words() if error.detail == "{ }" else (say("a list cannot be a key"), quotes)
        )
    if error.problem == "empty-key":
        return say("a key is empty"), quotes
    if error.problem == "number":
        return say("`{value}` is no number that Kubernetes accepts", value=error.detail), quotes
    return say("`{value}` does not fit the type that is written before it", value=error.detail), (
        say("take the part with `!!` out")
    )


def _limit(name: str, chunk: Chunk, error: LimitError) -> Unreadable:
    return unreadable(
        NOT_YAML,
        _position(name, chunk, (error.line, error.column)),
        say(
            "the manifest is too large to read ({limit}: at most {most})",
            limit=_limit_words(error.limit),
            most=error.most,
        ),
        say("hand in only the objects that the exercise asks for"),
    )


def _limit_words(limit: str) -> Message:
    return {
        "nodes": say("values"),
        "characters": say("characters, aliases written out"),
        "aliases": say("aliases"),
        "depth": say("levels of nesting"),
    }[limit]
