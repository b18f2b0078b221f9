"""What a stranger's manifest may not hold, each with its line and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from podgrade.locale import in_language
from podgrade.model.exercise import Exercise, Target
from podgrade.model.submission import SourceFile
from podgrade.model.text import Text
from podgrade.workspace.policy import ACCEPTED_KINDS, matches, refusals
from podgrade.workspace.read import parse

NOWHERE = Path("nowhere")
CLAIM = "PersistentVolumeClaim"
TOKEN = "kubernetes.io/service-account-token"
TITLE = Text("t", "t")


def exercise(level="baseline", capabilities=()):
    more = {"pod_security": level, "capabilities": capabilities}
    return Exercise("x", TITLE, TITLE, Target("x"), NOWHERE, NOWHERE, **more)


def refused(text, level="baseline", capabilities=()):
    return refusals(parse([SourceFile("pod.yaml", text.encode())]), exercise(level, capabilities))


def in_pod(field):
    """A Pod with one more field in its spec, which stands in line 6."""
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
        f"  containers: [{{name: a, image: nginx}}]\n  {field}\n"
    )


def in_container(field):
    """A Pod with one more field in its container, which stands in line 8."""
    return (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n"
        f"  containers:\n  - name: a\n    image: nginx\n    {field}\n"
    )


ALLOWED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, labels: {a: b}, creationTimestamp: null}
spec:
  replicas: 2
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      serviceAccountName: default
      schedulerName: default-scheduler
      shareProcessNamespace: true
      nodeSelector: {kubernetes.io/os: linux}
      tolerations:
      - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute}
      securityContext:
        fsGroup: 1
        sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "0"}]
      initContainers:
      - {name: i, image: busybox, restartPolicy: Always, securityContext: {privileged: false}}
      containers:
      - name: a
        image: nginx
        ports: [{containerPort: 80, hostPort: 0}]
        securityContext: {procMount: Default, capabilities: {drop: [ALL], add: [CHOWN]}}
        resources: {limits: {cpu: 1, memory: 64Mi, ephemeral-storage: 1Mi}}
      volumes:
      - {name: a, emptyDir: {medium: Memory}}
      - {name: b, configMap: {name: c}}
      - {name: d, secret: {secretName: c}}
      - {name: e, projected: {sources: [{downwardAPI: {items: []}}]}}
      - {name: f, persistentVolumeClaim: {claimName: c}}
status: {}
---
{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {type: ClusterIP, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: b}, spec: {clusterIP: None}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {type: NodePort, hostPath: x}}
---
{apiVersion: v1, kind: Secret, metadata: {name: a}, type: Opaque}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {storageClassName: x}}
---
{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {backoffLimit: 0}}
"""


def test_what_exercises_need_is_accepted():
    assert refused(ALLOWED) == ()


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("hostNetwork: true", "spec.hostNetwork"),
        ("hostPID: true", "spec.hostPID"),
        ("hostIPC: true", "spec.hostIPC"),
        ("nodeName: node", "spec.nodeName"),
        ("schedulerName: mine", "spec.schedulerName"),
        ("priorityClassName: system-node-critical", "spec.priorityClassName"),
        ("runtimeClassName: kata", "spec.runtimeClassName"),
        ("serviceAccountName: admin", "spec.serviceAccountName"),
        ("serviceAccount: admin", "spec.serviceAccount"),
        ("resourceClaims: [{name: gpu}]", "spec.resourceClaims"),
        ("schedulingGates: [{name: a}]", "spec.schedulingGates"),
        ("ephemeralContainers: [{name: a}]", "spec.ephemeralContainers"),
        ("tolerations: [{operator: Exists}]", "spec.tolerations[0]"),
        ("volumes: [{name: a, hostPath: {path: /}}]", "spec.volumes[0].hostPath"),
        ("volumes: [{name: a, nfs: {server: a}}]", "spec.volumes[0]"),
        ("volumes: [{name: a, csi: {driver: a}}]", "spec.volumes[0]"),
        (
            "securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}",
            "spec.securityContext.sysctls[0].name",
        ),
        (
            "securityContext: {windowsOptions: {hostProcess: true}}",
            "spec.securityContext.windowsOptions.hostProcess",
        ),
    ],
)
def test_refused_fields_of_a_pod(field, path):
    (refusal,) = refused(in_pod(field))

    assert refusal.reason.code == "refused-by-policy"
    assert f"`{path}`" in in_language(refusal.reason.why, "en")
    assert f"`{path}`: 허용되지 않습니다" in in_language(refusal.reason.why, "ko")
    assert refusal.position.line == 6
    assert refusal.reason.look


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("securityContext: {privileged: true}", "securityContext.privileged"),
        ("securityContext: {procMount: Unmasked}", "securityContext.procMount"),
        ("securityContext: {capabilities: {add: [SYS_ADMIN]}}", "securityContext.capabilities.add"),
        ("securityContext: {capabilities: {add: [ALL]}}", "securityContext.capabilities.add"),
        ("ports: [{containerPort: 80, hostPort: 80}]", "ports[0].hostPort"),
        ("volumeDevices: [{name: a, devicePath: /dev/a}]", "volumeDevices"),
        ("resources: {limits: {nvidia.com/gpu: 1}}", "resources.limits"),
        ("resources: {requests: {example.com/x: 1}}", "resources.requests"),
    ],
)
def test_refused_fields_of_a_container(field, path):
    (refusal,) = refused(in_container(field))

    assert f"`spec.containers[0].{path}`" in in_language(refusal.reason.why, "en")
    assert refusal.position.line == 8
    assert refused(in_container(field).replace("containers:", "initContainers:"))


