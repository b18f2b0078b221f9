"""The root file systems: that of kind's base image, and that of Kubernetes' own containers."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from ci.kind.parts import APART, HERE, Parts, call, tell

from podgrade.cluster.providers.node_build import CNI_PLUGINS, COMPONENTS
from podgrade.cluster.providers.node_cache import build_once, fingerprint

ADDRESS = "198.18.0.53"  # of the registry and the name server, in Docker's network namespace
PORT = 5000
SUITE = "bookworm"
BASE_PACKAGES = (
    *("systemd", "dbus", "conntrack", "iptables", "nftables", "iproute2", "ethtool", "util-linux"),
    *("mount", "kmod", "libseccomp2", "pigz", "e2fsprogs", "bash", "ca-certificates", "curl"),
    *("jq", "procps", "socat", "runc", "rsync"),
)
POD_PACKAGES = ("busybox", "iptables", "nftables", "conntrack")
_FOR_BASE, _FOR_PODS = (
    ("minbase", BASE_PACKAGES),
    ("extract", POD_PACKAGES),
)  # variants: mmdebstrap(1)
_FILES = {"usr/local/bin": 0o755, "kind": 0o644, "etc": 0o644}  # as kind's Dockerfile copies them
_UNITS = (
    "lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service",
    "lib/systemd/system/multi-user.target.wants/*",
    "etc/systemd/system/*.wants/*",
    "lib/systemd/system/local-fs.target.wants/*",
    "lib/systemd/system/sockets.target.wants/*udev*",
    "lib/systemd/system/sockets.target.wants/*initctl*",
    "lib/systemd/system/basic.target.wants/*",
)
_ENABLED = ("kubelet", "containerd", "undo-mount-hacks")


def ensure_debian(cache: Path) -> None:
    """Have both tars of Debian: what is built under the cache's lock only takes them from there."""
    for variant, packages in (_FOR_BASE, _FOR_PODS):
        debian(cache, variant, packages)


def debian(cache: Path, variant: str, packages: Sequence[str]) -> Path:
    """A tar of Debian with these packages, from the cache if it is there."""
    key = fingerprint(HERE, [], SUITE, variant, *packages)

    def make(work: Path) -> None:
        tell(f"unpacking Debian packages: {' '.join(packages)}")
        command = [
            *APART,
            "mmdebstrap",
            "--quiet",
            f"--variant={variant}",
            f"--include={','.join(packages)}",
        ]
        command += [f"--dpkgopt=path-exclude=/usr/share/{one}/*" for one in ("man", "locale")]
        call([*command, SUITE, work / "root.tar"], seconds=1500)

    return build_once(cache / "kind" / f"debian-{key}", make) / "root.tar"


@contextmanager
def base_image(cache: Path, parts: Parts) -> Iterator[Path]:
    """A tar of the root of kind's base image, as its Dockerfile makes it."""
    with tempfile.TemporaryDirectory(prefix="podgrade-kind-base-") as folder:
        root, packed = Path(folder, "root"), Path(folder, "base.tar")
        root.mkdir()
        call(["tar", "-xf", debian(cache, *_FOR_BASE), "-C", root])
        for pattern in _UNITS:
            for unit in root.glob(pattern):
                unit.unlink()
        _copy_kinds_files(root, parts.sources / "images/base/files")
        _configure(root)
        _add_programs(root, parts)
        call(["tar", "-cf", packed, "-C", root, "."])
        yield packed


def _copy_kinds_files(root: Path, files: Path) -> None:
    for folder, mode in _FILES.items():
        for file in (path for path in (files / folder).rglob("*") if path.is_file()):
            target = root / file.relative_to(files)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            target.chmod(0o755 if "bin" in target.parts else mode)


def _configure(root: Path) -> None:
    units = root / "etc/systemd/system"
    (units / "multi-user.target.wants").mkdir(parents=True, exist_ok=True)
    for name in _ENABLED:
        link = units / "multi-user.target.wants" / f"{name}.service"
        link.symlink_to(f"/etc/systemd/system/{name}.service")
    (units / "systemd-binfmt.service").symlink_to("/dev/null")
    with (root / "etc/systemd/journald.conf").open("a", encoding="utf-8") as file:
        file.write("ReadKMsg=no\n")
    init = root / "sbin/init"
    init.unlink(missing_ok=True)
    init.symlink_to("/usr/lib/systemd/systemd")
    for folder in ("etc/kubernetes/manifests", "opt/cni/bin", "usr/local/sbin", "LICENSES"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "usr/local/sbin/runc").symlink_to("/usr/sbin/runc")
    _configure_containerd(root / "etc/containerd")


