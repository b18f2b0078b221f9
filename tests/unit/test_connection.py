"""The connection against a small HTTP server: retries, refusals, warnings, bounds."""

from __future__ import annotations

import base64
import gc
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from kubernetes.client import Configuration

from podgrade.cluster.connection import ApiRefusal, Connection, Silence, Stopped
from podgrade.cluster.transport import Transport
from podgrade.model.errors import ClusterUnavailableError, InfrastructureError

Answerer = Callable[[BaseHTTPRequestHandler, int], None]


class Server:
    """Answers each request by what the test says; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[SimpleNamespace] = []
        self.over = threading.Event()
        """Set at the test's end: an answer that does not come may wait for it."""
        self.answer: Answerer = lambda request, _: reply(request, 200, {"kind": "Thing"})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(length)
                outer.asked.append(
                    SimpleNamespace(
                        method=self.command, path=self.path, headers=self.headers, body=body
                    )
                )
                outer.answer(self, len(outer.asked))

            do_GET = do_POST = do_DELETE = _serve  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http.server_port}"


def reply(request: BaseHTTPRequestHandler, status: int, body: Any, **headers: str) -> None:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def drop(request: BaseHTTPRequestHandler) -> None:
    request.close_connection = True
    request.connection.close()


def status(code: int, reason: str, message: str = "", **details: Any) -> dict[str, Any]:
    return {
        "kind": "Status",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
        "details": details,
    }


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.over.set()
    server.http.shutdown()
    server.http.server_close()


@pytest.fixture
def connection(server: Server) -> Connection:
    configuration = Configuration(host=server.url)
    return Connection(Transport(configuration), "test")


def test_an_answer_is_plain_json_and_the_query_is_encoded(server, connection):
    answer = connection.request("GET", "/api/v1/pods", query={"watch": True, "limit": 1})
    assert answer == {"kind": "Thing"}
    assert server.asked[0].path == "/api/v1/pods?watch=true&limit=1"


def test_connections_are_kept_open(server, connection):
    ports = set()

    def answer(request, _):
        ports.add(request.client_address)
        reply(request, 200, {})

    server.answer = answer
    for _ in range(5):
        connection.request("GET", "/x")
    assert len(ports) == 1


def test_a_refusal_carries_the_status_and_its_causes(server, connection):
    causes = [{"field": "spec.x", "reason": "FieldValueRequired", "message": "Required value"}]
    server.answer = lambda request, _: reply(
        request, 422, status(422, "Invalid", "no", causes=causes)
    )
    with pytest.raises(ApiRefusal) as caught:
        connection.request("POST", "/x", body={"metadata": {"name": "a"}})
    assert (caught.value.status, caught.value.reason) == (422, "Invalid")
    assert caught.value.causes[0].field == "spec.x"
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_what_passes_is_tried_again(server, connection, code):
    server.answer = lambda request, n: (
        reply(request, code, status(code, "Busy"), Retry_After="0")
        if n < 3
        else reply(request, 200, {"ok": True})
    )
    assert connection.request("GET", "/x") == {"ok": True}
    assert len(server.asked) == 3


def test_retry_after_is_waited_for(server, connection):
    server.answer = lambda request, n: (
        reply(request, 429, status(429, "TooManyRequests"), Retry_After="1")
        if n == 1
        else reply(request, 200, {})
    )
    begin = time.monotonic()
    connection.request("GET", "/x")
    assert time.monotonic() - begin >= 1.0


def test_an_unending_failure_is_infrastructure_not_refusal(server, connection):
    server.answer = lambda request, _: reply(request, 503, status(503, "Down", "sorry"))
    with pytest.raises(InfrastructureError, match="sorry"):
        connection.request("GET", "/x", timeout=3)


def test_a_broken_connection_is_tried_again(server, connection):
    server.answer = lambda request, n: drop(request) if n == 1 else reply(request, 200, {"n": n})
    assert connection.request("GET", "/x") == {"n": 2}


def test_a_lost_post_that_arrived_counts_as_created(server, connection):
    def answer(request, n):
        if n == 1:
            drop(request)
        elif request.command == "POST":
            reply(request, 409, status(409, "AlreadyExists"))
        else:
            reply(request, 200, {"made": request.path})

    server.answer = answer
    assert connection.request("POST", "/things", body={"metadata": {"name": "a"}}) == {
        "made": "/things/a"
    }


