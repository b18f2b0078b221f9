"""When a Pod has given up: what tries again is told at once, whoever it is."""

from __future__ import annotations

from typing import Any

from podgrade.probes import given_up


def pod(phase: str = "Pending", restarts: int = 0, **spec: Any) -> dict[str, Any]:
    status = {
        "phase": phase,
        "initContainerStatuses": [{"name": "check", "restartCount": restarts}],
    }
    return {"metadata": {"name": "strict"}, "spec": spec, "status": status}


def decided(*pods: list[dict[str, Any]]) -> Any:
    return given_up._decided(list(pods))


def test_nothing_is_known_of_a_pod_that_has_not_ended() -> None:
    assert decided() is None
    assert decided([pod(), pod()]) is None


def test_a_pod_that_failed_has_given_up_even_if_it_is_gone_by_now() -> None:
    failed = pod("Failed")
    assert decided([pod(), failed, pod()]) == given_up._End(failed)


def test_a_restart_in_any_version_is_told() -> None:
    reason = decided([pod(), pod(restarts=1, restartPolicy="OnFailure"), pod("Failed")]).again
    assert reason.code == "tried-again"
    assert str(reason.why).endswith("the Pod's `restartPolicy` is OnFailure")


def test_a_pod_in_place_of_the_failed_one_is_told() -> None:
    assert decided([pod("Failed")], [pod()]).again.code == "replaced"


def test_only_a_job_may_make_another() -> None:
    owned = pod("Failed") | {"metadata": {"name": "x", "ownerReferences": [{"kind": "Job"}]}}
    assert given_up._of_a_job(owned)
    assert not given_up._of_a_job(pod("Failed"))
