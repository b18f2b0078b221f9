"""course.yaml: what it says is understood, and what is wrong with it is told with its line."""

from __future__ import annotations

import pytest

from podgrade.grading.course_file import read
from podgrade.model.errors import UsageProblem

GOOD = """
title: 쿠버네티스, spring
exercises:
- exercise: sidecar
  folder: week-1
  weight: 2
- {exercise: service, folder: week 2.zip}
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "week-1").mkdir()
    (tmp_path / "week 2.zip").write_bytes(b"")

    def written(text):
        path = tmp_path / "course.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return written


def test_a_course(course, tmp_path):
    found = read(course(GOOD))

    assert [(one.exercise.slug, one.folder, one.weight) for one in found.parts] == [
        ("sidecar", tmp_path / "week-1", 2.0),
        ("service", tmp_path / "week 2.zip", 1.0),
    ]
    assert found.title.ko == found.title.en == "쿠버네티스, spring"


def test_titles(course):
    part = "exercises: [{exercise: sidecar, folder: week-1}]\n"

    assert read(course(part)).title.en == "course"
    assert read(course(f"title: {{en: Pods, ko: 파드}}\n{part}")).title.ko == "파드"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the file is empty: write `exercises:`"),
        ("a: [", r"line \d: this is not YAML"),
        ("title: x", "line 1: the field `exercises` is missing: add it"),
        ("- sidecar", "line 1: write fields here: `title`, `exercises`"),
        ("\nexercises: []", "line 2: `exercises` lists at least one exercise"),
        ("exercises:\n- sidecar", "line 2: write fields here: `exercise`, `folder`, `weight`"),
        ("exercises:\n- exercise: sidecar", "line 2: the field `folder` is missing"),
        ("late: 10\nexercises: []", "line 1: the field `late` is not known here"),
        (GOOD.replace("weight", "weigth"), "line 6: the field `weigth` is not known here"),
        (GOOD.replace(": sidecar", ": sidecra"), "line 4: .*Did you mean: sidecar"),
        (GOOD.replace("week-1", "week-9"), "line 5: there is no folder or archive .*week-9"),
        (GOOD.replace("weight: 2", "weight: 0"), "line 6: `0` is no weight: write a number"),
        (GOOD.replace("weight: 2", "weight: nan"), "line 6: `nan` is no weight"),
        (GOOD.replace("weight: 2", "weight: lots"), "line 6: `lots` is no weight"),
        (GOOD.replace("weight: 2", "weight: [2]"), "line 6: write one word"),
        (GOOD.replace("weight: 2", "folder: a"), "line 6: `folder` is here twice: keep one"),
        (GOOD.replace("service", "sidecar"), "line 7: .*`sidecar` is in line 4 already"),
        (GOOD + "title: [x]", "line 8: `title` is here twice"),
        ("title: {en: x}\nexercises: []", "line 2: `exercises` lists"),
        ("[" * 1000, "cannot be read"),
        (b"\xff\xfe\xff", "cannot be read"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(course, text, said):
    with pytest.raises(UsageProblem, match=said) as caught:
        read(course(text))
    assert "course.yaml" in str(caught.value.words)


def test_there_is_no_file(tmp_path):
    with pytest.raises(UsageProblem, match="No such file"):
        read(tmp_path / "course.yaml")
