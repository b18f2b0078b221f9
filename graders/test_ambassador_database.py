"""An ambassador keeps a database's two places on localhost: one to write to, one to read from."""

from podgrade import check, wrong
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
        raise wrong("own-server", server=server, port=port)
    if name != server:
        raise wrong("other-server", server=server, port=port, name=name)


def run_id(told: str) -> str:
    """What a Redis server calls itself: 40 random digits, new at each start."""
    return next(line.strip() for line in told.splitlines() if line.startswith("run_id:"))
