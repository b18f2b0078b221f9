"""An init container clones a git repository; nginx serves the clone."""

from podgrade import check

FOLDER = "/usr/share/nginx/html"
COMMIT = "refs/heads/main"


@check(
    "Pod site has the init container clone and the container nginx",
    ko="파드 site에 초기화 컨테이너 clone과 컨테이너 nginx가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"clone"}
    assert pod.containers == {"nginx"}


@check("The Pod shows 1/1 Ready", ko="파드가 1/1 Ready 상태이다", points=1, needs=test_containers)
def test_ready(pod):
    assert pod.ready == "1/1"


@check(
    "nginx serves the pages of the repository",
    ko="nginx가 저장소의 페이지를 제공한다",
    points=3,
    needs=test_ready,
)
def test_serves_the_pages(curl, material):
    edition = material["EDITION"]
    assert curl("/").body == f"<h1>{edition}</h1>\n"
    assert curl("/more/page.txt").body == f"more of {edition}\n"


@check(
    "It is a whole clone, at the repository's commit",
    ko="저장소와 같은 커밋을 온전히 복제했다",
    points=2,
    needs=test_serves_the_pages,
)
def test_is_a_clone(files, setup):
    commit = setup("git").files.read("git", f"/srv/site.git/{COMMIT}")
    assert files.read("nginx", f"{FOLDER}/.git/{COMMIT}") == commit


@check(
    "A Pod that starts later has the newer commit",
    ko="나중에 시작한 파드에는 더 새로운 커밋이 있다",
    points=2,
    needs=test_serves_the_pages,
    changes=True,
)
def test_clones_anew(clone, curl, material, nonces, setup):
    (nonce,) = nonces(1)
    assert setup("git").exec("git", "sh", "/scripts/publish", nonce).code == 0
    assert material["EDITION"] in curl(f"/?{nonce}").body
    assert clone().curl("/").body == f"<h1>{nonce}</h1>\n"


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_is_a_clone, test_clones_anew),
)
def test_stable(pod):
    assert pod.steady