def test_a_conflict_at_the_first_post_is_a_refusal(server, connection):
    server.answer = lambda request, _: reply(request, 409, status(409, "AlreadyExists"))
    with pytest.raises(ApiRefusal):
        connection.request("POST", "/things", body={"metadata": {"name": "a"}})


def test_a_post_with_a_generated_name_is_never_sent_twice(server, connection):
    server.answer = lambda request, _: drop(request)
    with pytest.raises(InfrastructureError):
        connection.request("POST", "/x", body={"metadata": {"generateName": "a-"}}, timeout=2)
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", [500, 503])
def test_a_dry_run_makes_nothing_and_is_tried_again(server, connection, code):
    server.answer = lambda request, n: (
        reply(request, code, status(code, "Busy")) if n == 1 else reply(request, 201, {"n": n})
    )
    body = {"metadata": {"generateName": "a-"}}
    assert connection.request("POST", "/x", query={"dryRun": "All"}, body=body) == {"n": 2}


def test_a_dry_run_of_what_is_there_is_refused_though_an_answer_was_lost(server, connection):
    server.answer = lambda request, n: (
        drop(request) if n == 1 else reply(request, 409, status(409, "AlreadyExists"))
    )
    with pytest.raises(ApiRefusal):
        connection.request("POST", "/x", query={"dryRun": "All"}, body={"metadata": {"name": "a"}})


def test_a_post_that_was_too_many_was_not_done_and_is_sent_again(server, connection):
    server.answer = lambda request, n: (
        reply(request, 429, status(429, "TooManyRequests"), Retry_After="0")
        if n == 1
        else reply(request, 201, {"n": n})
    )
    body = {"metadata": {"generateName": "a-"}}
    assert connection.request("POST", "/x", body=body) == {"n": 2}


def test_nothing_listening_is_infrastructure(server, connection):
    server.http.shutdown()
    server.http.server_close()
    with pytest.raises(InfrastructureError, match="cannot be reached"):
        connection.request("GET", "/x", timeout=0.3)


def test_a_refused_connection_is_tried_until_someone_listens():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    connection = Connection(Transport(Configuration(host=f"http://127.0.0.1:{port}")))
    late = {}

    def listen():
        time.sleep(0.4)
        handler = Server().http.RequestHandlerClass
        late["http"] = ThreadingHTTPServer(("127.0.0.1", port), handler)
        late["http"].serve_forever(0.05)

    threading.Thread(target=listen, daemon=True).start()
    assert connection.request("GET", "/x", timeout=10)["kind"] == "Thing"
    late["http"].shutdown()
    late["http"].server_close()


def test_silence_is_infrastructure(server, connection):
    server.answer = lambda request, _: server.over.wait(30)
    with pytest.raises(InfrastructureError, match="in time"):
        connection.request("GET", "/x", timeout=0.2)


def test_a_request_that_is_swallowed_is_asked_again_in_time(server, connection, monkeypatch):
    monkeypatch.setattr("podgrade.cluster.connection._PATIENT", 0.5)
    server.answer = lambda request, n: (
        server.over.wait(30) if n == 1 else reply(request, 200, {"n": n})
    )
    assert connection.request("GET", "/x", timeout=9) == {"n": 2}
    assert connection.read("/x", limit=100, timeout=9)


def test_a_login_that_is_not_accepted_is_a_sentence(server, connection):
    server.answer = lambda request, _: reply(request, 401, status(401, "Unauthorized"))
    with pytest.raises(ClusterUnavailableError, match="log-in of the kubeconfig: log in again"):
        connection.request("GET", "/x")


def test_a_login_that_has_expired_is_said_with_its_time(server):
    server.answer = lambda request, _: reply(request, 401, status(401, "Unauthorized"))
    claims = base64.urlsafe_b64encode(b'{"exp": 1700000000}').decode().rstrip("=")
    key = {"authorization": f"Bearer e30.{claims}.x"}
    late = Connection(Transport(Configuration(host=server.url, api_key=key)), "test")
    with pytest.raises(ClusterUnavailableError, match="expired on 2023-11-14 22:13 UTC: log in"):
        late.request("GET", "/x")


