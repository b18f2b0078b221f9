"""What each Pod of a sharded run does: grade its share, write each verdict down once.

Started by the Job that `podgrade class --shards` makes; nobody types this.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from podgrade import __version__
from podgrade.cli.alone import Listener, listen
from podgrade.cli.codes import FULL_MARKS, INTERRUPTED, TROUBLE
from podgrade.cli.screen import asides
from podgrade.cluster.connection import ApiRefusal, Connection
from podgrade.cluster.kinds import path_of
from podgrade.grading.packs import Pack
from podgrade.grading.signals import terminated_like_interrupted
from podgrade.model.errors import GraderError, InfrastructureError, PodgradeError, UsageProblem
from podgrade.model.submission import Submission
from podgrade.model.text import Words, say
from podgrade.model.verdict import Outcome, Result
from podgrade.reports.class_live import ClassProgress
from podgrade.reports.json import as_data
from podgrade.workspace.run import SHARD, Run, Shard
from podgrade.workspace.shards import letters
from podgrade.workspace.shards.letters import Letter
from podgrade.workspace.shards.objects import PACK, PURPOSE, SHARE, joined
from podgrade.workspace.shards.share import Piece, unbundle, unpacked
from podgrade.workspace.sweep import sweep_part

_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class Office:
    """The run's namespace, as one of its shards uses it."""

    def __init__(self, connection: Connection, namespace: str, shard: Shard) -> None:
        self.shard = shard
        self._connection = connection
        self._namespace = namespace
        self._run = Run(shard.run)

    def share(self) -> list[Piece]:
        """What is still to be graded; what an earlier Pod of this shard left is deleted."""
        labels = f"{PURPOSE}={SHARE},{SHARD}={self.shard.index}"
        pieces = unpacked(joined(letters.bodies(self._connection, self._namespace, labels)))
        done = letters.known(self._connection, self._namespace, self.shard.index)
        sweep_part(self._connection, self.shard)
        return [piece for piece in pieces if piece.id not in done]

    def unpack(self, target: Path) -> None:
        """Put the exercises and their graders there, as whoever started the run has them."""
        found = letters.bodies(self._connection, self._namespace, f"{PURPOSE}={PACK}")
        unbundle(joined(found), target)

    def post(self, letter: Letter) -> bool:
        """Write a verdict down; False if there is one already."""
        index = self.shard.index
        return letters.post(self._connection, self._namespace, self._run, index, letter)

    def is_wanted(self) -> bool:
        """False once this Pod is being deleted: what it meets from then on is no verdict."""
        path = path_of("Pod", self._namespace, os.environ["POD_NAME"])
        try:
            metadata = self._connection.request("GET", path)["metadata"]
        except ApiRefusal:
            return False
        return not metadata.get("deletionTimestamp")


