"""The probe `curl`: asks an HTTP server from another Pod of the cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import tenacity

from podgrade.cluster.connection import ExecAnswer
from podgrade.cluster.exec import UNKNOWN_CODE
from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Number, Reply, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import is_ready

BODY_LIMIT = 1 << 20  # bytes of a reply that are read at most
ONE_REQUEST = 5.0  # seconds one request may take

# curl's exit codes for a server that may not listen yet: could not resolve, could not connect,
# empty reply, connection reset (curl(1), EXIT CODES).
_NOT_YET = frozenset({6, 7, 52, 56})

# Answered in full, or with more than is read: --max-filesize, the toolbox's own limit.
_ANSWERED = frozenset({0, 63, UNKNOWN_CODE})


@dataclass(frozen=True)
class Request:
    """One HTTP request; `url` is a path on the Pod, or a URL with a Service's name."""

    url: str
    port: int = 80
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    data: str | None = None

    def question(self) -> str:
        """The request as the tape keeps it."""
        return "curl(" + json.dumps(self.__dict__, ensure_ascii=False, sort_keys=True) + ")"


class CurlProbe:
    """`curl("/")` asks the target's Pod by its IP; `curl("http://app:8020/")` a Service.

    Asked from the toolbox Pod, so that a server that only listens on 127.0.0.1 does not answer.
    A server that does not listen yet is asked again for `limits.answer` seconds; one request
    takes 5 s at most, redirects are not followed, a reply is read up to 1 MiB. Raises Failure
    where nothing answers, InfrastructureError where the toolbox cannot be used.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(
        self,
        url: str,
        *,
        port: int = 80,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        data: str | None = None,
    ) -> Reply:
        """The reply: `.status`, `.body`, `.headers` (names in lower case)."""
        request = Request(url, port, method, dict(headers or {}), data)
        reply: Reply = self._stage.ask(request.question(), lambda bench: _answer(bench, request))
        return reply


def _answer(bench: Bench, request: Request) -> Reply:
    pod = aim.running_pod(bench)
    aim.snapshot(bench, pod)
    url = _full_url(bench, pod, request)
    bench.doing(say("asking {url}", url=url))
    ran = _asked_until_it_listens(bench, _command(url, request))
    if ran.code not in _ANSWERED:
        raise Failure(_no_answer(bench, url, ran))
    return _reply(url, ran)


def _full_url(bench: Bench, pod: Mapping[str, Any], request: Request) -> str:
    """A path belongs to the Pod's IP, a short Service name to the workspace."""
    if request.url.startswith("/"):
        address = pod["status"]["podIP"]
        host = f"[{address}]" if ":" in address else address
        return f"http://{host}:{request.port}{request.url}"
    scheme, _, rest = request.url.partition("://")
    authority, slash, path = rest.partition("/")
    name, colon, port = authority.partition(":")
    full = name if "." in name else f"{name}.{bench.workspace.namespace}.svc"
    return f"{scheme}://{full}{colon}{port}{slash}{path}"


def _command(url: str, request: Request) -> list[str]:
    command = ["curl", "--silent", "--include", "--path-as-is", "--globoff", "--noproxy", "*"]
    command += ["--max-time", str(ONE_REQUEST), "--max-filesize", str(BODY_LIMIT)]
    command += ["--request", request.method, "--write-out", "%{stderr}%{json}"]
    for name, value in request.headers.items():
        command += ["--header", f"{name}: {value}"]
    if request.data is not None:
        command += ["--data-raw", request.data]
    return [*command, url]


def _asked_until_it_listens(bench: Bench, command: list[str]) -> ExecAnswer:
    ask = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda ran: ran.code in _NOT_YET),
        stop=tenacity.stop_after_delay(bench.exercise.limits.answer)
        | tenacity.stop_when_event_set(bench.stop),
        wait=tenacity.wait_exponential(multiplier=0.05, max=1.0),
        sleep=tenacity.sleep_using_event(bench.stop),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    ran: ExecAnswer = ask(
        bench.toolbox.exec, command, timeout=ONE_REQUEST + 5.0, limit=BODY_LIMIT + (1 << 16)
    )
    aim.check_stop(bench)
    return ran


def _no_answer(bench: Bench, url: str, ran: ExecAnswer) -> Reason:
    said = _written(ran).get("errormsg") or f"curl exit code {ran.code}"
    pod = bench.workspace.pod()
    up = pod is not None and is_ready(pod)  # then it is the program that does not answer
    doom = None if up else aim.obstacle(bench, Goal(GoalKind.READY))
    name = bench.exercise.target.name
    return Reason(
        doom.code if doom else "no-answer",
        expected=say("an HTTP answer from {url}", url=url),
        seen=say("{error}", error=said),
        why=_why(doom.why if doom else None),
        look=say("Look at `kubectl get pod {name} -o wide` and the container's log", name=name),
    )


def _why(doom: Words | None) -> Words:
    return doom or say("nothing answers at this address and port")


def _written(ran: ExecAnswer) -> dict[str, Any]:
    """What --write-out said; curl writes it in any case, as one line of JSON."""
    text = ran.err.decode("utf-8", "replace").strip()
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        return {"errormsg": text}
    return dict(found)


def _reply(url: str, ran: ExecAnswer) -> Reply:
    head, body = _parted(ran.out)
    status = int(_written(ran).get("http_code") or _status(head))
    text = body[:BODY_LIMIT].decode("utf-8", "replace")
    return Reply(
        Number(status, About(say("HTTP status of {url}", url=url))),
        Text(text, About(say("the page {url}", url=url))),
        _headers(head),
    )


def _parted(answer: bytes) -> tuple[bytes, bytes]:
    """The last head and the body; interim answers (100 Continue) have heads of their own."""
    head, _, body = answer.partition(b"\r\n\r\n")
    while head.startswith((b"HTTP/1.1 1", b"HTTP/1.0 1")) and body.startswith(b"HTTP/"):
        head, _, body = body.partition(b"\r\n\r\n")
    return head, body


def _status(head: bytes) -> int:
    """The code of a status line, for an answer that was cut off."""
    parts = head.split(None, 2)
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def _headers(head: bytes) -> dict[str, str]:
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
