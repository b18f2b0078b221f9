"""Which volume is behind a path of a container, and why a file there is not what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.workspace.target import containers_of, typed

Pod = Mapping[str, Any]
Mount = Mapping[str, Any]

READ_ONLY = "Read-only file system"

# As the shells of busybox and Debian (dash) say it.
_NO_FOLDER = re.compile(r"nonexistent directory|[Dd]irectory nonexistent")

_KERNEL = ("/proc/", "/sys/")  # nobody's files


def mount_at(pod: Pod, container: str, path: str) -> Mount | None:
    """The volumeMount of the container that the path is in: the innermost, if there are several."""
    around = [m for name, m in _mounts(pod) if name == container and _holds(m["mountPath"], path)]
    return max(around, key=lambda mount: len(_parts(mount["mountPath"])), default=None)


def unread(pod: Pod, container: str, path: str, error: str) -> Reason:
    """Why a file that another container may have written is not there."""
    mount = mount_at(pod, container, path)
    if mount is None:
        return _not_mounted(pod, container, path)
    if "Permission denied" in error:
        return _forbidden(pod, container, path)
    volume = str(mount["name"])
    if _alone(pod):
        return _lost(pod, container, mount)
    others = [m for name, m in _mounts(pod) if name != container and m["name"] == volume]
    at = {"container": container, "path": mount["mountPath"], "volume": volume}
    if not others:
        why = say(
            "{path} in container {container} is the volume {volume}, "
            "which no other container mounts",
            **at,
        )
        return Reason("volume-not-shared", why=why, look=look_at_shared(pod))
    if all(m.get("subPath") != mount.get("subPath") for m in others):
        why = say(
            "the containers mount different folders (`subPath:`) of the volume {volume}",
            volume=volume,
        )
        return Reason("other-sub-path", why=why, look=_look_below(container))
    if "Is a directory" in error:
        why = say("{path} in container {container} is a folder, not a file", **at | {"path": path})
        return Reason("no-such-file", seen=_shown(pod), why=why, look=_look_below(container))
    look = _look_there(pod, container, str(mount["mountPath"]))
    return Reason("no-such-file", seen=_shown(pod), why=say("{error}", error=error), look=look)


def other_content(pod: Pod, container: str, path: str) -> Reason | None:
    """Why a file that can be read may not have the expected content: nothing else gets there."""
    if path.startswith(_KERNEL):
        return None
    if _alone(pod):
        return _kept(pod, container, path)
    reason = unread(pod, container, path, "")
    reached = reason.code == "no-such-file" or _reached_otherwise(pod, container, path)
    return None if reached else reason


def _reached_otherwise(pod: Pod, container: str, path: str) -> bool:
    """True if another container mounts the same part of the volume, or one around it."""
    mount = mount_at(pod, container, path)
    if mount is None:
        return False
    inside = _parts(mount.get("subPath") or "")
    others = (m for name, m in _mounts(pod) if name != container and m["name"] == mount["name"])
    around = (_parts(other.get("subPath") or "") for other in others)
    return any(inside[: len(outer)] == outer for outer in around)


def look_at_shared(pod: Pod) -> Words:
    """The next step where a file of another container is missed."""
    return say(
        "Compare the mounts (containers share files where they mount the same volume): {mounts}",
        **_all(pod),
    )


def look_into_file(pod: Pod, container: str, path: str) -> Words:
    """The next step where a file does not have the expected content."""
    return _look_at(pod, container, f"cat {path}")


def look_at_owner(pod: Pod, container: str, path: str) -> Words:
    """The next step where a file or folder has the wrong mode or owner."""
    return _look_at(pod, container, f"ls -ldn {path}")


def _look_there(pod: Pod, container: str, folder: str) -> Words:
    return _look_at(pod, container, f"ls -la {folder}")


def _look_at(pod: Pod, container: str, command: str) -> Words:
    line = f"kubectl exec {typed(pod)} -c {container} -- {command}"
    return say("Look at `{command}`", command=line)


def _look_below(container: str) -> Words:
    return say("Check `mountPath:` and `subPath:` of container {name}", name=container)


def _lost(pod: Pod, container: str, mount: Mount) -> Reason:
    """Why a file of the only container is not there any more: how long its volume lives."""
    at = {"path": mount["mountPath"], "container": container, "volume": mount["name"]}
    if "emptyDir" not in volume_of(pod, mount):
        why = say("the file is not in the volume {volume} at {path}", **at)
        return Reason("no-such-file", why=why, look=_look(container))
    why = say("{path} is the volume {volume}, an `emptyDir`: a new Pod has a new one", **at)
    look = say("Check which volume under `volumes:` has `persistentVolumeClaim:`")
    return Reason("lost-with-pod", seen=_shown(pod), why=why, look=look)


def _kept(pod: Pod, container: str, path: str) -> Reason | None:
    """Why a file of the only container is there although it should not be."""
    mount = mount_at(pod, container, path)
    claim = volume_of(pod, mount).get("persistentVolumeClaim") if mount else None
    if mount is None or claim is None:
        return None
    why = say(
        "{path} is on the claim {claim}, which outlives the Pod",
        path=mount["mountPath"],
        claim=claim["claimName"],
    )
    return Reason("outlives-pod", why=why, look=_look(container))


def _alone(pod: Pod) -> bool:
    """True where there is nobody to share with: then volumes are about time."""
    spec = pod["spec"]
    return len(spec["containers"]) == 1 and not spec.get("initContainers")


def volume_of(pod: Pod, mount: Mount) -> Mapping[str, Any]:
    """The volume that is mounted, as the Pod declares it."""
    volumes = pod["spec"].get("volumes") or ()
    return next((dict(one) for one in volumes if one["name"] == mount["name"]), {})


def not_the_same(pod: Pod, container: str, path: str) -> Reason:
    """Why a file that can be read is not the one another container has."""
    reason = unread(pod, container, path, "")
    if reason.code != "no-such-file":
        return reason
    why = say("container {container} has another file there: a copy", container=container)
    return Reason("copy", why=why, look=reason.look)


def unwritten(pod: Pod, container: str, path: str, error: str) -> Reason:
    """Why a file could not be written."""
    mount = mount_at(pod, container, path)
    if mount is None:
        return _not_mounted(pod, container, path)
    look: Words
    if READ_ONLY in error:
        why = say("the volume is mounted read-only in container {container}", container=container)
        look = say("Check `readOnly:` of container {container}", container=container)
        return Reason("read-only", why=why, look=look)
    if _NO_FOLDER.search(error):
        why = say("the folder is not there: {path}", path=str(PurePosixPath(path).parent))
        look = _look_there(pod, container, str(mount["mountPath"]))
        return Reason("cannot-write", why=why, look=look)
    if "Permission denied" in error:
        why = say(
            "only the permissions of the folder refuse it, not the mount in container {container}",
            container=container,
        )
        look = say(
            "Permissions depend on the user (`securityContext:`), a mount's `readOnly:` does not"
        )
        return Reason("permissions", why=why, look=look)
    look = _look_there(pod, container, str(mount["mountPath"]))
    return Reason("cannot-write", why=say("{error}", error=error), look=look)


def written(pod: Pod, container: str, path: str) -> Reason:
    """What to say where a file was written that should have been refused."""
    mount = mount_at(pod, container, path)
    if mount is None:
        return _not_mounted(pod, container, path)
    why = say(
        "container {container} could write there: "
        "it mounts the volume {volume} without `readOnly: true`",
        container=container,
        volume=mount["name"],
    )
    look = say("Check `readOnly:` of container {container}", container=container)
    return Reason("writable", why=why, look=look)


def _forbidden(pod: Pod, container: str, path: str) -> Reason:
    why = say("the user of container {container} may not read it", container=container)
    folder = str(PurePosixPath(path).parent)
    return Reason("permissions", why=why, look=look_at_owner(pod, container, folder))


def _not_mounted(pod: Pod, container: str, path: str) -> Reason:
    folder = str(PurePosixPath(path).parent)
    why = say(
        "no volume of container {container} is mounted at {folder}",
        container=container,
        folder=folder,
    )
    return Reason("not-mounted", seen=_shown(pod), why=why, look=_look(container))


def _look(container: str) -> Words:
    return say("Check `mountPath:` of container {name}", name=container)


def _shown(pod: Pod) -> Words:
    return say("mounts {mounts}", **_all(pod))


def _all(pod: Pod) -> dict[str, str]:
    listed = [f"{name}: {mount['name']} → {_place(mount)}" for name, mount in _mounts(pod)]
    return {"mounts": ", ".join(listed) or "-"}


def _place(mount: Mount) -> str:
    inside = f" (subPath {mount['subPath']})" if mount.get("subPath") else ""
    return f"{mount['mountPath']}{inside}"


def _mounts(pod: Pod) -> Iterator[tuple[str, Mount]]:
    for container in containers_of(pod["spec"]):
        for mount in container.get("volumeMounts", ()):
            if not mount["mountPath"].startswith("/var/run/secrets/kubernetes.io/"):
                yield str(container["name"]), mount


def _holds(folder: str, path: str) -> bool:
    parts = _parts(folder)
    return _parts(path)[: len(parts)] == parts


def _parts(path: str) -> list[str]:
    return [part for part in path.split("/") if part]
