"""Submissions of `sidecar` that take what they can get; each ends by itself, or with its Pod.

The answer is right in all of them but the last two: what is beside it is the hog.
"""

from __future__ import annotations

from pathlib import Path

RIGHT = Path(__file__).parents[1] / "fixtures" / "sidecar" / "reference" / "pod" / "pod.yaml"

POD = """\
apiVersion: v1
kind: Pod
metadata: {name: hog}
spec:
  terminationGracePeriodSeconds: %s
  containers:
  - name: hog
    image: busybox
    command: [sh, -c, '%s']
"""
PODS_FOR_EVER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: hog}
spec:
  replicas: 40
  selector: {matchLabels: {app: hog}}
  template:
    metadata: {labels: {app: hog}}
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{name: hog, image: busybox, command: [sleep, "600"]}]
"""
FAILS_FOR_EVER = """\
apiVersion: batch/v1
kind: Job
metadata: {name: hog}
spec:
  parallelism: 3
  completions: 1000
  backoffLimit: 1000000
  template:
    spec:
      restartPolicy: Never
      containers: [{name: hog, image: busybox, command: ["false"]}]
"""
FINALIZER = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: hog, finalizers: [example.com/never]}
"""


def _many(count: int) -> str:
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hog-%d}\n"
    return "---\n".join(one % number for number in range(count))


HOGS = {
    "processes": POD % (0, "i=0; while [ $i -lt 2000 ]; do sleep 60 & i=$((i+1)); done; wait"),
    "memory": POD % (0, "head -c 700m /dev/zero | tail -c 700m > /dev/null && sleep 600"),
    "disk": POD % (0, "head -c 800m /dev/zero > /tmp/hog; sleep 600"),
    "no-sigterm": POD % (600, 'trap "" TERM INT HUP; while :; do sleep 1; done'),
    "pods": PODS_FOR_EVER,
    "failing-pods": FAILS_FOR_EVER,
    "finalizer": FINALIZER,
    "objects": _many(50),
}
REFUSED = ("finalizer", "objects")


def manifest(name: str) -> str:
    """A submission: the right answer, and the hog beside it."""
    return f"{RIGHT.read_text(encoding='utf-8')}\n---\n{HOGS[name]}"
