"""nginx writes its access log into a shared volume; a sidecar prints it."""

from podgrade import check


@check(
    "Pod nginx-sidecar has the containers nginx and log-sidecar",
    ko="파드 nginx-sidecar에 컨테이너 nginx와 log-sidecar가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"nginx", "log-sidecar"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=2)
def test_ready(pod):
    assert pod.ready == "2/2"


@check("nginx answers", ko="nginx가 응답한다", points=1, needs=test_ready)
def test_answers(curl):
    assert curl("/").status == 200


@check(
    "Every request appears in the sidecar's log",
    ko="모든 요청이 사이드카의 로그에 나타난다",
    points=3,
    needs=test_answers,
)
def test_sidecar_prints_requests(curl, logs, nonces):
    # The page exists: a request for a missing one would stand in nginx's error log, too.
    requests = nonces(2)
    for nonce in requests:
        curl(f"/?{nonce}")
    for nonce in requests:
        assert nonce in logs("log-sidecar", until=nonce)


@check(
    "A line added to nginx's log file comes out of the sidecar",
    ko="nginx의 로그 파일에 추가한 줄이 사이드카의 로그에 나타난다",
    points=1,
    needs=test_sidecar_prints_requests,
    changes=True,
)
def test_sidecar_prints_the_file(exec, logs, nonces):
    lines = nonces(2)
    for nonce in lines:
        assert exec("nginx", "sh", "-c", f"echo {nonce} >> /var/log/nginx/access.log").code == 0
    for nonce in lines:
        assert nonce in logs("log-sidecar", until=nonce)


@check(
    "A page put into nginx's folder is served",
    ko="nginx의 웹 페이지 디렉터리에 넣은 파일이 제공된다",
    points=1,
    needs=test_answers,
    changes=True,
)
def test_serves_pages(curl, exec, nonces):
    for nonce in nonces(2):
        page = f"/usr/share/nginx/html/{nonce}.txt"
        assert exec("nginx", "sh", "-c", f"echo {nonce} > {page}").code == 0
        assert curl(f"/{nonce}.txt").body == f"{nonce}\n"


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_sidecar_prints_requests, test_sidecar_prints_the_file, test_serves_pages),
)
def test_stable(pod):
    assert pod.steady
