"""Puts a cluster into the user's own kubeconfig, and takes it out again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

_LISTS = ("clusters", "users", "contexts")
_MERGED = "merged-into"  # remembers which kubeconfig of the user's a cluster was put into


def user_kubeconfig() -> Path:
    """The file that kubectl would write to: the first of KUBECONFIG, else ~/.kube/config."""
    named = [part for part in os.environ.get("KUBECONFIG", "").split(os.pathsep) if part]
    return Path(named[0]) if named else Path.home() / ".kube" / "config"


def merge_into_users(folder: Path) -> Path:
    """Put the cluster of a folder (its file `kubeconfig`) into the user's own kubeconfig."""
    target = user_kubeconfig().absolute()
    merge(folder / "kubeconfig", target)
    (folder / _MERGED).write_text(str(target), encoding="utf-8")
    return target


def unmerge(name: str, folder: Path) -> None:
    """Take the cluster's entries called `name` out again, if they were put there."""
    note = folder / _MERGED
    if note.exists():
        remove(name, Path(note.read_text("utf-8")))


def merge(source: Path, target: Path) -> None:
    """Add all entries of `source` to `target` and make its context the current one."""
    ours, theirs = _read(source), _read(target)
    for key in _LISTS:
        names = {entry["name"] for entry in ours.get(key) or []}
        kept = [entry for entry in theirs.get(key) or [] if entry.get("name") not in names]
        theirs[key] = kept + ours[key]
    theirs["current-context"] = ours["current-context"]
    _write(target, theirs)


def remove(name: str, target: Path) -> None:
    """Take the entries called `name` out of `target`, if they are there."""
    theirs = _read(target)
    if not any(_named(theirs, key, name) for key in _LISTS):
        return
    for key in _LISTS:
        theirs[key] = [entry for entry in theirs.get(key) or [] if entry.get("name") != name]
    if theirs.get("current-context") == name:
        theirs["current-context"] = ""
    _write(target, theirs)


def _named(content: dict[str, Any], key: str, name: str) -> bool:
    return any(entry.get("name") == name for entry in content.get(key) or [])


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"apiVersion": "v1", "kind": "Config"}
    content = yaml.safe_load(path.read_text("utf-8"))
    return content if isinstance(content, dict) else {"apiVersion": "v1", "kind": "Config"}


def _write(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    target = path.resolve()  # a link to a file elsewhere stays a link
    new = target.with_name(f".{target.name}.podgrade")
    new.touch(mode=0o600)
    new.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o600)
    new.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    new.replace(target)