@pytest.mark.parametrize(("kind", "version"), [("Deployment", "apps/v1"), ("Job", "batch/v1")])
def test_templates_are_held_to_the_same(kind, version):
    text = (
        f"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\nspec:\n  template:\n"
        "    metadata: {finalizers: [a/b]}\n    spec:\n      hostPID: true\n"
    )
    first, second = refused(text)

    assert (first.position.line, second.position.line) == (6, 8)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  finalizers: [a/b]", 5),
        ("kind: Pod\napiVersion: v1\nmetadata:\n  name: a\n  ownerReferences: [{kind: a}]", 5),
        ("kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  type: NodePort", 5),
        ("kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  type: LoadBalancer", 5),
        ("kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  externalIPs: [1.1.1.1]", 5),
        (
            f"kind: {CLAIM}\napiVersion: v1\nmetadata: {{name: a}}\nspec: {{volumeName: x}}",
            4,
        ),
        (f"kind: Secret\napiVersion: v1\nmetadata: {{name: a}}\ntype: {TOKEN}", 4),
    ],
)
def test_refused_fields_of_other_objects(text, line):
    (refusal,) = refused(text)

    assert refusal.reason.code == "refused-by-policy"
    assert refusal.position.line == line


@pytest.mark.parametrize(
    "kind",
    [
        "Namespace",
        "ClusterRole",
        "RoleBinding",
        "ServiceAccount",
        "NetworkPolicy",
        "DaemonSet",
        "CronJob",
        "MutatingWebhookConfiguration",
        "CustomResourceDefinition",
        "PersistentVolume",
    ],
)
def test_other_kinds_are_refused_by_name(kind):
    (refusal,) = refused(f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\n")

    assert refusal.reason.code == "wrong-kind"
    assert f"`{kind}`" in in_language(refusal.reason.why, "en")
    assert refusal.position.line == 2
    assert all(name in in_language(refusal.reason.look, "ko") for name in ACCEPTED_KINDS)


def test_a_misspelt_kind_and_a_wrong_version_are_put_right():
    (kind,) = refused("apiVersion: v1\nkind: Pods\nmetadata: {name: a}\n")
    (version,) = refused("apiVersion: v1\nkind: Deployment\nmetadata: {name: a}\n")

    assert in_language(kind.reason.look, "en") == "did you mean `Pod`?"
    assert in_language(version.reason.look, "en") == "write `apiVersion: apps/v1`"
    assert (version.position.line, version.position.column) == (1, 1)


@pytest.mark.parametrize("metadata", ["{}", "{generateName: a-}", "{labels: {a: b}}"])
def test_an_object_needs_a_name(metadata):
    (refusal,) = refused(f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\n")

    assert refusal.reason.code == "name-invalid"


def test_several_refusals_come_in_the_order_of_their_lines():
    text = in_pod("hostPID: true\n  nodeName: a\n  hostNetwork: true")

    assert [refusal.position.line for refusal in refused(text)] == [6, 7, 8]


def test_an_exercise_may_need_one_capability_more():
    text = in_container("securityContext: {capabilities: {add: [SYS_PTRACE]}}")

    assert refused(text)
    assert refused(text, capabilities=("SYS_PTRACE",)) == ()
    assert refused(text.replace("PTRACE", "ADMIN"), capabilities=("SYS_PTRACE",))
    assert refused(in_pod("hostPID: true"), capabilities=("SYS_PTRACE",))


def test_a_field_that_slipped_out_of_its_volume_is_left_to_the_api_server():
    assert refused(in_pod("volumes: [{name: a, emptyDir: {}, sizeLimit: 1Mi}]")) == ()


@pytest.mark.parametrize("field", ["volumes: 5", "volumes: [x]", "tolerations: {a: b}"])
def test_other_shapes_are_left_to_the_api_server(field):
    assert refused(in_pod(field)) == ()


def test_patterns_name_places():
    value = {"a": [{"b": {"x": 1, "y": 2}}, {"c": 3}]}

    assert list(matches(value, "a[*].b.*")) == [("a[0].b.x", 1), ("a[0].b.y", 2)]
