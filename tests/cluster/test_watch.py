"""The shared watch on a real cluster: what it brings, and that nothing gets lost."""

from __future__ import annotations

import threading
import time

import pytest
from tests.cluster.rooms import bare_namespace, limited_user, manifest, pod_text
from tests.waiting import until

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of
from podgrade.cluster.watch import Watch
from podgrade.model.errors import InfrastructureError


@pytest.fixture(scope="module")
def connection(kubeconfig):
    return Connection.open(kubeconfig)


@pytest.fixture
def namespace(connection):
    with bare_namespace(connection) as name:
        yield name


@pytest.fixture
def watch(connection):
    watch = Watch(connection, threading.Event())
    watch.start()
    yield watch
    watch.stop.set()
    watch.close()


def create(connection, namespace, name="web", **more):
    [document] = manifest(pod_text(name, **more)).documents
    return connection.request("POST", path_of("Pod", namespace), body=document.body)


def delete(connection, namespace, name="web"):
    query = {"gracePeriodSeconds": 0}
    connection.request("DELETE", path_of("Pod", namespace, name), query=query)


def names(view):
    return [pod["metadata"]["name"] for pod in view.pods() if not view.gone(pod["metadata"]["uid"])]


def wait(view, condition, limit=30.0):
    """Wait as a workspace does: by the view's revision alone."""
    end = time.monotonic() + limit
    while True:
        revision = view.revision
        if condition():
            return
        left = end - time.monotonic()
        assert left > 0, "the watch did not tell"
        view.changed(revision, left)


def test_a_pods_life_is_seen_in_order(connection, watch, namespace):
    view = watch.view(namespace, fresh=True)
    uid = create(connection, namespace)["metadata"]["uid"]
    wait(view, lambda: any(is_ready(pod) for pod in view.pods()))
    delete(connection, namespace)
    wait(view, lambda: view.gone(uid))

    seen = view.sightings(uid)
    versions = [int(one.pod["metadata"]["resourceVersion"]) for one in seen]
    assert versions == sorted(versions)
    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert seen[0].pod["status"]["phase"] == "Pending"
    assert names(view) == []
    assert view.pods()[0]["metadata"]["deletionTimestamp"]


def test_events_come_newest_version_last(connection, watch, namespace):
    view = watch.view(namespace, fresh=True)
    create(connection, namespace)
    wait(view, lambda: "Started" in [event["reason"] for event in view.events()])
    reasons = [event["reason"] for event in view.events()]
    assert reasons.index("Scheduled") < reasons.index("Started")


def test_what_was_there_before_is_seen_too(connection, watch, namespace):
    create(connection, namespace)
    assert names(watch.view(namespace)) == ["web"]


def test_other_namespaces_are_not_seen(connection, watch, namespace):
    view = watch.view(namespace, fresh=True)
    with bare_namespace(connection) as other:
        create(connection, other, "theirs")
        create(connection, namespace, "mine")
        wait(view, lambda: "mine" in names(view))
    assert names(view) == ["mine"]


def test_a_pod_that_only_names_our_namespace_is_not_ours(connection, watch, namespace):
    view = watch.view(namespace, fresh=True)
    with bare_namespace(connection) as other:
        [document] = manifest(pod_text("theirs")).documents
        metadata = {**document.body["metadata"], "annotations": {"other": namespace}}
        body = {**document.body, "metadata": metadata}
        connection.request("POST", path_of("Pod", other), body=body)
        create(connection, namespace, "mine")
        wait(view, lambda: "mine" in names(view))
    assert names(view) == ["mine"]


def test_a_cut_connection_loses_nothing(connection, watch, namespace):
    view = watch.view(namespace, fresh=True)
    create(connection, namespace, "before")
    wait(view, lambda: "before" in names(view))
    feed = watch._feeds["Pod", None]
    until(lambda: feed.down_since is None)
    feed._lines._response.shutdown()  # as if the network had done it
    create(connection, namespace, "after")
    wait(view, lambda: "after" in names(view))
    assert names(view) == ["before", "after"]
    view.check()


def test_a_watch_that_is_too_old_begins_anew(connection, watch, namespace):
    view = watch.view(namespace, fresh=True)
    uid = create(connection, namespace, "vanishes")["metadata"]["uid"]
    wait(view, lambda: "vanishes" in names(view))
    feed = watch._feeds["Pod", None]
    until(lambda: feed.down_since is None)
    feed._take = lambda line: None  # deaf: what happens now it can only learn from a list
    delete(connection, namespace, "vanishes")
    create(connection, namespace, "stays")
    time.sleep(1)
    del feed._take
    feed._version = "1"  # long compacted: the server answers 410 Gone
    feed._lines._response.shutdown()
    wait(view, lambda: view.gone(uid))
    wait(view, lambda: names(view) == ["stays"])


def test_rights_in_one_namespace_are_enough(kubeconfig, connection, tmp_path, namespace):
    rules = [{"apiGroups": [""], "resources": ["nodes"], "verbs": ["get"]}]
    with limited_user(kubeconfig, tmp_path, rules) as (limited, home):
        subjects = [{"kind": "ServiceAccount", "name": "limited", "namespace": home}]
        binding = {
            "metadata": {"name": "viewer"},
            "roleRef": {
                "apiGroup": "rbac.authorization.k8s.io",
                "kind": "ClusterRole",
                "name": "view",
            },
            "subjects": subjects,
        }
        connection.request("POST", path_of("RoleBinding", namespace), body=binding)
        narrow = Watch(Connection.open(limited), threading.Event())
        narrow.start()
        until(lambda: set(narrow._narrow) == {"Pod", "Event"})
        view = narrow.view(namespace)
        create(connection, namespace)
        wait(view, lambda: any(is_ready(pod) for pod in view.pods()))
        wait(view, lambda: "Started" in [event["reason"] for event in view.events()])
        narrow.stop.set()
        narrow.close()


def test_no_rights_at_all_is_infrastructure(kubeconfig, tmp_path, namespace):
    with limited_user(kubeconfig, tmp_path, []) as (limited, _):
        watch = Watch(Connection.open(limited), threading.Event())
        watch.start()
        with pytest.raises(InfrastructureError, match="cannot list resource"):
            watch.view(namespace)
        watch.stop.set()
        watch.close()


def test_a_stopped_run_wakes_who_waits(watch, namespace):
    view = watch.view(namespace, fresh=True)
    threading.Timer(0.5, watch.stop.set).start()
    began = time.monotonic()
    view.changed(view.revision, 60)
    assert time.monotonic() - began < 30
