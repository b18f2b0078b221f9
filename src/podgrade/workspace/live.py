"""What runs already in a learner's namespace: looked at with the learner's own rights.

Nothing here writes. The object that is graded is found by its name and kind, else by the names
of its containers; what else is there (Services, ConfigMaps, claims, other workloads) goes with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import KINDS, path_of
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise, Target
from podgrade.model.reason import Reason
from podgrade.model.submission import Document, Manifest, Position
from podgrade.model.text import Words, say
from podgrade.workspace.acceptance import Acceptance, Refusal
from podgrade.workspace.apply import without_the_servers
from podgrade.workspace.target import containers_of, terminating
from podgrade.workspace.workloads import ENDS, RUNS, documents_in, template_of

Body = Mapping[str, Any]

_KINDS = (
    *("Pod", "Deployment", "StatefulSet", "Job"),
    *("Service", "ConfigMap", "PersistentVolumeClaim"),
)
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_EVERYWHERE = ("ConfigMap", "kube-root-ca.crt")  # the cluster puts it into every namespace
_TOKEN = "kube-api-access-"  # noqa: S105 - the volume that the API server adds to a Pod
_GIVEN = ("nodeName", "ephemeralContainers", "priority")  # by the cluster, in a Pod's spec


@dataclass(frozen=True)
class Found:
    """What is graded: the object that was taken for the target, and all that goes with it.

    Where none could be taken, `acceptance` has the refusal that says why.
    """

    target: Target
    manifest: Manifest
    acceptance: Acceptance
    document: Document | None = None


def require(connection: Connection, namespace: str, exercise: Exercise) -> None:
    """Raise UsageProblem, with what to do, where nothing in the namespace can be graded:
    it is not there, or may not be read, or the exercise's own setup is missing in it.
    """
    require_place(exercise)
    _readable(connection, namespace)
    missing = [
        f"{one.kind}/{one.name}"
        for one in documents_in(exercise.folder / "setup")
        if not _there(connection, namespace, one)
    ]
    if missing:
        raise UsageProblem(_no_setup(exercise, namespace, missing))


def require_place(exercise: Exercise) -> None:
    """Raise UsageProblem for an exercise that is not graded in place."""
    if exercise.live == "no":
        raise UsageProblem(_not_in_place(exercise))


def _not_in_place(exercise: Exercise) -> Words:
    return say(
        "{slug} cannot be graded in place: its grader makes, changes or takes away objects of the "
        "exercise's own, and your namespace is left alone. Hand in the file: podgrade check "
        "{slug} FILE",
        slug=exercise.slug,
    )


def setup_file(exercise: Exercise) -> str:
    """The name of the file into which `podgrade start` writes the exercise's setup."""
    return f"{exercise.slug}-setup.yaml"


def _no_setup(exercise: Exercise, namespace: str, missing: Sequence[str]) -> Words:
    return say(
        "what the exercise brings is not all in namespace {namespace} (missing: {missing}). Apply "
        "it: `kubectl apply -n {namespace} -f {file}` (podgrade start {slug} writes the file)",
        namespace=namespace,
        missing=", ".join(missing),
        file=setup_file(exercise),
        slug=exercise.slug,
    )


def _readable(connection: Connection, namespace: str) -> None:
    try:
        found = connection.request("GET", path_of("Namespace", None, namespace))
        if terminating(found):
            raise UsageProblem(
                say("namespace {name} is being deleted: name another with -n", name=namespace)
            )
    except ApiRefusal as refusal:
        if refusal.status == 404:
            raise UsageProblem(_no_namespace(namespace)) from refusal
    try:
        connection.request("GET", path_of("Pod", namespace), query={"limit": 1})
    except ApiRefusal as refusal:
        raise UsageProblem(_unreadable(namespace, refusal)) from refusal


def _no_namespace(namespace: str) -> Words:
    return say(
        "there is no namespace {name}: see `kubectl get namespaces`, and name the one in which "
        "your work runs with -n",
        name=namespace,
    )


def _unreadable(namespace: str, refusal: ApiRefusal) -> Words:
    return say(
        "namespace {name} may not be read ({message}): name one of yours with -n, or ask for the "
        "right that `kubectl auth can-i list pods -n {name}` is about",
        name=namespace,
        message=refusal.message,
    )


def _there(connection: Connection, namespace: str, document: Document) -> bool:
    try:
        connection.request("GET", path_of(document.kind, namespace, document.name))
    except ApiRefusal as refusal:
        return refusal.status != 404
    return True


