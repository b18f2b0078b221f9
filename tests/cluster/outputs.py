"""One `podgrade check` with every output there is, and what it took."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.faults.proxy import FaultyApi

from podgrade.cluster.connection import Connection
from podgrade.cluster.kinds import path_of

PODGRADE = str(Path(sys.executable).with_name("podgrade"))
FORMATS = (
    "text",
    "json",
    "html",
    "junit",
    "csv",
    "github",
    "summary",
    "classroom",
    "gradescope",
    "prairielearn",
)


# The kernel counts what a program was before exec as its own (ru_maxrss): here, all of pytest. So a
# small program starts it and tells what its child needed.
_MEASURED = """\
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
with open(sys.argv[1], "w") as stream:
    stream.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


@dataclass(frozen=True)
class Told:
    """Exit code, every output by its format (and `stdout`, `stderr`), and the peak of memory."""

    code: int
    outputs: Mapping[str, str]
    memory: int
    """Bytes that were resident at most."""


def graded(kubeconfig: Path, folder: Path, slug: str, manifest: str, *more: str) -> Told:
    """Grade a manifest; everything that is written is written into the folder.

    `more` are further words of the command.
    """
    (folder / "handed-in.yaml").write_text(manifest)
    measured = [sys.executable, "-c", _MEASURED, str(folder / "memory")]
    check = [PODGRADE, "check", slug, "handed-in.yaml", "--kubeconfig", str(kubeconfig)]
    command = [*measured, *check, *more]
    for name in FORMATS:
        command += ["--format", name, "--output", f"out.{name}"]
    with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
        code = subprocess.call(command, cwd=folder, stdout=out, stderr=err)
    files = {name: folder / f"out.{name}" for name in FORMATS}
    files |= {name: folder / name for name in ("stdout", "stderr")}
    # as bytes: reading text would make line feeds of what is none
    read = {name: path.read_bytes().decode() for name, path in files.items() if path.is_file()}
    return Told(code, read, int((folder / "memory").read_text()) * 1024)


def left_of(api: FaultyApi, kubeconfig: Path) -> frozenset[str]:
    """What stays of the run that was asked through the proxy, although `podgrade clean` was told
    to delete it.
    """
    runs = {name.split("-")[1] for name in api.namespaces}
    assert len(runs) == 1
    command = [PODGRADE, "clean", "--run", runs.pop(), "--kubeconfig", str(kubeconfig)]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    spaces = Connection.open(kubeconfig).request("GET", path_of("Namespace"))["items"]
    standing = {
        one["metadata"]["name"] for one in spaces if one["status"]["phase"] != "Terminating"
    }
    return frozenset(standing & set(api.namespaces))
