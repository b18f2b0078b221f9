"""An init container checks once; if what is needed is not there, the Pod fails for good."""

from podgrade import check


@check(
    "The init container check and the container app are there",
    ko="초기화 컨테이너 check와 컨테이너 app이 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"check"}
    assert pod.containers == {"app"}


@check(
    "check ends with an error while the gate answers 503",
    ko="gate가 503으로 응답하는 동안 check는 오류로 끝난다",
    points=2,
)
def test_check_fails(pod, setup):
    assert setup("gate").curl("/").status == 503
    assert pod.exit_code("check") != 0


@check(
    "The Pod fails, and nothing tries again",
    ko="파드가 실패하고 다시 시도되지 않는다",
    points=3,
    needs=test_check_fails,
)
def test_gives_up(pod):
    assert pod.given_up


@check(
    "app was never started",
    ko="app은 한 번도 시작되지 않았다",
    points=1,
    needs=test_gives_up,
)
def test_app_never_started(pod):
    assert not pod.started("app")


@check(
    "A copy made after the gate opened is 1/1 Ready",
    ko="gate가 열린 뒤에 복제한 파드는 1/1 Ready 상태이다",
    points=3,
    needs=(test_containers, test_gives_up),
    changes=True,
)
def test_copy(clone, setup):
    gate = setup("gate")
    assert gate.exec("gate", "touch", "/tmp/open").code == 0
    assert gate.curl("/").status == 200
    assert clone().pod.ready == "1/1"
