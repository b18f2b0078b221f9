"""What writer puts into the shared volume, reader can read, but not change."""

from podgrade import check


@check(
    "Pod pair has the containers writer and reader",
    ko="파드 pair에 컨테이너 writer와 reader가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"writer", "reader"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "A file written in writer is read in reader",
    ko="writer에서 쓴 파일을 reader에서 읽을 수 있다",
    points=4,
    needs=test_ready,
    changes=True,
)
def test_reader_reads(files, nonces):
    for nonce in nonces(2):
        written, read = f"/data-rw/{nonce}", f"/data-ro/{nonce}"
        assert files.write("writer", written, nonce).code == 0
        assert files.read("reader", read) == nonce
        assert files.identity("reader", read) == files.identity("writer", written)


@check(
    "reader cannot write there, the file system is read-only",
    ko="reader에서는 읽기 전용 파일 시스템이어서 쓸 수 없다",
    points=3,
    needs=test_reader_reads,
    changes=True,
)
def test_reader_cannot_write(files, nonces):
    for nonce in nonces(2):
        refused = files.write("reader", f"/data-ro/{nonce}", nonce)
        assert "Read-only file system" in refused.err
        assert files.write("writer", f"/data-rw/{nonce}", nonce).code == 0


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_reader_reads, test_reader_cannot_write),
)
def test_stable(pod):
    assert pod.steady
