"""What a Pod that runs nowhere can be asked: its state, its log, its lives."""

from podgrade import check


@check(
    "Pod simulated has the containers app and log",
    ko="파드 simulated에 컨테이너 app과 log가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "log"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=2)
def test_ready(pod):
    assert pod.ready == "2/2"


@check("The log says that it is up", ko="로그에 시작되었다고 나온다", points=2, needs=test_ready)
def test_log(logs):
    assert "up" in logs("log", until="up")


@check("No container has restarted", ko="재시작된 컨테이너가 없다", points=1, needs=test_ready)
def test_restarts(pod):
    assert pod.restarts("app") == 0


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_log, test_restarts),
)
def test_stable(pod):
    assert pod.steady
