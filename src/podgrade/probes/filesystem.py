"""What file system is behind a path of a container, seen from inside; and why it is that one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes import mounts
from podgrade.probes.bench import Bench
from podgrade.probes.beside import ran
from podgrade.probes.execute import Command
from podgrade.probes.values import About, FileSystem, Text

# Type in words, size of a block in bytes, number of blocks: the same of GNU and BusyBox.
_STAT = ("/bin/stat", "-f", "-c", "%T %S %b")
_UNITS = ("Ki", "Mi", "Gi", "Ti")


def file_system(bench: Bench, container: str, path: str) -> FileSystem:
    """Ask in the container. Raises Failure where the path is not there."""
    said = ran(bench, Command(container, (*_STAT, path), reads=True), path)
    about = {"path": path, "container": container}
    kind = say("file system at {path} in container {container}", **about)
    size = say("size of the file system at {path} in container {container}", **about)
    if said.code != 0:
        why = say("{error}", error=str(said.err).strip())
        raise Failure(Reason("no-such-file", expected=kind, why=why))
    name, block, blocks = str(said.out).split()
    pod = bench.workspace.pod() or {"spec": {"containers": []}}
    return FileSystem(
        Text(name, About(kind, _why(pod, container, path))),
        Text(
            quantity(int(block) * int(blocks)),
            About(size, _why(pod, container, path, size_matters=True)),
        ),
    )


def quantity(size: int) -> str:
    """Bytes as Kubernetes writes them, in the largest unit that leaves a whole number: `32Mi`."""
    unit = ""
    for larger in _UNITS:
        if size % 1024 or size < 1024:
            break
        size, unit = size // 1024, larger
    return f"{size}{unit}"


def _why(
    pod: Mapping[str, Any], container: str, path: str, *, size_matters: bool = False
) -> Reason | None:
    mount = mounts.mount_at(pod, container, path)
    if mount is None:
        why = say(
            "no volume of container {container} is mounted at {path}: what is there comes from the"
            " container runtime",
            container=container,
            path=path,
        )
        look = say("Check `mountPath:` of container {name}", name=container)
        return Reason("not-mounted", why=why, look=look)
    volume = str(mount["name"])
    empty = mounts.volume_of(pod, mount).get("emptyDir")
    if empty is None or empty.get("medium") != "Memory":
        why = say("the volume {volume} is not kept in memory (`medium:`)", volume=volume)
        return Reason("not-memory", why=why, look=_look(volume))
    return _limit(volume, empty) if size_matters else None


def _limit(volume: str, empty: Mapping[str, Any]) -> Reason:
    limit = empty.get("sizeLimit")
    if limit is None:
        why = say(
            "the volume {volume} has no `sizeLimit:`: it may take as much memory as its containers",
            volume=volume,
        )
        return Reason("no-size-limit", why=why, look=_look(volume))
    why = say("the volume {volume} has `sizeLimit: {limit}`", volume=volume, limit=limit)
    return Reason("other-size-limit", why=why, look=_look(volume))


def _look(volume: str) -> Any:
    return say("Check `emptyDir:` of the volume {volume}", volume=volume)
