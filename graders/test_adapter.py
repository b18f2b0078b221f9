"""The app writes dates with the day first; an adapter prints them with the year first."""

from podgrade import check

FILE = "/var/log/ts.log"
WRITTEN, PRINTED = "%d/%m/%YT%H:%M:%S", "%Y/%m/%dT%H:%M:%S"


@check(
    "Pod ents has the containers ents and log-adapter",
    ko="파드 ents에 컨테이너 ents와 log-adapter가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"ents", "log-adapter"}


@check("ents runs the given command", ko="ents가 주어진 명령을 실행한다", points=1)
def test_app_is_the_given_one(manifest):
    assert manifest.keeps("containers[ents].command")


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "Lines of the file come out with the year first",
    ko="파일의 줄이 연도가 먼저 오는 형식으로 나온다",
    points=5,
    needs=test_ready,
    changes=True,
)
def test_adapter_converts(files, logs, nonces):
    times = nonces.moments(2)
    lines = "".join(time.strftime(f"{WRITTEN}\n") for time in times)
    assert files.append("ents", FILE, lines).code == 0
    for time in times:
        printed = time.strftime(PRINTED)
        assert printed in logs("log-adapter", until=printed)


@check(
    "The file itself stays as it was written",
    ko="파일의 내용은 쓴 그대로 남아 있다",
    points=1,
    needs=test_adapter_converts,
    changes=True,
)
def test_file_stays(files, logs, nonces):
    for time in nonces.moments(2):
        line, printed = time.strftime(WRITTEN), time.strftime(PRINTED)
        assert files.append("ents", FILE, f"{line}\n").code == 0
        assert printed in logs("log-adapter", until=printed)
        assert line in files.read("ents", FILE)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_adapter_converts, test_file_stays),
)
def test_stable(pod):
    assert pod.steady