class Marker(Listener):
    """Hands the share in, and posts each result as it comes."""

    def __init__(self, office: Office, pieces: Sequence[Piece], language: str) -> None:
        progress = ClassProgress(asides(), language, total=len(pieces), named=False)
        super().__init__(progress)
        self._progress = progress
        self._office = office
        self._language = language
        self._pack: Pack | None = None
        self._session: pytest.Session | None = None
        self.left = {(one.exercise, str(one.submission.key)): one for one in pieces}

    def grade(self, pack: Pack, arguments: Sequence[str]) -> None:
        """Grade what is of one pack."""
        self._pack = pack
        slugs = {slug for slug, _ in self.left}
        graders = [pack.grader(slug) for slug in pack.slugs() if slug in slugs]
        if graders:
            listen(self, pack.root, graders, arguments, self._language)

    @pytest.hookimpl
    def pytest_podgrade_submissions(self) -> list[Submission]:
        slugs = self._pack.slugs() if self._pack else ()
        return [one.submission for one in self.left.values() if one.exercise in slugs]

    @pytest.hookimpl
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    @pytest.hookimpl
    def pytest_podgrade_result(self, result: Result) -> None:
        """What was cut short is no result."""
        self.progress.done("")
        self.progress.done(result.submission)
        key = result.exercise, result.submission
        if result.missing or self.grading.trouble is not None or key not in self.left:
            return
        try:
            self._post(self.left[key], result)
        except PodgradeError as error:
            self.grading.trouble = InfrastructureError(error.words)
            if self._session is not None:
                self._session.shouldstop = str(error)

    def _post(self, piece: Piece, result: Result) -> None:
        # A Pod that is replaced may live on where its node has lost touch, while its replacement
        # clears its workspaces away: that fails, and only what passed is surely the learner's.
        if not result.passed and not self._office.is_wanted():
            return
        data = as_data(result, self._language, __version__)
        self._office.post(Letter(piece.id, {"podgrade": __version__, "result": data}))
        del self.left[piece.exercise, str(piece.submission.key)]
        score = Outcome.ERROR if result.erroneous else Outcome.FAILED
        self._progress.count(Outcome.PASSED if result.passed else score)


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade the share; the exit code says whether the Job is to try again."""
    asked = _parser().parse_args(arguments)
    shard = Shard(asked.run, int(os.environ["JOB_COMPLETION_INDEX"]), asked.of)
    try:
        with terminated_like_interrupted():
            return _grade(shard, asked)
    except KeyboardInterrupt:
        return INTERRUPTED
    except PodgradeError as error:
        print(f"podgrade: {error.words}", file=sys.stderr)
        return TROUBLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="podgrade.cli.shard")
    parser.add_argument("--run", required=True)
    parser.add_argument("--of", type=int, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--lang", required=True)
    parser.add_argument("--in-flight", type=int)
    return parser


def _grade(shard: Shard, asked: argparse.Namespace) -> int:
    kubeconfig = Path("kubeconfig").resolve()
    kubeconfig.write_text(yaml.safe_dump(in_cluster()), encoding="utf-8")
    namespace = (_ACCOUNT / "namespace").read_text("utf-8")
    office = Office(Connection.open(kubeconfig), namespace, shard)
    if asked.version != __version__:
        return _hopeless(office, _other_version(asked.version))
    pieces = office.share()
    folder = Path("packs").resolve()
    office.unpack(folder)
    marker = Marker(office, pieces, asked.lang)
    options = [f"--kubeconfig={kubeconfig}", f"--shard={shard}"]
    options += [f"--in-flight={asked.in_flight}"] if asked.in_flight else []
    with marker.progress:
        for root in sorted(folder.iterdir()):
            marker.grade(Pack(root), options)
            if marker.grading.interrupted or marker.grading.trouble is not None:
                break
    return _outcome(office, marker)


def _outcome(office: Office, marker: Marker) -> int:
    grading = marker.grading
    if grading.interrupted:
        return INTERRUPTED
    if isinstance(grading.trouble, UsageProblem | GraderError):
        return _hopeless(office, grading.trouble.words)
    if grading.trouble is not None:
        raise grading.trouble
    if marker.left and grading.said:
        words = say("the grader could not be run:\n{said}", said=grading.said.strip())
        return _hopeless(office, words)
    return TROUBLE if marker.left else FULL_MARKS


def _hopeless(office: Office, words: Words) -> int:
    """Trying again would not help: whoever started the run is told."""
    print(f"podgrade: {words}", file=sys.stderr)
    office.post(letters.in_trouble(office.shard.index, words))
    return FULL_MARKS


def _other_version(wanted: str) -> Words:
    return say(
        "the image holds podgrade {found}, and the class is graded by {wanted}: name an image of "
        "that version",
        found=__version__,
        wanted=wanted,
    )


def in_cluster() -> dict[str, object]:
    """A kubeconfig of the Pod's own account."""
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    address = f"[{host}]" if ":" in host else host
    cluster = {
        "server": f"https://{address}:{port}",
        "certificate-authority": str(_ACCOUNT / "ca.crt"),
    }
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "here", "cluster": cluster}],
        "users": [{"name": "shard", "user": {"tokenFile": str(_ACCOUNT / "token")}}],
        "contexts": [{"name": "here", "context": {"cluster": "here", "user": "shard"}}],
        "current-context": "here",
    }


if __name__ == "__main__":
    sys.exit(main())
