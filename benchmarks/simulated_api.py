"""An API server that is none: it answers what podgrade asks, and every Pod runs after a moment.

For podgrade's own side of thousands of submissions, on a machine that has no room for a control
plane as well. It speaks plain HTTP and knows Pods, their Events, watches that are ended and
resumed, and one line of log; nobody can enter a container. What it keeps is bounded.

    python benchmarks/simulated_api.py KUBECONFIG [--start 0.2]

serves until its standard input ends, after it has written the kubeconfig.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import contextlib
import itertools
import json
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

Thing = dict[str, Any]

NODE = "simulated"
_KEPT = 50_000  # news that a watch can be resumed from
_BOOKMARKS = 10.0  # seconds between two bookmarks
_PATIENCE = 60.0  # seconds of a watch that names no end


@dataclass(frozen=True)
class Request:
    """One HTTP request; of `query` the last value of each name."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes

    @property
    def parts(self) -> list[str]:
        """What comes after the API's group and version."""
        words = self.path.strip("/").split("/")
        return words[2:] if words[0] == "api" else words[3:]

    @property
    def namespace(self) -> str | None:
        parts = self.parts
        return parts[1] if parts[:1] == ["namespaces"] and len(parts) > 1 else None

    @property
    def resource(self) -> list[str]:
        """`["pods", "NAME", "log"]`, with or without a namespace before it."""
        parts = self.parts
        return parts[2:] if self.namespace and len(parts) > 2 else parts


@dataclass(eq=False)
class Watcher:
    """One open watch; a namespace, or all."""

    namespace: str | None
    news: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)


