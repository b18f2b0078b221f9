"""Two containers of a Pod pass values through a POSIX message queue, and the Pod ends."""

from podgrade import check


def received(produced: str) -> str:
    """What a consumer prints that gets all of what was produced, in order."""
    lines = produced.splitlines(keepends=True)
    values = [line.replace("Produced", "Consumed") for line in lines if "Produced: " in line]
    return "".join([*values, "Consumed: done"])


@check(
    "Pod linux-message-queue has the containers producer and consumer",
    ko="파드 linux-message-queue에 컨테이너 producer와 consumer가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"producer", "consumer"}


@check(
    "The Pod ends, and both containers with exit code 0",
    ko="파드가 끝나고 두 컨테이너의 종료 코드가 모두 0이다",
    points=3,
    needs=test_containers,
)
def test_ends_well(pod):
    assert pod.succeeded
    assert pod.exit_code("producer") == 0
    assert pod.exit_code("consumer") == 0


@check(
    "consumer gets the 500 values in order, three times in a row",
    ko="consumer가 값 500개를 순서대로 받으며, 세 번 실행해도 그렇다",
    points=4,
    needs=test_ends_well,
    changes=True,
)
def test_values_arrive(logs, clone):
    produced = logs("producer")
    assert produced.count("Produced: ") == 500
    assert received(produced) in logs("consumer")
    for _ in range(2):
        twin = clone()
        assert twin.pod.succeeded
        assert received(twin.logs("producer")) in twin.logs("consumer")


@check(
    "While nothing is consumed, the queue is there, seen from the other container",
    ko="아무도 값을 꺼내지 않으면 큐가 남아 있고, 다른 컨테이너에서도 보인다",
    points=2,
    needs=test_ends_well,
    changes=True,
)
def test_queue_is_shared(clone):
    twin = clone(idle={"consumer"})
    assert "Produced: " in twin.logs("producer", until="Produced: ")
    assert "ch6_ipc" in twin.exec("consumer", "ls", "/dev/mqueue").out
