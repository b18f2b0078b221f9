"""How long the right verdict of `sidecar` takes, side by side with what people use instead.

    python benchmarks/verdict.py --trials 12 [--kubeconfig FILE] [--kubectl FILE]

Each trial runs every contestant once, in an order that rotates, on a cluster that is up. The
clock runs from the first object that is sent until the verdict is known; connections, workspaces
and the toolbox Pod are there before (each contestant gets a namespace made ahead).
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
GRADER = ROOT / "graders/test_sidecar.py"
RIGHT = ROOT / "fixtures/sidecar/reference/pod/pod.yaml"
DOOMED = ROOT / "fixtures/sidecar/broken/image-typo/pod.yaml"

SCRIPT = """
set -eu
kubectl apply -n "$NS" -f "$FILE" >/dev/null
kubectl wait -n "$NS" --for=condition=Ready pod/nginx-sidecar --timeout=60s >/dev/null
test "$(kubectl get pod nginx-sidecar -n "$NS" --no-headers | tr -s ' ' | cut -d' ' -f2)" = 2/2
for nonce in $(od -An -N8 -tx1 /dev/urandom | tr -d ' ') $(od -An -N8 -tx1 /dev/urandom | tr -d ' ')
do
  kubectl exec -n "$NS" nginx-sidecar -c nginx -- curl -s -o /dev/null "http://127.0.0.1/?$nonce"
  until kubectl logs -n "$NS" nginx-sidecar -c log-sidecar | grep -q "$nonce"; do sleep 0.1; done
done
"""


class Bench:
    """Runs the trials inside a pytest session that has collected the grader's checks."""

    def __init__(self, trials: int, kubectl: Path) -> None:
        self._trials = trials
        self._kubectl = kubectl
        self._began = 0.0
        self.seconds: dict[str, list[float]] = {}
        self.doom: list[tuple[float, float]] = []

    def pytest_podgrade_progress(self, submission: str, doing: Any, since: float) -> None:
        if "handing in" in str(doing):
            self._began = since
        del submission

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        from podgrade.plugin import RUN

        grading = session.config.stash[RUN].session
        grading.choose(session.items)
        session.items.clear()  # nothing is left for pytest's own loop
        groups = [group for group in grading.groups.values() if group.chosen]
        right, doomed = groups[: self._trials + 1], groups[self._trials + 1 :]
        rig = grading.rig()
        rig.prepare(right[0].exercise, len(groups), 2)
        rig.toolbox.exec(["true"], timeout=60.0, limit=1000)
        self._run(grading, rig, right)
        for group in doomed:
            self.doom.append(self._after_evidence(grading, group))

    def _run(self, grading: Any, rig: Any, groups: list[Any]) -> None:
        others = Others(rig, self._kubectl)
        contestants: list[tuple[str, Callable[[Any], float]]] = [
            ("podgrade", lambda group: self._podgrade(grading, group)),
            ("floor, one request after the other", lambda _: others.floor(at_once=False)),
            ("floor, both requests at once", lambda _: others.floor(at_once=True)),
            ("kubectl script", lambda _: others.script()),
            ("pytest-kubernetes", lambda _: others.pytest_kubernetes()),
        ]
        for number, group in enumerate(groups):
            turn = number % len(contestants)
            for name, run in (*contestants[turn:], *contestants[:turn]):
                others.prepare()
                seconds = run(group)
                if number:  # the first round warms caches up
                    self.seconds.setdefault(name, []).append(seconds)
        others.close()

    def _podgrade(self, grading: Any, group: Any) -> float:
        grading.ensure_rehearsed(group)
        grading.judge_group(group)
        end = time.monotonic()
        result = group.result()
        if result.erroneous or result.passed != group.submission.key.startswith("pod"):
            raise SystemExit(f"a wrong verdict: {result}")
        return end - self._began

    def _after_evidence(self, grading: Any, group: Any) -> tuple[float, float]:
        """A doomed manifest: seconds from handing in to the verdict, and from the first refused
        pull that the watch saw to the verdict.
        """
        rig = grading.rig()
        taken: list[Any] = []
        take = rig.take

        def remembered(exercise: Any) -> Any:
            taken.append(take(exercise))
            return taken[-1]

        rig.take = remembered
        try:
            whole = self._podgrade(grading, group)
        finally:
            rig.take = take
        return whole, self._began + whole - _first_refusal(taken[0])


