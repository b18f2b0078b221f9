"""One cluster's connection pool, used with raw bytes; its failures put into sentences."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from podgrade.cluster import expiry
from podgrade.cluster.refusal import ApiRefusal
from podgrade.cluster.retry import Unanswered
from podgrade.cluster.trouble import unanswered
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say

Query = Mapping[str, Any]

_CONNECT = 5.0  # seconds until a TCP and TLS connection must stand
_POOL = 32  # connections kept open; more are opened for a while when more are asked for
_MAX_PAUSE = 10.0  # seconds; a longer Retry-After is cut


@dataclass(frozen=True)
class Identity:
    """Who a request is made as (the API's user impersonation headers)."""

    user: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """One HTTP request, ready to be sent; `timeout` is its silence in seconds."""

    method: str
    path: str
    query: Query | None = None
    body: bytes | None = None
    content_type: str = "application/json"
    timeout: float = 30.0


class Transport:
    """The library's pool for one cluster; safe to share between threads and identities."""

    def __init__(self, configuration: Any) -> None:
        from kubernetes.client.rest import RESTClientObject

        configuration.connection_pool_maxsize = _POOL
        configuration.retries = False
        self.configuration = configuration
        self.host = str(configuration.host).rstrip("/")
        self._pool: urllib3.PoolManager = RESTClientObject(configuration).pool_manager
        self.throttled = 0  # answers 429 so far
        self.version = ""  # the server's, once somebody asked
        self._refreshing = threading.Lock()
        self._tls = _tls_context(configuration) if self.host.startswith("https") else None

    def headers(self, identity: Identity | None) -> urllib3.HTTPHeaderDict:
        """Who asks: the kubeconfig's credentials and the impersonated user."""
        headers = urllib3.HTTPHeaderDict({"User-Agent": "podgrade", "Accept": "application/json"})
        token = self._token()
        if token:
            headers["Authorization"] = token
        if identity:
            headers["Impersonate-User"] = identity.user
            for group in identity.groups:
                headers.add("Impersonate-Group", group)
        return headers

    def _token(self) -> str | None:
        # The hook of the library may run a program and write to the configuration: one at a time.
        with self._refreshing:
            try:
                settings = self.configuration.auth_settings()
            except Exception as error:
                # broad: the hook runs users' log-in programs and raises whatever they meet
                sentence = say("the kubeconfig's log-in failed: {detail}", detail=error)
                raise ClusterUnavailableError(sentence) from error
        return next((one["value"] for one in settings.values() if one.get("value")), None)

    def send(self, call: Call, identity: Identity | None) -> urllib3.BaseHTTPResponse:
        """The response, its body not read yet. Raises Unanswered or ApiRefusal."""
        headers = self.headers(identity)
        if call.body is not None:
            headers["Content-Type"] = call.content_type
        connect = min(_CONNECT, max(call.timeout, 0.1))
        try:
            response = self._pool.request(
                call.method,
                self.host + call.path + query_string(call.query),
                body=call.body,
                headers=headers,
                timeout=urllib3.Timeout(connect=connect, read=max(call.timeout, 0.1)),
                preload_content=False,
                redirect=False,
                retries=False,
            )
        except HTTPError as error:
            raise self.unanswered(error) from error
        return response if response.status < 300 else self._refused(response, call.method)

    def _refused(self, response: urllib3.BaseHTTPResponse, method: str) -> urllib3.BaseHTTPResponse:
        try:
            body = response.data
        except HTTPError as error:
            raise self.unanswered(error) from error
        refusal = ApiRefusal.of_body(response.status, body)
        if response.status == 401:
            raise ClusterUnavailableError(self._unaccepted()) from refusal
        sentence = say("the cluster answered: {message}", message=refusal.message)
        self.throttled += response.status == 429
        if response.status == 429 or response.status >= 500:
            # Too many requests: this one was turned away before anything was done with it.
            arrived = response.status != 429
            raise Unanswered(sentence, arrived=arrived, pause=_retry_after(response)) from refusal
        if method == "POST" and refusal.reason == "Conflict":
            # Two creations met at the quota's count: this one was not made.
            raise Unanswered(sentence) from refusal
        raise refusal

    def _unaccepted(self) -> Words:
        token, file = self._token(), self.configuration.cert_file
        ended = expiry.of_token(token) if token else expiry.of_certificate(Path(file or ""))
        if ended is not None and ended < datetime.now(UTC):
            return say(
                "the cluster {host} does not accept the log-in of the kubeconfig, which expired "
                "on {date}: log in again, or fetch a new kubeconfig",
                host=self.host,
                date=f"{ended:%Y-%m-%d %H:%M} UTC",
            )
        return say(
            "the cluster {host} does not accept the log-in of the kubeconfig: log in again, or "
            "fetch a new kubeconfig",
            host=self.host,
        )

    def tls_options(self) -> dict[str, Any]:
        """What a WebSocket needs to trust the cluster and to be known to it."""
        options: dict[str, Any] = {"context": self._tls} if self._tls else {}
        if self.configuration.tls_server_name:
            options["server_hostname"] = self.configuration.tls_server_name
        return options

    def proxy_options(self) -> dict[str, Any]:
        """The way a WebSocket takes: the kubeconfig's proxy, or straight."""
        from kubernetes.client.rest import should_bypass_proxies

        wanted, not_for = self.configuration.proxy, self.configuration.no_proxy or ""
        if not wanted or should_bypass_proxies(self.host, not_for):
            # A host must be named, else the exception is dropped and the environment rules.
            return {"http_proxy_host": "none", "http_proxy_port": 1, "http_no_proxy": ["*"]}
        proxy = urlsplit(wanted)
        return {"http_proxy_host": proxy.hostname, "http_proxy_port": proxy.port or 80}

    def unanswered(self, error: BaseException) -> Unanswered:
        """The failure to get an answer, in a sentence, with what it means for trying again."""
        return unanswered(error, self.host)


def _tls_context(configuration: Any) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
    except (OSError, ValueError) as error:
        raise _unusable(error) from error
    if not configuration.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    try:
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
    except (OSError, ValueError) as error:
        raise _unusable(error) from error
    return context


def _unusable(error: Exception) -> ClusterUnavailableError:
    return ClusterUnavailableError(
        say("the kubeconfig's certificates cannot be used: {detail}", detail=error)
    )


def query_string(query: Query | None) -> str:
    """The query with its `?`; lists are repeated, booleans are in lower case."""
    if not query:
        return ""
    pairs: list[tuple[str, str]] = []
    for key, value in query.items():
        values: Iterable[Any] = value if isinstance(value, list | tuple) else (value,)
        pairs.extend((key, _query_value(one)) for one in values)
    return "?" + urlencode(pairs)


def _query_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), _MAX_PAUSE) if value.isdigit() else None
