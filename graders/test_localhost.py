"""Two servers of one Pod: one for everybody, the other for its neighbour alone."""

from podgrade import check

PAGES = "/usr/share/nginx/html/api"


@check(
    "Pod neighbours has the containers web and api",
    ko="파드 neighbours에 컨테이너 web과 api가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"web", "api"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "web answers on port 80 to everybody",
    ko="web이 80번 포트에서 모두에게 응답한다",
    points=1,
    needs=test_ready,
)
def test_web(curl):
    assert curl("/").status == 200


@check(
    "Inside the Pod api answers at localhost:8080",
    ko="파드 안에서는 api가 localhost:8080에서 응답한다",
    points=2,
    needs=test_ready,
    changes=True,
)
def test_api_inside(curl, exec, files, nonces):
    assert exec("api", "/bin/mkdir", "-p", PAGES).code == 0
    for nonce, neighbour in zip(nonces(2), ("web", "api"), strict=True):
        assert files.write("api", f"{PAGES}/{nonce}.txt", nonce).code == 0
        assert curl(f"/api/{nonce}.txt", port=8080, inside=neighbour).body == nonce


@check(
    "From outside the Pod port 8080 is refused",
    ko="파드 밖에서는 8080번 포트 연결이 거부된다",
    points=2,
    needs=(test_web, test_api_inside),
    changes=True,
)
def test_api_refused(curl):
    for _ in range(2):
        assert curl("/", port=8080, inside="web").status
        assert curl("/").status == 200
        assert curl.refused("/", port=8080)


@check(
    "web passes /api/ on to api",
    ko="web이 /api/ 요청을 api에 전달한다",
    points=2,
    needs=(test_web, test_api_inside),
    changes=True,
)
def test_web_passes(curl, files, logs, nonces):
    for nonce in nonces(2):
        assert files.write("api", f"{PAGES}/{nonce}.txt", nonce).code == 0
        assert curl(f"/api/{nonce}.txt").body == nonce
        assert nonce in logs("api", until=nonce)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_web, test_api_inside, test_api_refused, test_web_passes),
)
def test_stable(pod):
    assert pod.steady
