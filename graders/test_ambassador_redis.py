"""An ambassador makes two Redis shards look like one server on localhost."""

from podgrade import check, wrong
from podgrade.probes.execute import ExecProbe
from podgrade.probes.setup import SetupProbe

SHARDS = ("redis-st-0", "redis-st-1")
CLIENT = ("redis-client", "redis-cli", "-h", "localhost", "-p", "6380")


@check(
    "Pod ambassador-example has the containers redis-client and ambassador",
    ko="파드 ambassador-example에 컨테이너 redis-client와 ambassador가 있다",
    points=1,
)
def test_containers(pod):
    assert pod.containers == {"redis-client", "ambassador"}


@check("The Pod shows 2/2 Ready", ko="파드가 2/2 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "2/2"


@check(
    "redis-client writes and reads through localhost:6380",
    ko="redis-client가 localhost:6380을 통해 쓰고 읽는다",
    points=2,
    needs=(test_containers, test_ready),
    changes=True,
)
def test_answers(exec, nonces):
    for nonce in nonces(2):
        stored = exec(*CLIENT, "SET", nonce, nonce).out
        if stored != "OK\n":
            said_of_the_servers(exec)
        assert stored == "OK\n"
        assert exec(*CLIENT, "GET", nonce).out == f"{nonce}\n"


@check(
    "Each of 32 keys is on exactly one shard",
    ko="키 32개가 저마다 정확히 한 샤드에 있다",
    points=3,
    needs=test_answers,
    changes=True,
)
def test_one_shard_each(exec, setup, nonces):
    keys = nonces(32)
    held = spread(exec, setup, keys)
    times = [sum(key in those for those in held.values()) for key in keys]
    if set(times) != {1}:
        raise wrong("not-one-shard-each", nowhere=times.count(0), twice=times.count(2))


@check(
    "Both shards hold some of the keys",
    ko="두 샤드에 모두 키가 있다",
    points=2,
    needs=test_one_shard_each,
    changes=True,
)
def test_both_shards(exec, setup, nonces):
    for shard, keys in spread(exec, setup, nonces(32)).items():
        if not keys:
            said_of_the_servers(exec)
            raise wrong("shard-left-out", shard=shard)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_one_shard_each, test_both_shards),
)
def test_stable(pod):
    assert pod.steady


def spread(exec: ExecProbe, setup: SetupProbe, keys: tuple[str, ...]) -> dict[str, set[str]]:
    """Set the keys through the ambassador; which of them each shard then holds."""
    lines = "".join(f"SET {key} {key}\n" for key in keys)
    assert exec(*CLIENT, stdin=lines).out == "OK\n" * len(keys)
    lists = {shard: setup(shard).exec("redis", "redis-cli", "--scan").out for shard in SHARDS}
    return {shard: {*keys} & {*said.split()} for shard, said in lists.items()}


def said_of_the_servers(exec: ExecProbe) -> None:
    """Raise the Failure that explains a list of servers which cannot mean the two shards."""
    show = ("/bin/sh", "-c", 'printf %s "$REDIS_SERVERS"')
    servers = str(exec("ambassador", *show).out)
    parts = [part.strip() for part in servers.split(",")]
    if any(" " in part for part in parts):
        raise wrong("spaces-for-commas", servers=servers)
    hosts = [part.split(":")[0] for part in parts]
    strange = [host for host in hosts if ".default" in host]
    if strange:
        raise wrong("other-namespace", host=strange[0])
