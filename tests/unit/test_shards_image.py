"""The image of podgrade that shards run: its Dockerfile, as far as it tells without Docker."""

from __future__ import annotations

import re
import tomllib

import pytest
from tests.dockerfile import ROOT, SHARDS, copies, instructions

from podgrade.workspace.run import Run
from podgrade.workspace.shards import objects

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
COPIED = dict(copies(SHARDS))


def words(name: str) -> list[list[str]]:
    return [rest for one, *rest in instructions(SHARDS) if one == name]


@pytest.mark.parametrize("source", sorted(COPIED))
def test_what_is_copied_is_there_and_stays_where_it_was(source):
    assert (ROOT / source).exists()
    assert COPIED[source].removeprefix("./") == source


def test_all_that_the_wheel_is_made_of_is_copied():
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    project = PROJECT["project"]
    needed = {"pyproject.toml", project["readme"], *project["license-files"]}
    needed |= {*wheel["packages"], *wheel["force-include"]}
    (run,) = words("RUN")
    needed.add(run[run.index("-c") + 1])

    lacking = [
        path for path in needed if not any(f"{path}/".startswith(f"{each}/") for each in COPIED)
    ]
    assert not lacking


def test_one_python_everywhere_and_one_that_podgrade_runs_on():
    named = re.findall(r"python:?(3\.\d+)", SHARDS.read_text("utf-8"))
    assert len(named) == 3
    assert len(set(named)) == 1
    assert f"Programming Language :: Python :: {named[0]}" in PROJECT["project"]["classifiers"]


def test_it_runs_as_whoever_the_job_runs_it():
    job = objects.job(Run.new(), objects.Order("podgrade", 2))
    pod = job["spec"]["template"]["spec"]
    who = pod["securityContext"]
    assert words("USER") == [[f"{who['runAsUser']}:{who['runAsGroup']}"]]
    assert words("WORKDIR")[-1] == [pod["containers"][0]["workingDir"]]
