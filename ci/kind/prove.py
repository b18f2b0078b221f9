"""`./ci/test --kind [EXERCISE...|all] [OPTION...]`: a proof on a real kind, and the action's steps.

Options are those of `podgrade verify`.

Docker and kind run in a network namespace without an uplink; what was started is ended again, also
on Ctrl-C. What takes long to make is kept in podgrade's cache by a hash of what it is made of.
"""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from types import FrameType
from xml.etree import ElementTree

from ci.kind.action_steps import Job, Ran
from ci.kind.docker import ROOT, Docker, docker, thaw
from ci.kind.node_image import BASE, NODE, TINY, release, tiny
from ci.kind.parts import HERE, Parts, ensure_parts, programs_folder, tell
from ci.kind.root import base_image, ensure_debian

from podgrade.cluster.providers import node_build
from podgrade.cluster.providers.node_cache import build_once, fingerprint, held, locked, sweep_old
from podgrade.cluster.providers.node_paths import cache_folder, node_sources

BUILD = "--build"
EXERCISES = ("sidecar", "init-page", "service", "native-sidecar")
_MAKERS = [HERE / one for one in ("root.py", "node_image.py", "files/kindnetd")]  # of the images
_NAME = "podgrade-ci"
_PROOF = 3600.0  # seconds: the whole pack takes half of it on two cores
_DOWN = 120.0  # seconds after which a cluster that is taken down is believed to hang


def main(words: Sequence[str]) -> None:
    """Everything, one after another. Raises RuntimeError or AssertionError at the first fault.

    With the one word `--build`: only what has to be there first.
    """
    began = time.monotonic()
    parts, cache = ensure_parts(), cache_folder()
    with (
        held(parts.node, parts.images, parts.programs),
        locked(cache / "kind" / ".docker-lock"),  # one Docker at a time has its images
    ):
        data = ensure_docker_images(cache, parts)
        sweep_old(cache / "kind", "programs", [parts.programs])
        sweep_old(cache / "kind", "debian", [], keep=4)
        tell(f"all parts are there after {time.monotonic() - began:.0f} s")
        if words == [BUILD]:
            return
        with docker(data, parts) as running:
            _prove_the_pack(running, chosen(words))
            for wanted in ("right", "wrong"):
                _prove_the_action(running, wanted)
    tell(f"all is as it should be, after {time.monotonic() - began:.0f} s")


def chosen(words: Sequence[str]) -> list[str]:
    """Which exercises `podgrade verify` is to prove, in its own words."""
    slugs = list(takewhile(lambda word: not word.startswith("-"), words))
    options = words[len(slugs) :]
    if slugs == ["all"]:
        return [*options]
    return [*(f"--exercise={slug}" for slug in slugs or EXERCISES), *options]


def ensure_docker_images(cache: Path, parts: Parts) -> Path:
    """Docker's folder with kind's node image in it, made first if it is not in the cache."""
    target = _images_folder(cache, parts.node, parts.programs)
    if not target.is_dir():
        ensure_debian(cache)
        build_once(target, lambda work: _make_images(work, cache, parts))
        sweep_old(cache / "kind", "docker", [target], keep=1)
    return target


def _images_folder(cache: Path, node: Path, programs: Path) -> Path:
    made_from = f"{node.name} {programs.name}"
    return cache / "kind" / f"docker-{fingerprint(HERE, _MAKERS, made_from)}"


def is_built() -> bool:
    """True if kind's node image of these sources is in the cache."""
    cache = cache_folder()
    node = node_build.programs_folder(node_sources(), cache)
    return _images_folder(cache, node, programs_folder(cache)).is_dir()


def _make_images(data: Path, cache: Path, parts: Parts) -> None:
    began = time.monotonic()
    with docker(data, parts) as running, tempfile.TemporaryDirectory(prefix="podgrade-") as folder:
        change = ["--change", "ENV container=docker"]
        change += ["--change", 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]']
        with base_image(cache, parts) as base:
            tell("importing kind's base image")
            running.run("docker", "import", *change, base, BASE)
        small = Path(folder, "tiny.tar")
        tiny(parts, small)
        running.run("docker", "import", "--change", 'CMD ["/pause"]', small, TINY)
        archive = Path(folder, "kubernetes.tar.gz")
        release(cache, parts, archive)
        tell("building kind's node image")
        words = ["--type", "file", "--base-image", BASE, "--image", NODE]
        running.run("kind", "build", "node-image", *words, archive, seconds=900)
    tell(f"images made in {time.monotonic() - began:.0f} s")


