"""The rights that a sharded run needs, as a cluster's owner reads and applies them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import yaml

from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import UsageProblem
from podgrade.model.text import Words, say

ROLE_OF_A_SHARD = "podgrade-shard"
_OURS = {"fieldManager": "podgrade", "force": True}


def manifests() -> str:
    """The file, with its comments."""
    return files("podgrade.workspace.shards").joinpath("rights.yaml").read_text("utf-8")


def roles() -> dict[str, Mapping[str, Any]]:
    """The ClusterRoles in it, by name."""
    return {one["metadata"]["name"]: one for one in yaml.safe_load_all(manifests())}


def ensure(connection: Connection, *, apply: bool) -> None:
    """See that the shards' role is there as this podgrade needs it; `apply` puts it there.

    Raises UsageProblem that says what a cluster's owner has to do.
    """
    role = roles()[ROLE_OF_A_SHARD]
    path = path_of("ClusterRole", None, ROLE_OF_A_SHARD)
    try:
        if apply:
            _apply(connection, path, role)
        elif connection.request("GET", path).get("rules") != role["rules"]:
            raise UsageProblem(_missing(say("the rights that it has there are another version's")))
    except ApiRefusal as refusal:
        raise UsageProblem(_missing(say("{message}", message=refusal.message))) from refusal


def _apply(connection: Connection, path: str, role: Mapping[str, Any]) -> None:
    content_type = "application/apply-patch+yaml"
    connection.request("PATCH", path, query=_OURS, body=role, content_type=content_type)


def _missing(why: Words) -> Words:
    return say(
        "shards need rights of their own on the cluster ({why}): have its owner read them "
        "(`podgrade rights`) and apply them (`podgrade rights | kubectl apply -f -`)",
        why=why,
    )
