"""HTTP as curl(1) speaks it: the command for a request, and the reply in what it printed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from podgrade.cluster.connection import ExecAnswer
from podgrade.cluster.exec import UNKNOWN_CODE
from podgrade.model.text import Words, say
from podgrade.probes.values import About, Number, Reply, Text

BODY_LIMIT = 1 << 20  # bytes of a reply that are read at most
OUTPUT_LIMIT = BODY_LIMIT + (1 << 16)  # the same with its head
CONNECT = 5.0  # seconds until a connection is taken for lost

# curl's exit codes, curl(1), EXIT CODES.
_NO_HOST, _NO_CONNECTION, _EMPTY, _RESET = 6, 7, 52, 56
_TOO_LATE = 28  # --max-time
_TOO_LARGE = 63  # --max-filesize

_REFUSED = "Connection refused"  # strerror(ECONNREFUSED), as curl prints it with --verbose


@dataclass(frozen=True)
class Request:
    """One HTTP request. `url` is a path, on the Pod or on a Service, or a whole URL.

    `port` may be the name of a Service's port; `inside` is the container it is asked from;
    `until` is what the reply is to contain.
    """

    url: str
    port: int | str = 80
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    data: str | None = None
    inside: str | None = None
    service: str | None = None
    until: str | None = None

    @property
    def reads(self) -> bool:
        """True if it may be sent twice: it changes nothing (RFC 9110, 9.2.1)."""
        return self.method in {"GET", "HEAD"}

    def question(self, word: str = "curl") -> str:
        """The request as the tape keeps it."""
        asked = {key: value for key, value in self.__dict__.items() if key not in _RARE or value}
        return f"{word}(" + json.dumps(asked, ensure_ascii=False, sort_keys=True) + ")"


_RARE = frozenset({"inside", "service", "until"})


def arguments(url: str, request: Request, seconds: float) -> list[str]:
    """What curl is called with, for so many seconds; the first keeps it from reading a .curlrc."""
    words = ["--disable", "--silent", "--verbose", "--include", "--path-as-is", "--globoff"]
    words += ["--noproxy", "*", "--connect-timeout", str(CONNECT)]
    words += ["--max-time", str(seconds)]
    words += ["--max-filesize", str(BODY_LIMIT), "--write-out", "%{stderr}\n%{json}"]
    words += ["--request", request.method]
    for name, value in request.headers.items():
        words += ["--header", f"{name}: {value}"]
    if request.data is not None:
        words += ["--data-raw", request.data]
    if request.inside is not None:  # whatever /etc/hosts says
        words += ["--resolve", f"localhost:{request.port}:127.0.0.1,[::1]"]
    return [*words, url]


def may_answer_soon(request: Request, ran: ExecAnswer) -> bool:
    """True where a server that starts right now may answer the next time.

    It may also have taken the request before it had what it answers with, and be lost with it.
    """
    if kept_waiting(ran):
        return request.reads
    # Too late without a connection: a Service that is not known yet.
    return ran.code in {_TOO_LATE, _NO_HOST, _NO_CONNECTION, _EMPTY, _RESET}


def answered(ran: ExecAnswer) -> bool:
    """True if an HTTP server answered, in full or with more than is read."""
    return ran.truncated or ran.code in {0, _TOO_LARGE, UNKNOWN_CODE}


def refused(ran: ExecAnswer) -> bool:
    """True if the connection was refused: the host is there, and nothing listens at the port."""
    return ran.code == _NO_CONNECTION and _REFUSED in ran.err.decode("utf-8", "replace")


def kept_waiting(ran: ExecAnswer) -> bool:
    """True if a server took the connection and sent no reply in time."""
    return ran.code == _TOO_LATE and float(_told(ran).get("time_connect") or 0) > 0


def trouble(ran: ExecAnswer) -> str:
    """What curl itself says went wrong."""
    return str(_told(ran).get("errormsg") or f"curl exit code {ran.code}")


def reply(url: str, ran: ExecAnswer) -> Reply:
    """The server's answer."""
    head, body = _parted(ran.out)
    status = int(_told(ran).get("http_code") or _status(head))
    text = body[:BODY_LIMIT].decode("utf-8", "replace")
    return Reply(
        Number(status, About(say("HTTP status of {url}", url=url))),
        Text(text, About(say("the page {url}", url=url))),
        _headers(head),
    )


def meaning(reply: Reply) -> Words | None:
    """What a reply usually means that is not the expected one."""
    status = int(reply.status)
    if status == _FORBIDDEN:
        return say("the server has no page there that it may read (403)")
    if status == _NOT_FOUND:
        return say("the server has no page of this path (404)")
    if status in _BEHIND:
        return say(
            "the server passes the request on, and gets no answer from there ({status})",
            status=status,
        )
    if is_images_own(reply):
        return say("this is the page that the image itself has: no other one is in its place")
    return None


def is_images_own(reply: Reply) -> bool:
    """True for the page that the image of nginx or httpd brings along."""
    return int(reply.status) == _OK and _OWN_PAGE.search(reply.body) is not None


_OK, _FORBIDDEN, _NOT_FOUND = 200, 403, 404
_BEHIND = frozenset({502, 503, 504})
_OWN_PAGE = re.compile(r"<h1>(Welcome to nginx!|It works!)</h1>")


def _told(ran: ExecAnswer) -> dict[str, Any]:
    """What --write-out said; curl writes it in any case, as a line of JSON, the last."""
    text = ran.err.decode("utf-8", "replace").strip()
    try:
        return dict(json.loads(text.rpartition("\n")[2]))
    except (json.JSONDecodeError, TypeError, ValueError):
        return {"errormsg": text[-300:]}


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
