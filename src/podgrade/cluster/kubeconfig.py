"""Kubeconfig files: which contexts they hold, and the library's configuration of one of them."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import Words, say


@dataclass(frozen=True)
class Contexts:
    """The contexts of the kubeconfig's files: name → namespace, and the current one.

    `programs`: context → the program that logs its user in, where there is one.
    """

    namespaces: Mapping[str, str]
    current: str | None
    programs: Mapping[str, str]


def files(kubeconfig: Path | None) -> tuple[Path, ...]:
    """The files that count, as kubectl decides: the one given, $KUBECONFIG, ~/.kube/config."""
    if kubeconfig:
        return (kubeconfig,)
    named = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return tuple(Path(part).expanduser() for part in named or ["~/.kube/config"])


def contexts(kubeconfig: Path | None = None) -> Contexts:
    """All contexts; where two files say different things, the first wins, as with kubectl.

    Raises ClusterUnavailableError for a file that was named and is not there, or is broken.
    """
    paths = files(kubeconfig)
    if kubeconfig is None and os.environ.get("KUBECONFIG") and not any(map(Path.exists, paths)):
        raise ClusterUnavailableError(_none_there(paths))
    found = _contents(paths, must_exist=kubeconfig is not None)
    entries = _first_of_each(found, "contexts", "context")
    users = _first_of_each(found, "users", "user")
    current = next((one["current-context"] for one in found if one.get("current-context")), None)
    return Contexts(
        {name: str(entry.get("namespace") or "default") for name, entry in entries.items()},
        current,
        {
            name: str(users[entry["user"]]["exec"].get("command"))
            for name, entry in entries.items()
            if users.get(entry.get("user", ""), {}).get("exec")
        },
    )


def _none_there(paths: Sequence[Path]) -> Words:
    """Whoever names a cluster means that one: no other is taken in its place."""
    return say(
        "$KUBECONFIG names {path}, which is not there: bring that cluster up again"
        " (`podgrade cluster up`), or unset KUBECONFIG",
        path=os.pathsep.join(map(str, paths)),
    )


def _first_of_each(
    contents: Sequence[Mapping[str, Any]], plural: str, singular: str
) -> dict[str, Mapping[str, Any]]:
    """Entries by name; of two with the same name, the first."""
    entries: dict[str, Mapping[str, Any]] = {}
    for content in contents:
        for entry in content.get(plural) or ():
            entries.setdefault(str(entry.get("name")), entry.get(singular) or {})
    return entries


def _contents(paths: Sequence[Path], *, must_exist: bool) -> list[dict[str, Any]]:
    there = [path for path in paths if must_exist or path.exists()]
    return [_content(path) for path in there]


def _content(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        sentence = say("the kubeconfig {path} cannot be read: {detail}", path=path, detail=reason)
        raise ClusterUnavailableError(sentence) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ClusterUnavailableError(say("{path} is not a kubeconfig", path=path)) from error
    if not isinstance(content, dict) or not isinstance(content.get("contexts") or [], list):
        raise ClusterUnavailableError(say("{path} is not a kubeconfig", path=path))
    return content


def opened(kubeconfig: Path | None, context: str | None) -> tuple[str, str, Any]:
    """Context, its namespace, and the library's Configuration for it."""
    known = contexts(kubeconfig)
    chosen = context or known.current
    if chosen is None:
        raise ClusterUnavailableError(say("the kubeconfig names no current context"))
    if chosen not in known.namespaces:
        raise ClusterUnavailableError(
            say("the kubeconfig has no context named {context}", context=chosen)
        )
    with _heard() as complaints:
        configuration = _configuration(kubeconfig, chosen)
    program = known.programs.get(chosen)
    if program and not (configuration.api_key or configuration.cert_file):
        # The library logs the program's failure and would go on as nobody.
        detail = " ".join([f"`{program}`", *complaints])
        raise ClusterUnavailableError(
            say("the kubeconfig's log-in failed: {detail}", detail=detail)
        )
    return chosen, known.namespaces[chosen], configuration


@contextlib.contextmanager
def _heard() -> Iterator[list[str]]:
    """What the library would log, instead of its coming out beside our own words."""
    complaints: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: complaints.append(record.getMessage())  # type: ignore[method-assign]
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield complaints
    finally:
        root.removeHandler(handler)


def _configuration(kubeconfig: Path | None, context: str) -> Any:
    from kubernetes.client import Configuration
    from kubernetes.config import ConfigException, load_kube_config

    configuration = Configuration()
    paths = os.pathsep.join(str(path) for path in files(kubeconfig) if path.exists())
    try:
        load: Callable[..., None] = load_kube_config  # the library has no types for it
        load(paths, context, configuration, persist_config=False)
    except (ConfigException, OSError, KeyError, TypeError, ValueError) as error:
        sentence = say(
            "the context {context} of the kubeconfig is broken: {detail}",
            context=context,
            detail=error,
        )
        raise ClusterUnavailableError(sentence) from error
    if _is_near(str(configuration.host)):
        configuration.no_proxy = "*"
    return configuration


def _is_near(host: str) -> bool:
    """True for an address on this machine or a private network: no proxy leads there."""
    name = urlsplit(host).hostname or ""
    try:
        return ip_address(name).is_private
    except ValueError:
        return name == "localhost"
