"""Whether what a command in a learner's container says can be believed, and how it is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from podgrade.model.reason import Reason
from podgrade.model.text import say
from podgrade.probes.bench import Bench, Role
from podgrade.workspace.toolbox import TOOLBOX_IMAGE

Container = Mapping[str, Any]

# Where a command's programs and their libraries are; a volume there makes its answer the learner's.
_PROGRAMS = (
    *("/bin", "/sbin", "/lib", "/lib64", "/etc/ld.so.preload", "/etc/ld.so.cache"),
    *(f"/usr/{name}" for name in ("bin", "sbin", "lib", "lib64", "libexec")),
    *(f"/usr/local/{name}" for name in ("bin", "sbin", "lib")),
)
_LOADER = "LD_"  # the dynamic loader's variables: they put code into every program (ld.so(8))
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def distrust(bench: Bench, container: Container) -> Reason | None:
    """Why a command's answer would be the learner's word, not the image's; None if it is not.

    What the exercise itself set up is believed.
    """
    if bench.role is Role.SETUP:
        return None
    named = bench.exercise.images
    # In a clone podgrade may have put its own image.
    ours = (TOOLBOX_IMAGE,) if named and bench.role is Role.CLONE else ()
    return _other_image(named, ours, container) or _hidden(container)


def in_standard_path(container: Container, words: tuple[str, ...]) -> tuple[str, ...]:
    """The command so that its programs are found where the image has them: where the learner may
    have set PATH, with the standard one.
    """
    named = any(str(one.get("name")) == "PATH" for one in container.get("env") or ())
    if not (named or container.get("envFrom")):
        return words
    return ("/bin/sh", "-c", f'PATH={_PATH}; export PATH; exec "$@"', "sh", *words)


def repository(image: str) -> str:
    """The image's name without registry defaults, tag and digest (`docker.io/library/nginx:1`
    and `nginx@sha256:…` are both `nginx`).
    """
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    name = head + slash + last.partition(":")[0]
    for prefix in ("docker.io/", "index.docker.io/", "library/"):
        name = name.removeprefix(prefix)
    return name


def _other_image(
    named: tuple[str, ...], ours: tuple[str, ...], container: Container
) -> Reason | None:
    name, image = str(container["name"]), str(container.get("image", ""))
    if not named or repository(image) in map(repository, (*named, *ours)):
        return None
    return Reason(
        "other-image",
        expected=say("an image of {images}", images=", ".join(named)),
        seen=say("container {name} has image {image}", name=name, image=image),
        why=say("what is looked at inside can only be trusted in an image of the sheet"),
        look=say("Check `image:` of container {name}", name=name),
    )


def _hidden(container: Container) -> Reason | None:
    name = str(container["name"])
    for mount in container.get("volumeMounts") or ():
        if _hides(str(mount["mountPath"])):
            return Reason(
                "programs-hidden",
                seen=say("a volume is mounted at {path}", path=mount["mountPath"]),
                why=say("it hides the programs of the image of container {name}", name=name),
                look=say("Check `mountPath:` of container {name}", name=name),
            )
    for variable in container.get("env") or ():
        if str(variable.get("name", "")).startswith(_LOADER):
            return Reason(
                "programs-hidden",
                seen=say("the variable {variable} is set", variable=variable["name"]),
                why=say("it changes what the programs of container {name} do", name=name),
                look=say("Check `env:` of container {name}", name=name),
            )
    return None


def _hides(path: str) -> bool:
    """True for such a folder, what is in it, and what it is in."""
    mount = [part for part in path.split("/") if part]
    programs = [[part for part in folder.split("/") if part] for folder in _PROGRAMS]
    return any(mount[: len(folder)] == folder[: len(mount)] for folder in programs)
