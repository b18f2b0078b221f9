"""An init container writes the Pod's host name into the page that nginx serves."""

from podgrade import check

NGINX = "hostname-nginx"
PAGE = "/usr/share/nginx/html/index.html"
HOST = "/proc/sys/kernel/hostname"  # what `hostname` prints; no file of the learner's


@check(
    "The init container init-index and the container hostname-nginx are there",
    ko="초기화 컨테이너 init-index와 컨테이너 hostname-nginx가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"init-index"}
    assert pod.containers == {NGINX}


@check("The Pod shows 1/1 Ready", ko="파드가 1/1 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "1/1"


@check(
    "The host name stands in nginx's page",
    ko="nginx의 페이지에 호스트 이름이 있다",
    points=2,
    needs=test_ready,
)
def test_page_names_the_host(files):
    host = files.read(NGINX, HOST).strip()
    assert host in files.read(NGINX, PAGE)


@check(
    "nginx serves the page",
    ko="nginx가 그 페이지를 제공한다",
    points=2,
    needs=test_page_names_the_host,
)
def test_served(curl, files):
    page = curl("/")
    assert page.status == 200
    assert files.read(NGINX, HOST).strip() in page.body


@check(
    "A copy of the Pod has its own name in the page, without any doing of nginx",
    ko="nginx가 아무 일을 하지 않아도 복제한 파드의 페이지에 그 파드의 이름이 있다",
    points=3,
    needs=(test_containers, test_page_names_the_host),
    changes=True,
)
def test_copy(clone):
    twin = clone(idle={NGINX})
    host = twin.files.read(NGINX, HOST).strip()
    assert host in twin.files.read(NGINX, PAGE)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_served, test_copy),
)
def test_stable(pod):
    assert pod.steady