def _configure_containerd(folder: Path) -> None:
    """Without it no container starts where root may not lower an OOM score; and our registry."""
    config = folder / "config.toml"
    text = config.read_text("utf-8")
    text = text.replace("restrict_oom_score_adj = false", "restrict_oom_score_adj = true")
    text += '\n[plugins."io.containerd.grpc.v1.cri".registry]\n'
    text += '  config_path = "/etc/containerd/certs.d"\n'
    config.write_text(text, encoding="utf-8")
    for registry in ("docker.io", "registry.k8s.io"):
        hosts = folder / "certs.d" / registry / "hosts.toml"
        hosts.parent.mkdir(parents=True)
        hosts.write_text(f'server = "http://{ADDRESS}:{PORT}"\n', encoding="utf-8")


def _add_programs(root: Path, parts: Parts) -> None:
    shutil.copy(parts.node / "kube", root / "usr/local/bin/kube")
    shutil.copy(parts.node / "containerd-shim-runc-v2", root / "usr/local/bin")
    for name in ("containerd", "ctr"):
        (root / "usr/local/bin" / name).symlink_to("kube")
    for name in CNI_PLUGINS:
        shutil.copy(parts.node / "cni" / name, root / "opt/cni/bin")
    # Our own node does without it; containerd with kind's settings starts no Pod without it.
    shutil.copy(parts.programs / "loopback", root / "opt/cni/bin")
    specification = json.loads(call([parts.node / "ctr", "oci", "spec"]))
    hooks = specification.setdefault("hooks", {}).setdefault("createContainer", [])
    hooks.append({"path": "/kind/bin/mount-product-files.sh"})
    specification["process"].pop("rlimits", None)
    target = root / "etc/containerd/cri-base.json"
    target.write_text(json.dumps(specification), encoding="utf-8")


def pods_layer(cache: Path, parts: Parts, target: Path) -> None:
    """A tar of the root of all containers in kube-system: every program that one of them runs."""
    shutil.copyfile(debian(cache, *_FOR_PODS), target)
    programs = {
        "kube": parts.node / "kube",
        "pause": parts.node / "pause",
        "coredns": parts.programs / "coredns",
        "local-path-provisioner": parts.programs / "local-path-provisioner",
        "kindnetd": HERE / "files/kindnetd",
    }
    links = {f"usr/local/bin/{name}": "kube" for name in COMPONENTS if name != "coredns"}
    tables = ("", "-save", "-restore")
    links |= {
        f"usr/sbin/ip{v}tables{one}": "xtables-nft-multi" for v in ("", "6") for one in tables
    }
    shell = ["sh", "cat", "date", "mkdir", "mv", "rm", "sleep", "touch", "ip"]
    links |= {f"usr/local/bin/{name}": "/bin/busybox" for name in shell}
    with tarfile.open(target, "a") as layer:
        for name, file in programs.items():
            entry = layer.gettarinfo(file, f"usr/local/bin/{name}")
            entry.mode, entry.uid, entry.gid = 0o755, 0, 0
            with file.open("rb") as content:
                layer.addfile(entry, content)
        for name, aim in {**links, "bin/sh": "busybox"}.items():
            layer.addfile(_link(name, aim))
        folder = tarfile.TarInfo("tmp")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
        layer.addfile(folder)


def _link(name: str, aim: str) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = tarfile.SYMTYPE, aim
    return entry


def add_text(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file with this content."""
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def image_settings(entrypoint: str) -> Mapping[str, object]:
    """What a container of an image runs, unless it is told otherwise."""
    path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    run: dict[str, object] = {"Env": [path], "WorkingDir": "/"}
    return run | ({"Entrypoint": [f"/usr/local/bin/{entrypoint}"]} if entrypoint else {})
