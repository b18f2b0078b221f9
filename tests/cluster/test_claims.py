"""A claim whose StorageClass makes a volume for the first Pod that uses it, as on kind."""

from __future__ import annotations

import json

import pytest
from tests.cluster.outputs import graded

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of

LAZY = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "podgrade-test-lazy"},
    "provisioner": "kubernetes.io/no-provisioner",
    "volumeBindingMode": "WaitForFirstConsumer",
}
CLAIM = """\
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  storageClassName: podgrade-test-lazy
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 100Mi}}
---
apiVersion: v1
kind: Pod
metadata: {name: keeper}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: app
    image: nginx
    volumeMounts: [{name: cache, mountPath: /cache}, {name: data, mountPath: /data}]
  volumes:
  - {name: cache, emptyDir: {}}
  - {name: data, %s}
"""


@pytest.fixture(autouse=True)
def lazy_class(kubeconfig):
    connection = Connection.open(kubeconfig)
    connection.request("POST", path_of("StorageClass"), body=LAZY)
    yield
    connection.request("DELETE", path_of("StorageClass", None, LAZY["metadata"]["name"]))


@pytest.mark.parametrize(
    ("volume", "failed"),
    [
        ("emptyDir: {}", ("test_replacement_keeps_only_data", "lost-with-pod")),
        ("persistentVolumeClaim: {claimName: other}", ("test_ready", "missing-pvc")),
    ],
)
def test_what_is_wrong_is_the_pod_that_does_not_use_it(kubeconfig, tmp_path, volume, failed):
    found = graded(kubeconfig, tmp_path, "volume-lifetime", CLAIM % volume)

    told = json.loads(found.outputs["json"])
    assert [
        (one["name"], one["code"]) for one in told["results"] if one["verdict"] == "failed"
    ] == [failed]
    assert "no Pod does" in found.outputs["text"]
