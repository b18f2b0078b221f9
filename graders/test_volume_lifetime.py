"""A restarted container keeps both folders; a new Pod keeps only what is on the claim."""

from podgrade import check


@check(
    "Pod keeper has the container app",
    ko="파드 keeper에 컨테이너 app이 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app"}


@check(
    "The claim data asks for 100Mi, ReadWriteOnce, and is bound",
    ko="퍼시스턴트볼륨클레임 data가 100Mi를 ReadWriteOnce로 요청하고 바인딩되었다",
    points=2,
)
def test_claim(claim):
    assert claim("data").access_modes == {"ReadWriteOnce"}
    assert claim("data").asks_for("100Mi")
    assert claim("data").bound


@check("The Pod shows 1/1 Ready", ko="파드가 1/1 Ready 상태이다", points=1, needs=test_claim)
def test_ready(pod):
    assert pod.ready == "1/1"


@check(
    "Files in /cache and /data outlive a restart of the container",
    ko="컨테이너가 재시작되어도 /cache와 /data의 파일이 남아 있다",
    points=3,
    needs=(test_containers, test_ready),
    changes=True,
)
def test_restart_keeps_both(files, crash, nonces):
    cached, stored = nonces(2)
    assert files.write("app", "/cache/restart", cached).code == 0
    assert files.write("app", "/data/restart", stored).code == 0
    assert crash("app", "nginx", "-s", "stop").restarted == {"app"}
    assert files.read("app", "/cache/restart") == cached
    assert files.read("app", "/data/restart") == stored


@check(
    "A new Pod has the files of /data, and an empty /cache",
    ko="파드가 새로 만들어지면 /data의 파일은 남아 있고 /cache는 비어 있다",
    points=3,
    needs=test_restart_keeps_both,
    changes=True,
)
def test_replacement_keeps_only_data(pod, files, nonces):
    for nonce in nonces(2):
        assert files.write("app", f"/cache/{nonce}", nonce).code == 0
        assert files.write("app", f"/data/{nonce}", nonce).code == 0
        pod.replace()
        assert files.read("app", f"/data/{nonce}") == nonce
        assert files.read("app", f"/cache/{nonce}") == ""
