"""A class that comes as one archive is the class that its folder is."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest
from tests.unit.test_intake import POD, put, tarred, zipped

from podgrade.grading.intake import bundle, take_in
from podgrade.model.errors import UsageProblem
from podgrade.workspace.unreadable import Unreadable

GRADESCOPE = """
submission_11:
  :submitters:
  - :name: 김민수
    :sid: '2023001'
"""


def plain(folder: Path) -> None:
    put(folder, "kim.yaml")
    put(folder, "이 민수.yml")
    put(folder, "park/pod.yaml")
    put(folder, "park/deep/service.json")
    put(folder, "park/.git/config.yaml")
    put(folder, "park/letter.docx")
    put(folder, "choi.zip", zipped("a/pod.yaml", "__MACOSX/a/._pod.yaml"))
    put(folder, "jung/answer.tar.gz", tarred(tarfile.TarInfo("pod.yaml")))
    put(folder, "han.pdf")
    put(folder, "lee_2026-05-01.yaml", b"# old")
    put(folder, "lee_2026-05-02.yaml", b"# new")
    put(folder, "list.csv", b"a,b")
    put(folder, ".DS_Store")
    (folder / "seo").mkdir()


def moodle(folder: Path) -> None:
    put(folder, "김 민수_12345_assignsubmission_file_/pod.yaml")
    put(folder, "O'Neil_Ann_7_assignsubmission_file_pod.yaml")
    put(folder, "O'Neil_Ann_7_assignsubmission_file_service.yaml")
    put(folder, "Lee_8_assignsubmission_file_/answer.zip", zipped("pod.yaml"))


def gradescope(folder: Path) -> None:
    put(folder, "submission_metadata.yml", GRADESCOPE.encode())
    put(folder, "submission_11/pod.yaml")
    put(folder, "submission_12/pod.yaml", POD + b"# other\n")


def classroom(folder: Path) -> None:
    put(folder, "week-3-kim/pod.yaml")
    put(folder, "week-3-lee/pod.yaml")
    put(folder, "week-3-lee/.git/config")


def as_zip(folder: Path, below: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, f"{below}{path.relative_to(folder).as_posix()}")
    return stream.getvalue()


def as_tar(folder: Path, below: str) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        archive.add(folder, below or ".")
    return stream.getvalue()


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize(("packed", "ending"), [(as_zip, ".zip"), (as_tar, ".tar.gz")])
@pytest.mark.parametrize("layout", [plain, moodle, gradescope, classroom])
def test_an_archive_is_what_its_folder_is(tmp_path, layout, packed, ending, wrapped):
    folder = tmp_path / "week-3-submissions"
    folder.mkdir()
    layout(folder)
    name = f"download{ending}" if wrapped else f"{folder.name}{ending}"
    archive = put(tmp_path, name, packed(folder, f"{folder.name}/" if wrapped else ""))
    expected, found = take_in(folder, "sidecar"), take_in(archive, "sidecar")

    assert list(map(told, found.everyone)) == list(map(told, expected.everyone))
    assert len(found.remarks) == len(expected.remarks) + wrapped


def told(one):
    work = one.submission
    problem = (type(work.problem), str(work.problem)) if work.problem else None
    notes = [str(note) for note in one.notes]
    return one.learner, one.identity, one.sources, one.when, one.digest, notes, work.files, problem


def test_one_learner_of_moodles_is_no_folder_of_a_class(tmp_path):
    data = zipped("Kim_1_assignsubmission_file_/pod.yaml")
    (one,) = take_in(put(tmp_path, "all.zip", data), "sidecar").everyone

    assert one.learner == "Kim"


@pytest.mark.parametrize(
    ("name", "learner"), [("all.zip", "kim"), ("kim.zip", "pod"), ("kim.tar.gz", "pod")]
)
def test_a_folder_with_one_thing_in_it_is_a_learners_unless_the_archive_is_named_so(
    tmp_path, name, learner
):
    (one,) = take_in(put(tmp_path, name, zipped("kim/pod.yaml")), "sidecar").everyone

    assert one.learner == learner


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK nothing", "is damaged: File is not a zip file. Unpack it yourself"),
        (zipped("../kim.yaml"), "leads out of it"),
        (zipped(), "no submission in"),
    ],
)
def test_what_cannot_be_taken_in(tmp_path, data, said):
    with pytest.raises(UsageProblem, match=said):
        take_in(put(tmp_path, "all.zip", data), "sidecar")


def test_limits(tmp_path, monkeypatch):
    path = put(tmp_path, "all.zip", zipped("kim.yaml", "lee.yaml"))
    monkeypatch.setattr(bundle, "MAX_KEPT", len(POD))
    with pytest.raises(UsageProblem, match="more than 0 MiB"):
        take_in(path, "sidecar")


def test_a_learners_archive_in_it_has_its_own_limits(tmp_path):
    inner = zipped("../../etc/pod.yaml")
    path = put(tmp_path, "all.zip", zipped("lee.yaml", **{"kim__zip": inner}))
    kim, lee = take_in(path, "sidecar").everyone

    assert isinstance(kim.submission.problem, Unreadable)
    assert lee.submission.problem is None
