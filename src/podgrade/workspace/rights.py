"""What is said where this account may not do what a run needs."""

from __future__ import annotations

import re

from podgrade.cluster.refusal import ApiRefusal
from podgrade.model.text import Words, say

# k8s.io/apiserver/pkg/endpoints/handlers/responsewriters: the sentence of every refusal by RBAC.
_LACKING = re.compile(r'cannot (?P<verb>\w+) resource "(?P<what>[^"]+)"')


def refused(refusal: ApiRefusal) -> Words:
    """Why the API server refused it; for a right that is lacking, which and what to do."""
    lacking = _LACKING.search(refusal.message) if refusal.status == 403 else None
    if lacking is None:
        return refusal.words
    return say(
        "this account may not {verb} {what}. Ask the cluster's owner for the rights that `podgrade "
        "doctor` names, or use a cluster of your own (`podgrade cluster up`)",
        **lacking.groupdict(),
    )