def _prove_the_pack(running: Docker, words: Sequence[str]) -> None:
    """Bring a cluster up by the provider, prove exercises on it, and take it down."""
    with _state() as state:
        environment = {**os.environ, **running.environment, "PODGRADE_STATE": str(state)}
        environment.pop("KUBECONFIG", None)
        named = ["--provider", "kind", "--name", _NAME]
        with _ended(running, environment):
            up = ["podgrade", "cluster", "up", *named, "--image", NODE, "--load", TINY]
            _timed(running, "cluster up", up, environment)
            listed = ["docker", "exec", f"{_NAME}-control-plane", "ctr", "-n", "k8s.io", "images"]
            loaded = running.run(*listed, "list", "-q").split()
            assert any(name.startswith(f"docker.io/{TINY}") for name in loaded), loaded
            verify = ["podgrade", "verify", str(ROOT), "--context", f"kind-{_NAME}", *words]
            _timed(running, "proof", verify, environment, _PROOF)


@contextmanager
def _ended(running: Docker, environment: Mapping[str, str]) -> Iterator[None]:
    """Take the cluster down afterwards; where that hangs, thaw what is frozen and do it again."""
    try:
        yield
    finally:
        down = ["podgrade", "cluster", "down", "--provider", "kind", "--name", _NAME]
        try:
            _timed(running, "cluster down", down, environment, _DOWN)
        except RuntimeError:
            thaw(f"/{running.namespace}")
            _timed(running, "cluster down, thawed", down, environment)


def _timed(
    running: Docker,
    what: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    seconds: float = 600,
) -> None:
    """Run a command of podgrade's, its words shown. Raises RuntimeError unless it ends with 0."""
    began = time.monotonic()
    whole = [*running.enter, *command]
    try:
        subprocess.run(  # noqa: S603 - our own words
            whole, check=True, stdin=subprocess.DEVNULL, timeout=seconds, env=environment
        )
    except subprocess.SubprocessError as error:
        raise RuntimeError(f"{what}: {error}") from error
    tell(f"{what}: {time.monotonic() - began:.1f} s")


def _prove_the_action(running: Docker, wanted: str) -> None:
    """Run the action's steps on a right or a wrong answer and look at what they left."""
    answers = {"right": "reference/pod/pod.yaml", "wrong": "broken/container-name/pod.yaml"}
    began = time.monotonic()
    with _state() as temp:
        job = Job(
            action=ROOT / "ci" / "action",
            workspace=ROOT,
            temp=temp,
            inputs={
                "exercise": "sidecar",
                "submission": f"fixtures/sidecar/{answers[wanted]}",
                "lang": "ko",
                "node-image": NODE,
                "load": TINY,
                "pack": str(ROOT),
            },
            # Only what installs podgrade reaches its registry.
            enter=lambda step: () if step == "Install podgrade" else running.enter,
            environment={**running.environment, "KUBECONFIG": ""},
        )
        ran = {step.name: step for step in job.run()}
        _look(ran, job, right=wanted == "right")
    tell(f"action, {wanted} answer: {time.monotonic() - began:.1f} s")


def _look(ran: Mapping[str, Ran], job: Job, *, right: bool) -> None:
    """What the steps wrote is what GitHub and the reporter of Classroom are to read."""
    results = job.results()
    told = "\n".join(f"== {step.name}: {step.code}\n{step.said}" for step in ran.values())
    assert {name: step.code for name, step in ran.items()} == {
        "Install podgrade": 0,
        "Install kind where it is missing": 0,
        "Start a cluster": 0,
        "Grade": 0,
        "End the cluster": 0,
        "Say the verdict": 0 if right else 1,
    }, told
    assert results["exit-code"] == ("0" if right else "1"), told
    assert (results["score"] == results["possible"] == "10") is right, results
    _look_at_files(results, right=right)
    grade = ran["Grade"]
    assert "<table>" in grade.summary, grade.summary
    assert "파드 nginx-sidecar" in grade.summary, grade.summary
    annotated = "::error file=fixtures/sidecar/" in grade.said
    assert annotated is not right, told


def _look_at_files(results: Mapping[str, str], *, right: bool) -> None:
    reporter = json.loads(base64.b64decode(results["result"]))
    assert reporter["status"] == ("pass" if right else "fail"), reporter
    suite = ElementTree.parse(results["junit"]).getroot()  # noqa: S314 - our own file
    failures = sum(1 for _ in suite.iter("failure"))
    assert (failures == 0) is right, failures
    report = Path(results["report"])
    assert report.name == "report.html"
    assert "nginx-sidecar" in report.read_text("utf-8")
    kept = list((report.parent / "evidence").glob("*.json"))
    assert len(kept) == 1, kept


@contextmanager
def _state() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="podgrade-kind-state-") as folder:
        yield Path(folder)


def stop(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop)
    try:
        main(sys.argv[1:])
    except (RuntimeError, AssertionError) as error:
        sys.exit(f"kind: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
