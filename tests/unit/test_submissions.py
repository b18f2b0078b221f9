"""Keys of submissions: readable, safe in test ids, unique and stable."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podgrade.grading.submissions import clean, from_folder, from_path, with_unique_keys
from podgrade.model.errors import UsageProblem
from podgrade.model.submission import Key, Submission


def keys(*names: str) -> list[str]:
    return [s.key for s in with_unique_keys(Submission(name, ()) for name in names)]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("김민수.yaml", "김민수.yaml"),
        (unicodedata.normalize("NFD", "김민수"), unicodedata.normalize("NFC", "김민수")),
        ("a/b", "a_b"),
        ("a\\b", "a_b"),
        ("a::b", "a_b"),
        ("a:b", "a:b"),
        ("a[1]", "a_1_"),
        ("a\x00\x1b\x9fb", "a___b"),
        ("a\u202eb\u2028c", "a_b_c"),
        ("a\udcffb", "a_b"),
        ("  a  ", "a"),
        ("", "_"),
        (" ", "_"),
    ],
)
def test_names_become_keys(name: str, key: str) -> None:
    assert clean(name) == key


@given(st.text())
def test_every_name_becomes_a_key_that_is_safe(name: str) -> None:
    key = clean(name)
    assert key
    assert key == clean(key)
    assert not set("/\\[]\n\r\t\x00") & set(key)
    assert "::" not in key
    key.encode()


@given(st.lists(st.sampled_from(["a", "b", "a-2", "a-3", "김", "a/b", "a[b"])))
def test_keys_are_unique_and_the_same_each_time(names: list[str]) -> None:
    made = keys(*names)
    assert len(set(made)) == len(names)
    assert made == keys(*names)


def test_equal_names_are_numbered() -> None:
    assert keys("pod", "pod", "pod") == ["pod", "pod-2", "pod-3"]
    assert keys("pod-2", "pod", "pod") == ["pod-2", "pod", "pod-3"]


def test_names_that_only_become_equal_are_numbered_too() -> None:
    assert keys("a/b", "a[b") == ["a_b", "a_b-2"]


def test_keys_are_pytest_parameters_of_their_own_kind() -> None:
    (made,) = with_unique_keys([Submission("a", ())])
    assert isinstance(made.key, Key)


def test_a_path_is_named_after_its_last_part(tmp_path: Path, monkeypatch: object) -> None:
    folder = tmp_path / "kim"
    folder.mkdir()
    (folder / "pod.yaml").write_text("kind: Pod")
    assert from_path(str(folder)).key == "kim"
    assert from_path(str(folder) + "/").key == "kim"
    assert from_path(str(folder / "pod.yaml")).key == "pod.yaml"
    assert from_path(str(folder / "..") + "/kim/.").key == "kim"
    assert from_path(str(folder / ".." / "kim" / "..")).key == tmp_path.name


def test_a_dash_is_standard_input() -> None:
    submission = from_path("-", b"kind: Pod")
    assert submission.key == "stdin"
    assert submission.files[0].data == b"kind: Pod"


def test_an_empty_folder_of_submissions_is_said_to_be_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="there is no submission in"):
        from_folder(str(tmp_path))


def test_a_file_is_no_folder_of_submissions(tmp_path: Path) -> None:
    path = tmp_path / "pod.yaml"
    path.write_text("")
    with pytest.raises(UsageProblem, match="is no folder of submissions"):
        from_folder(str(path))
