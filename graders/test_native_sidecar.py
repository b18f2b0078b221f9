"""A Job's log sidecar starts before the work, prints its log, and does not outlive it."""

from podgrade import check


@check(
    "The Pod of Job batch has the containers worker and log-sidecar",
    ko="잡 batch의 파드에 컨테이너 worker와 log-sidecar가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"worker", "log-sidecar"}


@check("worker runs the given command", ko="worker가 주어진 명령을 실행한다", points=1)
def test_worker_is_the_given_one(manifest):
    assert manifest.keeps("containers[worker].command")


@check(
    "log-sidecar starts before worker",
    ko="log-sidecar가 worker보다 먼저 시작한다",
    points=2,
    needs=test_containers,
)
def test_starts_first(pod):
    assert pod.starts_before("log-sidecar", "worker")


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "What worker logs comes out of log-sidecar",
    ko="worker가 쓴 로그가 log-sidecar에서 나온다",
    points=2,
    needs=test_ready,
    changes=True,
)
def test_prints_the_log(files, logs, nonces):
    orders = nonces(2)
    assert files.write("worker", "/work/orders", "".join(f"{one}\n" for one in orders)).code == 0
    for order in orders:
        assert f"packed {order}" in logs("log-sidecar", until=f"packed {order}")


@check(
    "The Job is complete when worker has ended",
    ko="worker가 끝나면 잡이 완료된다",
    points=3,
    needs=test_prints_the_log,
    changes=True,
)
def test_complete(job):
    assert job.complete
