"""The picture of a Pod: what is read from manifests, where it stands, and what the SVG says."""

from __future__ import annotations

from itertools import combinations, pairwise
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from podgrade.grading import catalogue
from podgrade.grading.packs import Pack
from podgrade.reports.anatomy import parts_of, picture
from podgrade.reports.anatomy.layout import layout
from podgrade.reports.anatomy.reduced import reduced

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
LONG = "/a/path/that/is/so/long/that/no/card/could/ever/hold/it/in/a/single/line"

RICH = """
kind: Service
metadata: {name: front}
spec:
  type: NodePort
  selector: {app: front}
  ports: [{name: http, port: 80, targetPort: web}, {port: 9100, targetPort: 9113}]
---
kind: Service
metadata: {name: of-another}
spec: {selector: {app: other}, ports: [{port: 1}]}
---
kind: Service
metadata: {name: inner}
spec: {selector: {app: front}, ports: [{port: 8020}]}
---
kind: Deployment
metadata: {name: front}
spec:
  replicas: 3
  template:
    metadata: {labels: {app: front, tier: web}}
    spec:
      shareProcessNamespace: true
      initContainers:
        - {name: prepare, image: busybox, volumeMounts: [{name: html, mountPath: /work}]}
        - name: logger
          image: busybox
          restartPolicy: Always
          volumeMounts: [{name: logs, mountPath: /logs, readOnly: true}]
      containers:
        - name: nginx
          image: nginx
          ports: [{containerPort: 8080, name: web}]
          volumeMounts:
            - {name: html, mountPath: /usr/share/nginx/html}
            - {name: logs, mountPath: /var/log/nginx}
            - {name: conf, mountPath: /etc/nginx/conf.d/default.conf, subPath: default.conf}
        - {name: exporter, image: exporter, ports: [{containerPort: 9113, protocol: TCP}]}
      volumes:
        - {name: html, emptyDir: {}}
        - {name: logs, emptyDir: {medium: Memory, sizeLimit: 64Mi}}
        - {name: conf, configMap: {name: front-conf}}
"""


def rich():
    return parts_of(yaml.safe_load_all(RICH))


def pod(count, mounts=2, inits=0, name="c"):
    """A Pod of `count` containers, the first `inits` being init containers."""
    volumes = [f"volume-{number}" for number in range(mounts)]
    bodies = [
        {
            "name": f"{name}-{number}",
            "image": "busybox",
            "ports": [{"containerPort": 8000 + number}],
            "volumeMounts": [{"name": one, "mountPath": f"/{one}"} for one in volumes],
        }
        for number in range(count)
    ]
    spec = {"initContainers": bodies[:inits], "containers": bodies[inits:]}
    spec["volumes"] = [{"name": one, "emptyDir": {}} for one in volumes]
    return {"kind": "Pod", "metadata": {"name": "web"}, "spec": spec}


def apart(one, other):
    return (
        one.right <= other.x
        or other.right <= one.x
        or one.bottom <= other.y
        or other.bottom <= one.y
    )


def inside(inner, outer):
    return (
        outer.x <= inner.x
        and inner.right <= outer.right
        and outer.y <= inner.y
        and inner.bottom <= outer.bottom
    )


def assert_tidy(drawing):
    """Nothing overlaps: boxes are apart or one in the other, texts apart and each in a box."""
    texts = [text.box for text in drawing.texts]
    for one, other in combinations(drawing.boxes, 2):
        assert apart(one, other) or inside(one, other) or inside(other, one)
    for one, other in combinations(texts, 2):
        assert apart(one, other)
    for text in texts:
        assert any(inside(text, box) for box in drawing.boxes)
        assert all(apart(text, box) or inside(text, box) for box in drawing.boxes)
    for wire in drawing.wires:
        for x, y in wire.places:
            assert 0 < x < drawing.width
            assert 0 < y < drawing.height


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("mounts", [0, 1, 4])
@pytest.mark.parametrize("count", range(1, 7))
def test_nothing_overlaps(count, mounts, language):
    for inits in {0, 1, count - 1}:
        assert_tidy(layout(parts_of([pod(count, mounts, inits)]), language))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_services_and_several_pods_do_not_overlap_either(language):
    documents = [*yaml.safe_load_all(RICH), pod(2), pod(3, name=LONG)]
    assert_tidy(layout(parts_of(documents), language))


