"""The lines of a response that goes on: a watch or a followed log."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import urllib3
from urllib3.exceptions import HTTPError, ReadTimeoutError

from podgrade.cluster.transport import Transport
from podgrade.model.errors import InfrastructureError
from podgrade.model.text import say

_CHUNK = 1 << 16  # bytes read at once at most
_LONGEST = 1 << 23  # bytes; a longer line comes in parts (no object of the API is larger)


class Silence(InfrastructureError):
    """Nothing came for as long as the caller was ready to wait."""


class Lines(Iterator[bytes]):
    """Iterates over the lines (without their end) until the server ends or `close` is called.

    Raises Silence after the read time-out, InfrastructureError where the connection breaks.
    `close` may be called from another thread and ends a read that is under way.
    """

    def __init__(self, response: urllib3.BaseHTTPResponse, transport: Transport) -> None:
        self._response = response
        self._transport = transport
        self._closed = False
        self._lines = self._split()

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> bytes:
        return next(self._lines)

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the stream; the connection is not used again."""
        self._closed = True
        with contextlib.suppress(OSError, ValueError, RuntimeError, HTTPError):
            self._response.shutdown()  # ends a read in another thread; it may have ended already
        with contextlib.suppress(OSError, HTTPError):
            self._response.close()

    def _split(self) -> Iterator[bytes]:
        rest = b""
        for chunk in self._chunks():
            lines = (rest + chunk).split(b"\n")
            rest = lines.pop()
            yield from (line for line in lines if line)
            if len(rest) > _LONGEST:
                yield rest
                rest = b""
        if rest:
            yield rest

    def _chunks(self) -> Iterator[bytes]:
        # Not by `stream`: where that generator stood still, the garbage collector ends it, and it
        # gives its connection back to the pool then, in a thread that may hold the pool's lock.
        try:
            while chunk := self._response.read1(_CHUNK, decode_content=True):
                yield chunk
        except ReadTimeoutError as error:
            if not self._closed:
                raise Silence(say("nothing came from the cluster in time")) from error
        except (HTTPError, OSError, ValueError, AttributeError) as error:
            # closing from another thread surfaces as any of these
            if not self._closed:
                raise self._transport.unanswered(error) from error
