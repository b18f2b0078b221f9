"""An init container puts a file together from three sources; the app has only the file."""

from podgrade import check

FILE = "/etc/nginx/app.conf"


@check(
    "The init container merge and the container app are there",
    ko="초기화 컨테이너 merge와 컨테이너 app이 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"merge"}
    assert pod.containers == {"app"}


@check("The Pod shows 1/1 Ready", ko="파드가 1/1 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "1/1"


@check(
    "The app's file has the values of the ConfigMap, the Secret and the variable",
    ko="app의 파일에 컨피그맵, 시크릿, 환경 변수의 값이 있다",
    points=3,
    needs=test_ready,
)
def test_values(files, material):
    file = files.read("app", FILE)
    assert "LOG_LEVEL=info" in file
    assert f"REGION={material['REGION']}" in file
    assert f"API_KEY={material['API_KEY']}" in file
    assert "APP_ENVIRONMENT=production" in file


@check(
    "The app has no variables, ConfigMap or Secret of its own",
    ko="app은 환경 변수, 컨피그맵, 시크릿을 직접 가지고 있지 않다",
    points=1,
    needs=test_ready,
)
def test_only_the_file(pod):
    assert pod.sources("app") == set()


@check(
    "The app cannot write the file, the file system is read-only",
    ko="app에서는 읽기 전용 파일 시스템이어서 파일에 쓸 수 없다",
    points=1,
    needs=test_values,
    changes=True,
)
def test_read_only(files, nonces):
    for nonce in nonces(2):
        assert "Read-only file system" in files.write("app", FILE, nonce).err


@check(
    "A copy of the Pod with another APP_ENVIRONMENT has that in its file",
    ko="APP_ENVIRONMENT를 바꾸어 복제한 파드의 파일에는 바뀐 값이 있다",
    points=2,
    needs=(test_containers, test_values),
    changes=True,
)
def test_copy(clone, nonces):
    (nonce,) = nonces(1)
    twin = clone(env={"merge": {"APP_ENVIRONMENT": nonce}})
    assert f"APP_ENVIRONMENT={nonce}" in twin.files.read("app", FILE)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_read_only, test_copy),
)
def test_stable(pod):
    assert pod.steady
