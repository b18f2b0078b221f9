"""An app asks localhost only; an ambassador passes its requests on to a Service."""

from podgrade import check


@check(
    "Pod shop has the containers app and ambassador",
    ko="파드 shop에 컨테이너 app과 ambassador가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "ambassador"}


@check("app runs the given command", ko="app이 주어진 명령을 실행한다", points=1)
def test_app_is_the_given_one(manifest):
    assert manifest.keeps("containers[app].command")


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "Requests to localhost:9000 reach the backend, and its answers come back",
    ko="localhost:9000으로 보낸 요청이 백엔드에 전달되고 응답이 돌아온다",
    points=3,
    needs=test_ready,
)
def test_passes_requests_on(curl, setup, material, nonces):
    for nonce in nonces(2):
        reply = curl(f"/{nonce}", port=9000, inside="app")
        assert f"{material['TOKEN']} /{nonce}" in reply.body
        assert nonce in setup("backend").logs("web", until=nonce)


@check(
    "While the backend is away, requests fail",
    ko="백엔드가 없는 동안에는 요청이 실패한다",
    points=1,
    needs=test_passes_requests_on,
    changes=True,
)
def test_fails_without_the_backend(exec, setup):
    setup("backend").scale(0)
    request = ("wget", "-q", "-O", "-", "http://127.0.0.1:9000/")
    assert exec("app", "timeout", "5", *request).code != 0


@check(
    "Requests reach the backend's new Pod",
    ko="백엔드의 새 파드에 요청이 전달된다",
    points=2,
    needs=test_passes_requests_on,
    changes=True,
)
def test_finds_the_new_backend(curl, setup):
    backend = setup("backend")
    backend.scale(0)
    backend.scale(1)
    new = backend.pod.name
    assert new in curl("/", port=9000, inside="app", until=new).body


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_passes_requests_on, test_fails_without_the_backend, test_finds_the_new_backend),
)
def test_stable(pod):
    assert pod.steady
