"""Reading a submission: what kubectl would send, where everything stands, what is refused."""

from __future__ import annotations

import io
import json
import os
import time

import pytest
import yaml

from podgrade.locale import in_language
from podgrade.model.errors import UsageProblem
from podgrade.model.submission import SourceFile
from podgrade.workspace.read import Unreadable, load, parse, read
from podgrade.workspace.yaml_limits import MAX_BYTES

POD = """\
# 사이드카 실습
apiVersion: v1
kind: Pod
metadata:
  name: nginx-sidecar   # 이름
  labels: {app: web, app.kubernetes.io/name: x}
spec:
  containers:
  - name: nginx
    image: nginx
    ports:
    - containerPort: 80
  - name: log-sidecar
    image: busybox
    args: [sh, -c,
      "tail -f /x",]
"""


def source(text, name="pod.yaml"):
    return SourceFile(name, text if isinstance(text, bytes) else text.encode())


def one(text):
    (document,) = parse([source(text)]).documents
    return document


def refused(*files):
    with pytest.raises(Unreadable) as caught:
        parse(files)
    return caught.value


def value(text):
    """What a scalar becomes."""
    return one(f"apiVersion: v1\nkind: X\nv: {text}\n").body["v"]


def test_a_pod():
    document = one(POD)

    assert (document.kind, document.name) == ("Pod", "nginx-sidecar")
    assert document.body["spec"]["containers"][1]["args"] == ["sh", "-c", "tail -f /x"]


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ("kind", 3, 1),
        ("metadata.name", 5, 3),
        ("metadata.labels[app.kubernetes.io/name]", 6, 22),
        ("spec.containers[0]", 9, 5),
        ("spec.containers[1].image", 14, 5),
        ("spec.containers[0].ports[0].containerPort", 12, 7),
        ("spec.containers[1].args[2]", 16, 7),
        ("spec.containers[1].command", 13, 5),
        ("nowhere.at.all", 2, 1),
    ],
)
def test_every_field_has_its_place(path, line, column):
    position = one(POD).locate(path)

    assert (position.file, position.line, position.column) == ("pod.yaml", line, column)


@pytest.mark.parametrize(
    "text",
    [
        POD.replace("\n", "\r\n"),
        "\ufeff" + POD,
        POD.encode("utf-16"),
        "---\n" + POD,
        "---\n# nothing\n---\n" + POD + "---\n",
        "apiVersion: v1\nkind: List\nitems:\n- " + POD.partition("\n")[2].replace("\n", "\n  "),
    ],
    ids=["crlf", "bom", "utf-16", "dashes", "empty documents", "list"],
)
def test_other_ways_to_write_it(text):
    assert one(text).body == one(POD).body


def test_json_and_its_places():
    text = json.dumps(one(POD).body, indent=1, ensure_ascii=True)
    document = one(text)

    assert document.body == one(POD).body
    assert document.locate("metadata.name").line == 5


def test_several_files_and_documents_keep_their_order_and_lines():
    manifest = parse([source(POD, "a.yaml"), source(f"{POD}---\n{POD}", "b.yaml")])
    places = [document.locate("kind") for document in manifest.documents]

    assert [(place.file, place.line) for place in places] == [
        ("a.yaml", 3),
        ("b.yaml", 3),
        ("b.yaml", 20),
    ]


def test_the_items_of_a_list_have_places_of_their_own():
    items = "- kind: Pod\n  apiVersion: v1\n- kind: Secret\n  apiVersion: v1\n"
    text = f"apiVersion: v1\nkind: List\nitems:\n{items}"
    first, second = parse([source(text)]).documents

    assert (first.locate("kind").line, second.locate("apiVersion").line) == (4, 7)


def test_what_has_items_is_a_list_as_for_kubectl():
    items = "items:\n- metadata: {name: a}\n- {kind: Secret, apiVersion: v1}\n"
    first, second = parse([source(f"apiVersion: v1\nkind: PodList\n{items}")]).documents

    assert (first.kind, first.api_version, first.name) == ("Pod", "v1", "a")
    assert first.locate("metadata.name").line == 4
    assert second.kind == "Secret"
    assert len(parse([source(f"apiVersion: v1\nkind: Pod\n{items}")]).documents) == 2


def test_the_default_namespace_is_taken_off_with_a_note():
    reading = read(
        [source("apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: default\n")]
    )

    assert reading.manifest.documents[0].body["metadata"] == {"name": "a"}
    assert "pod.yaml:5:3" in in_language(reading.notes[0], "ko")


def test_another_namespace_is_refused():
    error = refused(source("apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: prod}\n"))

    assert error.reason.code == "refused-by-policy"
    assert error.position.column == 21


