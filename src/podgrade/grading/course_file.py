"""Reads course.yaml: the exercises of a course, where their work is, and what each weighs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from podgrade.grading.catalogue import exercise
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise
from podgrade.model.text import Message, Text, Words, say
from podgrade.workspace.yaml_limits import MAX_BYTES, LimitError, events, within_depth

ENDINGS = (".yaml", ".yml")

_COURSE, _PART, _TITLE = ("title", "exercises"), ("exercise", "folder", "weight"), ("en", "ko")


@dataclass(frozen=True)
class Part:
    """An exercise, the folder or archive of what was handed in, and its share in the total."""

    exercise: Exercise
    folder: Path
    weight: float = 1.0


@dataclass(frozen=True)
class Course:
    """What is graded in one run."""

    title: Text
    parts: tuple[Part, ...]


def read(path: Path) -> Course:
    """The course that the file describes; its folders are relative to it.

    Raises UsageProblem: a sentence with the line and what to write instead.
    """
    return _Reader(path).course()


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path

    def course(self) -> Course:
        top = self._top()
        fields = self._fields(top, _COURSE, "exercises")
        listed = fields["exercises"]
        if not isinstance(listed, yaml.SequenceNode) or not listed.value:
            look = say(
                "`exercises` lists at least one exercise:\n"
                "exercises:\n- exercise: sidecar\n  folder: week-1"
            )
            raise self._wrong(listed, look)
        parts = tuple(map(self._part, listed.value))
        self._each_once(parts, listed.value)
        title = fields.get("title")
        name = Text(self._path.stem, self._path.stem)
        return Course(self._title(title) if title is not None else name, parts)

    def _top(self) -> yaml.Node:
        try:
            with self._path.open("rb") as stream:
                text = stream.read(MAX_BYTES).decode("utf-8-sig")
            for _ in within_depth(events(text)):
                pass
            top = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or error
            words = say("this is not YAML: {problem}", problem=problem)
            raise self._at(mark.line + 1 if mark else 1, words) from error
        except (OSError, ValueError, LimitError) as error:
            words = say("{file} cannot be read: {error}", file=self._path, error=error)
            raise UsageProblem(words) from error
        if top is None:
            raise self._at(1, say("the file is empty: write `exercises:` and what belongs to it"))
        return top

    def _fields(self, node: yaml.Node, known: Sequence[str], *needed: str) -> dict[str, yaml.Node]:
        told = ", ".join(f"`{name}`" for name in known)
        if not isinstance(node, yaml.MappingNode):
            raise self._wrong(node, say("write fields here: {known}", known=told))
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name not in known:
                words = say(
                    "the field `{field}` is not known here; known are: {known}",
                    field=name,
                    known=told,
                )
                raise self._wrong(key, words)
            if name in found:
                raise self._wrong(key, say("`{field}` is here twice: keep one", field=name))
            found[name] = value
        for name in needed:
            if name not in found:
                raise self._wrong(node, say("the field `{field}` is missing: add it", field=name))
        return found

    def _part(self, node: yaml.Node) -> Part:
        fields = self._fields(node, _PART, "exercise", "folder")
        weight = fields.get("weight")
        return Part(
            self._exercise(fields["exercise"]),
            self._folder(fields["folder"]),
            self._weight(weight) if weight is not None else 1.0,
        )

    def _exercise(self, node: yaml.Node) -> Exercise:
        slug = self._text(node)
        try:
            return exercise(slug)
        except UsageProblem as error:
            raise self._wrong(node, error.words) from error

    def _folder(self, node: yaml.Node) -> Path:
        folder = self._path.parent / self._text(node)
        if not folder.exists():
            words = say(
                "there is no folder or archive {folder}; paths are taken from where {file} is",
                folder=folder,
                file=self._path.name,
            )
            raise self._wrong(node, words)
        return folder

    def _weight(self, node: yaml.Node) -> float:
        text = self._text(node)
        try:
            weight = float(text)
        except ValueError:
            weight = math.nan
        if not 0 < weight < math.inf:
            words = say("`{weight}` is no weight: write a number above 0, such as 2", weight=text)
            raise self._wrong(node, words)
        return weight

    def _title(self, node: yaml.Node) -> Text:
        if not isinstance(node, yaml.MappingNode):
            text = self._text(node)
            return Text(text, text)
        fields = self._fields(node, _TITLE, *_TITLE)
        return Text(**{language: self._text(value) for language, value in fields.items()})

    def _text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not node.value.strip():
            raise self._wrong(node, say("write one word or a line of text here"))
        return str(node.value).strip()

    def _each_once(self, parts: Sequence[Part], nodes: Sequence[yaml.Node]) -> None:
        lines: dict[str, int] = {}
        for part, node in zip(parts, nodes, strict=True):
            slug = part.exercise.slug
            if slug in lines:
                words = say(
                    "the exercise `{exercise}` is in line {line} already: keep one of them",
                    exercise=slug,
                    line=lines[slug],
                )
                raise self._wrong(node, words)
            lines[slug] = node.start_mark.line + 1

    def _wrong(self, node: yaml.Node, problem: Words) -> UsageProblem:
        return self._at(node.start_mark.line + 1, problem)

    def _at(self, line: int, problem: Words | Message) -> UsageProblem:
        return UsageProblem(
            say("{file}, line {line}: {problem}", file=self._path, line=line, problem=problem)
        )
