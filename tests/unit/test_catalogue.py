"""Exercises are found in packs, and a broken exercise.yaml is told by file and field."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from podgrade.grading import catalogue
from podgrade.grading.packs import Pack, slug_of
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Limits

SHEET = {
    "title": {"en": "A title", "ko": "제목"},
    "goal": {"en": "A goal", "ko": "목표"},
    "target": {"name": "web"},
}

FAULT = {"name": "image", "says": {"en": "x", "ko": "x"}, "at": "spec.volumes", "put": []}
POD = {"target": {"name": "web", "kinds": ["Pod"]}}


@pytest.fixture
def pack(tmp_path):
    """Writes an exercise `my-web` of a teacher's own pack."""

    def write(body, slug="my-web", grader=True):
        folder = tmp_path / "exercises" / slug
        folder.mkdir(parents=True)
        (tmp_path / "graders").mkdir(exist_ok=True)
        text = body if isinstance(body, str) else yaml.safe_dump(body, allow_unicode=True)
        (folder / "exercise.yaml").write_text(text, encoding="utf-8")
        if grader:
            (tmp_path / "graders" / f"test_{slug.replace('-', '_')}.py").write_text("")
        return tmp_path

    return write


def test_own_pack_comes_with_podgrade(tmp_path):
    assert "sidecar" in [exercise.slug for exercise in catalogue.exercises(tmp_path)]


def test_a_pack_in_the_current_folder_comes_first(pack):
    root = pack(SHEET | {"target": {"name": "mine"}}, slug="sidecar")

    assert catalogue.exercise("sidecar", root).target.name == "mine"


def test_defaults_are_those_of_the_model(pack):
    exercise = catalogue.exercise("my-web", pack(SHEET))

    assert exercise.limits == Limits()
    assert exercise.target.kinds == ("Pod", "Deployment", "Job")
    assert exercise.grader.name == "test_my_web.py"


def test_a_fault_is_mended_at_its_place_unless_more_is_said(pack):
    other = FAULT | {"name": "other", "free": ["spec.containers"]}
    faults = {"draw": 1, "of": [FAULT, other]}
    exercise = catalogue.exercise("my-web", pack(SHEET | POD | {"faults": faults}))

    assert exercise.faults.draw == 1
    assert [one.free for one in exercise.faults.of] == [("spec.volumes",), ("spec.containers",)]


def test_an_exercise_is_found_by_its_grader(pack):
    root = pack(SHEET)

    assert catalogue.exercise_of(root / "graders" / "test_my_web.py").slug == "my-web"
    assert slug_of(Path("graders/test_init_page.py")) == "init-page"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": None}, "title"),
        ({"title": {"en": "only"}}, "title: the field ko is missing"),
        ({"point": 3}, "exercise.yaml: the field point is not known here"),
        ({"live": "maybe"}, "live: maybe is not one of: yes, clone, no"),
        ({"target": {"name": "web", "kinds": ["Node"]}}, "target.kinds.0: Node is not one of"),
        ({"target": {"name": "web", "exists": True}}, "target: the field kinds is missing"),
        ({"limits": {"start": 0}}, "limits.start: 0 is less than or equal"),
        ({"faults": {"draw": 1, "of": [FAULT]}}, "target: the field kinds is missing"),
        ({"faults": {"draw": 0, "of": [FAULT]}} | POD, "faults.draw: 0 is less than the minimum"),
        ({"faults": {"draw": 1, "of": [FAULT | {"at": "web"}]}} | POD, "faults.of.0.at: 'web'"),
        ({"kubernetes": 1.29}, "kubernetes: 1.29 is not of type 'string'"),
    ],
)
def test_a_broken_exercise_is_told_by_file_and_field(pack, change, sentence):
    with pytest.raises(UsageProblem, match=re.escape(sentence)) as caught:
        catalogue.exercise("my-web", pack(SHEET | change))

    assert "exercise.yaml" in str(caught.value)


def test_broken_yaml_is_told_by_line(pack):
    with pytest.raises(UsageProblem, match="is not YAML: line 2"):
        catalogue.exercise("my-web", pack("title:\n\t- x\n"))


def test_a_missing_grader_is_named(pack):
    with pytest.raises(UsageProblem, match=r"test_my_web\.py does not exist"):
        catalogue.exercise("my-web", pack(SHEET, grader=False))


def test_a_grader_without_an_exercise_is_told(pack):
    root = pack(SHEET)

    with pytest.raises(UsageProblem, match=r"The grader test_other\.py has no exercise"):
        catalogue.exercise_of(root / "graders" / "test_other.py")


def test_an_unknown_exercise_names_near_ones(tmp_path):
    with pytest.raises(UsageProblem, match=r"Did you mean: sidecar"):
        catalogue.exercise("sidecars", tmp_path)
    with pytest.raises(UsageProblem, match=r"Exercises: adapter"):
        catalogue.exercise("xyz", tmp_path)


def test_a_folder_is_a_pack_only_with_both_parts(tmp_path):
    (tmp_path / "exercises").mkdir()

    assert not Pack(tmp_path).complete
    assert tmp_path not in [pack.root for pack in catalogue.packs(tmp_path)]
