"""A web app and its database are split, so that the app is scaled and the database is not."""

import re

from podgrade import Failure, Reason, Text, check
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
                raise Failure(lost())
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
        raise Failure(kept_elsewhere())


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
        raise Failure(not_found(told[1], said.body))
    return said


def never(host: str, why: str, deployment: DeploymentProbe) -> None:
    """Raise the Failure that tells why no database can be found at this host, where it is plain."""
    if host in ITSELF:
        raise Failure(asks_itself(host))
    if ".default" in host:
        raise Failure(in_default(host))
    if host.split(".")[0] == "db":
        target = deployment("db").service("db").target_port(6379)
        if target.isdigit() and target != "6379":
            raise Failure(other_port(str(target)))
    elif why == "unknown host":
        raise Failure(unknown(host))


def asks_itself(host: str) -> Reason:
    return Reason(
        "asks-itself",
        expected=Text("web asks Service db", "web이 서비스 db에 요청함"),
        seen=Text(f"web asks {host}:6379", f"web이 요청하는 곳: {host}:6379"),
        why=Text(
            "for a container, localhost is its own Pod, and there is no database in it any more",
            "컨테이너에게 localhost는 자신이 속한 파드입니다. 그 파드에는 이제 데이터베이스가 "
            "없습니다",
        ),
        look=Text(
            "Give container web the Service's name in DB_HOST",
            "컨테이너 `web`의 DB_HOST에 서비스의 이름을 적으세요",
        ),
    )


def in_default(host: str) -> Reason:
    return Reason(
        "other-namespace",
        expected=Text(
            "a Service that is found in the Pods' own namespace",
            "파드와 같은 네임스페이스에서 찾은 서비스",
        ),
        seen=Text(f"web asks {host}", f"web이 요청하는 곳: {host}"),
        why=Text(
            "this name is looked up in the namespace `default`, and the Service is in another one",
            "이 이름은 `default` 네임스페이스에서 찾는데, 서비스는 다른 네임스페이스에 있습니다",
        ),
        look=Text(
            "Write the Service's name alone into DB_HOST: `db`",
            "DB_HOST에 서비스의 이름만 적으세요: `db`",
        ),
    )


def unknown(host: str) -> Reason:
    return Reason(
        "unknown-host",
        expected=Text("web asks Service db", "web이 서비스 db에 요청함"),
        seen=Text(f"web asks {host}", f"web이 요청하는 곳: {host}"),
        why=Text(
            "there is no such name: a Pod is found by the name of a Service before it, not by that "
            "of a Deployment, container or image",
            "그런 이름은 없습니다. 파드는 디플로이먼트, 컨테이너, 이미지의 이름이 아니라 앞에 있는 "
            "서비스의 이름으로 찾습니다",
        ),
        look=Text(
            "Compare DB_HOST of container web with `kubectl get services`",
            "컨테이너 `web`의 DB_HOST를 `kubectl get services`의 결과와 비교해 보세요",
        ),
    )


def other_port(target: str) -> Reason:
    return Reason(
        "other-port",
        expected=Text("Service db: 6379→6379", "서비스 db: 6379→6379"),
        seen=Text(f"Service db: 6379→{target}", f"서비스 db: 6379→{target}"),
        why=Text(
            f"Service db sends to port {target} of the Pod, and the database listens on 6379",
            f"서비스 db는 파드의 {target}번 포트로 보내는데, 데이터베이스는 6379번 포트에서 수신 "
            "대기합니다",
        ),
        look=Text(
            "Check `targetPort:` of Service db; without it, it is the same as `port:`",
            "서비스 `db`의 `targetPort:`를 확인하세요. 적지 않으면 `port:`와 같습니다",
        ),
    )


def not_found(host: str, said: str) -> Reason:
    return Reason(
        "not-served",
        expected=Text("web finds the database", "web이 데이터베이스를 찾음"),
        seen=Text(f"web says: {said.strip()}", f"web의 응답: {said.strip()}"),
        why=Text(
            f"web asks {host} again and again, and there is no database; the address of a Pod is "
            "lost with the Pod, the name of its Service is not",
            f"web이 계속 요청하는 곳({host})에 데이터베이스가 없습니다. 파드의 주소는 파드와 함께 "
            "없어지지만 서비스의 이름은 그대로입니다",
        ),
        look=Text(
            "Check DB_HOST of container web, and where it gets it from",
            "컨테이너 `web`의 DB_HOST가 무엇이고 어디에서 정해지는지 확인하세요",
        ),
    )


def kept_elsewhere() -> Reason:
    return Reason(
        "kept-elsewhere",
        expected=Text(
            "`redis-cli GET` in the Pod of db gives the note",
            "db의 파드에서 `redis-cli GET`을 실행하면 글이 나옴",
        ),
        seen=Text("the database has no such note", "데이터베이스에 그 글이 없음"),
        why=Text(
            "web took the note, but keeps it somewhere else: in a database of its own or another "
            "one, or in its memory",
            "web은 글을 받았지만 다른 곳에 저장합니다. web마다 따로 있는 데이터베이스나 다른 "
            "데이터베이스, 또는 web의 메모리입니다",
        ),
        look=Text(
            "Check DB_HOST of container web, and which Pods run Redis: `kubectl get pods`",
            "컨테이너 `web`의 DB_HOST와, Redis를 실행하는 파드가 무엇인지 확인하세요: "
            "`kubectl get pods`",
        ),
    )


def lost() -> Reason:
    return Reason(
        "note-lost",
        expected=Text(
            "a note from before is shown by the new Pods of web",
            "web의 새 파드에서도 전에 남긴 글이 보임",
        ),
        seen=Text("no such note", "그 글이 없음"),
        why=Text(
            "web was scaled to 0 and back to 3, and the note is gone, although the database was "
            "left alone: a Pod of web takes away what the others left when it starts or ends",
            "web을 0개로 줄였다가 3개로 늘렸더니, 데이터베이스는 그대로인데 글이 사라졌습니다. "
            "web의 파드가 시작하거나 끝날 때 다른 파드가 저장한 것까지 지웁니다",
        ),
        look=Text(
            "Look at the init containers and hooks of Deployment web",
            "디플로이먼트 `web`의 초기화 컨테이너와 훅을 확인하세요",
        ),
    )
