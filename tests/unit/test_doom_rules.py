"""The rules of doom that a healthy practice cluster does not show by itself."""

from __future__ import annotations

import pytest

from podgrade.locale import in_language
from podgrade.workspace.doom import Goal, GoalKind, Scene, judge, obstacle
from podgrade.workspace.doom.case import Case
from podgrade.workspace.doom.exits import hint
from podgrade.workspace.doom.images import Refusal, image_refused, meaning
from podgrade.workspace.doom.near import meant_image, nearest
from podgrade.workspace.doom.part import Part, Role

READY = Goal(GoalKind.READY)
PULL = 'Back-off pulling image "x": ErrImagePull: failed to pull and unpack image: '


class Cluster:
    def __init__(self, *, absent=True, fits=True):
        self._absent, self._fits = absent, fits

    def absent(self, kind, name, key=None):
        return self._absent

    def fits_empty_node(self, pod):
        return self._fits


def waiting(reason, message="", **more):
    return {"state": {"waiting": {"reason": reason, "message": message}}, **more}


def running(**more):
    return {"state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}, "ready": True, **more}


def ended(code, reason="Error", **more):
    return {"state": {"terminated": {"exitCode": code, "reason": reason}}, **more}


def loop(code, restarts, reason="Error", **more):
    last = {"terminated": {"exitCode": code, "reason": reason, "containerID": "x"}}
    state = waiting("CrashLoopBackOff", "back-off 20s")
    return {**state, "restartCount": restarts, "lastState": last, **more}


def pod(containers, *, init=None, phase="Running", policy="Always", uid="u", **status):
    init = init or {}
    return {
        "metadata": {"name": "p", "uid": uid},
        "spec": {
            "restartPolicy": policy,
            "initContainers": [spec_of(name, one) for name, one in init.items()],
            "containers": [spec_of(name, one) for name, one in containers.items()],
        },
        "status": {
            "phase": phase,
            "initContainerStatuses": [{"name": name, **one} for name, one in init.items()],
            "containerStatuses": [{"name": name, **one} for name, one in containers.items()],
            **status,
        },
    }


def spec_of(name, status):
    return {"name": name, "image": status.pop("image", "busybox"), **status.pop("spec", {})}


def scene(*pods, events=(), lines="", seen=()):
    return Scene(tuple(pods), tuple(events), lambda uid: tuple(seen), lambda *_: lines, ("nginx",))


def event(reason, message, *, container=None, count=1):
    path = f"spec.containers{{{container}}}" if container else ""
    about = {"uid": "u", "name": "p", "fieldPath": path}
    return {"reason": reason, "message": message, "count": count, "involvedObject": about}


@pytest.mark.parametrize(
    ("message", "refusal"),
    [
        ("pull access denied, repository does not exist or may require", Refusal.ABSENT),
        ("docker.io/library/nginx:9.99: not found", Refusal.ABSENT),
        ("Error response from daemon: manifest for nginx:9 not found: manifest unknown", "absent"),
        ("reading manifest 9 in docker.io/library/nginx: manifest unknown", Refusal.ABSENT),
        ("toomanyrequests: You have reached your unauthenticated pull rate limit", Refusal.LIMIT),
        ("unexpected status code 429 Too Many Requests", Refusal.LIMIT),
        ("pull QPS exceeded", Refusal.LIMIT),
        ("no match for platform in manifest: not found", Refusal.PLATFORM),
        ("no matching manifest for linux/arm64/v8 in the manifest list entries", "platform"),
        ('media type "…manifest.v1+prettyjws" is no longer supported since containerd', "old"),
        ("dial tcp: lookup registry-1.docker.io: no such host", Refusal.TROUBLE),
        ("dial tcp 1.2.3.4:443: i/o timeout", Refusal.TROUBLE),
        ("net/http: TLS handshake timeout", Refusal.TROUBLE),
        ("context deadline exceeded", Refusal.TROUBLE),
        ("received unexpected HTTP status: 503 Service Unavailable", Refusal.TROUBLE),
        ("something nobody has seen before", None),
    ],
)
def test_meanings_of_a_refused_pull(message, refusal):
    assert meaning(message) == refusal


@pytest.mark.parametrize(
    ("message", "count", "code"),
    [
        ("dial tcp: lookup registry-1.docker.io: no such host", 1, None),
        ("dial tcp: lookup registry-1.docker.io: no such host", 2, "image-pull-trouble"),
        ("docker.io/library/nginx:9.99: not found", 2, "image-not-found"),
        ("something nobody has seen before", 2, "image-pull-trouble"),
        ("toomanyrequests", 3, None),
    ],
)
def test_an_image_of_ours_is_given_up_after_two_pulls(message, count, code):
    refused = pod({"c": waiting("ImagePullBackOff", PULL + message)}, phase="Pending")
    events = [event("Failed", f"Failed to pull image: {message}", container="c", count=count)]
    doom = image_refused(Case(READY, scene(refused, events=events), Cluster(), refused))

    assert (doom and doom.code) == code


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("toomanyrequests", "image-pull-limit"),
        ("pull QPS exceeded", "image-pull-limit"),
        ("i/o timeout", "image-pull-trouble"),
        ("no match for platform in manifest: not found", "wrong-architecture"),
        ("manifest.v1+prettyjws is no longer supported", "image-pull-trouble"),
        ("something nobody has seen before", "image-pull-trouble"),
    ],
)
def test_what_is_not_the_learners_is_never_a_failure(message, code):
    seen = scene(pod({"app": waiting("ImagePullBackOff", PULL + message)}, phase="Pending"))
    doom = obstacle(READY, seen, Cluster())

    assert judge(READY, seen, Cluster()) is None
    assert (doom.code, doom.infrastructure) == (code, True)
    assert "your mistake" in in_language(doom.why, "en")


