"""Whatever strangers hand in: never a crash, never anything outside the workspace, little work."""

from __future__ import annotations

import copy
import dataclasses
import re
import threading
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.controls import cases
from tests.strangers import (
    ODD,
    as_file,
    changed_manifests,
    floods,
    in_blocks,
    in_flow,
    in_json,
    noise,
    put_odd,
    watched,
    with_aliases,
)

from podgrade.grading import catalogue
from podgrade.grading.places import places
from podgrade.locale import in_language
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import LANGUAGES
from podgrade.workspace import yaml_tree
from podgrade.workspace.policy import refusals
from podgrade.workspace.read import Unreadable, parse, read
from podgrade.workspace.workspace import Workspace
from podgrade.workspace.yaml_limits import MAX_NODES, events

EXERCISES = {exercise.slug: exercise for exercise in catalogue.exercises()}
SIDECAR = EXERCISES["sidecar"]
WITHIN = re.compile(
    "/api/v1/namespaces/ws/(pods|services|configmaps|secrets|persistentvolumeclaims)"
    "|/apis/apps/v1/namespaces/ws/deployments|/apis/batch/v1/namespaces/ws/jobs"
)


class Everything:
    """A cluster that says yes to everything, and what it was asked."""

    def __init__(self):
        self.sent = []
        self.stop = threading.Event()

    def request(self, method, path, *, query=None, body=None, **_):
        return self.request_with_warnings(method, path, query=query, body=body)[0]

    def request_with_warnings(self, method, path, *, query=None, body=None):
        if method != "GET":
            self.sent.append((method, path, body))
        return {"metadata": {"resourceVersion": "1"}, "items": []}, ()


def said(words):
    """The words in every language; they have to be words, and few."""
    for language in LANGUAGES:
        text = in_language(words, language)
        assert text
        assert len(text) < 10_000


def graded_so_far(files, exercise):
    """What a submission goes through before anything is asked of the cluster: what is sent."""
    try:
        reading = read(files)
    except Unreadable as error:
        said(error.words)
        said(error.reason.why)
        said(error.reason.look)
        return None
    for note in reading.notes:
        said(note)
    found = refusals(reading.manifest, exercise)
    places(reading.manifest, found, exercise.target)
    for refusal in found:
        said(refusal.reason.why)
        said(refusal.reason.look)
        assert refusal.position.line > 0
    return None if found else handed_in(reading.manifest, exercise)


def handed_in(manifest, exercise):
    cluster = Everything()
    Workspace("ws", cluster, cluster, None, exercise).hand_in(manifest)
    return cluster.sent


@given(changed_manifests())
def test_of_a_changed_manifest_nothing_gets_out_of_the_workspace(changed):
    slug, text = changed
    for level in ("baseline", "restricted"):
        exercise = dataclasses.replace(EXERCISES[slug], pod_security=level)
        for _, path, body in graded_so_far(as_file(text), exercise) or ():
            collection = path.removesuffix(f"/{exercise.target.name}")
            assert WITHIN.fullmatch(collection)
            assert path.rpartition("/namespaces/ws/")[2].startswith(body["kind"].lower())
            assert body["metadata"]["namespace"] == "ws"
            assert not body["metadata"].get("finalizers")
            assert not body["metadata"].get("ownerReferences")


BARE = {
    "Pod": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}},
    "Service": {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}},
    "Deployment": {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}},
}


@pytest.mark.parametrize("kind", BARE)
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_whatever_stands_where_the_policy_looks_is_judged(kind, odd):
    exercise = dataclasses.replace(SIDECAR, pod_security="restricted")
    for field in watched(kind):
        body = copy.deepcopy(BARE[kind])
        put_odd(body, field, odd)
        for refusal in refusals(Manifest((Document(body, Position("a", 1)),)), exercise):
            said(refusal.reason.why)


def as_a_list(objects):
    return in_blocks([{"apiVersion": "v1", "kind": "List", "items": objects}])


def merged(objects):
    [pod] = objects
    return f"<<: {in_json([pod])}\nkind: Pod\n"


WAYS = [in_blocks, in_flow, in_json, with_aliases, as_a_list, merged]


def as_it_is(pod):
    return pod


def as_a_job(pod):
    spec = {"template": {"metadata": pod["metadata"], "spec": pod["spec"]}}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "web"}, "spec": spec}


@given(
    st.sampled_from(cases(refused=True)),
    st.sampled_from(WAYS),
    st.sampled_from([as_it_is, as_a_job]),
)
def test_what_is_forbidden_is_refused_however_it_is_written(case, way, form):
    text = way([form(dict(case.pod))]).replace("kind: Pod\n", f"kind: {form(case.pod)['kind']}\n")
    exercise = dataclasses.replace(SIDECAR, pod_security=case.level)

    assert refusals(parse(as_file(text.encode())), exercise)


@given(noise)
def test_noise_is_answered_with_a_sentence(data):
    assert not graded_so_far(as_file(data), SIDECAR)


class Counted:
    """Counts the parse events that are looked at."""

    def __init__(self):
        self.count = 0

    def __call__(self, text):
        for event in events(text):
            self.count += 1
            yield event


@given(floods())
def test_a_flood_costs_a_bounded_number_of_parse_events(data):
    with mock.patch.object(yaml_tree, "events", Counted()) as counted:
        graded_so_far(as_file(data), SIDECAR)

    assert counted.count <= 5 * MAX_NODES


@pytest.mark.parametrize(
    "text",
    ["---\n" * 200_000, "--- # a\n# b\n" * 80_000, "---\n~\n" * 150_000, "{}\n" * 300_000],
    ids=["empty", "comments", "nulls", "json"],
)
def test_empty_documents_are_counted(text):
    with mock.patch.object(yaml_tree, "events", Counted()) as counted:
        assert graded_so_far(as_file(text.encode()), SIDECAR) is None

    assert counted.count <= 5 * MAX_NODES