def test_no_wire_runs_through_a_card():
    """A wire may only touch a card's edge, and only Services come through the Pod's."""
    drawing = layout(rich(), "en")
    cards = [box for box in drawing.boxes if box.kind != "pod"]
    for wire in drawing.wires:
        for (x, y), (to_x, to_y) in pairwise(wire.places):
            for card in cards:
                across = max(min(x, to_x), card.x + 1) < min(max(x, to_x), card.right - 1) or (
                    x == to_x and card.x < x < card.right
                )
                down = max(min(y, to_y), card.y + 1) < min(max(y, to_y), card.bottom - 1) or (
                    y == to_y and card.y < y < card.bottom
                )
                assert not (across and down)


def test_init_containers_come_first_in_their_order():
    first, second, *rest = [box for box in layout(rich(), "en").boxes if box.kind != "service"][1:]

    assert (first.kind, second.kind) == ("init", "sidecar")
    assert first.bottom < second.y
    assert {box.kind for box in rest} == {"ordinary", "volume"}
    assert all(second.bottom < box.y for box in rest)


def shown(svg):
    """Every text of the picture, joined over its rows."""
    return ["".join(text.itertext()) for text in fromstring(svg).iter(f"{SVG}text")]


def test_every_name_is_there():
    texts = shown(picture(rich(), "en"))

    for text in (
        *("front", "Pod of a Deployment, 3 replicas", "Service (NodePort)", "inner"),
        *("shared by its containers: network, IPC, processes", "80 → web http", "9100 → 9113"),
        *("init container 1", "prepare", "init container 2, native sidecar", "logger"),
        *("nginx", "8080/TCP web", "/usr/share/nginx/html", "logs · read-only"),
        *("conf · subPath default.conf · read-only", "emptyDir, Memory, 64Mi"),
        *("ConfigMap front-conf", "exporter", "9113/TCP"),
    ):
        assert text in texts
    assert "of-another" not in texts


def test_a_long_name_is_broken_and_still_whole():
    body = pod(1)
    body["spec"]["containers"][0]["volumeMounts"][0]["mountPath"] = LONG
    drawing = layout(parts_of([body]), "en")
    (text,) = [text for text in drawing.texts if "".join(text.rows) == LONG]

    assert len(text.rows) > 1
    assert drawing.width < 420


def test_korean_words():
    texts = shown(picture(rich(), "ko"))

    for text in (
        "파드(Deployment, 레플리카 3개)",
        "초기화 컨테이너 2, 네이티브 사이드카",
        "logs · 읽기 전용",
        "볼륨",
    ):
        assert text in texts


def test_what_the_picture_shows_is_also_said():
    svg = fromstring(picture(rich(), "en", "here"))
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")

    assert svg.get("role") == "img"
    assert svg.get("aria-labelledby") == title.get("id") == "here-title"
    assert svg.get("aria-describedby") == desc.get("id") == "here-desc"
    assert title.text == "Anatomy of front"
    assert "Init container 1, prepare (image busybox)." in desc.text
    assert "Mounts volume logs read-only at /logs." in desc.text
    assert "Service inner leads from port 8020 to port 8020." in desc.text
    assert "볼륨 logs: 경로 /logs에 읽기 전용으로 마운트합니다." in picture(rich(), "ko")


def wires(parts, kind):
    return [wire for wire in layout(parts, "en").wires if wire.kind == kind]