def test_a_key_written_twice_counts_once_as_for_kubectl_and_is_noted_with_both_lines():
    reading = read([source("apiVersion: v1\nkind: Pod\nspec: {a: 1}\nspec: {b: 2}\n")])

    assert reading.manifest.documents[0].body["spec"] == {"b": 2}
    assert "line 3 and in line 4" in in_language(reading.notes[0], "en")
    assert reading.manifest.documents[0].locate("spec").line == 4


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("y", True),
        ("off", False),
        ("~", None),
        ("010", 8),
        ("08", 8),
        ("1_000", 1000),
        ("12:30", "12:30"),
        ("2022-01-01", "2022-01-01"),
        ("1e3", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("0x" + "0" * 100 + "F", 15),
        ("1.10", 1.1),
        ('"y"', "y"),
        ("!!str 12", "12"),
        ("{yes: 1, 010: 2, 1.10: 3}", {"true": 1, "8": 2, "1.1": 3}),
    ],
)
def test_scalars_mean_what_they_mean_to_kubectl(text, meant):
    assert value(text) == meant
    assert type(value(text)) is type(meant)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a:\n\tb: c\n", 2, "tab"),
        ("spec:\n  containers:\n  - name: a\n    image: b\n   ports: c\n", 5, "begins in line 2"),
        ("name: nginx\n  image: x\n", 2, "further than line 1"),
        ("spec:\n  name: a\n  image:nginx\n  x: y\n", 3, "no space after the colon"),
        ("spec:\n  containers\n  - name: a\n", 2, "no colon"),
        ("a:\n  - name: x\n    image: y\n   - name: z\n", 4, "next item of the list"),
        ("c:\n  -name: a\n   image: b\n", 2, "no space after the dash"),
        ('a: "b\nc: d\n', 1, "quote that opens in line 1"),
        ("a: [b, c\nd: e\n", 1, "bracket that opens in line 1"),
        ('command: ["sh", "-c", "echo "hi""]\n', 1, "comma, a bracket or a quote"),
        ("command: echo: hi\n", 1, "second `: `"),
        ("a: @b\n", 1, "`@`"),
        ('a: "\\d"\n', 1, "backslash"),
        ("a: - b\n", 1, "same line as its key"),
        ("args:\n- |\nwhile true\n", 3, "has to be indented"),
        ("a: {{ .Values.x }}\n", 1, "template"),
        ("{{- if x }}\na: b\n{{- end }}\n", 1, "template"),
        ("```yaml\na: b\n```\n", 1, "Markdown"),
        ("a: b\n--- c\n", 2, "comment"),
        ("a: *b\n", 1, "anchor"),
        ("a:\n\u00a0\u00a0b: c\n  d: e\n", 2, "invisible"),
        ("a: \x01\n", 1, "control character"),
        ("a: [http://x/?q]\n", 1, "quotes"),
        ("a: .nan\n", 1, "no number"),
        ("~: b\n", 1, "key is empty"),
        ("a: b]: c\nd\n", 1, "second `: `"),
    ],
)
def test_what_is_not_yaml_is_said_with_its_line(text, line, words):
    error = refused(source(text))

    assert error.reason.code == "not-yaml"
    assert error.position.line == line
    assert words in in_language(error.reason.why, "en")
    assert in_language(error.reason.why, "ko") != in_language(error.reason.why, "en")
    assert error.reason.look


def test_a_number_of_a_million_digits_is_read_as_kubectl_reads_it():
    assert value("1" * 300) == float("1" * 300)
    assert value("9" * 1_000_000) == "9" * 1_000_000
    assert len(in_language(refused(source("a: " + "9" * 5000 + "\n")).reason.why, "en")) < 200


def test_lines_count_through_the_documents():
    assert refused(source(POD + "---\na:\n\tb: c\n")).position.line == 19


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("# only this\n", "only comments"),
        ("---\n---\n", "only comments"),
        ("- apiVersion: v1\n", "list"),
        ("apiVersion:v1\n", "no space after the colon"),
        ("hello world\n", "text"),
        ("kind: Pod\n", "`apiVersion` is missing"),
        ("apiVersion: v1\nmetadata: {name: a}\n", "`kind` is missing"),
        ("apiVersion: v1\nKind: Pod\n", "`Kind`"),
        ("apiVersion: v1\nkind: Pod\nmetadata: nginx\n", "`metadata`"),
        ("services: {web: {image: nginx}}\n", "missing"),
    ],
)
def test_what_is_no_kubernetes_object(text, words):
    error = refused(source(text))

    assert error.reason.code == "not-kubernetes"
    assert words in in_language(error.reason.why, "en")


def test_bytes_that_are_no_utf8():
    error = refused(source("a: b\nc: 한글\n".encode("cp949")))

    assert error.position.line == 2


DEEP = "[" * 25_000
ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
BIG = MAX_BYTES - 20
KEYS = "".join(f"{' ' * 60}k{number}: 1\n" for number in range(5000))