def test_the_newest_refusal_counts():
    """First not found, then a rate limit: nobody knows any more, so nobody is blamed."""
    events = [
        event("Failed", 'Failed to pull image "x": x: not found', container="app"),
        event("Failed", 'Failed to pull image "x": toomanyrequests', container="app"),
    ]
    seen = scene(
        pod({"app": waiting("ImagePullBackOff", "Back-off")}, phase="Pending"), events=events
    )

    assert judge(READY, seen, Cluster()) is None
    assert obstacle(READY, seen, Cluster()).code == "image-pull-limit"


def test_older_kubelets_say_the_cause_only_in_the_event():
    cause = event("Failed", 'Failed to pull image "x": pull access denied', container="app")
    backing_off = waiting("ImagePullBackOff", 'Back-off pulling image "x"')
    seen = scene(pod({"app": backing_off}, phase="Pending"), events=[cause])

    assert judge(READY, seen, Cluster()).code == "image-not-found"


def test_only_what_concerns_the_container_waited_for():
    broken = pod({"app": running(), "other": waiting("ImagePullBackOff", PULL + "x: not found")})

    assert judge(Goal(GoalKind.LOG, "app"), scene(broken), Cluster()) is None
    assert judge(Goal(GoalKind.LOG, "other"), scene(broken), Cluster()).container == "other"
    assert judge(READY, scene(broken), Cluster()).container == "other"


def test_an_init_container_blocks_what_comes_after_it():
    broken = pod({"app": waiting("PodInitializing")}, init={"one": loop(1, 2)}, phase="Pending")

    assert judge(Goal(GoalKind.RUNNING, "app"), scene(broken), Cluster()).container == "one"
    assert judge(Goal(GoalKind.INIT, step=0), scene(broken), Cluster()) is None
    assert judge(Goal(GoalKind.INIT, step=1), scene(broken), Cluster()).code == "init-crash-loop"


