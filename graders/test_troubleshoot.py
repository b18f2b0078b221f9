"""A Pod that was right until faults were put into it: they are mended, and the rest is left."""

from podgrade import check

LOG = "access.log"


@check(
    "Pod shop has the init container prepare and the containers web and log-sidecar",
    ko="파드 shop에 초기화 컨테이너 prepare와 컨테이너 web, log-sidecar가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"prepare"}
    assert pod.containers == {"web", "log-sidecar"}


@check("All three faults are mended", ko="결함 세 가지를 모두 고쳤다", points=2)
def test_faults(faults):
    assert faults.gone


@check("Nothing else was changed", ko="그 밖에는 바뀐 것이 없다", points=1)
def test_only_the_faults(faults):
    assert faults.rest_kept


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "web serves the page that prepare wrote",
    ko="prepare가 쓴 페이지를 web이 제공한다",
    points=1,
    needs=test_ready,
)
def test_page(curl, material):
    assert curl("/").body == f"{material['MOTTO']}\n"


@check("Service shop leads to web", ko="서비스 shop으로 web에 접속된다", points=1, needs=test_ready)
def test_service(curl, service):
    assert service("shop").reaches(1)
    assert curl("/", service="shop").body == curl("/").body


@check(
    "log-sidecar has web's log file before it",
    ko="log-sidecar에서 web의 로그 파일이 보인다",
    points=1,
    needs=test_ready,
)
def test_log_is_shared(files):
    shared = files.identity("log-sidecar", f"/logs/{LOG}")
    assert shared == files.identity("web", f"/var/log/nginx/{LOG}")


@check(
    "log-sidecar prints what is in it, and what is added",
    ko="log-sidecar가 로그 파일의 내용과 새로 추가되는 줄을 출력한다",
    points=1,
    needs=test_log_is_shared,
    changes=True,
)
def test_prints_the_log(curl, files, logs, nonces):
    asked, added = nonces(2)
    assert curl(f"/?{asked}").status == 200
    assert asked in logs("log-sidecar", until=asked)
    assert files.append("web", f"/var/log/nginx/{LOG}", f"{added}\n").code == 0
    assert added in logs("log-sidecar", until=added)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_page, test_service, test_prints_the_log),
)
def test_stable(pod):
    assert pod.steady
