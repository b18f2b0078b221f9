"""What runs again, and what does not: after an ending, another image, another Pod."""

from podgrade import check


@check(
    "Pod steady has the containers app and helper, and the init container prepare",
    ko="파드 steady에 컨테이너 app과 helper, 초기화 컨테이너 prepare가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "helper"}
    assert pod.init_containers == {"prepare"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "prepare has made /site/pages and left a line in /site/runs",
    ko="prepare가 /site/pages를 만들고 /site/runs에 한 줄을 남겼다",
    points=1,
    needs=(test_containers, test_ready),
    changes=True,
)
def test_prepared(files, nonces):
    assert files.read("app", "/site/runs") != ""
    for nonce in nonces(2):
        assert files.write("app", f"/site/pages/{nonce}", nonce).code == 0
        assert files.read("app", f"/site/pages/{nonce}") == nonce


@check(
    "When nginx ends, only app is started again",
    ko="nginx가 끝나면 app만 다시 시작된다",
    points=2,
    needs=test_prepared,
    changes=True,
)
def test_ending(crash, files):
    runs = files.read("app", "/site/runs")
    assert crash("app", "nginx", "-s", "stop").restarted == {"app"}
    assert files.read("app", "/site/runs") == runs


@check(
    "In a new Pod prepare runs again, and the pages are still there",
    ko="파드가 새로 만들어지면 prepare가 다시 실행되고, 페이지는 그대로 남아 있다",
    points=3,
    needs=test_prepared,
    changes=True,
)
def test_new_pod(pod, files, nonces):
    pod.replace()  # from here on nothing matters that was before
    runs, pages = files.read("app", "/site/runs"), nonces(2)
    for nonce in pages:
        assert files.write("app", f"/site/pages/{nonce}", nonce).code == 0
    assert pod.replace().restarted == {"prepare", "app", "helper"}
    assert files.read("app", "/site/runs") != runs
    for nonce in pages:
        assert files.read("app", f"/site/pages/{nonce}") == nonce


@check(
    "Another image for app starts only app anew, another one for prepare nothing",
    ko="app의 이미지를 바꾸면 app만, prepare의 이미지를 바꾸면 아무것도 다시 시작되지 않는다",
    points=2,
    needs=test_ending,
    changes=True,
)
def test_other_images(pod):
    other = "nginx:1.28" if pod.image("app") == "nginx:1.27" else "nginx:1.27"
    assert pod.set_image("prepare", "busybox:1.28").restarted == set()
    assert pod.set_image("app", other).restarted == {"app"}
