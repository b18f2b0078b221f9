"""Runs the `run:` steps of a composite action in order, with what GitHub sets for each.

Of GitHub's expressions only those that our action uses are known; any other is an error.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
_COMPARED = re.compile(r"([\w.-]+)\s*(==|!=)\s*'([^']*)'")
_SHELL = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail")  # what `shell: bash` means

Enter = Callable[[str], Sequence[str]]
"""What a step's command is started with, by the step's name."""


@dataclass(frozen=True)
class Ran:
    """A step that was run, and what it left."""

    name: str
    code: int
    said: str  # both outputs together
    outputs: Mapping[str, str]
    summary: str


@dataclass
class Job:
    """One job on a runner: the action, the repository it works in, and what steps leave there."""

    action: Path  # the folder that holds action.yml
    workspace: Path
    temp: Path
    inputs: Mapping[str, str]
    enter: Enter = lambda _: ()
    environment: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 600
    outputs: dict[str, Mapping[str, str]] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.definition: dict[str, Any] = yaml.safe_load(
            (self.action / "action.yml").read_text("utf-8")
        )
        defaults = {name: one.get("default", "") for name, one in self._declared("inputs")}
        self.inputs = {**defaults, **self.inputs}

    def run(self) -> list[Ran]:
        """All `run:` steps whose condition holds; after a failure only those with always()."""
        done: list[Ran] = []
        for step in self.definition["runs"]["steps"]:
            failed = any(ran.code for ran in done)
            if "run" in step and self._wanted(step.get("if", ""), failed=failed):
                done.append(self._run(step))
        return done

    def results(self) -> dict[str, str]:
        """The outputs of the whole action."""
        return {name: self.filled(one["value"]) for name, one in self._declared("outputs")}

    def filled(self, text: str) -> str:
        """The text with its expressions replaced by their values."""
        return _EXPRESSION.sub(lambda found: self._value(found[1]), text)

    def _declared(self, what: str) -> list[tuple[str, dict[str, str]]]:
        return list(self.definition.get(what, {}).items())

    def _value(self, expression: str) -> str:
        match expression.split("."):
            case ["inputs", name]:
                return self.inputs[name]
            case ["steps", step, "outputs", name]:
                return self.outputs.get(step, {}).get(name, "")
            case ["runner", "temp"]:
                return str(self.temp)
        raise ValueError(f"unknown expression: {expression}")

    def _wanted(self, condition: str, *, failed: bool) -> bool:
        parts = [part.strip() for part in condition.split("&&") if part.strip()]
        always = "always()" in parts
        return (always or not failed) and all(
            self._holds(part) for part in parts if part != "always()"
        )

    def _holds(self, part: str) -> bool:
        found = _COMPARED.fullmatch(part)
        if found is None:
            raise ValueError(f"unknown condition: {part}")
        return (self._value(found[1]) == found[3]) == (found[2] == "==")

    def _run(self, step: dict[str, Any]) -> Ran:
        name = step.get("name", step.get("id", "?"))
        with tempfile.TemporaryDirectory(dir=self.temp) as folder:
            files = {one: Path(folder) / one for one in ("OUTPUT", "STEP_SUMMARY", "PATH", "ENV")}
            for file in files.values():
                file.touch()
            script = Path(folder) / "script.sh"
            script.write_text(step["run"], encoding="utf-8")
            done = subprocess.run(  # noqa: S603 - the action's own shell
                [*self.enter(name), *_SHELL, str(script)],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                timeout=self.seconds,
                cwd=self.workspace,
                env=self._environment(step, files),
            )
            outputs = pairs(files["OUTPUT"].read_text("utf-8"))
            summary = files["STEP_SUMMARY"].read_text("utf-8")
            self.path += files["PATH"].read_text("utf-8").split()
        self.outputs[step.get("id", name)] = outputs
        return Ran(name, done.returncode, done.stdout, outputs, summary)

    def _environment(self, step: dict[str, Any], files: Mapping[str, Path]) -> dict[str, str]:
        base = {**os.environ, **self.environment}
        given = {name: self.filled(str(value)) for name, value in step.get("env", {}).items()}
        return {
            **base,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.workspace),
            "RUNNER_TEMP": str(self.temp),
            **{f"GITHUB_{name}": str(file) for name, file in files.items()},
            "PATH": os.pathsep.join([*reversed(self.path), base["PATH"]]),
            **given,
        }


def pairs(text: str) -> dict[str, str]:
    """What a step wrote into GITHUB_OUTPUT: NAME=VALUE, or NAME<<END, lines, END."""
    found: dict[str, str] = {}
    lines = iter(text.splitlines())
    for line in lines:
        name, equals, value = line.partition("=")
        if "<<" in name or not equals:
            name, _, end = line.partition("<<")
            if not end:
                raise ValueError(f"neither NAME=VALUE nor NAME<<END: {line}")
            value = "\n".join(iter(lines.__next__, end))
        found[name] = value
    return found