def test_a_sidecar_that_has_started_blocks_nobody():
    sidecar = {**loop(1, 4), "started": True, "spec": {"restartPolicy": "Always"}}
    broken = pod({"app": running()}, init={"side": sidecar})

    assert judge(Goal(GoalKind.LOG, "app"), scene(broken), Cluster()) is None


def test_a_native_sidecar_counts_for_ready():
    sidecar = {**loop(1, 2), "spec": {"restartPolicy": "Always"}}
    doom = judge(READY, scene(pod({"app": running()}, init={"side": sidecar})), Cluster())

    assert (doom.code, doom.container) == ("crash-loop", "side")


@pytest.mark.parametrize("restarts", [0, 1])
def test_two_endings_are_not_enough(restarts):
    assert judge(READY, scene(pod({"app": loop(1, restarts)})), Cluster()) is None


def test_endings_with_different_causes_are_not_the_same_mistake():
    versions = [pod({"app": loop(code, n)}) for n, code in enumerate((1, 2))]
    for number, version in enumerate(versions):
        last = version["status"]["containerStatuses"][0]["lastState"]["terminated"]
        last["containerID"] = str(number)
    seen = [Sighting(version) for version in versions]

    assert judge(READY, scene(pod({"app": loop(1, 2)}), seen=seen), Cluster()) is None


class Sighting:
    def __init__(self, pod):
        self.at, self.pod = 0.0, pod


@pytest.mark.parametrize(
    "other",
    [
        waiting("ContainerCreating"),
        waiting("ErrImagePull", "toomanyrequests"),
        {"state": {"running": {}}, "ready": False, "started": False},
        {"state": {"running": {}}, "ready": False, "started": True},
    ],
)
def test_a_loop_may_still_end_while_another_container_is_starting(other):
    seen = scene(pod({"app": loop(1, 3), "db": other}))

    assert judge(READY, seen, Cluster()) is None
    assert obstacle(READY, seen, Cluster()).code in {"crash-loop", "image-pull-limit"}


def test_two_loops_do_not_wait_for_each_other():
    assert judge(READY, scene(pod({"a": loop(1, 2), "b": loop(2, 5)})), Cluster()).container == "a"


def test_endings_before_the_goal_began_do_not_count():
    status = loop(1, 7)
    status["lastState"]["terminated"]["finishedAt"] = "2026-01-01T00:00:09Z"
    seen = scene(pod({"app": waiting("PodInitializing")}, init={"check": status}))

    assert judge(READY, seen, Cluster()).code == "init-crash-loop"
    assert judge(Goal(GoalKind.READY, since="2026-01-01T00:00:10Z"), seen, Cluster()) is None


@pytest.mark.parametrize(("since", "code"), [("10", "slow-cluster"), ("09", "init-crash-loop")])
def test_nobody_is_blamed_for_a_try_that_did_not_come(since, code):
    status = loop(1, 4)
    status["lastState"]["terminated"]["finishedAt"] = "2026-01-01T00:00:09Z"
    seen = scene(pod({"app": waiting("PodInitializing")}, init={"check": status}))
    doom = obstacle(Goal(GoalKind.READY, since=f"2026-01-01T00:00:{since}Z"), seen, Cluster())

    assert doom.code == code
    assert doom.infrastructure == (code == "slow-cluster")


def test_out_of_memory_is_said_as_such_though_only_a_child_was_killed():
    doom = judge(READY, scene(pod({"app": loop(1, 2, "OOMKilled")})), Cluster())

    assert doom.code == "out-of-memory"


def test_a_foreign_machines_program_is_not_the_learners():
    seen = scene(pod({"app": loop(255, 4)}), lines="exec /bin/app: exec format error")

    assert judge(READY, seen, Cluster()) is None
    assert obstacle(READY, seen, Cluster()).infrastructure


def test_a_failing_liveness_probe_is_named():
    why = event("Unhealthy", "Liveness probe failed: connection refused", container="app")
    doom = judge(READY, scene(pod({"app": loop(137, 2)}), events=[why]), Cluster())

    assert "Liveness probe failed: connection refused" in in_language(doom.why, "en")


