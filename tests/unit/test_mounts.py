"""What is mounted where explains why a file is not there, or could be written."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.locale import in_language
from podgrade.probes import mounts

ERROR = "cat: can't open '/ro/x': No such file or directory"


def mount(volume: str, path: str, **more: Any) -> dict[str, Any]:
    return {"name": volume, "mountPath": path} | more


def pod(writer: list[dict[str, Any]], reader: list[dict[str, Any]]) -> dict[str, Any]:
    """A Pod whose container `writer` is native, so that both lists of containers count."""
    token = mount("kube-api-access", "/var/run/secrets/kubernetes.io/serviceaccount")
    return {
        "metadata": {"name": "pair"},
        "spec": {
            "initContainers": [{"name": "writer", "volumeMounts": [*writer, token]}],
            "containers": [{"name": "reader", "volumeMounts": [*reader, token]}, {"name": "bare"}],
        },
    }


SHARED = pod([mount("data", "/rw")], [mount("data", "/ro", readOnly=True)])


@pytest.mark.parametrize(
    ("path", "volume"),
    [
        ("/data/x", "outer"),
        ("/data/inner/x", "inner"),
        ("/data//inner//x", "inner"),
        ("/database/x", None),
        ("/x", None),
    ],
)
def test_the_innermost_mount_counts(path: str, volume: str | None) -> None:
    found = mounts.mount_at(
        pod([], [mount("outer", "/data/"), mount("inner", "/data/inner")]), "reader", path
    )

    assert (found and found["name"]) == volume


@pytest.mark.parametrize(
    ("reader", "code"),
    [
        ([], "not-mounted"),
        ([mount("data", "/elsewhere")], "not-mounted"),
        ([mount("other", "/ro")], "volume-not-shared"),
        ([mount("data", "/ro", subPath="a")], "other-sub-path"),
        ([mount("data", "/ro")], "no-such-file"),
    ],
)
def test_why_a_file_is_not_there(reader: list[dict[str, Any]], code: str) -> None:
    assert mounts.unread(pod([mount("data", "/rw")], reader), "reader", "/ro/x", ERROR).code == code


@pytest.mark.parametrize(("volume", "code"), [("data", "copy"), ("other", "volume-not-shared")])
def test_why_a_file_is_not_the_same(volume: str, code: str) -> None:
    seen = pod([mount("data", "/rw")], [mount(volume, "/ro")])

    assert mounts.not_the_same(seen, "reader", "/ro/x").code == code


@pytest.mark.parametrize(
    ("path", "error", "code"),
    [
        ("/ro/x", "sh: can't create /ro/x: Read-only file system", "read-only"),
        ("/ro/x", "sh: can't create /ro/x: Permission denied", "permissions"),
        ("/ro/x", "sh: can't create /ro/x: nonexistent directory", "cannot-write"),
        ("/else/x", "sh: can't create /else/x: Read-only file system", "not-mounted"),
    ],
)
def test_why_a_file_could_not_be_written(path: str, error: str, code: str) -> None:
    assert mounts.unwritten(SHARED, "reader", path, error).code == code


@pytest.mark.parametrize(("path", "code"), [("/rw/x", "writable"), ("/else/x", "not-mounted")])
def test_what_was_written_and_should_not(path: str, code: str) -> None:
    assert mounts.written(SHARED, "writer", path).code == code


def test_two_volumes_are_told_in_both_languages() -> None:
    seen = pod([mount("data", "/rw")], [mount("other", "/ro", subPath="a")])

    reason = mounts.unread(seen, "reader", "/ro/x", ERROR)

    assert in_language(reason.why, "en") == (
        "/ro in container reader is the volume other, which no other container mounts"
    )
    assert in_language(reason.why, "ko").startswith("reader 컨테이너의 /ro 경로에는 other 볼륨이")
    assert in_language(reason.look, "en").endswith(
        "writer: data → /rw, reader: other → /ro (subPath a)"
    )


@pytest.mark.parametrize(
    ("pod_", "path", "code"),
    [
        (SHARED, "/ro/x", None),
        (pod([mount("data", "/rw")], [mount("other", "/ro")]), "/ro/x", "volume-not-shared"),
        (pod([mount("data", "/rw")], []), "/ro/x", "not-mounted"),
        (pod([mount("data", "/rw")], [mount("data", "/ro", subPath="in/x")]), "/ro/x", None),
        (
            pod([mount("data", "/rw", subPath="in")], [mount("data", "/ro", subPath="in/x")]),
            "/ro",
            None,
        ),
        (
            pod([mount("data", "/rw", subPath="in")], [mount("data", "/ro", subPath="out")]),
            "/ro/x",
            "other-sub-path",
        ),
        (pod([mount("data", "/rw")], []), "/proc/sys/kernel/hostname", None),
    ],
)
def test_other_content_is_explained_where_nobody_else_gets_to_the_file(
    pod_: dict[str, Any], path: str, code: str | None
) -> None:
    reason = mounts.other_content(pod_, "reader", path)
    assert (reason.code if reason else None) == code
