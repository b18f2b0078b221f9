"""The probe `claim`, and what is said of a file of the only container that its volume lost."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ApiRefusal, Silence
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom
from podgrade.model.text import say
from podgrade.probes import mounts
from podgrade.probes.bench import Role
from podgrade.probes.claim import ClaimProbe
from podgrade.probes.tape import Recording
from podgrade.workspace.wait import Waited

PATH = "/api/v1/namespaces/ns/persistentvolumeclaims"


def a_claim(phase="Bound", size="100Mi", modes=("ReadWriteOnce",), storage_class=None):
    return {
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": list(modes),
            "resources": {"requests": {"storage": size}},
            "storageClassName": storage_class,
        },
        "status": {"phase": phase},
    }


class Api:
    """Has the claim as in each of these versions, one after the other."""

    def __init__(self, *versions, classes=(), mode="Immediate"):
        self.versions, self.classes, self.watched = list(versions), classes, 0
        self.mode = mode

    def request(self, method, path, *, query=None):
        if path.startswith("/apis/storage.k8s.io"):
            if path.rpartition("/")[2] in self.classes:
                return {"volumeBindingMode": self.mode}
            raise ApiRefusal(404, "NotFound", "no such class")
        claim = self.versions[0] if self.versions else None
        if query is not None:
            return {"items": [claim] if claim else [], "metadata": {"resourceVersion": "7"}}
        if claim is None:
            raise ApiRefusal(404, "NotFound", "no such claim")
        return claim

    def lines(self, path, *, query, timeout):
        assert (path, query["resourceVersion"]) == (PATH, "7")
        self.watched += 1
        if len(self.versions) > 1:
            self.versions.pop(0)
        raise Silence(say("nothing came"))


def claim(api, start=0.2, pod=None, notes=None):
    there = None if pod is None else Waited(pod, None, 0.0)
    never = Waited(None, Doom("not-made", say("nobody makes one"), say("look")), 0.0)
    where = SimpleNamespace(connection=api, namespace="ns", wait=lambda *_: there or never)
    bench = SimpleNamespace(
        doing=lambda words: None,
        role=Role.CLONE,
        since=None,
        doom=None,
        workspace=where,
        in_vain=lambda since: None,
        note=[].append if notes is None else notes.append,
        exercise=SimpleNamespace(
            limits=SimpleNamespace(start=start), target=SimpleNamespace(name="keeper")
        ),
    )
    return ClaimProbe(Recording(bench))("data")


def test_a_bound_claim_is_bound():
    api = Api(a_claim())
    assert claim(api).bound.value
    assert api.watched == 0


def test_a_claim_is_waited_for():
    api = Api(a_claim("Pending"), a_claim("Pending"), a_claim())
    assert claim(api, start=10).bound.value
    assert api.watched == 2


def test_a_claim_that_stays_pending_is_told_at_the_limit():
    flag = claim(Api(a_claim("Pending", storage_class="slow"), classes={"slow"})).bound
    assert not flag.value
    assert flag.about.reason.code == "unbound"
    assert str(flag.about.shown) == "STATUS Pending"


def test_a_class_that_does_not_exist_is_told_at_once():
    api = Api(a_claim("Pending", storage_class="manual"))
    flag = claim(api, start=60).bound
    assert flag.about.reason.code == "no-storage-class"
    assert str(flag.about.reason.why) == "there is no StorageClass named manual"
    assert api.watched == 0


@pytest.mark.parametrize("pod", [{"spec": {"volumes": [{"emptyDir": {}}]}}, {"spec": {}}, None])
def test_a_claim_that_waits_for_a_pod_lacks_nothing_where_none_uses_it(pod):
    notes = []
    lazy = {"classes": {"lazy"}, "mode": "WaitForFirstConsumer"}
    api = Api(a_claim("Pending", storage_class="lazy"), **lazy)
    assert claim(api, start=60, pod=pod, notes=notes).bound.value
    assert api.watched == 0
    assert "no Pod does" in str(notes[0])


def test_a_claim_that_waits_for_a_pod_is_waited_for_where_one_uses_it():
    lazy = {"classes": {"lazy"}, "mode": "WaitForFirstConsumer"}
    pending = a_claim("Pending", storage_class="lazy")
    user = {"spec": {"volumes": [{"persistentVolumeClaim": {"claimName": "data"}}]}}
    assert claim(Api(pending, a_claim(), **lazy), start=10, pod=user).bound.value
    assert not claim(Api(pending, **lazy), pod=user).bound.value


@pytest.mark.parametrize(("size", "right"), [("100Mi", True), ("102400Ki", True), ("100M", False)])
def test_the_size_is_compared_as_a_quantity(size, right):
    flag = claim(Api(a_claim(size=size))).asks_for("100Mi")
    assert flag.value is right
    assert right or str(flag.about.shown) == "the claim data asks for 100M"


def test_access_modes_are_a_set():
    assert claim(Api(a_claim())).access_modes == {"ReadWriteOnce"}
    assert claim(Api(a_claim(modes=()))).access_modes == set()


@pytest.mark.parametrize("ask", [lambda c: c.bound, lambda c: c.access_modes])
def test_a_claim_that_nobody_made_is_the_learners(ask):
    with pytest.raises(Failure) as failure:
        ask(claim(Api()))
    assert failure.value.reason.code == "missing-pvc"


def keeper(*, others=()):
    app = {
        "name": "app",
        "volumeMounts": [
            {"name": "cache", "mountPath": "/cache"},
            {"name": "data", "mountPath": "/data"},
        ],
    }
    volumes = [
        {"name": "cache", "emptyDir": {}},
        {"name": "data", "persistentVolumeClaim": {"claimName": "mine"}},
    ]
    return {"spec": {"containers": [app, *others], "volumes": volumes}}


@pytest.mark.parametrize(
    ("path", "code"),
    [("/cache/x", "lost-with-pod"), ("/data/x", "no-such-file"), ("/tmp/x", "not-mounted")],
)
def test_a_lost_file_of_the_only_container_is_about_time(path, code):
    assert mounts.unread(keeper(), "app", path, "No such file").code == code


def test_a_file_that_outlived_its_pod_says_by_which_claim():
    reason = mounts.other_content(keeper(), "app", "/data/x")
    assert reason.code == "outlives-pod"
    assert "the claim mine" in str(reason.why)
    assert mounts.other_content(keeper(), "app", "/cache/x") is None


def test_where_there_are_others_volumes_are_about_sharing():
    pod = keeper(others=[{"name": "helper"}])
    assert mounts.unread(pod, "app", "/cache/x", "No such file").code == "volume-not-shared"
