"""The one next thing to look at is a command, as it is typed, or the place in the manifest."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from podgrade.cluster.connection import ExecAnswer
from podgrade.model.failure import Failure
from podgrade.model.submission import Document, Manifest, Position
from podgrade.probes import aim, http, logs, manifest, mounts, pod
from podgrade.probes.values import About, Reply, Text, explain
from podgrade.workspace.doom.exits import hint
from podgrade.workspace.doom.part import Part, Role
from podgrade.workspace.doom.terms import Goal, GoalKind
from podgrade.workspace.given import Difference, differences
from podgrade.workspace.target import typed


def owned(kind=None, owner="web-5d9c", name="web-5d9c-x2x8w"):
    metadata = {"name": name, "labels": {"pod-template-hash": "5d9c"}}
    if kind:
        metadata["ownerReferences"] = [{"kind": kind, "name": owner, "controller": True}]
    return {"metadata": metadata, "spec": {"containers": []}}


@pytest.mark.parametrize(
    ("of", "word"),
    [
        (owned(name="web"), "web"),
        (owned("ReplicaSet"), "deployment/web"),
        (owned("Job", "batch", "batch-d8tbn"), "job/batch"),
        (owned("StatefulSet", "redis", "redis-0"), "redis-0"),
    ],
)
def test_what_kubectl_is_given_for_a_pod_is_right_the_next_time_too(of, word):
    assert typed(of) == word


def containers(*names, inits=(), sidecars=()):
    early = [{"name": name} for name in inits]
    early += [{"name": name, "restartPolicy": "Always"} for name in sidecars]
    spec = {"containers": [{"name": name} for name in names], "initContainers": early}
    return {"metadata": {"name": "pair"}, "spec": spec}


def names(of, which, monkeypatch):
    monkeypatch.setattr(aim, "existing_pod", lambda bench: of)
    target = SimpleNamespace(target=SimpleNamespace(name="pair"))
    return which(SimpleNamespace(exercise=target))


def test_a_container_that_is_missed_may_be_seen_in_the_other_list(monkeypatch):
    seen = names(containers("reader", inits=["writer"]), pod._containers, monkeypatch)
    reason = explain("==", seen, {"reader", "writer"})

    assert str(reason.seen) == "containers of Pod pair: reader; init containers: writer"
    assert reason.code == "names-differ"
    assert "`initContainers:`" in str(reason.look)


def test_an_init_container_that_is_missed_may_be_a_container_or_a_sidecar(monkeypatch):
    of = containers("app", sidecars=["check"])
    reason = explain("==", names(of, pod._init_containers, monkeypatch), {"check"})

    assert str(reason.seen) == (
        "init containers of Pod pair: -; containers: app; "
        "sidecar containers (`restartPolicy: Always`): check"
    )


def test_an_object_of_the_right_name_and_another_kind():
    bare = Document({"kind": "Deployment", "metadata": {"name": "web"}}, Position("pod.yaml", 1, 1))
    target = SimpleNamespace(name="web", kinds=("Pod",))
    bench = SimpleNamespace(exercise=SimpleNamespace(target=target), manifest=Manifest((bare,)))
    with pytest.raises(Failure) as failure:
        aim.target_document(bench)

    reason = failure.value.reason
    assert (reason.code, str(reason.seen)) == ("no-target", "Deployment web")
    assert str(reason.look) == "Check `kind:` in your manifest: Pod"


def reply(status, body=""):
    told = json.dumps({"http_code": status}).encode()
    return http.reply("http://x/", ExecAnswer(0, f"HTTP/1.1 1\r\n\r\n{body}".encode(), told))


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, "hello", None),
        (200, "<h1>Welcome to nginx!</h1>", "the page that the image itself has"),
        (403, "", "no page there that it may read"),
        (404, "", "no page of this path"),
        (502, "", "passes the request on, and gets no answer"),
        (504, "", "(504)"),
    ],
)
def test_what_a_reply_usually_means(status, body, told):
    words = http.meaning(reply(status, body))
    assert (words is None) if told is None else told in str(words)


def test_no_json_says_from_where_on():
    page: Reply = reply(200, "[1,\n oops]")
    with pytest.raises(Failure) as failure:
        _ = page.json

    assert failure.value.reason.code == "not-json"
    assert "from line 2, column 2 on" in str(failure.value.reason.why)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("tail: can't open '/logs/a': No such file or directory\n", "/logs/a"),
        ("tail: cannot open '/logs/a' for reading: No such file or directory", "/logs/a"),
        ("tail: can't open '/logs/a': No such file or directory\nhello", None),
        ("", None),
    ],
)
def test_a_log_that_waits_for_its_file_names_it(text, path):
    bench = SimpleNamespace(workspace=SimpleNamespace(pod=lambda: containers("a")))
    reason = logs._without_file(bench, "a", text)

    assert (reason is None) if path is None else str(reason.why).endswith(f"finds no file {path}")
    assert reason is None or reason.code == "silent"


def test_many_lines_that_were_looked_for_are_shown_by_the_first():
    seen = Text("nothing", About(http.say("the log")))

    assert str(explain("in", "a\nb\nc\nd\ne", seen).expected).count("\n") == 3
    assert str(explain("in", "host: x\n", seen).expected) == "the log: contains `host: x`"
    assert str(explain("==", Text("", seen.about), "a").seen) == "the log: (empty)"


def test_a_folder_where_a_file_was_expected_and_a_folder_that_is_not_there():
    mount = {"name": "config", "mountPath": "/etc/app.conf"}
    both = [{"name": name, "volumeMounts": [mount]} for name in ("app", "merge")]
    of = {"metadata": {"name": "p"}, "spec": {"containers": both}}
    reason = mounts.unread(of, "app", "/etc/app.conf", "cat: /etc/app.conf: Is a directory")

    assert (reason.code, "`subPath:`" in str(reason.look)) == ("no-such-file", True)

    error = "sh: cannot create /etc/app.conf/a/x: Directory nonexistent"
    reason = mounts.unwritten(of, "app", "/etc/app.conf/a/x", error)
    assert str(reason.look) == "Look at `kubectl exec p -c app -- ls -la /etc/app.conf`"


def part(policy="Always", role=Role.MAIN):
    return Part("app", role, 0, {}, {}, policy)


@pytest.mark.parametrize(
    ("goal", "of", "owner", "told"),
    [
        (GoalKind.READY, part(), None, "let its command run on, for instance"),
        (GoalKind.SUCCEEDED, part(), None, "set `restartPolicy: Never`"),
        (GoalKind.SUCCEEDED, part(role=Role.SIDECAR), "Job", "move it to `containers:`"),
        (GoalKind.RUNNING, part("OnFailure"), None, "with `restartPolicy: Always`"),
        (GoalKind.RUNNING, part("Never"), "Job", "let its command run on, for instance"),
    ],
)
def test_what_to_do_with_a_container_that_ended_well(goal, of, owner, told):
    case = SimpleNamespace(goal=Goal(goal), pod=owned(owner))
    assert told in str(hint(case, of, {"exitCode": 0}, ""))


def test_what_was_added_is_told_otherwise_than_what_was_taken_away():
    added = manifest.given_changed([Difference("volumes[x]", None, "{}")])
    gone = manifest.given_changed([Difference(f"env[{name}]", "1", None) for name in "abcde"])

    assert "does not ask for this change" in str(added.why)
    assert str(gone.why).endswith("`env[a]`, `env[b]`, `env[c]` and 2 more")


def test_what_the_server_puts_into_a_container_is_not_shown():
    whole = {"name": "a", "image": "nginx", "terminationMessagePath": "/dev/termination-log"}
    (found,) = differences({"containers": [whole]}, {"initContainers": []})

    assert found.given == '{"[a]": {"name": "a", "image": "nginx"}}'
