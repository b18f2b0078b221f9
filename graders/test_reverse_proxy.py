"""nginx serves the files of a volume, and passes the rest on to an app that it hides."""

from podgrade import check


@check(
    "Pod front has the containers nginx and app, and app has no command of its own",
    ko="파드 front에 컨테이너 nginx와 app이 있고, app에는 따로 지정한 명령이 없다",
    points=1,
)
def test_containers(pod, manifest):
    assert pod.containers == {"nginx", "app"}
    assert manifest.keeps("containers[app].command")


@check(
    "The Pod shows 2/2 Ready and answers on port 80",
    ko="파드가 2/2 Ready 상태이고 80번 포트에서 응답한다",
    points=1,
)
def test_ready(pod, curl):
    assert pod.ready == "2/2"
    assert curl("/").status


@check(
    "nginx serves the files that app puts into the volume",
    ko="app이 볼륨에 넣은 파일을 nginx가 제공한다",
    points=1,
    needs=test_ready,
    changes=True,
)
def test_pages(curl, files, nonces):
    for nonce in nonces(2):
        assert files.write("app", f"/pages/{nonce}.txt", nonce).code == 0
        assert curl(f"/{nonce}.txt").body == nonce


@check(
    "nginx passes /api/ on to app, with the whole path",
    ko="nginx가 /api/ 요청을 경로 그대로 app에 전달한다",
    points=2,
    needs=test_ready,
    changes=True,
)
def test_api(curl, logs, nonces):
    for nonce in nonces(2):
        reply = curl(f"/api/{nonce}?q={nonce}")
        assert reply.status == 200
        assert f"path: /api/{nonce}?q={nonce}\n" in reply.body
        assert nonce in logs("app", until=nonce)


@check(
    "app learns which host was asked for, and by whom",
    ko="app이 요청받은 호스트와 요청한 곳의 주소를 알 수 있다",
    points=2,
    needs=test_api,
    changes=True,
)
def test_headers(curl, nonces, setup):
    visitor = setup("podgrade-mirror").curl("/").body
    for nonce in nonces(2):
        seen = curl(f"/api/{nonce}", headers={"Host": f"{nonce}.example"}).body
        assert f"host: {nonce}.example\n" in seen
        assert f"x-forwarded-for: {visitor}\n" in seen


@check(
    "From outside the Pod port 8080 is refused",
    ko="파드 밖에서는 8080번 포트 연결이 거부된다",
    points=1,
    needs=test_ready,
    changes=True,
)
def test_app_refused(curl):
    for _ in range(2):
        assert curl("/", port=8080, inside="app").status
        assert curl("/").status
        assert curl.refused("/", port=8080)


@check(
    "Service front leads to nginx",
    ko="서비스 front로 nginx에 접속된다",
    points=1,
    needs=test_pages,
    changes=True,
)
def test_service(curl, files, nonces):
    for nonce in nonces(2):
        assert files.write("app", f"/pages/{nonce}.txt", nonce).code == 0
        assert curl(f"/{nonce}.txt", service="front").body == nonce


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_pages, test_headers, test_app_refused, test_service),
)
def test_stable(pod):
    assert pod.steady
