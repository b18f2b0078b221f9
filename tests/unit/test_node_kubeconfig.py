"""A cluster goes into the user's kubeconfig and out again; what else is there stays."""

from __future__ import annotations

from pathlib import Path

import yaml

from podgrade.cluster.providers.kubeconfig_merge import merge, remove, user_kubeconfig


def kubeconfig(path: Path, *names: str, current: str) -> Path:
    content = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": current,
        "clusters": [{"name": name, "cluster": {"server": f"https://{name}"}} for name in names],
        "users": [{"name": name, "user": {}} for name in names],
        "contexts": [{"name": name, "context": {"cluster": name}} for name in names],
    }
    path.write_text(yaml.safe_dump(content))
    return path


def names(path: Path, key: str = "contexts") -> list[str]:
    return [entry["name"] for entry in yaml.safe_load(path.read_text())[key]]


def test_merged_into_nothing(tmp_path):
    source = kubeconfig(tmp_path / "own", "podgrade-node", current="podgrade-node")
    target = tmp_path / "home" / ".kube" / "config"
    merge(source, target)
    assert names(target) == ["podgrade-node"]
    assert target.stat().st_mode & 0o777 == 0o600


def test_others_stay_and_the_own_is_replaced(tmp_path):
    source = kubeconfig(tmp_path / "own", "podgrade-node", current="podgrade-node")
    target = kubeconfig(tmp_path / "config", "work", "podgrade-node", current="work")
    target.chmod(0o640)
    merge(source, target)
    merge(source, target)
    assert names(target) == ["work", "podgrade-node"]
    assert yaml.safe_load(target.read_text())["current-context"] == "podgrade-node"
    assert target.stat().st_mode & 0o777 == 0o640


def test_taken_out_again(tmp_path):
    source = kubeconfig(tmp_path / "own", "podgrade-node", current="podgrade-node")
    target = kubeconfig(tmp_path / "config", "work", current="work")
    merge(source, target)
    remove("podgrade-node", target)
    for key in ("clusters", "users", "contexts"):
        assert names(target, key) == ["work"]
    assert yaml.safe_load(target.read_text())["current-context"] == ""


def test_nothing_is_written_when_there_is_nothing_to_take_out(tmp_path):
    remove("podgrade-node", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_the_users_file_is_kubectls(monkeypatch, tmp_path):
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path}/one:{tmp_path}/two")
    assert user_kubeconfig() == tmp_path / "one"
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert user_kubeconfig() == tmp_path / ".kube" / "config"
