"""The probe `curl`: asks an HTTP server, from another Pod of the cluster or from inside."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import tenacity

from podgrade.cluster.conditions import is_ready
from podgrade.cluster.connection import ExecAnswer
from podgrade.model.failure import Failure
from podgrade.model.reason import Doom, Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, http, inside, routes
from podgrade.probes.bench import Bench
from podgrade.probes.http import Request
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, Flag, Number, Reply, Text
from podgrade.workspace.doom import Goal, GoalKind
from podgrade.workspace.target import typed

Ask = Callable[[list[str]], ExecAnswer]

_TO_TELL = 2.0  # seconds of `limits.answer` that are left for curl to say that there is none
_TO_ANSWER = 10.0  # seconds that the toolbox may take besides


class CurlProbe:
    """`curl("/")` asks the target's Pod by its IP, `curl("/", service="app", port=8020)` or
    `curl("http://app:8020/")` a Service, `curl("/", port=8080, inside="web")` localhost from
    inside the Pod, where container `web` runs.

    From outside it is asked from the toolbox Pod, so that a server that only listens on 127.0.0.1
    does not answer. From inside (127.0.0.1, then ::1) the container's own curl asks if its image
    can be trusted and has one, else a container of podgrade's own that is added to the Pod
    (an ephemeral one). A server that does not listen yet is asked again for `limits.answer`
    seconds, and with `until` one whose body does not contain this text yet; the reply is the
    last one. One request takes about `limits.answer` seconds at most, and where a server takes it
    and says nothing, GET and HEAD are asked a second time. Redirects are not followed, a reply is
    read up to 1 MiB. Raises Failure where nothing answers, InfrastructureError where
    nobody can ask.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(
        self,
        url: str,
        *,
        port: int | str = 80,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        data: str | None = None,
        inside: str | None = None,
        service: str | None = None,
        until: str | None = None,
    ) -> Reply:
        """The reply: `.status`, `.body`, `.headers` (names in lower case)."""
        request = Request(url, port, method, dict(headers or {}), data, inside, service, until)
        reply: Reply = self._stage.ask(request.question(), lambda bench: _answer(bench, request))
        return reply

    def refused(
        self,
        url: str,
        *,
        port: int | str = 80,
        inside: str | None = None,
        service: str | None = None,
    ) -> Flag:
        """True if the connection is refused: the Pod is reached, and nothing listens there.

        Asked once, at once: first show that the server listens, and that this way is open (it
        answers from inside; another port answers on the same path). A time-out is not a refusal.
        """
        request = Request(url, port, inside=inside, service=service)
        answer: Flag = self._stage.ask(
            request.question("curl.refused"), lambda bench: _refused(bench, request)
        )
        return answer


def _answer(bench: Bench, request: Request) -> Reply:
    url, ask = _way(bench, request)
    bench.doing(say("asking {url}", url=url))
    began = time.monotonic()
    ran = _asked_until_it_says_so(bench, ask, url, request)
    if not http.answered(ran):
        bench.in_vain(began)
        raise Failure(_no_answer(bench, url, request, ran))
    reply = _told(bench, http.reply(url, ran))
    if _says_so(reply, request):
        return reply
    bench.in_vain(began)
    return _not_served(bench, reply)


def _says_so(reply: Reply, request: Request) -> bool:
    return request.until is None or request.until in reply.body


def _told(bench: Bench, reply: Reply) -> Reply:
    """The reply, which knows what it usually means and where the servers tell of it."""
    look = _mounts(bench) if http.is_images_own(reply) else _logs(bench)
    reason = Reason("different", why=http.meaning(reply), look=look)
    return replace(
        reply,
        status=Number(int(reply.status), replace(reply.status.about, reason=reason)),
        body=Text(str(reply.body), replace(reply.body.about, reason=reason)),
    )


def _not_served(bench: Bench, reply: Reply) -> Reply:
    """The reply, which knows how long was waited for another one."""
    seconds = round(bench.exercise.limits.answer)
    why = say("it did not appear within {seconds} s", seconds=seconds)
    reason = Reason("not-served", why=why, look=_logs(bench))
    about = replace(reply.body.about, reason=reason)
    return replace(reply, body=Text(str(reply.body), about))


def _mounts(bench: Bench) -> Words:
    """What is mounted where, where the server's own page is in the place of another one."""
    pod = bench.workspace.pod()
    name = bench.exercise.target.name if pod is None else typed(pod).rpartition("/")[2]
    return aim.look_into(f"kubectl describe pod {name}")


def _logs(bench: Bench) -> Words:
    """What all containers of the Pod wrote: which of them should have answered is not known."""
    pod = bench.workspace.pod()
    name = bench.exercise.target.name if pod is None else typed(pod)
    return aim.look_into(f"kubectl logs {name} --all-containers")


def _refused(bench: Bench, request: Request) -> Flag:
    url, ask = _way(bench, request)
    bench.doing(say("asking {url}", url=url))
    began = time.monotonic()
    ran = ask(http.arguments(url, request, _one_request(bench)))
    subject = say("a connection to {url} is refused", url=url)
    if http.refused(ran):
        return Flag(True, About(subject))
    if not http.answered(ran):
        bench.in_vain(began)
        why = say("nothing says no either: the connection is lost on its way")
        reason, seen = Reason("not-refused", why=why), say("{error}", error=http.trouble(ran))
        return Flag(False, About(subject, reason, seen))
    seen = say("HTTP status {status} from {url}", status=int(http.reply(url, ran).status), url=url)
    return Flag(False, About(subject, _open(request), seen))


