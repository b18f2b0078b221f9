"""httpd writes its two logs into files; each is printed by a sidecar of its own."""

from podgrade import check

# httpd refuses names with .ht at their beginning, and says so in its error log (AH01630); a page
# that is not there stands in the access log only.
REFUSED = "client denied by server configuration: /usr/local/apache2/htdocs/.ht"


@check(
    "Pod apache-sidecar has the containers apache, access-sidecar and error-sidecar",
    ko="파드 apache-sidecar에 컨테이너 apache, access-sidecar, error-sidecar가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"apache", "access-sidecar", "error-sidecar"}


@check("The Pod shows 3/3 Ready", ko="파드가 3/3 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "3/3"


@check("apache answers", ko="apache가 응답한다", points=1, needs=test_ready)
def test_answers(curl):
    assert curl("/").status == 200


@check(
    "Every request appears in the log of access-sidecar",
    ko="모든 요청이 access-sidecar의 로그에 나타난다",
    points=2,
    needs=test_answers,
)
def test_access_sidecar_prints_requests(curl, logs, nonces):
    requests = nonces(2)
    for nonce in requests:
        curl(f"/?{nonce}")
    for nonce in requests:
        assert f"GET /?{nonce}" in logs("access-sidecar", until=f"GET /?{nonce}")


@check(
    "Every refused request appears as an error in the log of error-sidecar",
    ko="거부된 요청이 모두 error-sidecar의 로그에 오류로 나타난다",
    points=2,
    needs=test_answers,
)
def test_error_sidecar_prints_errors(curl, logs, nonces):
    requests = nonces(2)
    for nonce in requests:
        assert curl(f"/.ht{nonce}").status == 403
    for nonce in requests:
        assert f"{REFUSED}{nonce}" in logs("error-sidecar", until=f"{REFUSED}{nonce}")


@check(
    "Neither sidecar prints the log of the other",
    ko="어느 사이드카도 다른 사이드카의 로그를 출력하지 않는다",
    points=1,
    needs=(test_access_sidecar_prints_requests, test_error_sidecar_prints_errors),
)
def test_each_prints_its_own_log(curl, logs, nonces):
    for served, refused in zip(nonces(2), nonces(2), strict=True):
        curl(f"/?{served}")
        curl(f"/.ht{refused}")
        assert REFUSED not in logs("access-sidecar", until=f"GET /.ht{refused}")
        assert served not in logs("error-sidecar", until=f"{REFUSED}{refused}")


@check(
    "A page put into apache's folder is served, and the request appears",
    ko="apache의 웹 페이지 디렉터리에 넣은 파일이 제공되고, 그 요청도 로그에 나타난다",
    points=1,
    needs=test_access_sidecar_prints_requests,
    changes=True,
)
def test_serves_pages(curl, files, logs, nonces):
    pages = nonces(2)
    for nonce in pages:
        assert files.write("apache", f"/usr/local/apache2/htdocs/{nonce}.txt", nonce).code == 0
        assert curl(f"/{nonce}.txt").body == nonce
    for nonce in pages:
        assert f"GET /{nonce}" in logs("access-sidecar", until=f"GET /{nonce}")


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(
        test_access_sidecar_prints_requests,
        test_error_sidecar_prints_errors,
        test_each_prints_its_own_log,
        test_serves_pages,
    ),
)
def test_stable(pod):
    assert pod.steady
