"""An ambassador makes two Redis shards look like one server on localhost."""

from podgrade import Failure, Reason, Text, check
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
        raise Failure(not_one_each(times.count(0), times.count(2)))


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
            raise Failure(left_out(shard))


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
        raise Failure(cut_at_commas(servers))
    hosts = [part.split(":")[0] for part in parts]
    strange = [host for host in hosts if ".default" in host]
    if strange:
        raise Failure(in_default(strange[0]))


def cut_at_commas(servers: str) -> Reason:
    return Reason(
        "spaces-for-commas",
        expected=Text(
            "REDIS_SERVERS of container ambassador: host:port:weight,host:port:weight",
            "컨테이너 `ambassador`의 REDIS_SERVERS: host:port:weight,host:port:weight",
        ),
        seen=Text(f"REDIS_SERVERS: {servers}", f"REDIS_SERVERS: {servers}"),
        why=Text(
            "the image splits REDIS_SERVERS at commas, not at spaces: what follows a space is "
            "taken for the name of the server before it, not for another server",
            "이미지는 REDIS_SERVERS를 공백이 아니라 쉼표로 나눕니다. 공백 뒤에 적은 것은 다른 "
            "서버가 아니라 앞에 적은 서버의 이름으로 받아들여집니다",
        ),
        look=Text(
            "Put a comma between the servers in REDIS_SERVERS",
            "REDIS_SERVERS에서 서버와 서버 사이에 쉼표를 넣으세요",
        ),
    )


def in_default(host: str) -> Reason:
    return Reason(
        "other-namespace",
        expected=Text(
            "shards that are found in the Pod's own namespace",
            "파드와 같은 네임스페이스에서 찾은 샤드",
        ),
        seen=Text(f"REDIS_SERVERS names {host}", f"REDIS_SERVERS에 있는 이름: {host}"),
        why=Text(
            "this name is looked up in the namespace `default`, and the Pod and the shards are in "
            "another one",
            "이 이름은 `default` 네임스페이스에서 찾는데, 파드와 샤드는 다른 네임스페이스에 "
            "있습니다",
        ),
        look=Text(
            "Write the name without its namespace: `redis-st-0.redis-svc`",
            "네임스페이스 없이 `redis-st-0.redis-svc`처럼 적으세요",
        ),
    )


def not_one_each(nowhere: int, twice: int) -> Reason:
    return Reason(
        "not-one-shard-each",
        expected=Text("32 keys, each on one of the shards", "키 32개가 저마다 한 샤드에 있음"),
        seen=Text(
            f"{nowhere} keys on no shard, {twice} on both",
            f"어느 샤드에도 없는 키 {nowhere}개, 두 샤드에 다 있는 키 {twice}개",
        ),
        why=Text(
            "all 32 were answered with OK at localhost:6380, but whoever answers there does not "
            "spread them over the shards",
            "localhost:6380에서는 32개 모두 OK로 응답했지만, 그곳에서 응답하는 서버가 키를 샤드에 "
            "나누어 저장하지 않습니다",
        ),
        look=Text(
            "Look at what container ambassador runs: `kubectl describe pod ambassador-example`",
            "컨테이너 `ambassador`가 무엇을 실행하는지 보세요: "
            "`kubectl describe pod ambassador-example`",
        ),
    )


def left_out(shard: str) -> Reason:
    other = next(name for name in SHARDS if name != shard)
    return Reason(
        "shard-left-out",
        expected=Text(f"some of 32 keys on {shard}", f"{shard}: 키 32개 가운데 일부가 있음"),
        seen=Text(f"none on {shard}, all on {other}", f"{shard}: 없음, {other}: 모두 있음"),
        why=Text(
            f"the ambassador does not send anything to {shard}",
            f"앰배서더가 아무것도 보내지 않는 샤드: {shard}",
        ),
        look=Text(
            "Check the list of servers (REDIS_SERVERS) of container ambassador",
            "컨테이너 `ambassador`의 서버 목록(REDIS_SERVERS)을 확인하세요",
        ),
    )
