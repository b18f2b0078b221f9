"""The probe `supply`: brings what the exercise holds back at first."""

from __future__ import annotations

from podgrade.model.text import say
from podgrade.probes.bench import Bench
from podgrade.probes.tape import Stage


class SupplyProbe:
    """`supply("gate")` creates the objects of the exercise's later/gate.yaml, and waits for them
    as for a setup. From then on a container that ended before is no evidence against the Pod.

    Whatever does not come up raises InfrastructureError. Checks that use it are `changes=True`.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def __call__(self, name: str) -> None:
        """Bring it; what is there already stays as it is."""
        self._stage.ask(f"supply({name!r})", lambda bench: _supplied(bench, name))


def _supplied(bench: Bench, name: str) -> None:
    bench.doing(say("bringing {name}", name=name))
    bench.spent = True
    bench.since = bench.workspace.setup.supply(name)