class Store:
    """Pods by namespace, and the news of each kind."""

    def __init__(self) -> None:
        self._versions = itertools.count(1)
        self.version = 0
        self.pods: dict[str, dict[str, Thing]] = collections.defaultdict(dict)
        self._news: dict[str, collections.deque[tuple[int, str, bytes]]] = {
            kind: collections.deque(maxlen=_KEPT) for kind in ("pods", "events")
        }
        self.watchers: dict[str, set[Watcher]] = {"pods": set(), "events": set()}

    def next(self) -> str:
        self.version = next(self._versions)
        return str(self.version)

    def tell(self, sort: str, kind: str, thing: Thing) -> None:
        """The thing has changed: everyone who watches hears of it."""
        thing["metadata"]["resourceVersion"] = self.next()
        namespace = str(thing["metadata"]["namespace"])
        line = encoded({"type": sort, "object": thing}) + b"\n"
        self._news[kind].append((self.version, namespace, line))
        for watcher in self.watchers[kind]:
            if watcher.namespace in {None, namespace}:
                watcher.news.put_nowait(line)

    def since(self, kind: str, version: int, namespace: str | None) -> Iterator[bytes]:
        """What was told since then."""
        for at, where, line in self._news[kind]:
            if at > version and namespace in {None, where}:
                yield line

    def create(self, namespace: str, body: Thing) -> Thing:
        pod = created(body, namespace)
        pod["apiVersion"], pod["kind"] = "v1", "Pod"
        pod["status"] = {"phase": "Pending", "qosClass": "BestEffort"}
        self.pods[namespace][pod["metadata"]["name"]] = pod
        self.tell("ADDED", "pods", pod)
        return pod

    def place(self, pod: Thing) -> None:
        """As the scheduler does."""
        pod["spec"]["nodeName"] = NODE
        pod["status"]["conditions"] = [{"type": "PodScheduled", "status": "True"}]
        self.tell("MODIFIED", "pods", pod)
        self._event(pod, "Scheduled")

    def run(self, pod: Thing) -> None:
        """As the kubelet does, all at once."""
        pod["status"] = running(pod)
        self.tell("MODIFIED", "pods", pod)
        for container in pod["spec"]["containers"]:
            for reason in ("Pulled", "Created", "Started"):
                self._event(pod, reason, container["name"])

    def delete(self, namespace: str, name: str) -> None:
        pod = self.pods[namespace].pop(name, None)
        if pod is not None:
            pod["metadata"]["deletionTimestamp"] = now()
            self.tell("MODIFIED", "pods", pod)
            self.tell("DELETED", "pods", pod)

    def _event(self, pod: Thing, reason: str, container: str = "") -> None:
        metadata = pod["metadata"]
        about = {"kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
        about["fieldPath"] = f"spec.containers{{{container}}}"
        event = created({"metadata": {"name": f"{metadata['name']}.{uuid.uuid4().hex[:16]}"}}, "")
        event["metadata"]["namespace"] = metadata["namespace"]
        event |= {"involvedObject": about, "reason": reason, "type": "Normal", "count": 1}
        event["message"] = f"{reason} {container}"
        self.tell("ADDED", "events", event)


def created(body: Thing, namespace: str) -> Thing:
    """What a server adds to an object."""
    metadata = {**body.get("metadata", {}), "uid": str(uuid.uuid4()), "creationTimestamp": now()}
    if namespace:
        metadata["namespace"] = namespace
    return {**body, "metadata": {**metadata, "resourceVersion": "1"}}


def running(pod: Thing) -> Thing:
    """The status of a Pod of which every container runs and is ready."""
    at = now()
    conditions = ("PodScheduled", "Initialized", "ContainersReady", "Ready")
    statuses = [
        {
            "name": container["name"],
            "image": container["image"],
            "imageID": "",
            "containerID": f"simulated://{uuid.uuid4().hex}",
            "ready": True,
            "started": True,
            "restartCount": 0,
            "lastState": {},
            "state": {"running": {"startedAt": at}},
        }
        for container in pod["spec"]["containers"]
    ]
    return {
        "phase": "Running",
        "podIP": "192.0.2.1",
        "hostIP": "192.0.2.2",
        "startTime": at,
        "containerStatuses": statuses,
        "conditions": [
            {"type": name, "status": "True", "lastTransitionTime": at} for name in conditions
        ],
    }


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def encoded(thing: Any) -> bytes:
    return json.dumps(thing, separators=(",", ":")).encode()


def refusal(code: int, reason: str, message: str) -> Thing:
    return {
        "kind": "Status",
        "status": "Failure",
        "code": code,
        "reason": reason,
        "message": message,
    }


class Talk:
    """One connection of a client's."""

    def __init__(
        self, store: Store, start: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._store, self._start = store, start
        self._reader, self._writer = reader, writer
        self._open = True

    async def serve(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while self._open:
                await self._answer(await self._request())
        self._writer.close()

    async def _request(self) -> Request:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        named = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in named}
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        url = urlsplit(target)
        return Request(method, unquote(url.path), dict(parse_qsl(url.query)), body)

    async def _answer(self, request: Request) -> None:
        if request.path == "/version":
            await self._send(200, {"major": "1", "minor": "36", "gitVersion": "v1.36.0"})
        elif request.resource[-1:] == ["log"]:
            await self._log(request)
        elif request.resource[-1:] == ["exec"]:
            await self._send(400, refusal(400, "BadRequest", "nobody can enter here"))
        elif request.method == "GET" and request.query.get("watch") in {"1", "true"}:
            await self._watch(request)
        elif request.method == "GET":
            await self._get(request)
        elif request.method == "POST":
            await self._post(request)
        else:
            await self._delete(request)

    async def _get(self, request: Request) -> None:
        kind, *name = request.resource
        if kind == "pods" and name and request.namespace:
            pod = self._store.pods[request.namespace].get(name[0])
            missing = refusal(404, "NotFound", "not found")
            await self._send(200 if pod else 404, pod or missing)
            return
        items: list[Thing] = [node()] if kind == "nodes" else []
        if kind == "nodes" and name:
            await self._send(200, node())
            return
        if kind == "pods" and request.namespace:
            items = list(self._store.pods[request.namespace].values())
        metadata = {"resourceVersion": str(self._store.version)}
        await self._send(200, {"kind": "List", "metadata": metadata, "items": items})

    async def _post(self, request: Request) -> None:
        body, kind = json.loads(request.body), request.resource[0]
        if kind == "pods" and request.namespace and "dryRun" not in request.query:
            pod = self._store.create(request.namespace, body)
            asyncio.get_running_loop().create_task(self._bring_up(pod))
            await self._send(201, pod)
        else:
            await self._send(201, created(body, request.namespace or ""))

    async def _bring_up(self, pod: Thing) -> None:
        await asyncio.sleep(self._start / 10)
        self._store.place(pod)
        await asyncio.sleep(self._start)
        self._store.run(pod)

    async def _delete(self, request: Request) -> None:
        if request.resource[0] == "pods" and request.namespace:
            for name in request.resource[1:2] or list(self._store.pods[request.namespace]):
                self._store.delete(request.namespace, name)
            self._store.pods.pop(request.namespace, None)
        await self._send(200, {"kind": "Status", "status": "Success"})

    async def _log(self, request: Request) -> None:
        if request.query.get("previous") == "true":
            words = "previous terminated container not found"
            await self._send(400, refusal(400, "BadRequest", words))
            return
        await self._begin("text/plain")
        if request.query.get("tailLines") != "0":
            await self._chunk(b"up\n")
        if request.query.get("follow") == "true":
            await self._hang_on(_PATIENCE)
        await self._end()

    async def _watch(self, request: Request) -> None:
        kind = request.resource[0]
        await self._begin("application/json")
        if kind not in self._store.watchers:
            name = request.query.get("fieldSelector", "=").partition("=")[2]
            thing = created({"metadata": {"name": name}}, request.namespace or "")
            await self._chunk(encoded({"type": "ADDED", "object": thing}) + b"\n")
            await self._hang_on(float(request.query.get("timeoutSeconds", _PATIENCE)))
        else:
            watcher = Watcher(request.namespace)
            version = int(request.query.get("resourceVersion", 0))
            for line in list(self._store.since(kind, version, request.namespace)):
                watcher.news.put_nowait(line)
            self._store.watchers[kind].add(watcher)
            try:
                await self._follow(watcher, float(request.query.get("timeoutSeconds", _PATIENCE)))
            finally:
                self._store.watchers[kind].discard(watcher)
        await self._end()

    async def _follow(self, watcher: Watcher, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(min(left, _BOOKMARKS)):
                    line = await watcher.news.get()
            except TimeoutError:
                metadata = {"resourceVersion": str(self._store.version)}
                line = encoded({"type": "BOOKMARK", "object": {"metadata": metadata}}) + b"\n"
            await self._chunk(line)

    async def _hang_on(self, seconds: float) -> None:
        """Until the client has gone."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._reader.read(1), seconds)
            self._open = False

    async def _send(self, code: int, thing: Any) -> None:
        body = encoded(thing)
        head = f"HTTP/1.1 {code} -\r\nContent-Type: application/json\r\n"
        self._writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await self._writer.drain()

    async def _begin(self, kind: str) -> None:
        head = f"HTTP/1.1 200 -\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
        self._writer.write(head.encode())
        await self._writer.drain()

    async def _chunk(self, data: bytes) -> None:
        self._writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self._writer.drain()

    async def _end(self) -> None:
        if self._open:
            self._writer.write(b"0\r\n\r\n")
            await self._writer.drain()


def node() -> Thing:
    """The node that all Pods are said to be on."""
    room = {"cpu": "1k", "memory": "1Ti", "pods": "100k"}
    return {
        "metadata": {"name": NODE, "labels": {}, "creationTimestamp": "2026-01-01T00:00:00Z"},
        "spec": {},
        "status": {
            "allocatable": room,
            "capacity": room,
            "nodeInfo": {"architecture": "amd64"},
            "conditions": [{"type": "Ready", "status": "True"}],
        },
    }


def kubeconfig(port: int) -> str:
    """JSON is YAML, too."""
    name = "podgrade-simulated"
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": name,
            "clusters": [{"name": name, "cluster": {"server": f"http://127.0.0.1:{port}"}}],
            "users": [{"name": name, "user": {}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        }
    )


async def serve(target: Path, start: float) -> None:
    """Until standard input ends."""
    store = Store()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.CancelledError):  # at the end of all
            await Talk(store, start, reader, writer).serve()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    written = target.with_suffix(".part")
    written.write_text(kubeconfig(server.sockets[0].getsockname()[1]))
    written.rename(target)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kubeconfig", type=Path)
    parser.add_argument("--start", type=float, default=0.2, help="seconds until a Pod runs")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options.kubeconfig, options.start))


if __name__ == "__main__":
    main()
