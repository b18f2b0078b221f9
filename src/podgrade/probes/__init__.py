"""What a check may ask of the cluster, by the name under which a check asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

NAMES = (
    "pod",
    "manifest",
    "curl",
    "logs",
    "exec",
    "files",
    "service",
    "events",
    "nonces",
    "setup",
    "job",
    "processes",
    "material",
    "supply",
    "clone",
    "crash",
    "claim",
    "pods",
    "faults",
    "deployment",
)


def built_in() -> dict[str, Callable[[Any], Any]]:
    """Each probe of podgrade's own: its name, and what makes one from a stage."""
    from podgrade.probes.changes import CrashProbe
    from podgrade.probes.claim import ClaimProbe
    from podgrade.probes.clone import CloneProbe
    from podgrade.probes.curl import CurlProbe
    from podgrade.probes.deployment import DeploymentProbe
    from podgrade.probes.events import EventsProbe
    from podgrade.probes.execute import ExecProbe
    from podgrade.probes.faults import FaultsProbe
    from podgrade.probes.files import FilesProbe
    from podgrade.probes.job import JobProbe
    from podgrade.probes.logs import LogsProbe
    from podgrade.probes.manifest import ManifestProbe
    from podgrade.probes.material import MaterialProbe
    from podgrade.probes.nonces import NoncesProbe
    from podgrade.probes.pod import PodProbe
    from podgrade.probes.pods import PodsProbe
    from podgrade.probes.processes import ProcessesProbe
    from podgrade.probes.service import ServiceProbe
    from podgrade.probes.setup import SetupProbe
    from podgrade.probes.supply import SupplyProbe

    made = (
        PodProbe,
        ManifestProbe,
        CurlProbe,
        LogsProbe,
        ExecProbe,
        FilesProbe,
        ServiceProbe,
        EventsProbe,
        NoncesProbe,
        SetupProbe,
        JobProbe,
        ProcessesProbe,
        MaterialProbe,
        SupplyProbe,
        CloneProbe,
        CrashProbe,
        ClaimProbe,
        PodsProbe,
        FaultsProbe,
        DeploymentProbe,
    )
    return dict(zip(NAMES, made, strict=True))
