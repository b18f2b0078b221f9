"""An init container fails, and is restarted by Kubernetes, until what it asks for is there."""

from podgrade import check


@check(
    "Pod patient has the init container check and the container app",
    ko="파드 patient에 초기화 컨테이너 check와 컨테이너 app이 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"check"}
    assert pod.containers == {"app"}


@check(
    "Without gate, check fails and is restarted, and app does not start",
    ko="gate가 없으면 check가 실패하여 재시작되고 app은 시작되지 않는다",
    points=3,
    needs=test_containers,
)
def test_fails_without_gate(pod):
    assert pod.restarts("check", at_least=2) >= 2
    assert pod.exit_code("check") != 0
    assert not pod.started("app")


@check(
    "When gate comes, the next try succeeds and the Pod is Ready",
    ko="gate가 생기면 다음 시도가 성공하고 파드가 Ready 상태가 된다",
    points=4,
    needs=test_fails_without_gate,
    changes=True,
)
def test_passes_with_gate(pod, setup, supply):
    supply("gate")
    assert pod.ready == "1/1"
    assert "GET / " in setup("podgrade-gate").logs("web", until="GET / ")


@check(
    "Where gate is there already, the first try succeeds",
    ko="gate가 이미 있으면 첫 시도가 성공한다",
    points=1,
    needs=test_passes_with_gate,
    changes=True,
)
def test_passes_at_once(clone):
    twin = clone()
    assert twin.pod.ready == "1/1"
    assert twin.pod.restarts("check") == 0


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=test_passes_with_gate,
)
def test_stable(pod):
    assert pod.steady
