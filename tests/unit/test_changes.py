"""What a change to the Pod started anew: by container ids, once the Pod is Ready again."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from tests.unit.lives import Kubelet, bench, pod
from tests.unit.lives import container_status as status

from podgrade.cluster.connection import ApiRefusal, ExecAnswer
from podgrade.model.errors import GraderError
from podgrade.model.failure import Failure
from podgrade.probes.changes import CrashProbe
from podgrade.probes.pod import PodProbe
from podgrade.probes.tape import Recording

INIT = status("prepare", state="terminated")


OWNED = {"ownerReferences": [{"kind": "ReplicaSet", "name": "pair", "controller": True}]}


def running(version, app=1, helper=1, init=INIT, **more):
    return pod(version, status("app", app), status("helper", helper), inits=[init], **more)


def another(version, **more):
    """The Pod that comes after it."""
    return running(version, app=2, helper=2, init=status("prepare", 2), uid="v", **more)


class Api(Kubelet):
    """Notes every request; whatever is asked, the watch then sees the next versions of the Pod."""

    def __init__(self, *then, code=0):
        super().__init__()
        self.then, self.code, self.requests = then, code, []
        self.refusal = None

    def exec(self, *_, **__):
        self._go_on()
        return ExecAnswer(self.code, b"", b"no such thing")

    def request(self, method, path, *, body=None, **_):
        self.requests.append((method, path, body))
        if self.refusal:
            raise self.refusal
        self._go_on()
        return {"metadata": {"generation": 2}}

    request_with_warnings = lambda self, *args, **more: (self.request(*args, **more), ())  # noqa: E731

    def _go_on(self):
        def seen():
            for version in self.then:
                gone = version["metadata"].pop("gone", False)
                self.where.workspace.view.take_pod(version, gone=gone)

        threading.Timer(0.05, seen).start()


def on(api, start=5.0):
    where = api.where = bench(running(1), api, start=start, steady=0.1)
    where.exercise.images = ()
    where.workspace.learner = api
    where.manifest = SimpleNamespace(
        documents=(SimpleNamespace(kind="Pod", name="pair", body={"metadata": {"name": "pair"}}),)
    )
    return Recording(where)


def test_a_crash_tells_what_runs_anew():
    api = Api(running(2, app=2))
    assert CrashProbe(on(api))("app", "stop").restarted == {"app"}
    assert api.where.baseline.running["app"] == ("containerd://app-2", 1)
    assert api.where.spent  # an app that was told to end was Ready nevertheless


def test_a_crash_that_takes_another_along_tells_both():
    api = Api(running(2, app=2), running(3, app=2, helper=2))
    assert CrashProbe(on(api))("app", "stop").restarted == {"app", "helper"}


def test_an_init_container_that_runs_again_is_told():
    again = status("prepare", 2, state="terminated")
    api = Api(running(2, app=2, init=again))
    assert CrashProbe(on(api))("app", "stop").restarted == {"app", "prepare"}


@pytest.mark.parametrize(("exit_code", "reason"), [(0, "not-restarted"), (127, "cannot-exec")])
def test_a_container_that_does_not_end_is_told(exit_code, reason):
    with pytest.raises(Failure) as failure:
        CrashProbe(on(Api(code=exit_code), start=0.2))("app", "stop")
    assert failure.value.reason.code == reason


def test_another_image_is_patched_in_its_place():
    api = Api(running(2, app=2))
    assert PodProbe(on(api)).set_image("app", "nginx:1.27").restarted == {"app"}
    method, path, body = api.requests[0]
    assert (method, path) == ("PATCH", "/api/v1/namespaces/ns/pods/pair")
    assert body == {"spec": {"containers": [{"name": "app", "image": "nginx:1.27"}]}}


def test_another_image_of_an_init_container_starts_nothing():
    api = Api()
    assert PodProbe(on(api)).set_image("prepare", "busybox:1.36").restarted == set()
    assert "initContainers" in api.requests[0][2]["spec"]


def test_what_the_kubelet_has_not_seen_yet_is_no_answer():
    late = running(2)
    late["status"]["observedGeneration"] = 1
    api = Api(late)
    stage = on(api, start=0.3)
    api.where.workspace.view.take_pod(late)
    with pytest.raises(Failure):
        PodProbe(stage).set_image("prepare", "busybox:1.36")


def test_a_bare_pod_is_made_anew_by_the_learner():
    api = Api(running(2, gone=True), another(3))
    found = PodProbe(on(api)).replace()
    assert found.restarted == {"prepare", "app", "helper"}
    assert [method for method, *_ in api.requests] == ["DELETE", "POST"]
    assert api.requests[0][2]["preconditions"] == {"uid": "u"}


def test_a_deployments_pod_is_made_anew_by_the_deployment():
    owner = {"kind": "ReplicaSet", "name": "pair", "controller": True}
    first = running(2, ownerReferences=[owner])
    api = Api(
        running(4, app=2, helper=2, init=status("prepare", 2), uid="v", ownerReferences=[owner])
    )
    stage = on(api)
    api.where.workspace.view.take_pod(first)
    gone = running(3, ownerReferences=[owner], gone=True)
    api.then = (gone, *api.then)
    assert PodProbe(stage).replace().restarted == {"prepare", "app", "helper"}
    assert [method for method, *_ in api.requests] == ["DELETE"]


def test_a_manifest_that_is_refused_the_second_time_is_the_learners():
    api = Api(running(2, gone=True))
    stage = on(api)
    api.where.workspace.learner = refusing = Api()
    refusing.where = api.where
    refusing.refusal = ApiRefusal(422, "Invalid", "no")
    with pytest.raises(Failure) as failure:
        PodProbe(stage).replace()
    assert failure.value.reason.code == "refused-by-server"


def test_a_pod_that_is_not_in_the_manifest_cannot_be_made_anew():
    api = Api()
    stage = on(api)
    api.where.role = "clone"
    with pytest.raises(GraderError):
        PodProbe(stage).replace()
    assert api.requests == []


def test_what_was_started_anew_comes_back_from_the_tape():
    stage = on(Api(running(2, app=2)))
    CrashProbe(stage)("app", "stop")
    answer = stage.tape.entries[0]["answer"]
    assert answer["value"]["restarted"]["value"][0] == ["app"]
