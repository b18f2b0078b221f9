"""Whose word a command's answer is."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from podgrade.probes import trust
from podgrade.probes.bench import Role


def bench(*images, role=None):
    return SimpleNamespace(exercise=SimpleNamespace(images=images), role=role)


def container(image="nginx", mounts=(), env=()):
    return {
        "name": "app",
        "image": image,
        "volumeMounts": [{"name": "v", "mountPath": path} for path in mounts],
        "env": [{"name": name, "value": "x"} for name in env],
    }


@pytest.mark.parametrize(
    ("path", "hides"),
    [
        *[(path, True) for path in ("/", "/bin", "/bin/", "/usr", "/usr/local", "/usr/bin/cat")],
        *[(path, True) for path in ("/lib/x86_64-linux-gnu", "/etc", "/etc/ld.so.preload")],
        *[(path, False) for path in ("/usr/share/nginx/html", "/usr/local/apache2/htdocs")],
        *[(path, False) for path in ("/binary", "/data", "/etc/nginx", "/var/lib")],
    ],
)
def test_a_volume_over_programs_hides_them(path, hides):
    reason = trust.distrust(bench("nginx"), container(mounts=[path]))

    assert (reason is not None and reason.code == "programs-hidden") is hides


def test_the_loaders_variables_change_every_program():
    assert trust.distrust(bench("nginx"), container(env=["LD_PRELOAD"])).code == "programs-hidden"
    assert trust.distrust(bench("nginx"), container(env=["LANG"])) is None


@pytest.mark.parametrize("image", ["nginx:1.27", "docker.io/library/nginx", "nginx@sha256:12"])
def test_an_image_of_the_sheet_is_believed(image):
    assert trust.distrust(bench("nginx"), container(image)) is None


def test_another_image_is_not_believed_unless_it_is_the_exercises_own():
    assert trust.distrust(bench("nginx"), container("mine/nginx")).code == "other-image"
    assert trust.distrust(bench("nginx", role=Role.SETUP), container("mine/nginx")) is None


def test_a_path_of_the_learners_is_not_searched():
    plain = ("sh", "-c", "true")

    assert trust.in_standard_path(container(), plain) == plain
    wrapped = trust.in_standard_path(container(env=["PATH"]), plain)
    assert wrapped[0] == "/bin/sh"
    assert wrapped[-3:] == plain
    assert trust.in_standard_path(container() | {"envFrom": [{}]}, plain)[0] == "/bin/sh"
