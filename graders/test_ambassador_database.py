"""An ambassador keeps a database's two places on localhost: one to write to, one to read from."""

from podgrade import Failure, Reason, Text, check
from podgrade.probes.execute import ExecProbe
from podgrade.probes.setup import SetupProbe

PRIMARY, REPLICA = "redis-primary", "redis-replica"


@check(
    "Pod reports has the containers app and ambassador",
    ko="파드 reports에 컨테이너 app과 ambassador가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"app", "ambassador"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "What app writes at localhost:6379 reaches redis-primary",
    ko="app이 localhost:6379에 쓴 것이 redis-primary에 저장된다",
    points=3,
    needs=(test_containers, test_ready),
    changes=True,
)
def test_writes(exec, setup, nonces):
    leads_to(PRIMARY, 6379, exec, setup)
    for nonce in nonces(2):
        assert exec(*client(6379), "SET", nonce, nonce).out == "OK\n"
        assert setup(PRIMARY).exec("redis", "redis-cli", "GET", nonce).out == f"{nonce}\n"


@check(
    "What app reads at localhost:6380 comes from redis-replica",
    ko="app이 localhost:6380에서 읽는 것은 redis-replica에서 온다",
    points=4,
    needs=(test_containers, test_ready),
    changes=True,
)
def test_reads(exec, setup, nonces):
    leads_to(REPLICA, 6380, exec, setup)
    replicated, own = nonces(2)
    set_and_wait = f"SET {replicated} {replicated}\nWAIT 1 5000\n"
    assert setup(PRIMARY).exec("redis", "redis-cli", stdin=set_and_wait).out == "OK\n1\n"
    on_the_replica_alone(own, setup)
    for nonce in (replicated, own):
        assert exec(*client(6380), "GET", nonce).out == f"{nonce}\n"
    assert "READONLY" in exec(*client(6380), "SET", own, own).out


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_writes, test_reads),
)
def test_stable(pod):
    assert pod.steady


def client(port: int) -> tuple[str, ...]:
    """redis-cli in app, as the app itself would ask."""
    return ("app", "redis-cli", "-h", "localhost", "-p", str(port))


def on_the_replica_alone(key: str, setup: SetupProbe) -> None:
    """Store a key that the primary does not have: no other server can answer with it."""
    lines = f"CONFIG SET replica-read-only no\nSET {key} {key}\nCONFIG SET replica-read-only yes\n"
    assert setup(REPLICA).exec("redis", "redis-cli", stdin=lines).out == "OK\n" * 3


def leads_to(server: str, port: int, exec: ExecProbe, setup: SetupProbe) -> None:
    """Raise the Failure that tells which server answers at the port, if it is not that one."""
    told = exec(*client(port), "INFO", "server").out
    assert "run_id:" in told
    for name in (PRIMARY, REPLICA):
        if run_id(setup(name).exec("redis", "redis-cli", "INFO", "server").out) == run_id(told):
            break
    else:
        raise Failure(stranger(server, port))
    if name != server:
        raise Failure(other_server(server, port, name))


def run_id(told: str) -> str:
    """What a Redis server calls itself: 40 random digits, new at each start."""
    return next(line.strip() for line in told.splitlines() if line.startswith("run_id:"))


def other_server(server: str, port: int, name: str) -> Reason:
    return Reason(
        "other-server",
        expected=Text(
            f"{server} answers at localhost:{port}", f"localhost:{port}에서 응답하는 서버: {server}"
        ),
        seen=Text(
            f"{name} answers at localhost:{port}", f"localhost:{port}에서 응답하는 서버: {name}"
        ),
        why=Text(
            f"the ambassador passes on to {name} what comes in at port {port}",
            f"앰배서더가 {port}번 포트로 들어온 것을 전달하는 곳: {name}",
        ),
        look=Text(
            f"Check where the ambassador's configuration sends port {port}",
            f"앰배서더의 설정에서 {port}번 포트를 어디로 보내는지 확인하세요",
        ),
    )


def stranger(server: str, port: int) -> Reason:
    return Reason(
        "other-server",
        expected=Text(
            f"{server} answers at localhost:{port}", f"localhost:{port}에서 응답하는 서버: {server}"
        ),
        seen=Text(
            f"a Redis server answers at localhost:{port} that is neither {PRIMARY} nor {REPLICA}",
            f"localhost:{port}에서 응답하는 서버가 {PRIMARY}도 {REPLICA}도 아님",
        ),
        why=Text(
            "a container of the Pod runs a Redis server of its own on this port; the image redis "
            "starts one unless it is given another command",
            "파드의 컨테이너가 이 포트에서 따로 Redis 서버를 실행하고 있습니다. redis 이미지는 "
            "다른 명령을 지정하지 않으면 Redis 서버를 시작합니다",
        ),
        look=Text(
            "Check `command:` and `args:` of both containers",
            "두 컨테이너의 `command:`와 `args:`를 확인하세요",
        ),
    )
