"""A registry that only gives: `python -m ci.kind.registry LAYOUT ADDRESS PORT` serves a layout."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_NAME = "io.containerd.image.name"


@dataclass(frozen=True)
class Answer:
    """What is sent for a path of the distribution API."""

    status: int
    media: str = "application/json"
    content: bytes = b"{}"
    digest: str = ""


Ask = Callable[[str], Answer]
_UNKNOWN = Answer(404, content=b'{"errors": [{"code": "UNKNOWN"}]}')


def serving(layout: Path) -> Ask:
    """Answers paths as the distribution specification says, for what an OCI layout holds."""
    index = json.loads((layout / "index.json").read_text("utf-8"))
    digests: dict[tuple[str, str], str] = {}
    for entry in index["manifests"]:
        name, _, tag = entry["annotations"][_NAME].rpartition(":")
        digests[name.partition("/")[2], tag] = entry["digest"]  # without the registry's host

    def ask(path: str) -> Answer:
        path = path.partition("?")[0].removeprefix("/v2/")
        if not path:
            return Answer(200)
        for kind in ("manifests", "blobs"):
            repository, found, reference = path.rpartition(f"/{kind}/")
            if found and any(repository == one for one, _ in digests):
                return _given(layout, digests.get((repository, reference), reference), kind)
        return _UNKNOWN

    return ask


def _given(layout: Path, digest: str, kind: str) -> Answer:
    file = layout / "blobs" / "sha256" / digest.removeprefix("sha256:")
    if not digest.startswith("sha256:") or "/" in digest or not file.is_file():
        return _UNKNOWN
    content = file.read_bytes()
    if kind == "blobs":
        return Answer(200, "application/octet-stream", content, digest)
    return Answer(200, json.loads(content)["mediaType"], content, digest)


def handler(ask: Ask) -> type[BaseHTTPRequestHandler]:
    """The HTTP side of it."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.wfile.write(self._begin())

        def do_HEAD(self) -> None:
            self._begin()

        def _begin(self) -> bytes:
            answer = ask(self.path)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.media)
            self.send_header("Content-Length", str(len(answer.content)))
            if answer.digest:
                self.send_header("Docker-Content-Digest", answer.digest)
            self.end_headers()
            return answer.content

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


if __name__ == "__main__":
    given, address, port = sys.argv[1:]
    ThreadingHTTPServer((address, int(port)), handler(serving(Path(given)))).serve_forever()
