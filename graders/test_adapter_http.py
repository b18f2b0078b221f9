"""An adapter answers over HTTP, as JSON, with what the app writes into its log file."""

from podgrade import check


@check(
    "Pod adapter-container-demo has the containers main-container and adapter-container",
    ko="파드 adapter-container-demo에 컨테이너 main-container와 adapter-container가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"main-container", "adapter-container"}


@check(
    "main-container runs the given command", ko="main-container가 주어진 명령을 실행한다", points=1
)
def test_main_container_is_the_given_one(manifest):
    assert manifest.keeps("containers[main-container].command")


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "/logs on port 3080 answers with JSON",
    ko="3080번 포트의 /logs가 JSON으로 응답한다",
    points=2,
    needs=test_ready,
)
def test_answers(curl):
    reply = curl("/logs", port=3080)
    assert reply.status == 200
    assert isinstance(reply.json, list)


@check(
    "Lines of the app's log file appear there, cut into time and message",
    ko="앱의 로그 파일에 있는 줄이 시각과 메시지로 나뉘어 응답에 나타난다",
    points=4,
    needs=test_answers,
    changes=True,
)
def test_lines_appear(files, curl, nonces):
    for time, message in zip(nonces(2), nonces(2), strict=True):
        line = f"{time}#{message}\n"
        assert files.append("main-container", "/var/log/file.log", line).code == 0
        reply = curl("/logs", port=3080)
        assert message in reply.body
        assert {"time": time, "message": message} in reply.json


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=test_lines_appear,
)
def test_stable(pod):
    assert pod.steady
