"""What `./ci/test --kind` is built from: pure parts that need neither Docker nor Go."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tarfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
from ci.kind.node_image import _image
from ci.kind.parts import HERE, Parts, call, joined_modules, named_images
from ci.kind.registry import serving

from podgrade.cluster.providers.node_paths import node_sources


def required(text):
    return dict(re.findall(r"^\t(\S+) (v\S+)", text, re.M))


def test_kubeadm_is_built_from_the_nodes_versions():
    joined = joined_modules()
    node = required((node_sources() / "go.mod").read_text("utf-8"))
    assert required(joined).items() >= node.items()
    assert "module podgrade.dev/kind\n" in joined
    assert "tool (" not in joined
    more = required((HERE / "go.mod").read_text("utf-8"))
    assert more
    assert not more.keys() & node.keys()
    assert required(joined) == {**node, **more}


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["sh", "-c", "echo no room; exit 3"], "echo no room; exit 3: no room"),
        (["sleep", "600"], "sleep 600: it did not end within 0 s"),
    ],
)
def test_what_fails_or_does_not_end_is_told_in_the_same_way(command, told):
    with pytest.raises(RuntimeError, match=told):
        call(command, seconds=60 if "sh" in command else 0.1)


# runc, on a machine whose root lacks capabilities


@pytest.fixture(scope="module")
def runc():
    loader = SourceFileLoader("runc_of_kind", str(HERE / "files" / "runc"))
    spec = spec_from_loader(loader.name, loader)
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_only_capabilities_that_can_be_had_are_asked_for(runc):
    process = {
        "capabilities": {"bounding": ["CAP_CHOWN", "CAP_SYS_RESOURCE"], "ambient": None},
        "oomScoreAdj": -999,
    }
    runc.lessen(process, {"CAP_CHOWN"}, 0)
    assert process == {
        "capabilities": {"bounding": ["CAP_CHOWN"], "ambient": []},
        "oomScoreAdj": 0,
    }


def test_a_process_without_either_stays_as_it_is(runc):
    process = {"args": ["true"], "oomScoreAdj": 5}
    runc.lessen(process, set(), 0)
    assert process == {"args": ["true"], "oomScoreAdj": 5}


def test_the_capabilities_are_numbered_as_linux_numbers_them(runc):
    header = Path("/usr/include/linux/capability.h")
    if not header.exists():
        pytest.skip("no kernel headers")
    told = re.findall(r"^#define CAP_(\w+)\s+(\d+)$", header.read_text("utf-8"), re.M)
    assert [runc.CAPABILITIES[int(number)] for _, number in told] == [name for name, _ in told]


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["create", "--bundle", "/b", "x"], "/b"),
        (["create", "--bundle=/b", "x"], "/b"),
        (["start", "x"], None),
        (["exec", "--bundle"], ""),
    ],
)
def test_where_runc_is_to_look(runc, words, value):
    assert runc.after(words, "--bundle", "-b") == value


# The registry


@pytest.fixture
def layout(tmp_path):
    """An OCI layout with one image under two names."""
    blobs = tmp_path / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    media = "application/vnd.oci.image.manifest.v1+json"
    manifest = json.dumps({"mediaType": media}).encode()
    digest = hashlib.sha256(manifest).hexdigest()
    (blobs / digest).write_bytes(manifest)
    (blobs / "abc").write_bytes(b"a layer")
    names = ("docker.io/library/nginx:latest", "registry.k8s.io/pause:3.10")
    entries = [
        {"digest": f"sha256:{digest}", "annotations": {"io.containerd.image.name": name}}
        for name in names
    ]
    (tmp_path / "index.json").write_text(json.dumps({"manifests": entries}))
    return tmp_path


def test_an_image_is_served_by_tag_and_by_digest(layout):
    ask = serving(layout)
    by_tag = ask("/v2/library/nginx/manifests/latest?ns=docker.io")
    assert by_tag.status == 200
    assert by_tag.media == "application/vnd.oci.image.manifest.v1+json"
    assert ask(f"/v2/library/nginx/manifests/{by_tag.digest}") == by_tag
    assert ask("/v2/pause/manifests/3.10").digest == by_tag.digest
    assert ask("/v2/library/nginx/blobs/sha256:abc").content == b"a layer"
    assert ask("/v2/").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v2/library/nginxx/manifests/latest",
        "/v2/library/nginx/manifests/1.99",
        "/v2/library/nginx/blobs/sha256:../../index.json",
        "/v2/library/nginx/blobs/sha256:def",
        "/index.json",
    ],
)
def test_nothing_else_is_served(layout, path):
    assert serving(layout)(path).status == 404


# Kubernetes' images, as kind wants them


def test_an_archive_says_its_names_first(tmp_path):
    layer = tmp_path / "layer.tar"
    layer.write_bytes(b"files")
    target = tmp_path / "image.tar"
    _image(target, layer, "0" * 64, ["a:1", "b:2"], {"Entrypoint": ["/x"]})
    with tarfile.open(target) as archive:
        first, second, third = archive.getnames()
        assert (first, third) == ("manifest.json", "layer.tar")
        (listed,) = json.load(archive.extractfile(first))
        config = json.load(archive.extractfile(second))
    assert listed == {"Config": second, "RepoTags": ["a:1", "b:2"], "Layers": ["layer.tar"]}
    assert config["rootfs"]["diff_ids"] == ["sha256:" + "0" * 64]


def test_each_image_has_the_program_that_it_runs(tmp_path):
    """The names are those of kubeadm's and kind's own versions."""
    kubeadm = tmp_path / "kubeadm"
    kubeadm.write_text(
        "#!/bin/sh\nfor one in kube-proxy:v1 coredns/coredns:v2 pause:3 etcd:4; do\n"
        '  echo "registry.k8s.io/$one"\ndone\n'
    )
    kubeadm.chmod(0o755)
    base = tmp_path / "images/base/files/etc/containerd"
    base.mkdir(parents=True)
    (base / "config.toml").write_text('  sandbox_image = "registry.k8s.io/pause:3.10"\n')
    constants = tmp_path / "pkg/build/nodeimage"
    constants.mkdir(parents=True)
    (constants / "const_cni.go").write_text('const a = "docker.io/kindest/kindnetd:v9"\n')
    (constants / "const_storage.go").write_text('const b = "docker.io/kindest/helper:v8"\n')
    assert named_images(Parts(tmp_path, tmp_path, tmp_path, tmp_path)) == {
        "": [
            "registry.k8s.io/kube-proxy:v1",
            "registry.k8s.io/etcd:4",
            "docker.io/kindest/helper:v8",
        ],
        "coredns": ["registry.k8s.io/coredns/coredns:v2"],
        "kindnetd": ["docker.io/kindest/kindnetd:v9"],
        "pause": ["registry.k8s.io/pause:3.10"],
    }


@pytest.mark.parametrize("script", ["files/kindnetd", "install-docker"])
def test_scripts_can_be_read(script):
    shell = "bash" if script == "install-docker" else "sh"
    done = subprocess.run([shell, "-n", HERE / script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
