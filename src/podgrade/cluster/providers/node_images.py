"""Makes the node's images: Debian packages unpacked, our own layers on top, one OCI layout."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from podgrade.cluster.providers import Progress
from podgrade.cluster.providers.node_build import IMAGE_PROGRAMS
from podgrade.cluster.providers.node_cache import build_once, fingerprint
from podgrade.cluster.providers.node_commands import run
from podgrade.cluster.providers.node_facts import find_command
from podgrade.model.errors import ClusterUnavailableError
from podgrade.model.text import say

DEFAULT_SUITE = "bookworm"
_APT = Path("/etc/apt")
_MERGE = 'for f in bin sbin lib lib64; do mkdir -p "$1/usr/$f"; ln -s usr/$f "$1/$f"; done'


@dataclass(frozen=True)
class Recipe:
    """What Python needs to know of one file of node/images."""

    title: str
    packages: tuple[str, ...]
    """Debian packages to unpack: with those of the base, so that what both need is the same."""
    merged: bool
    """Whether /bin, /sbin and /lib are links into /usr, as in Docker Hub's images of Debian."""


def read_recipes(folder: Path) -> list[Recipe]:
    """The recipes, in the order of their names."""
    contents = {
        path.stem: yaml.safe_load(path.read_text("utf-8")) for path in sorted(folder.glob("*.yaml"))
    }
    return [_recipe(title, contents) for title in contents]


def _recipe(title: str, contents: dict[str, Any]) -> Recipe:
    own = contents[title]
    base = contents.get(own.get("base"), {})
    packages = tuple(own.get("packages", ()))
    if packages:
        packages = (*base.get("packages", ()), *packages)
    return Recipe(title, packages, bool({**base, **own}.get("merged")))


def images_folder(sources: Path, cache: Path, programs: Path) -> Path:
    """Where the images of these recipes are, or will be; some of them hold our programs."""
    parts = [programs / name for name in ("images", *IMAGE_PROGRAMS)]
    made_with = fingerprint(programs, parts)
    recipes = (sources / "images").glob("*.yaml")
    key = fingerprint(sources, recipes, made_with, suite(_os_release()))
    return cache / "node" / f"images-{key}"


def ensure_images(sources: Path, cache: Path, programs: Path, progress: Progress) -> Path:
    """The folder of the OCI layout, made first if need be: about a minute.

    Raises ClusterUnavailableError with the failing tool's last words.
    """
    target = images_folder(sources, cache, programs)
    if not target.is_dir():
        build_once(target, lambda work: _make(sources, programs, work, progress))
    return target


def _make(sources: Path, programs: Path, target: Path, progress: Progress) -> None:
    recipes = read_recipes(sources / "images")
    with tempfile.TemporaryDirectory(prefix="podgrade-roots-") as roots:
        for number, recipe in enumerate(recipes, 1):
            progress(
                say(
                    "Making image {title} ({number} of {count})",
                    title=recipe.title,
                    number=number,
                    count=len(recipes),
                )
            )
            if recipe.packages:
                _unpack(recipe, Path(roots))
        command = [str(programs / "images"), str(sources / "images"), roots, str(programs)]
        _run([*command, str(target)])


def _unpack(recipe: Recipe, roots: Path) -> None:
    """Packages with what they depend on as <title>.tar, busybox's applets as <title>.applets."""
    command = [find_command("mmdebstrap") or "mmdebstrap", "--quiet", "--variant=extract"]
    command += [f"--include={','.join(recipe.packages)}"]
    if recipe.merged:
        command += [f"--setup-hook={_MERGE}"]
    if "busybox" in recipe.packages:
        applets = roots / f"{recipe.title}.applets"
        command += [f"--extract-hook=chroot \"$1\" /bin/busybox --list > '{applets}'"]
    name = suite(_os_release())
    _run([*command, name, str(roots / f"{recipe.title}.tar"), *_mirrors(name, roots)])


def _run(command: list[str]) -> None:
    done = run(command, timeout=900)
    if done.returncode:
        raise ClusterUnavailableError(
            say(
                "The images could not be made: {command}: {reason}",
                command=Path(command[0]).name,
                reason=(done.stderr or done.stdout).strip()[-800:],
            )
        )


def suite(os_release: str) -> str:
    """The distribution's code name as /etc/os-release says it."""
    for line in os_release.splitlines():
        key, _, value = line.partition("=")
        if key == "VERSION_CODENAME" and value:
            return value.strip('"')
    return DEFAULT_SUITE


def _os_release() -> str:
    try:
        return Path("/etc/os-release").read_text("utf-8")
    except OSError:
        return ""


def _mirrors(name: str, folder: Path) -> list[str]:
    """Files with the machine's own package sources for its own release: its mirrors are used."""
    written = []
    for kind in (".list", ".sources"):
        entries = [
            entry
            for path in (_APT / "sources.list", *sorted((_APT / "sources.list.d").glob("*")))
            if path.suffix == kind and path.is_file()
            for entry in own_sources(path.read_text("utf-8"), name)
        ]
        if entries:
            target = folder / f"own{kind}"
            target.write_text("\n".join(entries), encoding="utf-8")
            written.append(str(target))
    return written


def own_sources(text: str, name: str) -> Iterator[str]:
    """One-line entries or whole stanzas of an apt sources file that serve the release `name`."""
    suites = {name, f"{name}-updates", f"{name}-security"}
    for stanza in text.split("\n\n"):
        lines = [line for line in stanza.splitlines() if line and not line.startswith("#")]
        fields = dict(line.split(":", 1) for line in lines if ":" in line and line[0] != " ")
        if suites & set(fields.get("Suites", "").split()):
            yield "\n".join(lines) + "\n"
        else:
            yield from (
                line for line in lines if line.startswith("deb ") and suites & set(line.split())
            )
