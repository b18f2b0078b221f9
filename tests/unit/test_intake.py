"""A class's folder: whose work is what, which of it counts, and what strangers' archives may do."""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import tarfile
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podgrade.grading.intake import archives, take_in
from podgrade.grading.intake.archives import members
from podgrade.grading.intake.names import Entry, Kind, Surroundings, dated, piece_of
from podgrade.model.errors import InfrastructureError, UsageProblem
from podgrade.workspace.unreadable import Unreadable

POD = b"apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"


def put(folder: Path, name: str, data: bytes = POD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(*named: str, data: bytes = POD, **files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in named:
            archive.writestr(name, data)
        for name, body in files.items():
            archive.writestr(name.replace("__", "."), body)
    return stream.getvalue()


def tarred(*infos: tarfile.TarInfo, data: bytes = POD) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for info in infos:
            info.size = len(data) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return stream.getvalue()


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def learners(folder: Path, slug: str = "sidecar") -> dict[str, list[str]]:
    """The files of each learner."""
    return {
        one.learner: [file.name for file in one.submission.files]
        for one in take_in(folder, slug).everyone
    }


def alone(folder: Path):
    (one,) = take_in(folder, "sidecar").everyone
    return one


def refusal(name: str, data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        list(members(name, data, lambda _: 100))
    assert caught.value.reason.look is not None
    return str(caught.value.words)


# Layouts


def test_a_plain_folder(tmp_path):
    put(tmp_path, "kim.yaml")
    put(tmp_path, "이 민수.yml")
    put(tmp_path, "park/pod.yaml")
    put(tmp_path, "park/deep/service.json")
    put(tmp_path, "choi.zip", zipped("a/pod.yaml", "__MACOSX/a/._pod.yaml"))
    put(tmp_path, "jung.tar.gz", tarred(tarfile.TarInfo("pod.yaml")))
    put(tmp_path, ".DS_Store")

    assert learners(tmp_path) == {
        "kim": ["submission.yaml"],
        "이 민수": ["submission.yml"],
        "park": ["pod.yaml", "deep/service.json"],
        "choi": ["a/pod.yaml"],
        "jung": ["pod.yaml"],
    }


def test_moodle_with_and_without_folders(tmp_path):
    put(tmp_path, "김 민수_12345_assignsubmission_file_/pod.yaml")
    put(tmp_path, "김 민수_12345_assignsubmission_onlinetext_/onlinetext.html", b"<p>hello</p>")
    put(tmp_path, "O'Neil_Ann_7_assignsubmission_file_pod.yaml")
    put(tmp_path, "O'Neil_Ann_7_assignsubmission_file_service.yaml")
    put(tmp_path, "Lee_8_assignsubmission_file_/answer.zip", zipped("pod.yaml"))
    put(tmp_path, "Grades-Sidecar-101.csv", b"a,b")

    assert learners(tmp_path) == {
        "김 민수": ["pod.yaml"],
        "O'Neil_Ann": ["pod.yaml", "service.yaml"],
        "Lee": ["pod.yaml"],
    }
    assert [str(one) for one in take_in(tmp_path, "sidecar").remarks] == [
        "`Grades-Sidecar-101.csv` was left out: it is neither a manifest nor an archive"
    ]


def test_two_learners_of_one_name(tmp_path):
    put(tmp_path, "Kim_1_assignsubmission_file_/pod.yaml")
    put(tmp_path, "Kim_2_assignsubmission_file_/pod.yaml")

    assert set(learners(tmp_path)) == {"Kim (1)", "Kim (2)"}


def test_github_classroom(tmp_path):
    folder = tmp_path / "week-3-submissions"
    for name in ("week-3-kim-a", "week-3-kim-b"):
        put(folder, f"{name}/pod.yaml")
        put(folder, f"{name}/.git/config.yaml")
        put(folder, f"{name}/.github/workflows/classroom.yml")
    other = tmp_path / "other"
    put(other, "sidecar-lee/pod.yaml")

    assert learners(folder) == {"kim-a": ["pod.yaml"], "kim-b": ["pod.yaml"]}
    assert learners(other) == {"lee": ["pod.yaml"]}
    assert alone(other).identity == "repository:sidecar-lee"


def test_gradescope(tmp_path):
    metadata = """
submission_11:
  :submitters:
  - :name: 김민수
    :sid: '2023001'
    :email: kim@example.com
  :created_at: 2026-05-01 10:00:00.123456 Z
submission_12:
  :submitters:
  - :name: 김민수
    :sid: '2023001'
  :created_at: 2026-05-02 10:00:00.123456 Z
submission_13:
  :submitters:
  - :name: Lee
    :email: lee@example.com
  - :name: Park
    :email: park@example.com
"""
    put(tmp_path, "submission_metadata.yml", metadata.encode())
    for number in (11, 12, 13, 14):
        put(tmp_path, f"submission_{number}/pod.yaml", b"# %d" % number)
    found = {one.learner: one for one in take_in(tmp_path, "sidecar").everyone}

    assert set(found) == {"김민수", "Lee + Park", "submission_14"}
    assert found["김민수"].submission.files[0].data == b"# 12"
    assert found["김민수"].when.startswith("2026-05-02T10:00:00")
    assert [str(note) for note in found["김민수"].notes] == [
        "handed in 2 times: the last one counts (`submission_12`)"
    ]


@pytest.mark.parametrize("text", ["{", "[" * 30_000, "a: !!python/object:os.system x", "\xff"])
def test_a_list_of_gradescopes_that_cannot_be_read(tmp_path, text):
    put(tmp_path, "submission_metadata.yml", text.encode("latin-1"))
    with pytest.raises(UsageProblem, match=r"submission_metadata\.yml"):
        take_in(tmp_path, "sidecar")


# Names and dates


@pytest.mark.parametrize(
    ("name", "learner", "when"),
    [
        ("kim_2026-05-02", "kim", (2026, 5, 2)),
        ("김민수 2026.05.02 15-30", "김민수", (2026, 5, 2, 15, 30)),
        ("kim_2026-05-02T15:30:10Z", "kim", (2026, 5, 2, 15, 30, 10)),
        ("kim (2026-05-02)", "kim", (2026, 5, 2)),
        ("kim-20260502T153010", "kim", (2026, 5, 2, 15, 30, 10)),
        ("2026-05-02_kim", "kim", (2026, 5, 2)),
        # numbers of students are no dates
        ("김민수_20231201", "김민수_20231201", None),
        ("20231201_김민수", "20231201_김민수", None),
        ("20231201-1530", "20231201-1530", None),
        ("kim_2026-13-02", "kim_2026-13-02", None),
        ("2026-05-02", "2026-05-02", None),
        ("kim", "kim", None),
        ("kim2", "kim2", None),
    ],
)
def test_dates_in_names(name, learner, when):
    assert dated(name) == (learner, datetime(*when, tzinfo=UTC) if when else None)


def test_the_last_of_several_counts(tmp_path):
    put(tmp_path, "kim_2026-05-01.yaml", b"# first")
    put(tmp_path, "kim_2026-05-03.zip", zipped("pod.yaml", data=b"# third"))
    put(tmp_path, "kim_2026-05-02/pod.yaml", b"# second")
    one = alone(tmp_path)

    assert (one.learner, one.sources) == ("kim", ("kim_2026-05-03.zip",))
    assert one.submission.files[0].data == b"# third"
    assert str(one.notes[0]) == "handed in 3 times: the last one counts (`kim_2026-05-03.zip`)"


def test_nfc_and_nfd_are_one_learner(tmp_path):
    put(tmp_path, unicodedata.normalize("NFC", "김민수") + "_2026-05-01.yaml", b"# old")
    put(tmp_path, unicodedata.normalize("NFD", "김민수") + "_2026-05-02.yaml", b"# new")

    assert alone(tmp_path).learner == unicodedata.normalize("NFC", "김민수")
    assert alone(tmp_path).submission.files[0].data == b"# new"


def test_several_without_a_date_are_nobodys_fault(tmp_path):
    put(tmp_path, "kim.yaml", b"# one")
    put(tmp_path, "kim.zip", zipped("pod.yaml"))
    put(tmp_path, "lee.yaml")
    kim, lee = take_in(tmp_path, "sidecar").everyone

    assert isinstance(kim.submission.problem, InfrastructureError)
    assert "keep one of them" in str(kim.submission.problem)
    assert lee.submission.problem is None


def test_the_same_twice_is_no_trouble(tmp_path):
    put(tmp_path, unicodedata.normalize("NFC", "김") + ".yaml")
    put(tmp_path, unicodedata.normalize("NFD", "김") + ".yaml")

    assert alone(tmp_path).submission.problem is None


@given(st.text(min_size=1).filter(lambda name: "/" not in name and "\0" not in name))
def test_every_name_is_somebodys(name):
    for kind in Kind:
        piece = piece_of(Entry(Path(name), kind), Surroundings(("sidecar",)))
        assert piece.identity


def test_digests_tell_the_same_work_of_several(tmp_path):
    put(tmp_path, "kim.yaml")
    put(tmp_path, "lee.yaml")
    put(tmp_path, "park.yaml", POD + b"# mine\n")
    kim, lee, park = take_in(tmp_path, "sidecar").everyone

    assert kim.digest == lee.digest != park.digest


# What is no submission


def test_what_cannot_be_understood_is_that_learners_alone(tmp_path):
    put(tmp_path, "kim.pdf")
    put(tmp_path, "lee.zip", b"PK nothing")
    put(tmp_path, "park/answer.docx")
    put(tmp_path, "han.yaml.txt")
    (tmp_path / "choi").mkdir()
    (tmp_path / "evil.yaml").symlink_to("/etc/passwd")
    found = {one.learner: one.submission for one in take_in(tmp_path, "sidecar").everyone}

    assert {name: str(one.problem) for name, one in found.items() if one.problem} == {
        "kim": "there is no manifest, only `kim.pdf`",
        "lee": "`lee.zip` is no archive or is damaged: File is not a zip file",
        "park": "there is no manifest, only `answer.docx`",
        "han.yaml": "there is no manifest, only `han.yaml.txt`",
        "evil": "`evil.yaml` is a link, which is not followed",
    }
    assert all(isinstance(one.problem, Unreadable) for one in found.values() if one.problem)
    assert found["choi"].files == ()


def test_a_file_that_cannot_be_read_is_an_error(tmp_path, monkeypatch):
    path = put(tmp_path, "kim.yaml")
    ordinary = Path.open

    def broken(self, *args, **more):
        if self == path:
            raise PermissionError(13, "Permission denied")
        return ordinary(self, *args, **more)

    monkeypatch.setattr(Path, "open", broken)
    problem = alone(tmp_path).submission.problem

    assert isinstance(problem, InfrastructureError)
    assert str(problem) == "`kim.yaml` cannot be read: Permission denied"


def test_links_in_a_folder_are_passed_over(tmp_path):
    put(tmp_path, "kim/pod.yaml")
    (tmp_path / "kim/secret.yaml").symlink_to("/etc/passwd")
    (tmp_path / "kim/etc").symlink_to("/etc")
    one = alone(tmp_path)

    assert [file.name for file in one.submission.files] == ["pod.yaml"]
    assert [str(note) for note in one.notes] == ["`secret.yaml` is a link and was passed over"]


def test_there_must_be_a_folder_with_something_in_it(tmp_path):
    with pytest.raises(UsageProblem, match="no folder"):
        take_in(tmp_path / "nowhere", "sidecar")
    with pytest.raises(UsageProblem, match="no submission"):
        take_in(tmp_path, "sidecar")
    with pytest.raises(UsageProblem, match="neither a folder nor an archive"):
        take_in(put(tmp_path, "all.yaml"), "sidecar")


def test_our_own_folder_is_no_learner(tmp_path):
    put(tmp_path, "kim.yaml")
    put(tmp_path, "sidecar-grades/journal.jsonl")
    (one,) = take_in(tmp_path, "sidecar", tmp_path / "sidecar-grades").everyone

    assert one.learner == "kim"


# Strangers' archives


@pytest.mark.parametrize("name", ["../pod.yaml", "/etc/pod.yaml", "a/../../b", "C:\\x", "..\\x"])
def test_paths_that_lead_out(name):
    assert "leads out of it" in refusal("kim.zip", zipped(name))
    assert "leads out of it" in refusal("kim.tgz", tarred(tarfile.TarInfo(name)))


def test_links_and_devices_in_archives_are_nothing():
    data = tarred(
        link("a.yaml", "/etc/passwd"),
        link("b.yaml", "pod.yaml", tarfile.LNKTYPE),
        link("c.yaml", "", tarfile.FIFOTYPE),
        tarfile.TarInfo("pod.yaml"),
    )
    info = zipfile.ZipInfo("a.yaml")
    info.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(info, "/etc/passwd")

    assert [name for name, _ in members("kim.tgz", data, lambda _: 9)] == ["pod.yaml"]
    assert list(members("kim.zip", stream.getvalue(), lambda _: 9)) == []


def test_bombs(monkeypatch):
    huge = zipped("pod.yaml", data=b"a" * (5 << 20))
    ((_, data),) = members("kim.zip", huge, lambda _: 100)
    assert len(data) == 100

    assert "becomes larger than 64 MiB" in refusal("kim.tar.gz", _endless())
    monkeypatch.setattr(archives, "_LEARNERS", archives.Limits(members=3))
    many = zipped(*"abcd")
    assert "more than 3 files" in refusal("kim.zip", many)
    assert "more than 3 files" in refusal("kim.tgz", tarred(*map(tarfile.TarInfo, "abcd")))
    assert "larger than 16 MiB" in refusal("kim.zip", b"x" * (archives.MAX_ARCHIVE + 1))


def _endless() -> bytes:
    """A tar of a few KB whose first file is larger than is allowed."""
    info = tarfile.TarInfo("a.bin")
    info.size = archives.MAX_UNPACKED * 2
    return gzip.compress(info.tobuf() + b"\0" * info.size)


def test_locked_and_unusual_archives():
    locked = bytearray(zipped("pod.yaml"))
    locked[6] |= 1
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("pod.yaml", POD)

    assert "password" in refusal("kim.zip", bytes(locked))
    assert "not known here" in refusal("kim.zip", stream.getvalue())


def test_korean_names_of_old_zips():
    raw = zipped("AAAA.yaml").replace(b"AAAA", "김수".encode("cp949"))
    ((name, _),) = members("kim.zip", raw, lambda _: 9)

    assert name == "김수.yaml"


def test_too_many_manifests(tmp_path, monkeypatch):
    monkeypatch.setattr("podgrade.grading.intake.contents.MAX_FILES", 2)
    for name in "abc":
        put(tmp_path, f"kim/{name}.yaml")
    assert "more than 2 manifests" in str(alone(tmp_path).submission.problem)
    monkeypatch.setattr("podgrade.grading.intake.contents.MAX_WALKED", 2)
    assert "more than 2 files" in str(alone(tmp_path).submission.problem)


def test_an_archive_in_an_archive_is_told(tmp_path):
    put(tmp_path, "kim.zip", zipped("pod.yaml", **{"more__zip": zipped("pod.yaml")}))
    one = alone(tmp_path)

    assert len(one.submission.files) == 1
    assert "not opened" in str(one.notes[0])


@given(st.binary(max_size=2000), st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08"]))
def test_whatever_bytes_come_they_are_told_or_read(data, magic):
    with contextlib.suppress(Unreadable):
        list(members("kim.zip", magic + data, lambda _: 100))


@given(st.integers(min_value=0), st.binary(min_size=1, max_size=4), st.booleans())
def test_damaged_archives_are_told_or_read(place, junk, tar):
    whole = tarred(tarfile.TarInfo("pod.yaml")) if tar else zipped("pod.yaml", "b/c.yaml")
    place %= len(whole)
    broken = whole[:place] + junk + whole[place + len(junk) :]
    with contextlib.suppress(Unreadable):
        list(members("kim", broken, lambda _: 100))


def test_folders_are_read_in_one_order(tmp_path):
    for name in ("kim/b.yaml", "kim/a.yaml", "kim/c/d.yaml"):
        put(tmp_path, name, os.urandom(4).hex().encode())
    assert learners(tmp_path)["kim"] == ["a.yaml", "b.yaml", "c/d.yaml"]
