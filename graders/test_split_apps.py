"""A web app and its database are split, so that the app is scaled and the database is not."""

import re

from podgrade import check, wrong
from podgrade.probes.deployment import DeploymentProbe
from podgrade.probes.party import Party
from podgrade.probes.values import Reply

ITSELF = {"localhost", "127.0.0.1", "::1"}


@check(
    "Deployments web and db have one container each, and web runs the given program",
    ko="디플로이먼트 web과 db에 컨테이너가 하나씩 있고, web은 주어진 프로그램을 실행한다",
    points=1,
)
def test_split(pod, deployment, manifest):
    assert pod.containers == {"web"}
    assert deployment("db").pod.containers == {"db"}
    assert manifest.keeps("containers[web].command")


@check("Three Pods of web are Ready", ko="web의 파드 세 개가 Ready 상태이다", points=1)
def test_three_webs(pods):
    assert pods.ready == "3/3"


@check("One Pod of db is Ready", ko="db의 파드 하나가 Ready 상태이다", points=1)
def test_one_database(deployment):
    assert deployment("db").pods.ready == "1/1"


@check(
    "Service web sends to the three Pods of web alone, and they answer",
    ko="서비스 web이 web의 파드 세 개에만 요청을 보내고 응답을 받는다",
    points=1,
    needs=test_three_webs,
)
def test_web_service(service, curl):
    assert service("web").reaches(3)
    assert curl("/", service="web").body == "guestbook\n"


@check(
    "Service db sends to the Pod of db alone",
    ko="서비스 db가 db의 파드에만 연결된다",
    points=1,
    needs=test_one_database,
)
def test_db_service(deployment):
    assert deployment("db").service("db").reaches(1)


@check(
    "A note left at any Pod of web is in the database and shown by all of them",
    ko="web의 어느 파드에 남긴 글이든 데이터베이스에 저장되고 모든 파드에서 보인다",
    points=2,
    needs=(test_three_webs, test_db_service),
    changes=True,
)
def test_one_guestbook(pods, deployment, nonces):
    webs = tuple(pods)
    for web, note in zip(webs, nonces(3), strict=True):
        leave(web, note, deployment)
        for one in webs:
            assert visited(one, note, deployment).body == note
    (own,) = nonces(1)
    assert deployment("db").exec("db", "redis-cli", "SET", own, own).out == "OK\n"
    for one in webs:
        assert visited(one, own, deployment).body == own


@check(
    "web scales alone: the notes are still there when all its Pods are new",
    ko="web만 따로 스케일할 수 있고, web의 파드가 모두 바뀌어도 글이 남아 있다",
    points=1,
    needs=test_one_guestbook,
    changes=True,
)
def test_scales_alone(pods, deployment, nonces):
    database, notes = deployment("db").pod.name, nonces(2)
    for web, note in zip(pods, notes, strict=False):
        leave(web, note, deployment)
    deployment("web").scale(0)
    deployment("web").scale(3)
    for web in pods:
        for note in notes:
            seen = visited(web, note, deployment)
            if seen.status == 404:
                raise wrong("note-lost")
            assert seen.body == note
    assert deployment("db").pods.ready == "1/1"
    assert deployment("db").pod.name == database


@check(
    "web finds a new Pod of db, too",
    ko="db의 파드가 바뀌어도 web이 새 파드를 찾는다",
    points=1,
    needs=test_one_guestbook,
    changes=True,
)
def test_finds_the_next_database(pods, deployment, nonces):
    deployment("db").pod.replace()
    assert deployment("db").service("db").reaches(1)
    for web, note in zip(pods, nonces(3), strict=True):
        leave(web, note, deployment)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_scales_alone, test_finds_the_next_database),
)
def test_stable(pods, deployment):
    for web in pods:
        assert web.pod.steady
    assert deployment("db").pod.steady


def leave(web: Party, note: str, deployment: DeploymentProbe) -> None:
    """Leave a note at this Pod of web; it must be in the database then."""
    assert visited(web, note, deployment, text=note).body == note
    if deployment("db").exec("db", "redis-cli", "GET", note).out != f"{note}\n":
        raise wrong("kept-elsewhere")


def visited(
    web: Party, note: str, deployment: DeploymentProbe, *, text: str | None = None
) -> Reply:
    """What this Pod of web answers; while it finds no database, and may yet, it is asked again."""
    method = "GET" if text is None else "POST"
    said = web.curl(f"/{note}", port=8080, method=method, data=text)
    told = re.match(r"no database at (.*):6379: (.*)", said.body)
    if told is None:
        return said
    never(told[1], told[2], deployment)
    said = web.curl(f"/{note}", port=8080, method=method, data=text, until=note)
    if said.status == 503:
        raise wrong("not-served", host=told[1], said=said.body.strip())
    return said


def never(host: str, why: str, deployment: DeploymentProbe) -> None:
    """Raise the Failure that tells why no database can be found at this host, where it is plain."""
    if host in ITSELF:
        raise wrong("asks-itself", host=host)
    if ".default" in host:
        raise wrong("other-namespace", host=host)
    if host.split(".")[0] == "db":
        target = deployment("db").service("db").target_port(6379)
        if target.isdigit() and target != "6379":
            raise wrong("other-port", target=target)
    elif why == "unknown host":
        raise wrong("unknown-host", host=host)