def test_what_a_get_still_finds_is_not_missing():
    config = waiting("CreateContainerConfigError", 'configmap "x" not found')
    seen = scene(pod({"app": config}, phase="Pending"))

    assert judge(READY, seen, Cluster(absent=False)) is None
    assert judge(READY, seen, Cluster()).code == "missing-configmap"


NAMED = {"configMap": {"name": "settings"}}
KEY = {"secret": {"secretName": "keys", "items": [{"key": "tls", "path": "tls"}]}}
PROJECTED = {"projected": {"sources": [{"serviceAccountToken": {}}, {"secret": {"name": "keys"}}]}}
MADE = {"type": "PodReadyToStartContainers", "status": "True"}


def with_volume(volume, reason="PodInitializing", *, mounts="v", **status):
    """A Pod that the kubelet has, as it reports it before any Event of it comes."""
    made = pod({"app": waiting(reason)}, phase="Pending", **status)
    made["spec"]["containers"][0]["volumeMounts"] = [{"name": mounts, "mountPath": "/v"}]
    made["spec"]["volumes"] = [{"name": "v", **volume}]
    return scene(made)


class Holding(Cluster):
    """What is there, and the keys it has."""

    def __init__(self, **held):
        self._held = held

    def absent(self, kind, name, key=None):
        return name not in self._held or key not in (None, *self._held[name])


@pytest.mark.parametrize(
    ("volume", "cluster", "code"),
    [
        (NAMED, Holding(), "missing-configmap"),
        (NAMED, Holding(settings=()), None),
        (KEY, Holding(), "missing-secret"),
        (KEY, Holding(keys=("other",)), "missing-key"),
        (KEY, Holding(keys=("tls",)), None),
        (PROJECTED, Holding(), "missing-secret"),
        ({"configMap": {"name": "settings", "optional": True}}, Holding(), None),
        ({"configMap": {"name": "kube-root-ca.crt"}}, Holding(), None),
        ({"emptyDir": {}}, Holding(), None),
    ],
)
def test_what_a_volume_lacks_is_known_without_an_event(volume, cluster, code):
    doom = judge(READY, with_volume(volume), cluster)

    assert (doom and doom.code) == code


@pytest.mark.parametrize(
    "waits",
    [
        with_volume(NAMED, conditions=[MADE]),
        with_volume(NAMED, "ImagePullBackOff"),
        with_volume(NAMED, reason=None),
        with_volume(NAMED, mounts="other"),
    ],
)
def test_nothing_is_missing_that_the_kubelet_does_not_wait_for(waits):
    assert judge(READY, waits, Holding()) is None


def test_the_namespaces_own_certificate_is_never_the_learners():
    message = 'MountVolume.SetUp failed for volume "k" : configmap "kube-root-ca.crt" not found'
    late = event("FailedMount", message)
    creating = scene(pod({"app": waiting("ContainerCreating")}, phase="Pending"), events=[late])

    assert judge(READY, creating, Cluster()) is None
    assert obstacle(READY, creating, Cluster()).infrastructure


UNPLACED = [
    {
        "type": "PodScheduled",
        "status": "False",
        "reason": "Unschedulable",
        "message": "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes",
    }
]


def test_no_room_now_is_not_the_learners():
    seen = scene(pod({}, phase="Pending", conditions=UNPLACED))
    doom = obstacle(READY, seen, Cluster(fits=True))

    assert judge(READY, seen, Cluster(fits=True)) is None
    assert (doom.code, doom.infrastructure) == ("slow-cluster", True)
    assert judge(READY, seen, Cluster(fits=False)).code == "unschedulable"


