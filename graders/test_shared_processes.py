"""A container sees another's processes and makes nginx reload its configuration."""

from podgrade import check


@check(
    "Pod watched has the containers app and watcher",
    ko="파드 watched에 컨테이너 app과 watcher가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "watcher"}


@check("app runs the image's own command", ko="app이 이미지의 명령을 그대로 실행한다", points=1)
def test_app_is_the_given_one(manifest):
    assert manifest.keeps("containers[app].command")


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "watcher sees the processes of app",
    ko="watcher에서 app의 프로세스가 보인다",
    points=2,
    needs=test_ready,
)
def test_sees_processes(processes):
    assert processes("watcher").namespace == processes("app").namespace


@check(
    "nginx reloads when /signal/reload is written",
    ko="/signal/reload를 쓰면 nginx가 설정을 다시 읽는다",
    points=4,
    needs=test_sees_processes,
    changes=True,
)
def test_reloads(files, curl, processes, nonces):
    for port, nonce in zip((8081, 8082), nonces(2), strict=True):
        before = processes("watcher")
        server = f"server {{ listen {port}; return 200 {nonce}; }}"
        assert files.write("app", f"/etc/nginx/conf.d/{nonce}.conf", server).code == 0
        assert files.write("watcher", "/signal/reload", nonce).code == 0
        assert curl("/", port=port).body == nonce
        after = processes("watcher")
        assert after.pids("nginx: master") == before.pids("nginx: master")
        assert after.pids("nginx: worker") != before.pids("nginx: worker")


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=test_reloads,
)
def test_stable(pod):
    assert pod.steady
