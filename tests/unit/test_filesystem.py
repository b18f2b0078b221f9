"""The size of a file system in Kubernetes' units, and why a container has that file system."""

from __future__ import annotations

from typing import Any

import pytest

from podgrade.probes import filesystem


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (32 * 1024**2, "32Mi"),
        (64 * 1024**2, "64Mi"),
        (31252 * 1024, "31252Ki"),
        (1024**3, "1Gi"),
        (1000, "1000"),
        (0, "0"),
    ],
)
def test_a_size_is_shown_in_the_largest_whole_unit(size, shown):
    assert filesystem.quantity(size) == shown


def pod(**empty_dir: Any) -> dict[str, Any]:
    mount = {"name": "m", "mountPath": "/dev/shm"}
    volumes = [{"name": "m", "emptyDir": empty_dir}]
    return {"spec": {"containers": [{"name": "a", "volumeMounts": [mount]}], "volumes": volumes}}


@pytest.mark.parametrize(
    ("pod", "path", "code"),
    [
        (pod(), "/dev/shm", "not-memory"),
        (pod(sizeLimit="32Mi"), "/dev/shm", "not-memory"),
        (pod(medium="Memory"), "/dev/shm", "no-size-limit"),
        (pod(medium="Memory", sizeLimit="32M"), "/dev/shm", "other-size-limit"),
        (pod(medium="Memory"), "/data", "not-mounted"),
    ],
)
def test_the_manifest_explains_the_size(pod, path, code):
    reason = filesystem._why(pod, "a", path, size_matters=True)

    assert reason is not None
    assert reason.code == code


def test_the_type_of_a_volume_in_memory_needs_no_reason():
    assert filesystem._why(pod(medium="Memory"), "a", "/dev/shm") is None
