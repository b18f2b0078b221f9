"""podgrade grades Kubernetes Pod manifests on a real cluster and says why."""

from podgrade.grading.checks import check, probe
from podgrade.model.failure import Failure, wrong
from podgrade.model.reason import Reason
from podgrade.model.text import Text, say

__all__ = ["Failure", "Reason", "Text", "check", "probe", "say", "wrong"]
__version__ = "0.1.0"
