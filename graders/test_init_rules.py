"""An init container has no probes and hooks, and ends; the rest of the Pod stays as it is."""

from podgrade import check

REPAIRED = [
    f"initContainers[prepare].{field}"
    for field in ("command", "readinessProbe", "livenessProbe", "startupProbe", "lifecycle")
]


@check(
    "Pod rules has the init container prepare and the container app",
    ko="파드 rules에 초기화 컨테이너 prepare와 컨테이너 app이 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"prepare"}
    assert pod.containers == {"app"}


@check("The Pod shows 1/1 Ready", ko="파드가 1/1 Ready 상태이다", points=2)
def test_ready(pod):
    assert pod.ready == "1/1"


@check(
    "prepare ends before app starts",
    ko="app이 시작하기 전에 prepare가 끝난다",
    points=1,
    needs=test_ready,
)
def test_prepare_ends(pod):
    assert pod.ends_before("prepare", "app")


@check(
    "app serves the page that prepare wrote",
    ko="prepare가 쓴 페이지를 app이 제공한다",
    points=2,
    needs=test_ready,
)
def test_serves(curl):
    assert curl("/").body == "rules\n"


@check("Nothing else was changed", ko="그 밖에는 바뀐 것이 없다", points=3)
def test_only_the_repair(manifest):
    assert manifest.keeps(but=REPAIRED)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_prepare_ends, test_serves),
)
def test_stable(pod):
    assert pod.steady
