"""Changes to a Pod that podgrade makes itself: the learner's identity may only create and get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.cluster.connection import ApiRefusal
from podgrade.cluster.kinds import path_of
from podgrade.model.errors import InfrastructureError
from podgrade.model.submission import Document
from podgrade.workspace.apply import create
from podgrade.workspace.workspace import Workspace

Pod = Mapping[str, Any]

GRACE = 1  # seconds that the containers of a Pod that is replaced have to end


def delete_pod(workspace: Workspace, pod: Pod) -> None:
    """Begin to delete the Pod; one that is gone already is fine."""
    path = path_of("Pod", workspace.namespace, str(pod["metadata"]["name"]))
    body = {"gracePeriodSeconds": GRACE, "preconditions": {"uid": pod["metadata"]["uid"]}}
    try:
        workspace.connection.request("DELETE", path, body=body)
    except ApiRefusal as refusal:
        if refusal.status not in (404, 409):  # 409: another Pod has the name by now
            raise InfrastructureError(refusal.words) from refusal


def create_again(workspace: Workspace, document: Document) -> None:
    """Create the object once more, as the learner. Raises ApiRefusal."""
    create(workspace.learner, workspace.namespace, document)


def set_image(workspace: Workspace, pod: Pod, container: str, image: str) -> Pod:
    """Give a container of the Pod another image; the Pod as it is then. Raises ApiRefusal."""
    inits = [one["name"] for one in pod["spec"].get("initContainers") or ()]
    field = "initContainers" if container in inits else "containers"
    return workspace.connection.request(
        "PATCH",
        path_of("Pod", workspace.namespace, str(pod["metadata"]["name"])),
        body={"spec": {field: [{"name": container, "image": image}]}},
        content_type="application/strategic-merge-patch+json",
    )