def test_an_answer_that_is_not_json_is_infrastructure(server, connection):
    server.answer = lambda request, _: reply(request, 200, b"<html>captive portal")
    with pytest.raises(InfrastructureError, match="not a Kubernetes API"):
        connection.request("GET", "/x")


def test_warnings_are_read_from_the_headers(server, connection):
    server.answer = lambda request, _: reply(
        request, 200, {}, Warning=r'299 - "unknown field \"spec.x\""'
    )
    _, warnings = connection.request_with_warnings("GET", "/x")
    assert warnings == ('unknown field "spec.x"',)


def test_impersonation_is_in_the_headers_only_of_that_identity(server, connection):
    learner = connection.impersonating("someone", ["group-a", "group-b"])
    learner.request("GET", "/x")
    connection.request("GET", "/x")
    assert server.asked[0].headers["Impersonate-User"] == "someone"
    assert server.asked[0].headers.get_all("Impersonate-Group") == ["group-a", "group-b"]
    assert server.asked[1].headers["Impersonate-User"] is None


def test_a_body_is_read_no_further_than_its_limit(server, connection):
    server.answer = lambda request, _: reply(request, 200, b"x" * 100_000)
    assert connection.read("/log", limit=10) == b"x" * 10


def test_a_stopped_run_asks_nothing_more(server, connection):
    stop = threading.Event()
    stopped = connection.stopped_by(stop)
    stop.set()
    with pytest.raises(Stopped):
        stopped.request("GET", "/x")
    assert server.asked == []
    assert connection.request("GET", "/x")


def test_stopping_ends_the_waiting_between_tries(server, connection):
    stop = threading.Event()
    stopped = connection.stopped_by(stop)
    server.answer = lambda request, _: reply(request, 503, status(503, "No"), Retry_After="10")
    threading.Timer(0.2, stop.set).start()
    begin = time.monotonic()
    with pytest.raises(Stopped):
        stopped.request("GET", "/x", timeout=30)
    assert time.monotonic() - begin < 9


def _chunk(request, data: bytes) -> None:
    request.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
    request.wfile.flush()


def _begin(request) -> None:
    request.send_response(200)
    request.send_header("Transfer-Encoding", "chunked")
    request.end_headers()


def test_lines_come_whole_and_at_once(server, connection):
    going_on = threading.Event()

    def answer(request, _):
        _begin(request)
        _chunk(request, b"one\ntw")
        _chunk(request, b"o\nrest")
        going_on.wait(5)
        _chunk(request, b"")

    server.answer = answer
    lines = connection.lines("/watch")
    assert [next(lines), next(lines)] == [b"one", b"two"]
    going_on.set()
    assert list(lines) == [b"rest"]


def test_silence_of_a_stream_is_told_apart(server, connection):
    def answer(request, _):
        _begin(request)
        _chunk(request, b"one\n")
        server.over.wait(30)

    server.answer = answer
    lines = connection.lines("/watch", timeout=2)
    assert next(lines) == b"one"
    with pytest.raises(Silence):
        next(lines)


def test_a_stream_can_be_closed_from_another_thread(server, connection):
    over, left = threading.Event(), []

    def answer(request, _):
        _begin(request)
        _chunk(request, b"one\n")
        left.append(over.wait(30))

    server.answer = answer
    lines = connection.lines("/watch", timeout=60)
    assert next(lines) == b"one"
    threading.Timer(0.2, lines.close).start()
    assert list(lines) == []
    assert left == []  # the server has not ended it
    over.set()


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "dropped"])
def test_the_garbage_collector_may_come_while_the_pool_is_locked(server, connection, closed):
    """It comes in any thread, also in one that takes a connection out of the pool just then."""

    def answer(request, _):
        _begin(request)
        _chunk(request, b"one\ntwo\n")
        server.over.wait(30)

    server.answer = answer
    lines = connection.lines("/watch")
    assert next(lines) == b"one"
    if closed:
        lines.close()
    del lines
    pool = connection._transport._pool.connection_from_url(server.url).pool
    collecting = threading.Thread(target=gc.collect, daemon=True)
    with pool.mutex:
        collecting.start()
        collecting.join(10)
        assert not collecting.is_alive()
