"""A class in shards: who grades whom, how work and verdicts travel, what is made on the cluster."""

from __future__ import annotations

import itertools
import json
import random
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
import yaml
from tests.unit.results import failed, full_marks

from podgrade.cluster.connection import ApiRefusal
from podgrade.model.errors import InfrastructureError, UsageProblem
from podgrade.model.submission import Position, SourceFile, Submission
from podgrade.model.text import Text, say
from podgrade.reports.json import as_data
from podgrade.workspace.fence import LEARNER
from podgrade.workspace.run import PART_OF, RUN, Run, Shard
from podgrade.workspace.shards import letters, objects, rights
from podgrade.workspace.shards.hall import numbers
from podgrade.workspace.shards.letters import Letter
from podgrade.workspace.shards.objects import Order
from podgrade.workspace.shards.share import (
    MOST,
    Piece,
    bundled,
    cut,
    loosened,
    packed,
    shard_of,
    shares,
    unbundle,
    unpacked,
)
from podgrade.workspace.unreadable import Unreadable, unreadable

RUN_ = Run("abcdef")
ORDER = Order("registry.example/podgrade:1", 3, ("--lang=ko",))


def piece(name="김민수", *, data=b"kind: Pod\n", problem=None, exercise="sidecar"):
    files = () if problem else (SourceFile("파드.yaml", data),)
    return Piece(exercise, f"name:{name}", Submission(name, files, problem=problem))


def test_a_learner_stays_in_a_shard_whoever_else_there_is():
    class_ = [piece(f"learner-{number}") for number in range(60)]
    found = shares(class_, 4)

    assert sorted(one.identity for share in found for one in share) == sorted(
        one.identity for one in class_
    )
    for index, share in enumerate(shares(random.sample(class_, 20), 4)):
        assert {one.identity for one in share} <= {one.identity for one in found[index]}


def test_nobody_is_left_with_nothing_to_do_in_a_large_class():
    sizes = [len(share) for share in shares([piece(f"{n}") for n in range(1000)], 8)]

    assert min(sizes) > 80
    assert max(sizes) < 170


def test_the_shard_of_a_name_is_the_same_for_ever():
    assert [shard_of(name, 7) for name in ("name:kim", "name:김민수", "gradescope:5")] == [6, 5, 4]


def test_work_travels_as_it_is():
    given = [piece(data=bytes(range(256))), piece("lee\udc80", exercise="init-wait")]
    found = unpacked(packed(given))

    assert [(one.exercise, one.identity, one.id) for one in found] == [
        (one.exercise, one.identity, one.id) for one in given
    ]
    assert [one.submission.files for one in found] == [one.submission.files for one in given]
    assert [one.submission.exercise for one in found] == ["sidecar", "init-wait"]
    assert packed(given) == packed(given)


def test_what_could_not_be_read_stays_the_learners_or_ours():
    why, look = say("`{file}` is larger than {limit} MiB", file="a", limit=1), Text("en", "ko")
    theirs = piece("kim", problem=unreadable("not-yaml", Position("a.yaml", 3, 4), why, look))
    ours = piece("lee", problem=InfrastructureError(why))
    first, second = (one.submission.problem for one in unpacked(packed([theirs, ours])))

    assert isinstance(first, Unreadable)
    assert (first.reason.code, first.position) == ("not-yaml", Position("a.yaml", 3, 4))
    assert first.reason.why == Text("`a` is larger than 1 MiB", "`a`: 1MiB보다 큽니다")
    assert first.reason.look == look
    assert isinstance(second, InfrastructureError)


def test_the_same_learner_on_two_exercises_has_two_verdicts():
    ids = {piece().id, piece(exercise="init-wait").id, piece("김민주").id}

    assert len(ids) == 3
    assert all(len(one) == 40 and one.isalnum() and one == one.lower() for one in ids)