def _first_refusal(workspace: Any) -> float:
    """When the watch saw that an image was not to be had (time.monotonic())."""
    for pod in workspace.view.pods():
        for sighting in workspace.view.sightings(pod["metadata"]["uid"]):
            for status in sighting.pod.get("status", {}).get("containerStatuses", ()):
                reason = status["state"].get("waiting", {}).get("reason")
                if reason in {"ErrImagePull", "ImagePullBackOff"}:
                    return float(sighting.at)
    raise SystemExit("no refused pull was seen")


class Others:
    """The contestants that are not podgrade, each in a namespace made ahead."""

    def __init__(self, rig: Any, kubectl: Path) -> None:
        self._rig = rig
        self._connection = rig.connection
        self._kubectl = kubectl
        self._kubeconfig = Path(os.environ["KUBECONFIG"])
        self._made: list[str] = []
        self._env = os.environ | {"PATH": f"{kubectl.parent}:{os.environ['PATH']}"}

    def prepare(self) -> None:
        """A namespace with its ServiceAccount, before the clock runs."""
        name = f"podgrade-bench-{secrets.token_hex(4)}"
        self._connection.request("POST", "/api/v1/namespaces", body={"metadata": {"name": name}})
        self._made.append(name)
        path = f"/api/v1/namespaces/{name}/serviceaccounts"
        query = {"watch": True, "fieldSelector": "metadata.name=default"}
        with self._connection.lines(path, query=query, timeout=30.0) as lines:
            next(lines)

    def close(self) -> None:
        for name in self._made:
            self._connection.request("DELETE", f"/api/v1/namespaces/{name}")

    def floor(self, *, at_once: bool) -> float:
        """Create, watch raw to 2/2, two requests from the toolbox, their lines in the log.

        The sidecar's `tail -f` looks once a second: whoever asks both before reading waits once.
        """
        namespace, body = self._made[-1], _right()
        began = time.monotonic()
        pods = f"/api/v1/namespaces/{namespace}/pods"
        self._connection.request("POST", pods, body=body)
        address = self._address(pods)
        nonces = secrets.token_hex(8), secrets.token_hex(8)
        for together in (nonces,) if at_once else ((nonce,) for nonce in nonces):
            for nonce in together:
                self._asked(f"http://{address}/?{nonce}")
            for nonce in together:
                self._followed(f"{pods}/nginx-sidecar/log", nonce)
        return time.monotonic() - began

    def _asked(self, url: str) -> None:
        """One request; nginx may be Ready before it listens."""
        command = ["curl", "-s", "-o", "/dev/null", url]
        while self._rig.toolbox.exec(command, timeout=10.0, limit=1000).code == 7:
            time.sleep(0.05)

    def _address(self, pods: str) -> str:
        with self._connection.lines(pods, query={"watch": True}, timeout=60.0) as lines:
            for line in lines:
                status = json.loads(line)["object"]["status"]
                ready = [c["ready"] for c in status.get("containerStatuses", ())]
                if ready == [True, True]:
                    return str(status["podIP"])
        raise SystemExit("the floor's Pod did not become Ready")

    def _followed(self, path: str, nonce: str) -> None:
        query = {"container": "log-sidecar", "follow": True}
        with self._connection.lines(path, query=query, timeout=30.0) as lines:
            if not any(nonce.encode() in line for line in lines):
                raise SystemExit("the floor's request is not in the log")

    def script(self) -> float:
        """A shell script of kubectl apply, wait, exec and logs."""
        env = self._env | {"NS": self._made[-1], "FILE": str(RIGHT)}
        began = time.monotonic()
        subprocess.run(["bash", "-c", SCRIPT], env=env, check=True)
        return time.monotonic() - began

    def pytest_kubernetes(self) -> float:
        """The same with the manager of pytest-kubernetes (provider external)."""
        from pytest_kubernetes.kubectl import Kubectl

        namespace = self._made[-1]
        kubectl = Kubectl(self._kubeconfig, None)
        before, os.environ["PATH"] = os.environ["PATH"], self._env["PATH"]
        began = time.monotonic()
        kubectl(["apply", "-n", namespace, "-f", str(RIGHT)], as_dict=False)
        ready = ["wait", "pod/nginx-sidecar", "--for=condition=Ready", "--timeout=60s"]
        kubectl([*ready, f"--namespace={namespace}"], as_dict=False)
        pod = kubectl(["get", "pod", "nginx-sidecar", "-n", namespace])
        assert [c["ready"] for c in pod["status"]["containerStatuses"]] == [True, True]
        for nonce in (secrets.token_hex(8), secrets.token_hex(8)):
            url = f"http://127.0.0.1/?{nonce}"
            asked = ["exec", "-n", namespace, "nginx-sidecar", "-c", "nginx", "--", "curl", "-s"]
            kubectl([*asked, "-o", "/dev/null", f"'{url}'"], as_dict=False)
            said = ["logs", "nginx-sidecar", "-n", namespace, "-c", "log-sidecar"]
            while nonce not in kubectl(said, as_dict=False):
                time.sleep(0.1)
        seconds = time.monotonic() - began
        os.environ["PATH"] = before
        return seconds


