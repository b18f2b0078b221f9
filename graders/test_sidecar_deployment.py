"""A running Deployment gets a log sidecar; its own container stays as it is."""

from podgrade import check

LOGS = "/var/log/legacy"


@check(
    "The Pods of Deployment legacy have the containers app and log-sidecar",
    ko="디플로이먼트 legacy의 파드에 컨테이너 app과 log-sidecar가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "log-sidecar"}


@check(
    "app is as it was, but for its mount",
    ko="마운트 말고는 app이 그대로이다",
    points=2,
)
def test_app_is_as_it_was(manifest):
    mounts = [f"containers[app].volumeMounts[{path}]" for path in (LOGS, f"{LOGS}/")]
    assert manifest.keeps("containers[app]", but=mounts)


@check(
    "Both Pods of the Deployment show 2/2 Ready",
    ko="디플로이먼트의 파드 두 개가 모두 2/2 Ready 상태이다",
    points=2,
)
def test_ready(pods):
    assert pods.ready == "2/2"
    for one in pods:
        assert one.pod.ready == "2/2"


@check(
    "In both Pods, log-sidecar prints every request to its own Pod",
    ko="두 파드 모두에서 log-sidecar가 자기 파드에 온 요청을 모두 출력한다",
    points=2,
    needs=test_ready,
)
def test_prints_requests(pods, nonces):
    for one in pods:
        for nonce in nonces(2):
            assert one.curl(f"/{nonce}").body == "legacy\n"
            assert nonce in one.logs("log-sidecar", until=nonce)


@check(
    "Service legacy still sends to both Pods",
    ko="서비스 legacy가 여전히 두 파드로 요청을 보낸다",
    points=1,
    needs=test_ready,
)
def test_service(service):
    assert service("legacy").reaches(2)


@check(
    "A line added to a Pod's log file comes out of its log-sidecar",
    ko="파드의 로그 파일에 추가한 줄이 그 파드의 log-sidecar에서 나온다",
    points=1,
    needs=test_prints_requests,
    changes=True,
)
def test_prints_the_file(pods, nonces):
    for one in pods:
        for nonce in nonces(2):
            assert one.files.append("app", f"{LOGS}/access.log", f"{nonce}\n").code == 0
            assert nonce in one.logs("log-sidecar", until=nonce)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_prints_requests, test_prints_the_file),
)
def test_stable(pods):
    for one in pods:
        assert one.pod.steady
