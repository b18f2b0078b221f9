"""Commands in sentences, said for the namespace in which a submission is graded in place."""

from __future__ import annotations

import pytest

from podgrade.locale import in_language
from podgrade.locale.commands import in_namespace, reason_in_namespace
from podgrade.model.reason import Reason
from podgrade.model.text import Text, say

LOOK = say("look at `kubectl describe pod {pod}`", pod="web")


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("kubectl logs web -c app --previous", "kubectl -n mine logs web -c app --previous"),
        ("kubectl get pod", "kubectl -n mine get pod"),
        ("kubectl exec web -c app -- sort -n /x", "kubectl -n mine exec web -c app -- sort -n /x"),
        ("kubectl apply -n other -f FILE", "kubectl apply -n other -f FILE"),
        ("kubectl get pods --all-namespaces", "kubectl get pods --all-namespaces"),
        ("kubectl explain pod.spec.restartPolicy", "kubectl explain pod.spec.restartPolicy"),
        ("kubectl get nodes --show-labels", "kubectl get nodes --show-labels"),
        ("kubectl get storageclass", "kubectl get storageclass"),
        ("kubectl describe pvc data", "kubectl -n mine describe pvc data"),
        ("podgrade start sidecar", "podgrade start sidecar"),
    ],
)
def test_a_command_names_the_namespace_where_it_needs_one(command: str, named: str) -> None:
    words = Text(en=f"Try `{command}`", ko=f"`{command}` 명령을 실행해 보세요")
    told = in_namespace(words, "mine")
    assert in_language(told, "en") == f"Try `{named}`"
    assert in_language(told, "ko") == f"`{named}` 명령을 실행해 보세요"


def test_each_command_of_a_sentence_names_it() -> None:
    words = say("Compare `{a}` with `{b}`", a="kubectl get pods", b="kubectl get svc")
    told = in_language(in_namespace(words, "mine"), "en")
    assert told == "Compare `kubectl -n mine get pods` with `kubectl -n mine get svc`"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_sentence_of_podgrades_own_is_said_so_in_both_languages(language: str) -> None:
    told = reason_in_namespace(Reason("crash-loop", look=LOOK), "mine")
    assert told is not None
    assert told.look is not None
    assert "`kubectl -n mine describe pod web`" in in_language(told.look, language)


def test_what_has_no_command_stays_a_template_and_nothing_is_added_elsewhere() -> None:
    plain = say("Check `ports:` of Service {name}", name="web")
    assert in_namespace(plain, "mine") is plain
    reason = Reason("crash-loop", look=LOOK)
    assert reason_in_namespace(reason, "") is reason
