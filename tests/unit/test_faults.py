"""Faults in a manifest: which a seed draws, how they get in, and what a learner made of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from tests.unit import lives

from podgrade.grading import catalogue
from podgrade.model.errors import GraderError
from podgrade.model.exercise import Exercise, Target
from podgrade.model.failure import Failure
from podgrade.model.fault import Fault, Faults
from podgrade.model.submission import Document, Position
from podgrade.model.text import Text
from podgrade.probes import faults as probe
from podgrade.probes.faults import FaultsProbe
from podgrade.probes.tape import Recording
from podgrade.workspace.faults import SEED, broken, drawn, starter

ROOT = Path(__file__).parents[2]
WEB = "spec.containers[web]"
RIGHT = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "shop", "labels": {"app": "shop"}},
    "spec": {
        "containers": [
            {"name": "web", "image": "nginx", "command": ["run", "-f"]},
            {"name": "log", "image": "busybox"},
        ]
    },
}


def fault(name, at, put, *free):
    return Fault(name, Text(f"{name} is wrong", f"{name} 오류"), at, put, free or (at,))


IMAGE = fault("image", f"{WEB}.image", "ngnix")
LABEL = fault("label", "metadata.labels.app", "shpo")
ENDS = fault("ends", f"{WEB}.command", ["run"])
TYPO = fault("typo", f"{WEB}.command", ["rnu", "-f"])
SIDE = fault("side", "spec.containers[log].image", "busibox")
ALL = Faults(2, (IMAGE, LABEL, ENDS, TYPO, SIDE))


def exercise(folder=Path(), faults=ALL):
    text, target = Text("", ""), Target("shop", ("Pod",))
    return Exercise("mend", text, text, target, folder, folder, faults=faults)


def names(faults):
    return {one.name for one in faults}


def test_a_seed_draws_the_same_everywhere():
    assert [one.name for one in drawn(ALL, "2")] == ["label", "side"]
    assert len({frozenset(names(drawn(ALL, str(seed)))) for seed in range(200)}) > 5


def test_every_fault_is_drawn_some_time_and_none_beside_one_of_the_same_field():
    sets = [names(drawn(ALL, str(seed))) for seed in range(200)]

    assert set.union(*sets) == names(ALL.of)
    assert all(len(one) == 2 and not {"ends", "typo"} <= one for one in sets)


def test_what_may_be_changed_to_mend_one_is_no_other_faults():
    whole = fault("whole", f"{WEB}.image", "x", WEB)
    seeds = map(str, range(20))

    assert all(len(drawn(Faults(1, (whole, TYPO)), seed)) == 1 for seed in seeds)
    with pytest.raises(GraderError, match="there are no 2 faults to draw together"):
        drawn(Faults(2, (whole, TYPO)), "1")


def test_faults_are_put_into_a_copy():
    wrong = broken(RIGHT, [IMAGE, LABEL])

    assert wrong["spec"]["containers"][0]["image"] == "ngnix"
    assert wrong["metadata"]["labels"] == {"app": "shpo"}
    assert RIGHT["spec"]["containers"][0]["image"] == "nginx"


def test_a_field_that_is_not_there_yet_may_be_one():
    added = fault("user", f"{WEB}.securityContext", {"runAsNonRoot": True})

    assert broken(RIGHT, [added])["spec"]["containers"][0]["securityContext"] == added.put


def test_a_place_that_is_not_there_is_told():
    with pytest.raises(GraderError, match=r"fault gone: starter\.yaml has no spec\.containers"):
        broken(RIGHT, [fault("gone", "spec.containers[app].image", "x")])


def test_the_starter_has_the_faults_and_says_by_which_seed():
    other = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "shop"}}
    text = "# one\n# two\n" + yaml.safe_dump_all([other, RIGHT])
    written = starter(exercise(), text, "2")
    service, pod = yaml.safe_load_all(written)

    assert written.startswith("# one\n# two\n")
    assert service == other
    assert pod["metadata"]["annotations"] == {SEED: "2"}
    assert pod | {"metadata": RIGHT["metadata"] | {"labels": {"app": "shpo"}}} == broken(
        RIGHT, [LABEL, SIDE]
    )


@pytest.fixture
def on(tmp_path, monkeypatch):
    """The probe, asked of a Pod that was handed in; the API server adds nothing to it."""
    (tmp_path / "starter.yaml").write_text(yaml.safe_dump(RIGHT), encoding="utf-8")
    monkeypatch.setattr(probe, "completed", lambda _, __, spec: spec)

    def make(body, seed="2", **more):
        annotations = {} if seed is None else {SEED: seed}
        metadata = body["metadata"] | {"annotations": annotations}
        document = Document(body | {"metadata": metadata}, Position("pod.yaml", 1))
        bench = SimpleNamespace(
            exercise=exercise(tmp_path, **more),
            manifest=SimpleNamespace(documents=(document,)),
            workspace=SimpleNamespace(connection=None, namespace="n"),
            notes=[],
        )
        bench.note = bench.notes.append
        return FaultsProbe(Recording(bench)), bench

    return make


def test_a_mended_pod_names_what_was_found(on):
    faults, bench = on(RIGHT)

    assert faults.gone
    assert faults.rest_kept
    assert [str(note) for note in bench.notes] == [
        "faults that were found: label is wrong; side is wrong"
    ]


def test_a_note_is_said_once_however_often_a_check_is_played():
    one = lives.bench(None)
    one.note(Text("found", "찾음"))
    one.note(Text("found", "찾음"))

    assert one.notes == [Text("found", "찾음")]


def test_what_is_still_there_is_named_and_what_was_found(on):
    faults, bench = on(broken(RIGHT, [SIDE]))
    gone = faults.gone

    assert not gone
    assert gone.about.reason.code == "fault-left"
    assert str(gone.about.reason.why) == "still there: side is wrong"
    assert str(gone.about.shown) == "1 of 2 faults are mended"
    assert [str(note) for note in bench.notes] == ["faults that were found: label is wrong"]
    assert faults.rest_kept


def test_as_it_was_given_nothing_was_found(on):
    faults, bench = on(broken(RIGHT, drawn(ALL, "2")))

    assert str(faults.gone.about.reason.why) == "still there: label is wrong; side is wrong"
    assert bench.notes == []


def test_a_place_may_be_mended_in_any_way_and_no_other(on):
    other = fault("other", "spec.containers[log].image", "busybox:1.28")
    faults, _ = on(broken(RIGHT, [other]))
    assert faults.gone
    assert faults.rest_kept

    faults, _ = on(broken(RIGHT, [IMAGE]))
    assert faults.gone
    assert faults.rest_kept.about.reason.code == "given-changed"
    assert str(faults.rest_kept.about.reason.seen) == f'`{WEB}.image`: "ngnix"'


def test_a_fault_that_is_mended_beside_its_place_is_gone(on):
    whole = fault("whole", f"{WEB}.image", "ngnix", f"{WEB}.image", f"{WEB}.command")
    elsewhere = fault("", f"{WEB}.command", ["walk"])
    faults, _ = on(broken(RIGHT, [whole, elsewhere]), faults=Faults(1, (whole,)))

    assert faults.gone
    assert faults.rest_kept


def test_taking_out_what_is_around_a_fault_is_a_change(on):
    rest = RIGHT | {"spec": {"containers": RIGHT["spec"]["containers"][:1]}}
    faults, _ = on(rest)

    assert faults.rest_kept.about.reason.code == "given-changed"


def test_labels_are_free(on):
    faults, _ = on(RIGHT | {"metadata": {"name": "shop", "labels": {"app": "shop", "tier": "web"}}})

    assert faults.rest_kept


def test_without_a_seed_nobody_knows_the_faults(on):
    faults, _ = on(RIGHT, seed=None)
    for ask in (lambda: faults.gone, lambda: faults.rest_kept):
        with pytest.raises(Failure) as failure:
            ask()
        assert failure.value.reason.code == "no-seed"


def test_an_exercise_without_faults_is_the_graders_mistake(on):
    faults, _ = on(RIGHT, faults=None)
    with pytest.raises(GraderError, match="lists no faults"):
        assert faults.gone


WITH_FAULTS = [one for one in catalogue.exercises(ROOT) if one.faults]


@pytest.mark.parametrize("one", WITH_FAULTS, ids=lambda one: one.slug)
def test_the_packs_faults_fit_their_starters_and_each_has_a_fixture(one):
    (right,) = (
        body
        for body in yaml.safe_load_all((one.folder / "starter.yaml").read_text("utf-8"))
        if body["kind"] == "Pod"
    )
    for fault in one.faults.of:
        assert broken(right, [fault]) != right
        folder = ROOT / "fixtures" / one.slug / "broken" / f"{fault.name}-left"
        pod = yaml.safe_load((folder / "pod.yaml").read_text("utf-8"))
        seed = pod["metadata"]["annotations"].pop(SEED)
        assert fault in drawn(one.faults, seed)
        if not pod["metadata"]["annotations"]:
            del pod["metadata"]["annotations"]
        assert pod == broken(right, [fault])


@pytest.mark.parametrize("one", WITH_FAULTS, ids=lambda one: one.slug)
def test_there_are_faults_enough_for_many_starters(one):
    starters = {catalogue.starter(one, str(seed)).replace(f"'{seed}'", "") for seed in range(300)}

    assert len(one.faults.of) >= 8
    assert len(starters) > 50
