"""A loader keeps fetching a page; nginx serves it, each edition as a whole."""

from podgrade import check

PAGE = "/usr/share/nginx/html/news.html"


@check(
    "Pod news has the containers nginx and loader",
    ko="파드 news에 컨테이너 nginx와 loader가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"nginx", "loader"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "nginx serves the page that content has",
    ko="nginx가 content의 페이지를 제공한다",
    points=2,
    needs=test_ready,
)
def test_serves_the_page(curl, files, material):
    edition = material["EDITION"]
    assert edition in curl("/news.html", until=edition).body
    assert edition in files.read("nginx", PAGE)


@check(
    "New editions appear, one after the other",
    ko="새로 바뀐 페이지가 차례로 나타난다",
    points=3,
    needs=test_serves_the_page,
    changes=True,
)
def test_new_editions_appear(curl, files, nonces, setup):
    for nonce in nonces(2):
        publish(setup("content"), nonce)
        assert nonce in curl("/news.html", until=nonce).body
        assert nonce in files.read("nginx", PAGE)


@check(
    "Readers never see a part of a page",
    ko="페이지의 일부만 보이는 순간이 없다",
    points=2,
    needs=test_new_editions_appear,
    changes=True,
)
def test_never_a_part(curl, nonces, setup):
    for nonce in nonces(2):
        publish(setup("content"), nonce)
        assert f"{nonce} ends" in curl("/news.html", until=f"{nonce} begins").body


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_new_editions_appear, test_never_a_part),
)
def test_stable(pod):
    assert pod.steady


def publish(content, nonce):
    """Put a page of 20 KB where content serves it, at once: it takes 5 s to fetch."""
    page = f"{nonce} begins\n" + "Nothing new under the sun.\n" * 740 + f"{nonce} ends\n"
    assert content.files.write("web", f"{PAGE}.new", page).code == 0
    assert content.exec("web", "mv", f"{PAGE}.new", PAGE).code == 0