def _right() -> dict[str, Any]:
    import yaml

    body: dict[str, Any] = yaml.safe_load(RIGHT.read_text())
    return body


def _line(name: str, seconds: list[float], floor: float) -> str:
    low, middle, high = _spread(seconds)
    return f"| {name} | {middle:.2f} | {low:.2f}–{high:.2f} | {middle / floor:.2f} |"


def _spread(seconds: list[float]) -> tuple[float, float, float]:
    ordered = sorted(seconds)
    return ordered[0], statistics.median(ordered), ordered[-1]


def _say_spread(name: str, seconds: list[float]) -> None:
    low, middle, high = _spread(seconds)
    print(f"{name}: {middle:.2f} s ({low:.2f}–{high:.2f})")


def unused(rounds: int) -> tuple[float, float]:
    """Medians of an empty pytest run with the plugin installed and with it switched off."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_nothing():\n    pass\n")
        times: dict[str, list[float]] = {"with": [], "without": []}
        for _ in range(rounds):
            for name, extra in (("with", ("-p", "podgrade.plugin")), ("without", ())):
                began = time.monotonic()
                alone = ["--disable-plugin-autoload", "-p", "no:cacheprovider"]
                command = [sys.executable, "-m", "pytest", "-q", *alone, *extra, folder]
                subprocess.run(command, check=True, capture_output=True, cwd=folder)
                times[name].append(time.monotonic() - began)
    return statistics.median(times["with"]), statistics.median(times["without"])


def start_up(rounds: int) -> float:
    """Median of `podgrade --version`: the process's own start."""
    times = []
    for _ in range(rounds):
        began = time.monotonic()
        command = [sys.executable, "-c", "from podgrade.cli.main import main; main()", "--version"]
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.monotonic() - began)
    return statistics.median(times)


def whole_command(rounds: int) -> list[float]:
    """Seconds of the whole `podgrade check sidecar FILE`, from the shell's point of view."""
    times = []
    for _ in range(rounds):
        began = time.monotonic()
        code = "from podgrade.cli.main import main; main()"
        command = [sys.executable, "-c", code, "check", "sidecar", str(RIGHT)]
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.monotonic() - began)
    return times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=12)
    parser.add_argument("--kubeconfig", type=Path)
    parser.add_argument("--kubectl", type=Path, default=shutil.which("kubectl"))
    options = parser.parse_args()
    if options.kubeconfig:
        os.environ["KUBECONFIG"] = str(options.kubeconfig.resolve())
    if not options.kubectl:
        parser.error("there is no kubectl on the PATH: name one with --kubectl")
    bench = Bench(options.trials, Path(options.kubectl).resolve())
    with tempfile.TemporaryDirectory() as folder:
        doomed = shutil.copy(DOOMED, Path(folder, "typo.yaml"))
        named = [f"--submission={RIGHT}"] * (options.trials + 1) + [f"--submission={doomed}"] * 5
        code = pytest.main(["-q", "-p", "no:cacheprovider", str(GRADER), *named], plugins=[bench])
    if code not in (0, 5):
        raise SystemExit(int(code))
    floor = statistics.median(bench.seconds["floor, one request after the other"])
    print("| contestant | median s | min–max s | ratio to the floor |\n|---|---|---|---|")
    for name, seconds in bench.seconds.items():
        print(_line(name, seconds, floor))
    whole, since = ([pair[side] for pair in bench.doom] for side in (0, 1))
    _say_spread("doomed by a misspelt image, from handing in", whole)
    _say_spread("doomed by a misspelt image, from the first refused pull", since)
    _say_spread("whole command", whole_command(5))
    print(f"start of the process: {start_up(5):.2f} s")
    used, plain = unused(21)
    print(f"unused plugin adds {1000 * (used - plain):.0f} ms to an empty pytest run")


if __name__ == "__main__":
    main()