def _open(request: Request) -> Reason:
    if request.inside is not None:
        return Reason("not-refused", why=say("something listens at this port of the Pod"))
    why = say(
        "the server listens on all addresses of the Pod, so that everybody in the cluster "
        "can reach it, not only the Pod's own containers"
    )
    look = say("Let the server listen on 127.0.0.1 alone: only the Pod's containers share that")
    return Reason("not-refused", why=why, look=look)


def _way(bench: Bench, request: Request) -> tuple[str, Ask]:
    """The whole URL, and from where it is asked."""
    if request.inside is not None:
        host = f"http://localhost:{request.port}"
        url = f"{host}{request.url}" if request.url.startswith("/") else request.url
        return url, inside.asker(bench, request.inside, reads=request.reads)
    pod = aim.running_pod(bench)
    aim.snapshot(bench, pod)
    return _full_url(bench, pod, request), lambda words: _from_outside(bench, words)


def _one_request(bench: Bench) -> float:
    """Seconds that one request may take: a bit less than there is for an answer."""
    return max(http.CONNECT, bench.exercise.limits.answer - _TO_TELL)


def _from_outside(bench: Bench, words: list[str]) -> ExecAnswer:
    seconds = _one_request(bench) + _TO_ANSWER
    return bench.toolbox.exec(["curl", *words], timeout=seconds, limit=http.OUTPUT_LIMIT)


def _full_url(bench: Bench, pod: Mapping[str, Any], request: Request) -> str:
    """A path belongs to the Pod's IP or the Service, a short name to the workspace."""
    if request.service is not None:
        port = routes.port_of(bench, request.service, request.port)
        host = f"{request.service}.{bench.workspace.namespace}.svc"
        return f"http://{host}:{port}{request.url}"
    if request.url.startswith("/"):
        address = pod["status"]["podIP"]
        host = f"[{address}]" if ":" in address else address
        return f"http://{host}:{request.port}{request.url}"
    scheme, _, rest = request.url.partition("://")
    authority, slash, path = rest.partition("/")
    name, colon, number = authority.partition(":")
    full = name if "." in name else f"{name}.{bench.workspace.namespace}.svc"
    return f"{scheme}://{full}{colon}{number}{slash}{path}"


def _asked_until_it_says_so(bench: Bench, ask: Ask, url: str, request: Request) -> ExecAnswer:
    again = tenacity.Retrying(
        retry=tenacity.retry_if_result(lambda ran: _too_early(url, request, ran)),
        stop=tenacity.stop_after_delay(bench.exercise.limits.answer)
        | tenacity.stop_when_event_set(bench.stop),
        wait=tenacity.wait_exponential(multiplier=0.05, max=1.0),
        sleep=tenacity.sleep_using_event(bench.stop),
        retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
    )
    ran: ExecAnswer = again(ask, http.arguments(url, request, _one_request(bench)))
    aim.check_stop(bench)
    return ran


def _too_early(url: str, request: Request, ran: ExecAnswer) -> bool:
    if http.answered(ran):
        return not _says_so(http.reply(url, ran), request)
    return http.may_answer_soon(request, ran)


def _no_answer(bench: Bench, url: str, request: Request, ran: ExecAnswer) -> Reason:
    expected = say("an HTTP answer from {url}", url=url)
    seen = say("{error}", error=http.trouble(ran))
    if request.service is not None:
        known = routes.broken(bench, request.service, request.port, refused=http.refused(ran))
        if known is not None:
            return known.expecting(expected, known.seen or seen)
    doom = _in_the_way(bench)
    bench.doom = doom.reason() if doom else bench.doom
    why = doom.why if doom else _unanswered(bench, request, ran)
    look = (doom.look if doom else None) or _logs(bench)
    return Reason(doom.code if doom else "no-answer", expected, seen, why, look)


def _in_the_way(bench: Bench) -> Doom | None:
    """What keeps the Pod from answering; None if it is up, and only the program does not answer.

    A container that ends again and again may run, and be Ready, at this very moment.
    """
    pod = bench.workspace.pod()
    before = bench.baseline.running if bench.baseline else {}
    for name, life in before.items():
        if pod is not None and not aim.lives(pod, name, life):
            return aim.obstacle(bench, Goal(GoalKind.RUNNING, name))
    if pod is not None and is_ready(pod):
        return None
    return aim.obstacle(bench, Goal(GoalKind.READY))


def _unanswered(bench: Bench, request: Request, ran: ExecAnswer) -> Words:
    if http.kept_waiting(ran):
        return say(
            "the server takes the connection, but sends no reply within {seconds} s",
            seconds=round(_one_request(bench)),
        )
    if request.inside is not None:
        return say("nothing answers at this port, not even inside the Pod")
    if http.refused(ran) and request.service is None:
        return say(
            "nothing answers at this address and port: no program listens there, or it "
            "listens on 127.0.0.1 only"
        )
    return say("nothing answers at this address and port")
