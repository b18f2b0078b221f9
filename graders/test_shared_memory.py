"""Two containers share a volume in memory, whose size the Pod says."""

from podgrade import check


@check(
    "Pod shm has the containers producer and consumer",
    ko="파드 shm에 컨테이너 producer와 consumer가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"producer", "consumer"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "What producer writes to /dev/shm is there in consumer",
    ko="producer가 /dev/shm에 쓴 파일이 consumer에 있다",
    points=2,
    needs=test_ready,
    changes=True,
)
def test_shared(files, nonces):
    for nonce in nonces(2):
        path = f"/dev/shm/{nonce}"
        assert files.write("producer", path, nonce).code == 0
        assert files.read("consumer", path) == nonce
        assert files.identity("consumer", path) == files.identity("producer", path)


@check("/dev/shm is kept in memory", ko="/dev/shm이 메모리에 있다", points=2, needs=test_ready)
def test_in_memory(files):
    for container in ("producer", "consumer"):
        assert files.filesystem(container, "/dev/shm").type == "tmpfs"


# Containers of a Pod often share a /dev/shm of the runtime's: the size tells that it is theirs.
@check(
    "/dev/shm is the Pod's own volume and holds 32 MiB",
    ko="/dev/shm이 파드의 볼륨이고 크기가 32MiB이다",
    points=3,
    needs=test_in_memory,
)
def test_size(files):
    for container in ("producer", "consumer"):
        assert files.filesystem(container, "/dev/shm").size == "32Mi"


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_shared, test_in_memory, test_size),
)
def test_stable(pod):
    assert pod.steady
