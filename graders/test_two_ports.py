"""One Service with two named ports, each to another container of the same Pod."""

from podgrade import check


@check(
    "Pod duo has the containers page and stats",
    ko="파드 duo에 컨테이너 page와 stats가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"page", "stats"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "The Service's port page leads to container page",
    ko="서비스의 page 포트로 컨테이너 page에 접속된다",
    points=2,
    needs=test_ready,
    changes=True,
)
def test_page(curl, files, nonces):
    for nonce in nonces(2):
        assert files.write("page", f"/usr/share/nginx/html/{nonce}.txt", nonce).code == 0
        assert curl(f"/{nonce}.txt", service="duo", port="page").body == nonce


@check(
    "The Service's port stats leads to container stats",
    ko="서비스의 stats 포트로 컨테이너 stats에 접속된다",
    points=3,
    needs=test_ready,
    changes=True,
)
def test_stats(curl, files, nonces):
    for nonce in nonces(2):
        assert files.write("stats", f"/www/{nonce}.txt", nonce).code == 0
        assert curl(f"/{nonce}.txt", service="duo", port="stats").body == nonce


@check(
    "The Service names the containers' ports",
    ko="서비스가 컨테이너의 포트를 이름으로 가리킨다",
    points=2,
    needs=test_ready,
)
def test_by_name(service):
    assert service("duo").target_port("page") == "page-port"
    assert service("duo").target_port("stats") == "stats-port"


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_page, test_stats, test_by_name),
)
def test_stable(pod):
    assert pod.steady
