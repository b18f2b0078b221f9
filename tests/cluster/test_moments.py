"""A container that runs for a few seconds is told as one that ends, whatever is asked first."""

from __future__ import annotations

import json

import pytest
from tests.cluster.outputs import graded

# Longer than anybody watches before the first question, shorter than what was Ready at all.
POD = """\
apiVersion: v1
kind: Pod
metadata: {name: %s}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - {name: %s, image: redis, command: [sleep, infinity]}
  - {name: %s, image: busybox, command: [sh, -c, "sleep 4; echo no config; exit 1"]}
"""


@pytest.mark.parametrize(
    "names",
    [
        ("reports", "app", "ambassador", "ambassador-database"),
        ("adapter-container-demo", "main-container", "adapter-container", "adapter-http"),
    ],
    ids=lambda names: names[-1],
)
def test_a_container_that_ends_after_four_seconds_was_never_ready(kubeconfig, tmp_path, names):
    *named, slug = names
    found = graded(kubeconfig, tmp_path, slug, POD % tuple(named))

    results = json.loads(found.outputs["json"])["results"]
    told = {one["name"]: one["code"] for one in results}
    assert told["test_ready"] == "crash-loop", told