def test_services_lead_to_the_port_they_name_and_else_to_the_pod():
    named, numbered, elsewhere = wires(rich(), "service")
    drawing = layout(rich(), "en")
    nginx, exporter = [box for box in drawing.boxes if box.kind == "ordinary"]

    assert nginx.y < named.places[-1][1] < nginx.bottom
    assert exporter.y < numbered.places[-1][1] < exporter.bottom
    assert elsewhere.places[-1][0] < nginx.x - 2  # at the Pod's edge


def test_an_arrow_into_a_volume_means_that_it_may_be_written():
    branches = [wire for wire in wires(rich(), "volume") if wire.dot]

    # html, html, logs (read-only), logs, conf (a ConfigMap)
    assert [len(wire.heads) for wire in branches] == [2, 2, 1, 2, 1]


def test_hostile_names_are_text():
    evil = '</svg><script>alert("x")</script>&amp;\x00\u202e\ud800\uffff'
    body = pod(1)
    body["metadata"]["name"] = body["spec"]["containers"][0]["image"] = evil
    svg = picture(parts_of([body]), "en")

    assert "<script" not in svg
    assert "".join(shown(svg)).count('</svg><script>alert("x")</script>&amp;') == 2
    assert not set(svg) & set("\x00\u202e\ud800\uffff")


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=40)
FIELDS = (
    *("kind", "metadata", "name", "spec", "template", "containers", "initContainers", "image"),
    *("volumes", "volumeMounts", "mountPath", "ports", "containerPort", "selector", "labels"),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
)


@given(st.sampled_from(["Pod", "Deployment", "Service"]), ANYTHING, ANYTHING, SCALARS)
def test_any_shape_is_drawn(kind, spec, containers, name):
    broken = {"kind": kind, "metadata": {"name": name}, "spec": spec}
    half = {"kind": kind, "metadata": {"name": name}, "spec": {"containers": containers}}
    whole = pod(2, name=str(name))
    svg = picture(parts_of([broken, half, whole]), "ko")

    fromstring(svg)
    assert_tidy(layout(parts_of([broken, half, whole]), "ko"))


SECRETIVE = """
kind: Deployment
apiVersion: apps/v1
metadata: {name: web, annotations: {x: secret}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx
          command: [sh, -c, secret]
          args: [secret]
          env: [{name: X, value: secret}]
          livenessProbe: {exec: {command: [secret]}}
          volumeMounts: [{name: conf, mountPath: /etc/web, readOnly: true}]
      volumes:
        - {name: conf, configMap: {name: conf, items: [{key: secret, path: secret}]}}
---
kind: ConfigMap
metadata: {name: conf}
data: {secret: secret}
"""


def test_a_reduced_answer_draws_the_same_and_tells_nothing_else():
    documents = list(yaml.safe_load_all(SECRETIVE))
    bodies = list(reduced(documents))

    assert "secret" not in yaml.safe_dump(bodies)
    assert parts_of(bodies) == parts_of(documents)


EXERCISES = catalogue.exercises_of(ROOT)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_every_exercise_has_a_picture_of_a_reference_that_tells_nothing_else(exercise):
    bodies = catalogue.anatomy(exercise)
    assert bodies
    references = Pack(ROOT).root / "fixtures" / exercise.slug / "reference"

    assert list(bodies) == list(reduced(bodies))
    assert without_ports(bodies) in [
        without_ports(objects(folder)) for folder in references.iterdir()
    ]


def objects(folder):
    return [body for file in sorted(folder.glob("*.yaml")) for body in documents_of(file)]


def documents_of(file):
    return yaml.safe_load_all(file.read_text(encoding="utf-8"))


def without_ports(bodies):
    """A right answer need not declare the ports that it listens on; a picture may show them."""
    from dataclasses import replace

    return [
        replace(pod, containers=tuple(replace(one, ports=()) for one in pod.containers))
        for pod in parts_of(bodies).pods
    ]
