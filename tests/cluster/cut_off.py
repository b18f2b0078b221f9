"""A node that hears everything and is heard by nobody, and a right answer that runs on it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cluster.own import root_of

PORT = 8000
EXERCISE = """
title: {en: Page, ko: 페이지}
goal: {en: To try, ko: 해 보기}
target: {name: page, kinds: [Pod]}
images: [busybox]
limits: {start: 60, answer: 8}
"""
# The check itself cuts the node off, so that no time decides: the page came before, and cannot now.
GRADER = """
import subprocess

from podgrade import check


@check("The page comes", ko="페이지가 온다", points=1)
def test_comes(curl):
    assert curl("/", port=%d).status == 200


@check("It comes again", ko="다시 온다", points=1, needs=test_comes)
def test_comes_again(curl):
    subprocess.run(%r, check=True)
    assert curl("/", port=%d).status == 200
"""
POD = """
apiVersion: v1
kind: Pod
metadata: {name: page}
spec:
  nodeSelector: {kubernetes.io/hostname: %s}
  terminationGracePeriodSeconds: 0
  containers:
  - name: app
    image: busybox
    command: [sh, -c, "mkdir /web; echo page > /web/index.html; httpd -f -p %d -h /web"]
"""


def cutting(cluster: str) -> list[str]:
    """What drops all that comes from the second node of a cluster, and may be done again."""
    return _rule(cluster, "-I")


def mend(cluster: str) -> None:
    """Undo it, however often it was done."""
    while subprocess.run(_rule(cluster, "-D"), check=False, capture_output=True).returncode == 0:
        pass


def _rule(cluster: str, what: str) -> list[str]:
    inside = ["nsenter", "--target", str(root_of(cluster)), "--net"]
    rule = ["PREROUTING", "--in-interface", "node2", "--jump", "DROP"]
    return [*inside, "iptables", "--table", "raw", what, *rule]


def pack(folder: Path, cluster: str, node: str) -> str:
    """Write exercise, grader and the right answer there; the answer's file."""
    for name, text in {
        "exercises/page/exercise.yaml": EXERCISE,
        "graders/test_page.py": GRADER % (PORT, cutting(cluster), PORT),
        "page.yaml": POD % (node, PORT),
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return "page.yaml"
