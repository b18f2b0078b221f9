"""Finds the name somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

KNOWN_IMAGES = (
    "nginx",
    "busybox",
    "httpd",
    "redis",
    "haproxy",
    "perl",
    "python",
    "alpine",
    "alpine/git",
    "malexer/twemproxy",
    "bbachin1/adapter-node-server",
    "allingeek/ch6_ipc",
    "curlimages/curl",
    "ubuntu",
    "debian",
    "node",
    "golang",
    "mysql",
    "mariadb",
    "postgres",
    "mongo",
    "memcached",
    "ruby",
    "php",
    "tomcat",
    "openjdk",
    "bash",
    "caddy",
    "traefik",
    "rabbitmq",
    "fedora",
)
_CLOSE = 0.75


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one name so like `name` that it was obviously meant, else None."""
    scored = sorted(((_likeness(name, other), other) for other in {*names} - {name}), reverse=True)
    if not scored or scored[0][0] < _CLOSE:
        return None
    return scored[0][1]


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name.lower(), other.lower()).ratio()


def meant_image(image: str, sheet: Iterable[str]) -> str | None:
    """The image somebody probably meant; the sheet's own images come first."""
    sheet = tuple(sheet)
    repository, _, tag = split_image(image)
    if tag and repository in {split_image(other)[0] for other in sheet}:
        same = [other for other in sheet if split_image(other)[0] == repository]
        return nearest(image, same) or same[0]
    if repository in KNOWN_IMAGES:
        return repository if tag else None
    return nearest(image, sheet) or nearest(repository, (*sheet, *KNOWN_IMAGES))


def split_image(image: str) -> tuple[str, str, str]:
    """Repository (without docker.io/library), separator and tag or digest."""
    for prefix in ("docker.io/", "index.docker.io/", "library/"):
        image = image.removeprefix(prefix)
    if "@" in image:
        return image.partition("@")
    head, colon, tag = image.rpartition(":")
    return (head, colon, tag) if colon and "/" not in tag else (image, "", "")
