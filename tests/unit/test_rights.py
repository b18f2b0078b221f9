"""What is said where this account may not do what a run needs."""

from __future__ import annotations

import pytest

from podgrade.cluster.refusal import ApiRefusal
from podgrade.locale import in_language
from podgrade.workspace.rights import refused

LACKING = (
    'namespaces is forbidden: User "system:serviceaccount:class:mina" cannot create resource '
    '"namespaces" in API group "" at the cluster scope'
)


@pytest.mark.parametrize(
    ("language", "what"),
    [("en", "may not create namespaces"), ("ko", "namespaces 리소스의 create 권한이 없습니다")],
)
def test_a_right_that_is_lacking_is_named_with_what_to_do(language: str, what: str) -> None:
    told = in_language(refused(ApiRefusal(403, "Forbidden", LACKING)), language)
    assert what in told
    assert "`podgrade doctor`" in told
    assert "`podgrade cluster up`" in told


@pytest.mark.parametrize("refusal", [(403, "exceeded quota: pods"), (409, "it is there already")])
def test_another_refusal_is_told_as_it_came(refusal: tuple[int, str]) -> None:
    status, message = refusal
    told = in_language(refused(ApiRefusal(status, "", message)), "en")
    assert told == f"the API server says: {message}"