def find(
    connection: Connection,
    namespace: str,
    exercise: Exercise,
    containers: Collection[str],
    *,
    by_name: bool = False,
) -> Found:
    """Look for the exercise's target in the namespace; `containers` are the sheet's.

    With `by_name` an object of another name is never taken. Raises InfrastructureError where no
    answer comes.
    """
    own = {(one.kind, one.name) for one in documents_in(exercise.folder / "setup")}
    every = tuple(_documents(connection, namespace))
    target = exercise.target
    chosen = [one for one in every if one.name == target.name and one.kind in target.kinds]
    by_containers = not chosen and not by_name and not target.exists and bool(containers)
    if by_containers:
        chosen = [
            one
            for one in every
            if one.kind in target.kinds and (one.kind, one.name) not in own
            if {*containers} <= _names(one)
        ]
    if len(chosen) != 1:
        refusal = Refusal(_not_taken(namespace, target, chosen, every))
        return Found(target, Manifest(every), Acceptance((refusal,)))
    (one,) = chosen
    kept = one.kind, one.name
    rest = tuple(each for each in every if (each.kind, each.name) not in own - {kept})
    note = _taken(namespace, target, one, containers if by_containers else ())
    taken = Acceptance(notes=(note,))
    return Found(Target(one.name, target.kinds, target.exists), Manifest(rest), taken, one)


def _taken(namespace: str, target: Target, one: Document, containers: Collection[str]) -> Words:
    about = {"object": f"{one.kind}/{one.name}", "namespace": namespace}
    if not containers:
        return say("graded was {object}, as it runs in namespace {namespace}", **about)
    return say(
        "graded was {object} in namespace {namespace}: nothing there is named {name}, but this has "
        "the containers of the sheet ({containers}). In a file or an exam the name counts",
        name=target.name,
        containers=", ".join(sorted(containers)),
        **about,
    )


def _not_taken(
    namespace: str, target: Target, chosen: Sequence[Document], every: Sequence[Document]
) -> Reason:
    expected = say("{kind} {name}", kind=target.kinds[0], name=target.name)
    workloads = [one for one in every if one.kind in RUNS | ENDS]
    seen = ", ".join(f"{one.kind}/{one.name}" for one in chosen or workloads)
    if chosen:
        why = say("more than one object in namespace {namespace} may be meant", namespace=namespace)
        look = say("Delete those that are not to be graded")
        return Reason("no-target", expected, say("{seen}", seen=seen), why, look)
    about = {"namespace": namespace, "kinds": ", ".join(target.kinds), "name": target.name}
    return Reason(
        "no-target",
        expected,
        say("{seen}", seen=seen or "-"),
        say("namespace {namespace} has no {name} ({kinds})", **about),
        say("Apply your manifest there: `kubectl apply -n {namespace} -f FILE`", **about),
    )


def _names(document: Document) -> set[str]:
    spec = template_of(document).get("spec") or {}
    return {str(one["name"]) for one in containers_of(spec)}


def _documents(connection: Connection, namespace: str) -> Iterator[Document]:
    """Every object of the namespace that somebody wrote, as it was written."""
    for kind in _KINDS:
        try:
            items = connection.request("GET", path_of(kind, namespace)).get("items") or ()
        except ApiRefusal:  # this kind may not be read: what is not seen does not go along
            continue
        for item in items:
            if not (terminating(item) or _made_by_others(kind, item)):
                yield _document(kind, namespace, item)


def _made_by_others(kind: str, item: Body) -> bool:
    """True for what a controller, or the cluster itself, has put there."""
    metadata = item["metadata"]
    owners = metadata.get("ownerReferences") or ()
    return any(one.get("controller") for one in owners) or (kind, metadata["name"]) == _EVERYWHERE


def _document(kind: str, namespace: str, item: Body) -> Document:
    plain = without_the_servers(item)
    metadata = {key: value for key, value in plain["metadata"].items() if key != "namespace"}
    annotations = {**(metadata.pop("annotations", None) or {})}
    annotations.pop(_APPLIED, None)
    if annotations:
        metadata["annotations"] = annotations
    rest = {key: value for key, value in plain.items() if key not in {"status", "metadata"}}
    body = {**rest, "apiVersion": KINDS[kind].api_version, "kind": kind, "metadata": metadata}
    if kind == "Pod":
        body["spec"] = _as_written(item["spec"])
    if kind == "PersistentVolumeClaim":
        body["spec"] = {key: value for key, value in item["spec"].items() if key != "volumeName"}
    return Document(body, Position(f"{namespace}/{kind}/{metadata['name']}", 1))


def _as_written(spec: Body) -> Body:
    """A Pod's spec without what the scheduler and the API server put into it."""
    rest = {key: value for key, value in spec.items() if key not in _GIVEN}
    rest["volumes"] = [one for one in spec.get("volumes") or () if not _is_token(one)]
    for field in ("initContainers", "containers"):
        if field in rest:
            rest[field] = [_without_token(container) for container in rest[field]]
    return rest


def _without_token(container: Body) -> Body:
    mounts = [one for one in container.get("volumeMounts") or () if not _is_token(one)]
    rest = {key: value for key, value in container.items() if key != "volumeMounts"}
    return {**rest, "volumeMounts": mounts} if mounts else rest


def _is_token(entry: Body) -> bool:
    return str(entry.get("name", "")).startswith(_TOKEN)