@pytest.mark.parametrize("size", [0, 1, MOST, MOST + 1, 3 * MOST])
def test_what_is_too_large_for_an_object_goes_in_several(size):
    data = random.Random(5).randbytes(size)
    bodies = list(objects.secrets(RUN_, objects.SHARE, data, 2))
    random.shuffle(bodies)

    assert len(bodies) == max(1, -(-size // MOST))
    assert objects.joined(bodies) == data
    assert all(len(json.dumps(body)) < 1_400_000 for body in bodies)
    assert all(body["immutable"] for body in bodies)
    assert {body["metadata"]["labels"]["podgrade.io/shard"] for body in bodies} == {"2"}


def test_more_than_ten_parts_come_in_order():
    bodies = [
        objects.secret(RUN_, f"share-0-{number}", "share", part, 0)
        for number, part in enumerate(cut(b"abcdefghijklmno", 1))
    ]

    assert objects.joined(reversed(bodies)) == b"abcdefghijklmno"


def test_files_travel(tmp_path):
    unbundle(
        bundled({"000/graders/test_x.py": b"1", "000/exercises/x/setup/a.yaml": b"2"}), tmp_path
    )

    assert (tmp_path / "000/graders/test_x.py").read_bytes() == b"1"
    assert (tmp_path / "000/exercises/x/setup/a.yaml").read_bytes() == b"2"


class Cluster:
    """Keeps Secrets as the API server does: a name once; listed one a page, then watched."""

    stop = None

    def __init__(self):
        self.there = {}
        self.followed = []

    def request(self, method, path, *, body=None, query=None, timeout=0):
        if method == "GET":
            return self._page(int(query.get("continue", 0)))
        name = body["metadata"]["name"]
        if name in self.there:
            raise ApiRefusal(409, "AlreadyExists", f"secrets {name} already exists")
        self.there[name] = body
        return body

    def _page(self, number):
        items = list(self.there.values())
        more = str(number + 1) if number + 1 < len(items) else ""
        metadata = {"resourceVersion": "7", "continue": more}
        return {"metadata": metadata, "items": items[number : number + 1]}

    @contextmanager
    def lines(self, path, *, query, **_):
        self.followed.append(query["resourceVersion"])
        late = secret_of(verdict(full_marks(), "late"))
        late["metadata"]["resourceVersion"] = "9"
        yield [json.dumps({"type": "ADDED", "object": late})]


def secret_of(letter):
    """A letter as it is kept."""
    return objects.secret(RUN_, f"verdict-{letter.id}", "verdict", letters.bounded(letter.data), 0)


def verdict(result, learner="kim"):
    return Letter(piece(learner).id, {"result": as_data(result, "en", "1")})


def test_the_first_verdict_stands():
    cluster = Cluster()

    assert letters.post(cluster, "here", RUN_, 0, verdict(full_marks()))
    assert not letters.post(cluster, "here", RUN_, 0, verdict(failed()))
    assert letters.post(cluster, "here", RUN_, 0, verdict(failed(), "lee"))
    (first, _) = cluster.there.values()
    assert first["immutable"]
    assert loosened(objects.content(first))["result"]["verdict"] == "passed"


def test_letters_come_and_what_follows_is_watched_from_where_they_were_listed():
    cluster = Cluster()
    for learner in ("kim", "lee"):
        letters.post(cluster, "here", RUN_, 0, verdict(full_marks(), learner))
    coming = letters.coming(cluster, "here")
    seen = [letter and letter.id for letter in itertools.islice(coming, 6)]

    late = piece("late").id
    assert seen == [piece("kim").id, piece("lee").id, None, late, None, late]
    assert cluster.followed == ["7", "9"]


def test_a_refusal_is_no_verdict_that_is_there():
    def refuse(*_, **__):
        raise ApiRefusal(403, "Forbidden", "no")

    with pytest.raises(ApiRefusal):
        letters.post(SimpleNamespace(request=refuse), "here", RUN_, 0, verdict(full_marks()))


def test_what_is_too_large_comes_back_without_evidence():
    data = as_data(full_marks(), "en", "1")
    noise = random.Random(1).randbytes(MOST).hex()
    data["results"][1]["evidence"][0]["answer"] = noise
    found = loosened(letters.bounded({"result": data}))

    assert found["cut"]
    assert found["result"]["results"][1]["evidence"] == []
    assert found["result"]["results"][1]["points"] == data["results"][1]["points"]
    assert len(letters.bounded({"result": data})) < MOST


def test_the_sentence_of_a_shard_comes_in_both_languages():
    letter = letters.in_trouble(3, say("starting {count} shards", count=2))

    assert letter.trouble == Text("starting 2 shards", "샤드 2개 시작 중")
    assert Letter("x", {"result": {}}).trouble is None


def test_the_job():
    job = objects.job(RUN_, ORDER)
    spec, pod = job["spec"], job["spec"]["template"]["spec"]

    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 3, 3)
    assert spec["backoffLimitPerIndex"] == objects.RETRIES
    # With a podFailurePolicy an index would wait for ever for a node that is gone.
    assert spec["podReplacementPolicy"] == "TerminatingOrFailed"
    assert "podFailurePolicy" not in spec
    assert pod["restartPolicy"] == "Never"
    (spread,) = pod["topologySpreadConstraints"]
    assert spread["topologyKey"] == "kubernetes.io/hostname"
    assert {one["tolerationSeconds"] for one in pod["tolerations"]} == {objects.AWAY}
    assert pod["containers"][0]["image"] == ORDER.image
    assert "--run=abcdef" in pod["containers"][0]["args"]
    assert "--lang=ko" in pod["containers"][0]["args"]


def test_the_jobs_pods_pass_the_strictest_level_and_hold_the_only_token():
    pod = objects.job(RUN_, ORDER)["spec"]["template"]["spec"]
    container = pod["containers"][0]
    account, *_ = objects.surroundings(RUN_, home())

    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is account["automountServiceAccountToken"] is False
    projected = [one["projected"] for one in pod["volumes"] if "projected" in one]
    assert [
        source for one in projected for source in one["sources"] if "serviceAccountToken" in source
    ]


def home():
    body = objects.namespace(RUN_, RUN_.namespace("shards"), "v1.36")
    return {**body, "metadata": {**body["metadata"], "uid": "the-uid"}}


def test_the_rights_go_with_the_namespace():
    _, binding, wall = objects.surroundings(RUN_, home())

    assert binding["kind"] == "ClusterRoleBinding"
    assert binding["roleRef"]["name"] == "podgrade-shard"
    (owner,) = binding["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == ("Namespace", "the-uid")
    assert binding["subjects"][0]["namespace"] == "podgrade-abcdef-shards"
    assert wall["spec"] == {"podSelector": {}, "policyTypes": ["Ingress"]}


def rules(name):
    return [
        (group, resource, verb, tuple(rule.get("resourceNames", ())))
        for rule in rights.roles()[name]["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]


def test_a_shard_may_be_nobody_but_a_learner():
    assert [one for one in rules("podgrade-shard") if one[2] == "impersonate"] == [
        ("", "serviceaccounts", "impersonate", (LEARNER,))
    ]
    forbidden = {"escalate", "bind", "*"}
    assert not [one for one in rules("podgrade-shard") if forbidden & {*one[:3]}]
    assert not [one for one in rules("podgrade-shard") if one[1].startswith("clusterrole")]


def test_whoever_starts_a_run_may_bind_that_one_role():
    bound = [
        one for one in rules("podgrade-class") if one[2] in {"bind", "escalate", "impersonate"}
    ]

    assert bound == [("rbac.authorization.k8s.io", "clusterroles", "bind", ("podgrade-shard",))]


def test_the_shards_have_what_a_run_needs():
    """What `podgrade doctor` asks for."""
    from podgrade.workspace.doctor.asked import _RIGHTS

    has = {(group, resource, verb) for group, resource, verb, _ in rules("podgrade-shard")}
    for verb, what, _ in _RIGHTS:
        resource, _, rest = what.partition("/")
        resource, _, group = resource.partition(".")
        assert (group, f"{resource}/{rest}" if rest else resource, verb) in has


def test_on_a_strange_cluster_the_owner_is_asked():
    def refuse(*_, **__):
        raise ApiRefusal(404, "NotFound", "not found")

    with pytest.raises(UsageProblem, match="podgrade rights"):
        rights.ensure(SimpleNamespace(request=refuse), apply=False)
    role = rights.roles()["podgrade-shard"]
    rights.ensure(SimpleNamespace(request=lambda *_: role), apply=False)
    other = {**role, "rules": []}
    with pytest.raises(UsageProblem, match="another version"):
        rights.ensure(SimpleNamespace(request=lambda *_: other), apply=False)


def test_the_rights_are_printed_with_what_they_are_for():
    assert list(yaml.safe_load_all(rights.manifests())) == list(rights.roles().values())
    assert "Read it, then apply it once" in rights.manifests()


def test_a_shards_workspaces_are_found_by_the_run_that_it_is_of():
    shard = Shard.parse("abcdef/1/4")
    labels = Run.new(shard=shard).labels()

    assert str(shard) == "abcdef/1/4"
    assert (labels[PART_OF], labels["podgrade.io/shard"]) == ("abcdef", "1")
    assert labels[RUN] != "abcdef"


@pytest.mark.parametrize(("text", "found"), [("", []), ("3", [3]), ("1,3-5,7", [1, 3, 4, 5, 7])])
def test_indexes_that_failed(text, found):
    assert list(numbers(text)) == found
