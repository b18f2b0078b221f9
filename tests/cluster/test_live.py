"""What runs already is graded in place: the same verdicts as for the file, and nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.cluster.kubectl import Kubectl

ROOT = Path(__file__).parents[2]
PODGRADE = "from podgrade.cli.main import main; main()"
_AT_ONCE = 2


@dataclass(frozen=True)
class Case:
    """A fixture that is applied with kubectl, as it is or with other names, and then graded."""

    slug: str
    fixture: str = ""
    options: tuple[str, ...] = ("--allow-changes",)
    renamed: str = ""

    def files(self) -> list[Path]:
        found = sorted((ROOT / "fixtures" / self.slug / self.fixture).glob("*.yaml"))
        return [path for path in found if self.fixture and path.name != "expect.yaml"]

    def setup(self) -> list[Path]:
        return sorted((ROOT / "exercises" / self.slug / "setup").glob("*.yaml"))


CASES = {
    "untouched": Case("sidecar", "reference/pod", options=()),
    "right": Case("sidecar", "reference/pod"),
    "wrong-image": Case("sidecar", "broken/image-typo"),
    "wrong-path": Case("two-ports", "broken/crossed"),
    "copied": Case("init-page", "reference/pod", options=()),
    "changed": Case("sidecar-deployment", "reference/container"),
    "other-name": Case("shared-volume", "reference/pod", renamed="pair"),
    "nothing": Case("sidecar"),
}


@dataclass(frozen=True)
class Seen:
    """What the command said, and what was in the namespace before and after it."""

    code: int
    said: str
    result: Mapping[str, Any]
    before: Any
    after: Any


def podgrade(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PODGRADE, *map(str, words), "--lang", "en"],
        cwd=cwd,
        env={**os.environ, "PODGRADE_STATE": str(cwd / "state")},  # what was passed is the test's
        check=False,
        capture_output=True,
        text=True,
        timeout=180,
    )


@pytest.fixture(scope="module")
def namespaces(kubectl: Kubectl) -> Iterator[dict[str, str]]:
    """One for each case, with what is to be graded in it."""
    names = {case: f"test-{uuid.uuid4().hex[:8]}-{case}" for case in CASES}
    for case, name in names.items():
        kubectl("create", "namespace", name)
        for thing in ("serviceaccount/default", "configmap/kube-root-ca.crt"):
            kubectl.until(lambda n=name, t=thing: kubectl("get", t, namespace=n))
        _apply(kubectl, CASES[case], name)
    yield names
    kubectl("delete", "namespace", *names.values(), "--wait=false")


def _apply(kubectl: Kubectl, case: Case, namespace: str) -> None:
    for path in (*case.setup(), *case.files()):
        text = path.read_text()
        if case.renamed:
            text = text.replace(f"name: {case.renamed}\n", "name: mine\n")
        kubectl("apply", "-f", "-", namespace=namespace, given=text)


@pytest.fixture(scope="module")
def seen(namespaces, kubectl, tmp_path_factory) -> dict[str, Seen]:
    """All cases graded, two at once."""
    folder = tmp_path_factory.mktemp("live")

    def graded(name: str) -> Seen:
        case, namespace = CASES[name], namespaces[name]
        words = ["check", case.slug, "--live", "-n", namespace, *case.options, "--format", "json"]
        before = _there(kubectl, namespace)
        done = podgrade(*words, "--kubeconfig", kubectl.kubeconfig, cwd=folder)
        result = json.loads(done.stdout) if done.stdout else {}
        return Seen(done.returncode, done.stderr, result, before, _there(kubectl, namespace))

    with ThreadPoolExecutor(_AT_ONCE) as crew:
        return dict(zip(CASES, crew.map(graded, CASES), strict=True))


def _there(kubectl: Kubectl, namespace: str) -> Any:
    """What somebody wrote in the namespace, without what controllers make of it."""
    kinds = "pods,services,configmaps,secrets,serviceaccounts,roles,rolebindings,jobs,deployments"
    kinds += ",networkpolicies,resourcequotas,limitranges,persistentvolumeclaims"
    items = json.loads(kubectl("get", kinds, "-o", "json", namespace=namespace))["items"]
    own = json.loads(kubectl("get", "namespace", namespace, "-o", "json"))
    return sorted(
        (one["kind"], one["metadata"]["name"], _labels(one), _spec(one))
        for one in (*items, own)
        if not one["metadata"].get("ownerReferences")
    )


def _spec(one: Mapping[str, Any]) -> str:
    """As somebody wrote it: the scheduler may be later than the first look."""
    spec = {key: value for key, value in (one.get("spec") or {}).items() if key != "nodeName"}
    return json.dumps(spec, sort_keys=True)


def _labels(one: Mapping[str, Any]) -> str:
    metadata = one["metadata"]
    return json.dumps([metadata.get("labels"), metadata.get("annotations")], sort_keys=True)


def outcomes(seen: Seen) -> dict[str, str]:
    return {check["name"]: check["verdict"] for check in seen.result["results"]}


def codes(seen: Seen) -> dict[str, str]:
    results = seen.result["results"]
    return {check["name"]: check["code"] for check in results if check["verdict"] == "failed"}


def test_what_changes_nothing_is_graded_and_the_rest_is_told(seen):
    it = seen["untouched"]

    assert it.code == 0, it.said
    assert outcomes(it) == {
        "test_manifest_is_accepted": "passed",
        "test_containers": "passed",
        "test_ready": "passed",
        "test_answers": "passed",
        "test_sidecar_prints_requests": "passed",
        "test_sidecar_prints_the_file": "not graded",
        "test_serves_pages": "not graded",
        "test_stable": "not graded",
    }
    assert (it.result["score"], it.result["possible"]) == (7, 7)
    assert any("graded was Pod/nginx-sidecar" in note for note in it.result["notes"])
    assert it.before == it.after


@pytest.mark.parametrize("case", ["right", "copied", "changed"])
def test_a_right_answer_has_full_marks(seen, case):
    it = seen[case]

    assert (it.code, it.result.get("score")) == (0, 10), (it.said, codes(it))


def test_a_copy_is_made_somewhere_else(seen):
    it = seen["copied"]

    assert outcomes(it)["test_copy"] == "passed"
    assert it.before == it.after


@pytest.mark.parametrize("case", ["wrong-image", "wrong-path"])
def test_a_mistake_has_the_reasons_that_its_file_has(seen, case):
    it = seen[case]

    one = CASES[case]
    expected = yaml.safe_load(
        (ROOT / "fixtures" / one.slug / one.fixture / "expect.yaml").read_text()
    )
    assert it.code == 1, it.said
    assert codes(it) == expected["failed"]


def test_an_object_of_another_name_is_taken_by_its_containers(seen):
    it = seen["other-name"]

    assert (it.code, it.result.get("score")) == (0, 10), (it.said, codes(it))
    assert any("Pod/mine" in note and "named pair" in note for note in it.result["notes"])


def test_where_nothing_is_it_is_said(seen):
    it = seen["nothing"]

    assert it.code == 1
    assert codes(it) == {"test_manifest_is_accepted": "no-target"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sidecar", "-n", "there-is-none"), "there is no namespace there-is-none"),
        (("sidecar-deployment", "-n", "default"), "missing: Deployment/legacy, Service/legacy"),
        (("lifecycle", "-n", "default"), "lifecycle cannot be graded in place"),
    ],
)
def test_what_keeps_it_from_being_graded_is_one_sentence(kubectl, tmp_path, words, said):
    done = podgrade("check", *words, "--live", "--kubeconfig", kubectl.kubeconfig, cwd=tmp_path)

    assert done.returncode == 2
    assert said in done.stderr
    assert not done.stdout


def test_an_exam(kubectl, tmp_path):
    """One task is done right, the other not at all: half of it, and the namespaces go."""
    where = ("--kubeconfig", str(kubectl.kubeconfig))
    begun = podgrade("exam", "--exercises", "sidecar,two-ports", *where, cwd=tmp_path)
    assert begun.returncode == 0, begun.stderr
    state = json.loads((tmp_path / "exam.json").read_text())
    first, second = (task["namespace"] for task in state["tasks"])
    assert f"--namespace={second}" in begun.stdout
    for path in CASES["right"].files():
        kubectl("apply", "-f", str(path), namespace=first)

    done = podgrade("exam", "finish", cwd=tmp_path)

    assert done.returncode == 1, done.stderr
    assert "Not passed: 50 %" in done.stdout
    report = json.loads((tmp_path / "exam-report/report.json").read_text())
    assert [task["part"] for task in report["tasks"]] == [1, 0]
    for name in (first, second):
        kubectl.until(lambda name=name: _is_going(kubectl, name))


def _is_going(kubectl: Kubectl, name: str) -> None:
    found = kubectl.attempt("get", "namespace", name, "-o", "json")
    assert found.returncode or json.loads(found.stdout)["metadata"].get("deletionTimestamp")