@pytest.mark.parametrize(
    ("reason", "message", "code", "infrastructure"),
    [
        ("DeadlineExceeded", "Pod was active longer", "pod-failed", False),
        ("Evicted", "The node was low on resource: memory", "node-trouble", True),
        ("Evicted", 'Usage of EmptyDir volume "v" exceeds the limit "1Mi"', "pod-failed", False),
        ("NodeShutdown", "Pod was rejected as the node is shutting down", "node-trouble", True),
    ],
)
def test_a_pod_that_was_ended_from_outside(reason, message, code, infrastructure):
    failed = pod({"app": running()}, phase="Failed", reason=reason, message=message)
    doom = judge(READY, scene(failed), Cluster())

    assert (doom.code, doom.infrastructure) == (code, infrastructure)


def test_who_waits_for_the_end_is_not_doomed_by_it():
    failed = pod({"app": ended(1)}, phase="Failed", policy="Never")
    finished = pod({"app": ended(0, "Completed")}, phase="Succeeded", policy="Never")

    assert judge(Goal(GoalKind.FAILED), scene(failed), Cluster()) is None
    assert judge(Goal(GoalKind.SUCCEEDED), scene(finished), Cluster()) is None
    assert judge(Goal(GoalKind.FAILED), scene(finished), Cluster()).code == "pod-finished"
    assert judge(Goal(GoalKind.SUCCEEDED), scene(failed), Cluster()).code == "pod-failed"


