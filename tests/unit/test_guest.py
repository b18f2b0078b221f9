"""podgrade's own container in a learner's Pod: lawful, named apart, the right user."""

from __future__ import annotations

import pytest

from podgrade.probes import beside, guest
from podgrade.workspace.policy_restricted import lacks

POD = {
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "app"}, {"name": "podgrade-1"}]},
    "status": {},
}


def seated(state, beside=None):
    one = {"name": "podgrade-2", "image": guest.TOOLBOX_IMAGE, "targetContainerName": beside}
    status = {"ephemeralContainerStatuses": [{"name": "podgrade-2", "state": state}]}
    return POD | {"spec": POD["spec"] | {"ephemeralContainers": [one]}, "status": status}


@pytest.mark.parametrize("user", [None, 1000])
def test_it_is_lawful_under_every_level_of_pod_security(user):
    spec = {"containers": [guest.container("podgrade-1", guest.Place("app", user))]}

    assert list(lacks(spec, "spec")) == []


def test_it_is_root_only_beside_root():
    security = guest.container("podgrade-1", guest.Place("app", 0))["securityContext"]

    assert security == {"runAsUser": 0, "runAsGroup": 0, "runAsNonRoot": False}


def test_one_that_runs_at_the_place_is_used_again():
    assert guest._seated(seated({"running": {}}), guest.NETWORK) == "podgrade-2"
    assert guest._seated(seated({"terminated": {}}), guest.NETWORK) is None
    assert guest._seated(seated({"running": {}}, "app"), guest.NETWORK) is None
    assert guest._seated(POD, guest.NETWORK) is None


def test_names_that_are_taken_are_not_used():
    assert guest._taken(POD) == {"app", "podgrade-1"}


@pytest.mark.parametrize(
    ("status", "security", "user"),
    [
        ({"user": {"linux": {"uid": 101, "gid": 102}}}, {"runAsUser": 5}, (101, 102)),
        ({}, {"runAsUser": 5}, (5, 0)),
        ({}, {}, (0, 0)),
    ],
)
def test_it_is_the_user_of_the_container_beside(status, security, user):
    pod = {
        "spec": {"containers": [{"name": "app", "securityContext": security}]},
        "status": {"containerStatuses": [{"name": "app"} | status]},
    }
    place = beside._place(pod, "app")

    assert (place.user, place.group) == user
