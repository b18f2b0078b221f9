"""A Service sends to the app as long as the app says that it is ready."""

from podgrade import check


@check(
    "Pod app-pod has the containers app and helper",
    ko="파드 app-pod에 컨테이너 app과 helper가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "helper"}


@check("The Pod shows STATUS Running", ko="파드가 Running 상태이다", points=1)
def test_runs(pod):
    assert pod.reaches("Running")


@check(
    "With /tmp/ready in app, Service app sends to the Pod",
    ko="app에 /tmp/ready 파일이 있으면 서비스 app이 이 파드로 보낸다",
    points=3,
    needs=test_runs,
    changes=True,
)
def test_in(files, service):
    assert files.write("app", "/tmp/ready", "").code == 0
    assert service("app").reaches(1)


@check(
    "The app answers at app:8020",
    ko="app이 app:8020에서 응답한다",
    points=2,
    needs=test_in,
    changes=True,
)
def test_answers(curl, files, nonces):
    for nonce in nonces(2):
        assert files.write("app", f"/www/{nonce}.txt", nonce).code == 0
        assert curl(f"/{nonce}.txt", service="app", port=8020).body == nonce


@check(
    "Without /tmp/ready the Service does not send to it any more",
    ko="/tmp/ready 파일이 없어지면 서비스가 더 이상 이 파드로 보내지 않는다",
    points=2,
    needs=test_in,
    changes=True,
)
def test_out(exec, files, service):
    assert exec("app", "/bin/rm", "/tmp/ready").code == 0
    assert service("app").reaches(0)
    assert files.write("app", "/tmp/ready", "").code == 0
    assert service("app").reaches(1)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_in, test_answers, test_out),
)
def test_stable(pod):
    assert pod.steady
