"""The probe `exec`: runs a command in a container of the learner's Pod."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ExecAnswer
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Number, Ran, Text

LIMIT = 256 * 1024  # bytes of output that are read at most

# Folders whose programs a command relies on; a volume over one makes their answers the learner's.
_PROGRAMS = ("/", "/bin", "/sbin", "/usr", "/lib", "/lib64")


class ExecProbe:
    """`exec("app", "cat", "/data/file")` runs a command as `kubectl exec` does.

    Waits at most `limits.start` seconds for the container to run; the command takes
    `limits.answer` seconds at most; 256 KiB of output are read. Raises Failure for a container
    that does not exist or cannot run, for an image the sheet does not name or programs hidden
    by a volume (their answers prove nothing), InfrastructureError where exec fails.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, container: str, *command: str, stdin: str | None = None) -> Ran:
        """What the command said: `.code`, `.out`, `.err`."""
        question = "exec(" + json.dumps([container, *command, stdin], ensure_ascii=False) + ")"
        answer: Ran = self._stage.ask(
            question, lambda bench: _ran(bench, container, command, stdin)
        )
        return answer


def _ran(bench: Bench, container: str, command: tuple[str, ...], stdin: str | None) -> Ran:
    pod = aim.started_container(bench, container, running=True)
    aim.snapshot(bench, pod)
    require_trust(bench, aim.require_container(pod, container))
    bench.doing(say("running a command in container {container}", container=container))
    said = bench.workspace.connection.exec(
        bench.workspace.namespace,
        aim.name_of(pod),
        container,
        command,
        stdin=stdin.encode() if stdin is not None else None,
        timeout=bench.exercise.limits.answer,
        limit=LIMIT,
    )
    return _as_answer(container, " ".join(command), said)


def require_trust(bench: Bench, container: Mapping[str, Any]) -> None:
    """Raise Failure where a command's answer would be the learner's word, not the image's."""
    name, image = str(container["name"]), str(container.get("image", ""))
    if bench.exercise.images and repository(image) not in map(repository, bench.exercise.images):
        asked = ", ".join(bench.exercise.images)
        raise Failure(
            Reason(
                "other-image",
                expected=say("an image of {images}", images=asked),
                seen=say("container {name} has image {image}", name=name, image=image),
                why=say("what is looked at inside can only be trusted in an image of the sheet"),
                look=say("Check `image:` of container {name}", name=name),
            )
        )
    hidden = [m["mountPath"] for m in container.get("volumeMounts", ()) if _hides(m["mountPath"])]
    if hidden:
        raise Failure(
            Reason(
                "programs-hidden",
                seen=say("a volume is mounted at {path}", path=hidden[0]),
                why=say("it hides the programs of the image of container {name}", name=name),
                look=say("Check `mountPath:` of container {name}", name=name),
            )
        )


def repository(image: str) -> str:
    """The image's name without registry defaults, tag and digest (`docker.io/library/nginx:1`
    and `nginx@sha256:…` are both `nginx`).
    """
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    for prefix in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(prefix)
    return name


def _hides(path: str) -> bool:
    clean = "/" + "/".join(part for part in path.split("/") if part)
    return clean in _PROGRAMS or clean.startswith(("/bin/", "/usr/bin", "/usr/lib", "/lib/"))


def _as_answer(container: str, command: str, said: ExecAnswer) -> Ran:
    about = {"command": command[:120], "container": container}
    return Ran(
        Number(said.code, About(say("exit code of `{command}` in {container}", **about))),
        _output(said.out, About(say("output of `{command}` in {container}", **about))),
        _output(said.err, About(say("error output of `{command}` in {container}", **about))),
    )


def _output(data: bytes, about: About) -> Text:
    return Text(data[:LIMIT].decode("utf-8", "replace"), about)