def test_one_container_that_failed_for_good_keeps_the_pod_from_succeeding():
    beside = pod({"a": ended(1), "b": running()}, policy="Never")
    assert judge(Goal(GoalKind.SUCCEEDED), scene(beside), Cluster()).code == "pod-failed"
    done = pod({"a": ended(0, "Completed"), "b": running()}, policy="Never")
    assert judge(Goal(GoalKind.SUCCEEDED), scene(done), Cluster()) is None
    again = pod({"a": ended(1), "b": running()}, policy="OnFailure")
    assert judge(Goal(GoalKind.SUCCEEDED), scene(again), Cluster()) is None
    beside["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "batch"}]
    assert judge(Goal(GoalKind.SUCCEEDED), scene(beside), Cluster()) is None


def test_a_job_makes_another_pod_until_it_says_that_it_gives_up():
    failed = pod({"app": ended(1)}, phase="Failed", policy="Never")
    failed["metadata"]["ownerReferences"] = [{"kind": "Job", "name": "batch"}]
    given_up = event("BackoffLimitExceeded", "Job has reached the specified backoff limit")

    assert judge(READY, scene(failed), Cluster()) is None
    assert judge(READY, scene(failed, events=[given_up]), Cluster()).code == "pod-failed"


def test_the_youngest_pod_is_judged_and_one_that_is_being_deleted_is_not():
    old = pod({"app": loop(1, 5)}, uid="old")
    old["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"

    assert judge(READY, scene(pod({"app": running()}), old), Cluster()) is None


@pytest.mark.parametrize(
    ("owners", "code"),
    [([{"kind": "ReplicaSet", "name": "web", "controller": True}], None), ([], "pod-failed")],
)
def test_a_pod_that_is_replaced_is_no_evidence(owners, code):
    going = pod({"app": ended(137)}, phase="Failed")
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z"
    going["metadata"]["ownerReferences"] = owners
    doom = judge(READY, scene(going), Cluster())

    assert (doom and doom.code) == code


def test_a_quota_that_only_others_use_up_is_waited_for():
    message = (
        'Error creating: pods "a-b" is forbidden: exceeded quota: q, '
        "requested: limits.memory=64Mi, used: limits.memory=128Mi, limited: limits.memory=128Mi"
    )
    seen = scene(events=[event("FailedCreate", message)])

    assert judge(READY, seen, Cluster()) is None
    assert obstacle(READY, seen, Cluster()).code == "quota"


@pytest.mark.parametrize("first", [ended(0), waiting("PodInitializing")])
def test_a_node_that_comes_no_further_is_not_the_learners(first):
    slow = pod({"app": waiting("PodInitializing")}, init={"one": first}, phase="Pending")
    doom = obstacle(READY, scene(slow), Cluster())

    assert (doom.code, doom.infrastructure) == ("slow-cluster", True)


def test_a_container_level_policy_decides_for_an_init_container():
    once = {**ended(3), "spec": {"restartPolicy": "Never"}}
    broken = pod({"app": waiting("PodInitializing")}, init={"check": once}, phase="Pending")

    assert judge(READY, scene(broken), Cluster()).code == "init-failed"


@pytest.mark.parametrize(
    ("spec", "code"),
    [
        ({}, "slow-cluster"),
        ({"readinessProbe": {}}, "slow-cluster"),
        ({"readinessProbe": {"exec": {}}}, "not-ready-probe"),
        ({"startupProbe": {"exec": {}}}, "not-ready-probe"),
        ({"lifecycle": {"postStart": {}}}, "not-ready"),
    ],
)
def test_what_nothing_keeps_from_being_ready_waits_for_the_kubelet_alone(spec, code):
    found = obstacle(READY, scene(pod({"app": running(ready=False, spec=spec)})), Cluster())
    assert (found.code, found.infrastructure) == (code, code == "slow-cluster")


@pytest.mark.parametrize(("started", "probe"), [(False, "startup"), (True, "readiness")])
def test_a_probe_whose_failures_nobody_has_told_yet_is_named_all_the_same(started, probe):
    spec = {"startupProbe": {"exec": {}}, "readinessProbe": {"exec": {}}}
    app = {**running(ready=False, spec=spec), "started": started}
    doom = obstacle(READY, scene(pod({"app": app})), Cluster())
    assert f"its {probe} probe has not succeeded" in in_language(doom.why, "en")


def test_a_startup_probe_that_has_passed_keeps_nothing_from_being_ready():
    app = {**running(ready=False, spec={"startupProbe": {"exec": {}}}), "started": True}
    doom = obstacle(READY, scene(pod({"app": app})), Cluster())
    assert (doom.code, doom.infrastructure) == ("slow-cluster", True)


def test_control_characters_of_a_log_are_not_repeated():
    doom = judge(READY, scene(pod({"app": loop(1, 2)}), lines="a\x1b[31mred\x07\nb"), Cluster())

    assert "\x1b" not in in_language(doom.why, "en")


def test_nothing_at_all():
    assert judge(READY, scene(), Cluster()) is None
    assert obstacle(READY, scene(), Cluster()).code == "no-pod"


@pytest.mark.parametrize(
    ("image", "meant"),
    [
        ("busyboxx", "busybox"),
        ("busibox:1.28", "busybox:1.28"),
        ("ngnix", "nginx"),
        ("docker.io/library/ngin", "nginx"),
        ("busybox:1.29", "busybox:1.28"),
        ("nginx:9.99", "nginx"),
        ("alpine-git", "alpine/git"),
        ("my-own-thing", None),
        ("nginx", None),
    ],
)
def test_the_image_that_was_meant(image, meant):
    assert meant_image(image, ("nginx", "busybox:1.28", "busybox")) == meant


def test_nearest_needs_a_likeness():
    assert nearest("settings", ("setting", "other")) == "setting"
    assert nearest("a", ("settings",)) is None


@pytest.mark.parametrize(
    ("mounts", "told"),
    [
        ([{"name": "config", "mountPath": "/config", "readOnly": True}], "take `readOnly` off"),
        ([{"name": "config", "mountPath": "/config"}], "from a ConfigMap or a Secret can only"),
        (None, "another volume"),
    ],
)
def test_what_may_not_be_written_says_why(mounts, told):
    part = Part("app", Role.MAIN, 0, {"volumeMounts": mounts}, {}, "Always")
    found = hint(None, part, {"exitCode": 1}, "sh: can't create /config/a: Read-only file system")

    assert told in str(found)
