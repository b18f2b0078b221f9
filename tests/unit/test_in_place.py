"""Grading in place: which object is taken, what it is made of, and which checks are left out."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from tests.unit.results import ACCEPTED, ANSWERS, READY, result

from podgrade.cli import record
from podgrade.cli.live import in_place, only_with_live
from podgrade.cli.main import main
from podgrade.cluster.connection import ApiRefusal
from podgrade.grading.case import Case, Instance
from podgrade.grading.catalogue import exercise, exercises
from podgrade.grading.checks import Check
from podgrade.grading.in_place import Copies, about_left_out, sheet_containers, why_left_out
from podgrade.grading.play import Played, play
from podgrade.grading.redact import redaction_of
from podgrade.model.errors import UsageProblem
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, Live, Position, Submission
from podgrade.model.text import Text, say
from podgrade.model.verdict import CheckLine, Outcome, Verdict
from podgrade.probes.bench import Bench
from podgrade.reports.forms import FORMS, render
from podgrade.reports.graded import Graded
from podgrade.reports.lines import total
from podgrade.workspace.acceptance import Acceptance
from podgrade.workspace.goes_with import goes_with, referred
from podgrade.workspace.live import find, require
from podgrade.workspace.read import load, parse

SIDECAR = exercise("sidecar")
NAMES = ("nginx", "log-sidecar")


class Cluster:
    """Answers GETs from what it was given; every other method is an error."""

    def __init__(self, *objects, namespaces=("lab",), refuses=()):
        self._objects = objects
        self._namespaces = namespaces
        self._refuses = refuses

    def request(self, method, path, *, query=None):
        assert method == "GET", "nothing is written"
        *_, last = parts = path.split("/")
        if parts[-2] == "namespaces":
            return self._named(last, last in self._namespaces, {"metadata": {"name": last}})
        if last in self._refuses:
            raise ApiRefusal(403, "Forbidden", f'{last} is forbidden: User "kim" cannot list')
        if last.endswith("s") and parts[-3] == "namespaces":
            return {"items": [one for one in self._objects if _plural(one) == last]}
        found = [
            o for o in self._objects if (_plural(o), o["metadata"]["name"]) == (parts[-2], last)
        ]
        return self._named(last, found, found[0] if found else {})

    def _named(self, name, there, body):
        if not there:
            raise ApiRefusal(404, "NotFound", f'"{name}" not found')
        return body


def _plural(body):
    return body["kind"].lower() + "s"


def pod(name, containers=NAMES, **metadata):
    spec = {
        "nodeName": "node-1",
        "volumes": [
            {"name": "logs", "emptyDir": {}},
            {"name": "kube-api-access-x", "projected": {}},
        ],
        "containers": [
            {"name": c, "volumeMounts": [{"name": "kube-api-access-x", "mountPath": "/var/run/x"}]}
            for c in containers
        ],
    }
    metadata = {"name": name, "namespace": "lab", "uid": "1", "resourceVersion": "7"} | metadata
    return {"kind": "Pod", "metadata": metadata, "spec": spec, "status": {"phase": "Running"}}


def deployment(name, containers=NAMES):
    template = {"spec": {"containers": [{"name": c} for c in containers]}}
    return {"kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}}


def found(*objects, by_name=False, what=SIDECAR):
    return find(Cluster(*objects), "lab", what, sheet_containers(what), by_name=by_name)


def test_the_object_of_the_sheets_name_is_taken():
    it = found(pod("other"), pod("nginx-sidecar"))
    assert it.document is not None
    assert (it.document.kind, it.document.name) == ("Pod", "nginx-sidecar")
    assert it.acceptance.accepted
    assert "graded was Pod/nginx-sidecar" in str(it.acceptance.notes[0])


def test_of_another_name_one_that_has_the_sheets_containers_is_taken_and_said():
    it = found(pod("mine"), pod("other", ["web"]))
    assert it.target.name == "mine"
    assert "nothing there is named nginx-sidecar" in str(it.acceptance.notes[0])
    assert found(deployment("mine", [*NAMES, "more"])).target.name == "mine"


def test_in_an_exam_the_name_counts():
    it = found(pod("mine"), by_name=True)
    assert it.acceptance.refusals[0].reason.code == "no-target"


@pytest.mark.parametrize(
    ("objects", "seen"),
    [
        ((), "-"),
        ((pod("web", ["nginx"]),), "Pod/web"),
        ((pod("a"), deployment("b")), "Pod/a, Deployment/b"),
        ((pod("nginx-sidecar"), deployment("nginx-sidecar")), "Deployment/nginx-sidecar"),
    ],
)
def test_where_none_can_be_taken_it_is_said_what_is_there(objects, seen):
    it = found(*objects)
    assert it.document is None
    reason = it.acceptance.refusals[0].reason
    assert reason.code == "no-target"
    assert seen in str(reason.seen)


def test_what_controllers_made_and_what_goes_is_no_object_of_the_learner():
    owned = pod("nginx-sidecar", ownerReferences=[{"controller": True, "kind": "ReplicaSet"}])
    going = pod("nginx-sidecar", deletionTimestamp="2026-01-01T00:00:00Z")
    assert found(owned, going).document is None


def test_the_object_is_as_it_was_written():
    note = "kubectl.kubernetes.io/last-applied-configuration"
    it = found(pod("nginx-sidecar", annotations={note: "{}"}, labels={"app": "web"}))
    assert it.document is not None
    body = it.document.body
    assert body["apiVersion"] == "v1"
    assert body["metadata"] == {"name": "nginx-sidecar", "labels": {"app": "web"}}
    assert body["spec"]["volumes"] == [{"name": "logs", "emptyDir": {}}]
    assert body["spec"]["containers"] == [{"name": "nginx"}, {"name": "log-sidecar"}]
    assert not {"status", "nodeName"} & {*body, *body["spec"]}


def test_setup_is_not_taken_for_the_learners_but_for_the_one_that_is_to_be_changed():
    legacy = exercise("sidecar-deployment")
    service = {"kind": "Service", "metadata": {"name": "legacy"}, "spec": {}}
    it = found(deployment("legacy", ["app", "log-sidecar"]), service, what=legacy)
    assert [one.kind for one in it.manifest.documents] == ["Deployment"]
    assert found(deployment("other", ["app", "log-sidecar"]), service, what=legacy).document is None


def test_every_exercise_that_is_graded_in_place_tells_its_containers():
    for one in exercises():
        if one.live != "no":
            assert sheet_containers(one), one.slug


def trouble(cluster, namespace="lab", what=SIDECAR):
    with pytest.raises(UsageProblem) as caught:
        require(cluster, namespace, what)
    return str(caught.value)


def test_what_keeps_a_namespace_from_being_graded_is_said_with_what_to_do():
    require(Cluster(), "lab", SIDECAR)
    assert "kubectl get namespaces" in trouble(Cluster(), "lap")
    assert "kubectl auth can-i list pods -n lab" in trouble(Cluster(refuses=("pods",)))
    assert "podgrade check lifecycle FILE" in trouble(Cluster(), what=exercise("lifecycle"))
    legacy = exercise("sidecar-deployment")
    said = trouble(Cluster(deployment("legacy")), what=legacy)
    assert "missing: Service/legacy" in said
    assert "`kubectl apply -n lab -f sidecar-deployment-setup.yaml`" in said


def test_start_gives_what_is_to_be_applied_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["start", "sidecar-deployment", "--lang", "en"])
    assert "kubectl apply -f sidecar-deployment-setup.yaml" in done.output
    kinds = [one.kind for one in parse(load(["sidecar-deployment-setup.yaml"])).documents]
    assert kinds == ["Deployment", "Service"]
    CliRunner().invoke(main, ["start", "init-wait"])
    assert not Path("init-wait-setup.yaml").exists()


def instance(name, *needs, changes=False, makers=(), points=1.0):
    line = CheckLine(name, Text(name, name), points, needs)
    return Instance(name, Check(line, changes), lambda: None, {}, dict.fromkeys(makers, None))


INSTANCES = (
    instance("ready"),
    instance("writes", "ready", changes=True, points=3.0),
    instance("copy", "ready", changes=True, makers=("clone",)),
    instance("steady", "writes", points=2.0),
)


def case(**live):
    submission = Submission("lab", (), live=Live(**live) if live else None)
    return Case(SIDECAR, submission, INSTANCES)


def test_what_changes_something_is_left_out_with_all_that_needs_it():
    one = case(namespace="lab")
    assert one.left_out == {"writes", "steady"}
    (note,) = about_left_out(one)
    assert "2 (5 points)" in str(note)
    assert "--allow-changes" in str(why_left_out(one, INSTANCES[1]))
    assert "writes" in str(why_left_out(one, INSTANCES[3]))
    assert not case(namespace="lab", allow_changes=True).left_out
    assert not case().left_out


def outcomes(one, passes):
    def play_one(this):
        return Played(Outcome.PASSED if this.name in passes else Outcome.FAILED)

    import threading

    played = play(one.order(), one, play_one, threading.Event(), {})
    return {name: p.outcome for name, p in played.items()}


def test_which_checks_are_graded_does_not_hang_on_how_the_others_come_out():
    left = {"writes": Outcome.NOT_GRADED, "steady": Outcome.NOT_GRADED}
    assert outcomes(case(namespace="lab"), {"ready", "copy"}) == {
        "ready": Outcome.PASSED,
        "copy": Outcome.PASSED,
        **left,
    }
    assert outcomes(case(namespace="lab"), ()) == {
        "ready": Outcome.FAILED,
        "copy": Outcome.NOT_REACHED,
        **left,
    }


def test_what_needs_a_check_that_turned_out_not_to_be_gradable_is_not_graded():
    one = Case(SIDECAR, case(namespace="lab").submission, (instance("a"), instance("b", "a")))

    import threading

    played = play(one.order(), one, lambda _: Played(Outcome.NOT_GRADED), threading.Event(), {})
    assert {each.outcome for each in played.values()} == {Outcome.NOT_GRADED}


WHY = Reason("not-graded", why=say("it needs a check that is not graded: {title}", title="x"))
PARTIAL = result(
    Verdict(ACCEPTED, Outcome.PASSED),
    Verdict(READY, Outcome.PASSED),
    Verdict(ANSWERS, Outcome.NOT_GRADED, reason=WHY),
)


def test_the_score_is_out_of_what_was_graded():
    assert (PARTIAL.score, PARTIAL.possible, PARTIAL.whole) == (2, 2, 10)
    assert PARTIAL.passed
    assert PARTIAL.partial
    assert total(PARTIAL, "en") == "Total 2/2, of 10 points in all"


@pytest.mark.parametrize("form", [form for form in FORMS if form != "github"])
def test_every_output_has_a_form_for_what_is_not_graded(form):
    assert render(form, Graded(SIDECAR, "lab", PARTIAL, None, "en", "1"))


def test_a_part_is_no_exercise_passed(tmp_path, monkeypatch):
    monkeypatch.setattr(record, "path", lambda: tmp_path / "passed.json")
    record.remember(PARTIAL)
    assert not record.passed()
    record.remember(replace(PARTIAL, verdicts=PARTIAL.verdicts[:2]))
    assert list(record.passed()) == ["sidecar"]


def test_no_file_is_named_where_what_runs_is_graded(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    slug, submission = in_place(("sidecar",), "lab", allow_changes=True)
    assert (slug, submission.key) == ("sidecar", "lab")
    assert submission.live == Live("lab", allow_changes=True)
    for words in (("sidecar", "pod.yaml"), ("pod.yaml",), ()):
        with pytest.raises(UsageProblem):
            in_place(words, None, allow_changes=False)
    Path("sidecar.md").write_text("")
    assert in_place((), None, allow_changes=False)[0] == "sidecar"
    for options in ({"namespace": "lab"}, {"allow_changes": True}):
        with pytest.raises(UsageProblem):
            only_with_live(**{"namespace": None, "allow_changes": False} | options)


SPEC = {
    "containers": [
        {
            "envFrom": [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "b"}}],
            "env": [
                {"name": "X", "valueFrom": {"configMapKeyRef": {"name": "c", "key": "k"}}},
                {"name": "Y", "value": "secret"},
            ],
        }
    ],
    "volumes": [
        {"secret": {"secretName": "d"}},
        {"persistentVolumeClaim": {"claimName": "e"}},
        {"projected": {"sources": [{"configMap": {"name": "f"}}, {"secret": {"name": "g"}}]}},
    ],
}


def test_what_a_pod_cannot_start_without_goes_along_with_its_copy():
    claim = ("PersistentVolumeClaim", "e")
    maps = {("ConfigMap", name) for name in "acf"}
    assert set(referred(SPEC)) == {*maps, claim, *(("Secret", name) for name in "bdg")}
    config = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"k": "v"}}
    other = {"kind": "ConfigMap", "metadata": {"name": "z"}}
    secret = {"kind": "Secret", "metadata": {"name": "b", "uid": "1"}, "data": {}}
    one = pod("nginx-sidecar") | {"spec": SPEC}
    cluster = Cluster(one, config, other, secret)
    it = find(cluster, "lab", SIDECAR, ())
    assert it.document is not None
    needed = goes_with(cluster, "lab", it.document, it.manifest).documents
    assert [(each.kind, each.name) for each in needed] == [("ConfigMap", "a"), ("Secret", "b")]
    assert "uid" not in needed[1].body["metadata"]


def test_what_was_brought_beside_a_copy_is_known_with_its_secrets():
    secret = {"kind": "Secret", "metadata": {"name": "b"}, "data": {"password": "aHVudGVyMjI="}}
    cluster = Cluster(pod("nginx-sidecar") | {"spec": SPEC}, secret)
    there = find(cluster, "lab", SIDECAR, ())
    given = Document({"kind": "Secret", "metadata": {"name": "key"}}, Position("-", 1))
    beside = SimpleNamespace(
        set_up=lambda _: None,
        hand_in=lambda _: Acceptance(),
        setup=SimpleNamespace(standing=(given,)),
    )
    rig = SimpleNamespace(take=lambda _: beside, toolbox=None)
    lab = SimpleNamespace(connection=cluster, namespace="lab")
    stop = threading.Event()
    bench = Bench(SIDECAR, lab, None, Acceptance(), there.manifest, stop, print, None)
    copies = Copies(rig, SIDECAR, there, bench)

    assert copies.brought == ()
    copies.bench()
    assert [one.name for one in copies.brought] == ["b", "key"]
    assert redaction_of(copies.brought).text("it is hunter22") == "it is [Secret/b:password]"