@pytest.mark.parametrize(
    "text",
    [
        DEEP,
        "{" * 500_000,
        "[a: " * 200_000,
        "- " * 500_000,
        "? " * 500_000,
        "a: " + DEEP + "]" * 25_000,
        json.dumps({"apiVersion": "v1", "kind": "X", "a": 1})[:-1]
        + ', "b": '
        + "[" * 900
        + "]" * 900
        + "}",
        ALIASES,
        "a: &a " + "x" * 500_000 + "\nb: [" + "*a, " * 500 + "]\n",
        "a: b\n" * (BIG // 5),
        "---\na: b\n" * (BIG // 9),
        "{}" * (BIG // 2),
        "a: &x [*x]\n",
        "x" * (MAX_BYTES + 1),
        "[" + "&a *a," * 100_000,
        "{" + "a," * 400_000,
        "%a b\n" * 200_000,
        ":" * BIG,
        "!" * BIG,
        "a: |\n" + "  x\n" * (BIG // 4),
        "a" * BIG,
        "---\n" * (BIG // 4),
        "apiVersion: v1\nkind: List\nitems:\n" + "- {apiVersion: v1, kind: X}\n" * 5_000,
        "a:\n" + "".join(f"{' ' * i}? {'k' * 9000}\n{' ' * i}:\n" for i in range(1, 60)) + KEYS,
    ],
    ids=range(24),
)
def test_a_hostile_file_is_refused_within_a_second(text):
    before = time.process_time()

    assert refused(source(text)).reason.why is not None
    assert time.process_time() - before < 1.5


def test_a_large_honest_file_is_read_in_time():
    text = (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  a: |\n"
        + "    line\n" * 110_000
    )
    before = time.process_time()

    assert len(one(text).body["data"]["a"]) == 550_000
    assert time.process_time() - before < 1.0


def test_a_python_without_libyaml_reads_the_same(monkeypatch):
    fast = one(POD)
    monkeypatch.delattr(yaml, "CSafeLoader")

    assert one(POD) == fast
    assert refused(source("[" * 25_000)).reason.code == "not-yaml"


def test_load_takes_files_folders_and_standard_input(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.yml", "a.yaml", "sub/c.json", ".hidden.yaml", "notes.txt"):
        (tmp_path / name).write_text(name)
    files = load([str(tmp_path), str(tmp_path / "notes.txt"), "-"], io.BytesIO(b"stdin"))

    assert [file.name for file in files] == [
        str(tmp_path / "a.yaml"),
        str(tmp_path / "b.yml"),
        str(tmp_path / "sub" / "c.json"),
        str(tmp_path / "notes.txt"),
        "-",
    ]
    assert files[-1].data == b"stdin"


def test_the_files_of_a_submission_count_together(tmp_path):
    half = "# " + "x" * (MAX_BYTES // 2) + "\n" + POD

    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(half)
    files = load([str(tmp_path)])

    assert len(files) == 2
    assert "larger than 1 MiB" in in_language(refused(*files).reason.why, "en")


def test_objects_are_counted_within_a_list_too():
    items = "- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
    text = "apiVersion: v1\nkind: List\nitems:\n" + items * 101

    assert len(parse([source(text)]).documents) == 101
    error = refused(source(f"{text}---\n{text}"))
    assert error.position.line == 3 + 101 + 1 + 3 + 100
    assert "more than 200 objects" in in_language(error.reason.why, "en")


def test_a_link_out_of_the_folder_is_passed_over(tmp_path):
    (tmp_path / "secret.yaml").write_text("password: 1")
    learner = tmp_path / "learner"
    learner.mkdir()
    (learner / "pod.yaml").write_text(POD)
    (learner / "same.yaml").symlink_to("pod.yaml")
    (learner / "stolen.yaml").symlink_to(tmp_path / "secret.yaml")

    assert [file.name.rpartition("/")[2] for file in load([str(learner)])] == [
        "pod.yaml",
        "same.yaml",
    ]


def test_load_reads_no_more_than_may_be_handed_in(tmp_path):
    (tmp_path / "big.yaml").write_bytes(b"x" * (MAX_BYTES + 1000))
    (file,) = load([str(tmp_path / "big.yaml")])

    assert len(file.data) == MAX_BYTES + 1
    assert "larger than 1 MiB" in in_language(refused(file).reason.why, "en")


def test_load_says_what_is_missing(tmp_path):
    with pytest.raises(UsageProblem, match="no file or folder"):
        load([str(tmp_path / "nowhere.yaml")])
    with pytest.raises(UsageProblem, match="standard input"):
        load(["-"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_load_says_what_it_may_not_read(tmp_path):
    (tmp_path / "a.yaml").write_text("x")
    (tmp_path / "a.yaml").chmod(0)
    with pytest.raises(UsageProblem, match="cannot be read"):
        load([str(tmp_path / "a.yaml")])


def test_an_empty_folder_is_the_learners(tmp_path):
    assert load([str(tmp_path)]) == ()
    assert "no file that ends in" in in_language(refused().reason.why, "en")
