"""The walls behind the policy, each with the others taken away: nothing here passes the policy."""

from __future__ import annotations

import contextlib

import pytest
from tests.cluster.rooms import bare_namespace, rooms
from tests.controls import cases

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.submission import Document, Position
from podgrade.workspace import apply, standing
from podgrade.workspace.fence import namespace as fenced
from podgrade.workspace.run import Run

DRY = {"dryRun": "All", "fieldValidation": "Strict"}
MERGE = "application/merge-patch+json"


@pytest.fixture(scope="module")
def connection(kubeconfig):
    return Connection.open(kubeconfig)


@pytest.fixture(scope="module")
def only_pod_security(connection):
    """For each level a namespace that has a workspace's labels and nothing else, asked as admin."""
    with contextlib.ExitStack() as stack:
        yield {
            level: labelled(connection, stack.enter_context(bare_namespace(connection)), level)
            for level in ("baseline", "restricted")
        }


def labelled(connection, name, level):
    version = connection.request("GET", "/version")
    body = fenced(name, Run.new(), level, f"v{version['major']}.{version['minor'].rstrip('+')}")
    labels = body["metadata"]["labels"]
    security = {key: value for key, value in labels.items() if key.startswith("pod-security")}
    connection.request(
        "PATCH",
        path_of("Namespace", None, name),
        body={"metadata": {"labels": security}},
        content_type=MERGE,
    )
    return name


def create(connection, namespace, kind, body):
    return connection.request("POST", path_of(kind, namespace), query=DRY, body=body)


@pytest.mark.parametrize("case", cases(refused=True), ids=str)
def test_pod_security_alone_refuses_what_the_level_forbids(connection, only_pod_security, case):
    # Validation is first, and refuses some of it already (procMount without a user namespace).
    with pytest.raises(ApiRefusal, match=r"violates PodSecurity|is invalid"):
        create(connection, only_pod_security[case.level], "Pod", case.pod)


@pytest.mark.parametrize("case", cases(refused=False), ids=str)
def test_pod_security_lets_in_what_the_level_allows(connection, only_pod_security, case):
    assert create(connection, only_pod_security[case.level], "Pod", case.pod)["kind"] == "Pod"


@pytest.fixture(scope="module")
def workspace(kubeconfig):
    with rooms(kubeconfig) as run:
        yield run.workspace()


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/namespaces",
        "/api/v1/nodes",
        "/api/v1/persistentvolumes",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles",
        "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
        "/apis/scheduling.k8s.io/v1/priorityclasses",
        "/apis/storage.k8s.io/v1/storageclasses",
        "/apis/certificates.k8s.io/v1/certificatesigningrequests",
        "/apis/apiregistration.k8s.io/v1/apiservices",
    ],
)
def test_rights_alone_keep_the_learner_out_of_the_cluster(workspace, path):
    with pytest.raises(ApiRefusal, match="forbidden"):
        workspace.learner.request("POST", path, query=DRY, body={"metadata": {"name": "x"}})
    with pytest.raises(ApiRefusal, match="forbidden"):
        workspace.learner.request("GET", path)


@pytest.mark.parametrize(
    "resource",
    [
        "serviceaccounts/default/token",
        "pods/web/binding",
        "pods/web/eviction",
        "pods/web/exec",
        "pods/web/ephemeralcontainers",
        "services/web/proxy",
        "serviceaccounts",
        "networkpolicies",
        "endpoints",
        "events",
        "cronjobs",
        "daemonsets",
        "statefulsets",
        "resourcequotas",
        "limitranges",
    ],
)
def test_rights_alone_leave_the_learner_few_kinds(workspace, resource):
    groups = {
        "networkpolicies": "/apis/networking.k8s.io/v1",
        "cronjobs": "/apis/batch/v1",
        "daemonsets": "/apis/apps/v1",
        "statefulsets": "/apis/apps/v1",
    }
    path = f"{groups.get(resource, '/api/v1')}/namespaces/{workspace.namespace}/{resource}"
    with pytest.raises(ApiRefusal, match="forbidden"):
        workspace.learner.request("POST", path, query=DRY, body={"metadata": {"name": "web"}})


@pytest.mark.parametrize("elsewhere", ["default", "kube-system"])
def test_rights_alone_keep_the_learner_in_the_workspace(workspace, elsewhere):
    with pytest.raises(ApiRefusal, match="forbidden"):
        create(workspace.learner, elsewhere, "ConfigMap", {"metadata": {"name": "x"}})
    with pytest.raises(ApiRefusal, match="forbidden"):
        workspace.learner.request("GET", path_of("Secret", elsewhere))


def deployment(name):
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "app", "image": "busybox"}]},
    }
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": name}}, "template": template}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}}
    return Document({**body, "spec": spec}, Position("a.yaml", 1))


def test_rights_alone_let_the_learner_change_one_object_and_no_other(workspace):
    namespace, learner = workspace.namespace, workspace.learner
    for name in ("legacy", "other"):
        apply.create(workspace.connection, namespace, deployment(name))
    with pytest.raises(ApiRefusal, match="forbidden"):
        apply.replace(learner, namespace, deployment("legacy"))
    standing.let_change(workspace.connection, learner, namespace, deployment("legacy"))

    apply.replace(learner, namespace, deployment("legacy"))
    with pytest.raises(ApiRefusal, match="forbidden"):
        apply.replace(learner, namespace, deployment("other"))
    with pytest.raises(ApiRefusal, match="forbidden"):
        learner.request("DELETE", path_of("Deployment", namespace, "legacy"))


SERVICE = {"ports": [{"port": 80}], "selector": {"app": "web"}}
BIG = {"requests": {"storage": "100Gi"}}


@pytest.mark.parametrize(
    ("kind", "spec", "what"),
    [
        ("Service", {**SERVICE, "type": "NodePort"}, "services.nodeports"),
        ("Service", {**SERVICE, "type": "LoadBalancer"}, "services.loadbalancers"),
        (
            "PersistentVolumeClaim",
            {"accessModes": ["ReadWriteOnce"], "resources": BIG},
            "requests.storage",
        ),
        (
            "Pod",
            {
                "containers": [
                    {"name": "a", "image": "a", "resources": {"limits": {"memory": "100Gi"}}}
                ]
            },
            "limits.memory",
        ),
    ],
)
def test_quota_alone_refuses_what_is_too_much(workspace, kind, spec, what):
    with pytest.raises(ApiRefusal, match=what):
        create(
            workspace.connection,
            workspace.namespace,
            kind,
            {"metadata": {"name": "x"}, "spec": spec},
        )
