"""An init container makes a folder with the owner and the mode that the app needs."""

from podgrade import check

FOLDER = "/work/data"
FILE = "/work/data/ready.txt"
LINE = "all set"


@check(
    "The init container prepare and the container app are there",
    ko="초기화 컨테이너 prepare와 컨테이너 app이 있다",
    points=1,
)
def test_containers(pod):
    assert pod.init_containers == {"prepare"}
    assert pod.containers == {"app"}


@check("The Pod shows 1/1 Ready", ko="파드가 1/1 Ready 상태이다", points=1)
def test_ready(pod):
    assert pod.ready == "1/1"


@check(
    "The folder belongs to 1000:1000 and has the mode 0750",
    ko="디렉터리의 소유자가 1000:1000이고 권한이 0750이다",
    points=3,
    needs=test_ready,
)
def test_folder(files):
    folder = files.stat("app", FOLDER)
    assert folder.uid == 1000
    assert folder.gid == 1000
    assert folder.mode == "0750"


@check(
    "The app can read ready.txt", ko="app이 ready.txt를 읽을 수 있다", points=1, needs=test_ready
)
def test_file(files):
    assert LINE in files.read("app", FILE)


@check(
    "Folder and file are from before the app's start",
    ko="디렉터리와 파일은 app이 시작되기 전에 만들어졌다",
    points=1,
    needs=(test_folder, test_file),
)
def test_before_the_start(files):
    assert files.stat("app", FOLDER).before_start
    assert files.stat("app", FILE).before_start


@check(
    "In a copy of the Pod all is there without any doing of the app",
    ko="복제한 파드에서는 app이 아무 일을 하지 않아도 모두 준비되어 있다",
    points=2,
    needs=(test_containers, test_folder, test_file),
    changes=True,
)
def test_copy(clone):
    twin = clone(idle={"app"})
    folder = twin.files.stat("app", FOLDER)
    assert folder.uid == 1000
    assert folder.gid == 1000
    assert folder.mode == "0750"
    assert LINE in twin.files.read("app", FILE)


@check(
    "Nothing restarted while it was checked",
    ko="확인하는 동안 재시작된 컨테이너가 없다",
    points=1,
    needs=(test_before_the_start, test_copy),
)
def test_stable(pod):
    assert pod.steady
