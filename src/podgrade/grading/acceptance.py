"""The check that every exercise begins with; the plugin adds it to each grader."""

from __future__ import annotations

from podgrade.grading.checks import check
from podgrade.probes.manifest import ManifestProbe


@check("The manifest is accepted", ko="매니페스트가 받아들여진다", points=0)
def test_manifest_is_accepted(manifest: ManifestProbe) -> None:
    """Every object passed podgrade's policy and was created by the API server."""
    if not manifest.accepted:  # no assert: python -O would leave it out
        raise AssertionError
