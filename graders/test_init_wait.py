"""Two init containers hold the app back until the Services it needs are there."""

from podgrade import check

INITS = ("init-myservice", "init-mydb")


@check(
    "Pod myapp-pod has the two init containers and myapp-container",
    ko="파드 myapp-pod에 초기화 컨테이너 두 개와 myapp-container가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == set(INITS)
    assert pod.containers == {"myapp-container"}


@check(
    "Without the Services, init-myservice waits and nothing else starts",
    ko="서비스가 없으면 init-myservice가 기다리고 다른 것은 시작되지 않는다",
    points=2,
    needs=test_containers,
)
def test_waits_for_myservice(pod):
    # Longer than the 5 s below: no sleep of a fixed length passes both.
    assert pod.stays("Init:0/2", seconds=6)
    assert pod.started("init-myservice")
    assert not pod.started("init-mydb")


@check(
    "When myservice comes, init-myservice ends and init-mydb waits",
    ko="myservice가 생기면 init-myservice가 끝나고 init-mydb가 기다린다",
    points=2,
    needs=test_waits_for_myservice,
    changes=True,
)
def test_waits_for_mydb(pod, supply):
    supply("myservice")
    assert pod.stays("Init:1/2", seconds=6)
    assert not pod.started("myapp-container")


@check(
    "When mydb comes, the app starts",
    ko="mydb가 생기면 애플리케이션이 시작된다",
    points=2,
    needs=test_waits_for_mydb,
    changes=True,
)
def test_app_starts(pod, supply):
    supply("mydb")
    assert pod.ready == "1/1"


@check(
    "Where both Services are there already, nothing waits",
    ko="두 서비스가 이미 있으면 기다리지 않는다",
    points=2,
    needs=test_app_starts,
    changes=True,
)
def test_nothing_waits_without_need(clone):
    twin = clone()
    assert twin.pod.ready == "1/1"
    for init in INITS:
        assert twin.pod.took(init) <= 5


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=test_app_starts,
)
def test_stable(pod):
    assert pod.steady
