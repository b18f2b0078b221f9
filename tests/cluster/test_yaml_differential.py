"""The same document means the same to podgrade's loader and to the node's own kubectl."""

from __future__ import annotations

import json
from itertools import count

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from podgrade.model.submission import SourceFile
from podgrade.workspace.read import Unreadable, parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"
SCALARS = [
    'y', 'n', 'Y', 'N', 'yes', 'no', 'on', 'off', 'ON', 'Off', 'true', 'TRUE', 'True', 'tRUE',
    '~', 'null', 'Null', 'nULL', '010', '08', '09', '0o17', '0o8', '0x1F', '0b11', '-0b11',
    '1_000', '1__0', '1_', '_1', '12:30', '2022-01-01', '2001-12-14t21:59:43.10-05:00', '1e3',
    '1E3', '1e21', '1e22', '1.5', '1.', '.5', '.5_0', '.', '..', '+', '-', '+5', '-5', '-0', '00',
    '0777', '0888', '-08', '.inf', '-.inf', '.nan', '1e400', '.1e400', '18446744073709551615',
    '18446744073709551616', '9223372036854775807', '9223372036854775808', '-9223372036854775809',
    '0xFFFFFFFFFFFFFFFF', '0x', '0b', '1e-3', '1e+3', '1e', '1.5.2', '0x1p3', '<<', '=', '"y"',
    "'12'", '""', 'a:b', 'http://x:80/y', 'a#b', '1.0', '100.0', '0.1', '1e-7',
    '0.30000000000000004', '123456789012345678', 'x?y', '-x', '?x', ':x', '@x', '%x',
]  # fmt: skip
TAGGED = ("!!str 12", '!!int "12"', "!!int 1.5", "!!float 3", '!!bool "y"', "!!null x", "!foo 12")
TAGGED = (*TAGGED, "! 12", "!!binary aGVsbG8=", "!!timestamp 2001-01-01", "&a 12", "*a")
SHAPES = (
    "v: {}\n",
    "v: [{}]\n",
    "v: {{a: {}}}\n",
    "v:\n- {} # a comment\n",
    "v:\n  {}: 1\n",
    "v: {{{}: 1}}\n",
)
BODIES = (
    "a: |\n  x\n  y\n",
    "a: |+\n  x\n\n",
    "a: >-\n  x\n   y\n\n  z\n",
    "a: {b: [1, 2,], # trailing commas and comments\n  c: d,}\n",
    'a: {"b":c}\n',
    "a: {b: http://x:80}\n",
    "a: &x {b: 1}\nc: {<<: *x, d: 2}\n",
    "a: &x {b: 1}\nc:\n  b: 2\n  <<: *x\n",
    "a: &x {b: 1}\nc:\n  <<: *x\n  b: 2\n",
    "a: &x {b: 1}\nd: &y {b: 2, e: 3}\nc:\n  <<: [*x, *y]\n",
    "c:\n  <<: 1\n",
    "a: 1\na: 2\n",
    "a: {b: 1}\na: {c: 2}\n",
    "? [a]\n: b\n",
    "a: &x [*x]\n",
    "a: *nowhere\n",
    "a:\tb\n",
    "a:\n\tb: c\n",
    "a: b: c\n",
    "a: [b\n",
    "a: 한국어 # 주석\n",
    'a: "\\u00e9\\x41\\n"\n',
    "a: 'it''s'\n",
    "a: b\r\nc: |\r\n  x\r\n",
    "a: b\n...\nc: d\n",
    "a: b\n---c\n",
    "{{ .Values.a }}: b\n",
    "a: {{ .Values.a }}\n",
)


class BothSides:
    """Documents go to kubectl as files of one folder, so that one call asks about all of them."""

    def __init__(self, kubectl, folder):
        self.kubectl, self.folder, self.names = kubectl, folder, count()

    def compare(self, bodies):
        """The documents that mean different things, with both meanings."""
        texts = {f"doc-{next(self.names)}": body for body in bodies}
        texts = {name: HEAD % name + body for name, body in texts.items()}
        theirs = self.kubectl_says(texts)
        ours = {name: ours_says(text) for name, text in texts.items()}
        return {
            texts[name]: (ours[name], theirs.get(name))
            for name in texts
            if ours[name] != theirs.get(name)
        }

    def kubectl_says(self, texts):
        for name, text in texts.items():
            (self.folder / f"{name}.yaml").write_bytes(text.encode())
        options = ("--dry-run=client", "--validate=false", "--output=json")
        done = self.kubectl.attempt("create", *options, "-f", str(self.folder))
        for name in texts:
            (self.folder / f"{name}.yaml").unlink()
        found = values_of(done.stdout)
        return {one["metadata"]["name"]: one for one in map(without_namespace, found)}


def values_of(text):
    """The JSON values of kubectl's output: one object, several, or a List."""
    decoder, position, found = json.JSONDecoder(), 0, []
    while text[position:].strip():
        start = position + len(text[position:]) - len(text[position:].lstrip())
        value, position = decoder.raw_decode(text, start)
        found.extend(value["items"] if value.get("kind") == "List" else [value])
    return found


def without_namespace(one):
    one["metadata"].pop("namespace", None)
    return numbers(one)


def ours_says(text):
    try:
        (document,) = parse([SourceFile("pod.yaml", text.encode())]).documents
    except Unreadable:
        return None
    return numbers(document.body)


def numbers(value):
    """Values told apart by type, except that 1000 and 1000.0 are the same JSON number."""
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item) for item in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return ("number", float(value))
    return (type(value).__name__, value) if isinstance(value, bool) else value


@pytest.fixture(scope="module")
def both(kubectl, tmp_path_factory):
    return BothSides(kubectl, tmp_path_factory.mktemp("documents"))


@pytest.mark.parametrize("shape", SHAPES, ids=repr)
def test_scalars(both, shape):
    assert both.compare([shape.format(scalar) for scalar in (*SCALARS, *TAGGED)]) == {}


def test_documents(both):
    assert both.compare(BODIES) == {}


# `[a:]` is text to kubectl and refused here: libyaml ends a value at a colon before a bracket
letters = st.text(alphabet="0123456789abefnoxyNTtrus_.:+-~?#, é가\"'", max_size=8)
plain = letters.filter(lambda text: not text.rstrip().endswith(":") and ":," not in text)
scalar = st.one_of(st.sampled_from(SCALARS), plain, st.integers().map(str), st.floats().map(repr))
# `-0.` and `0.` are one key of a Go map and two of ours: nobody writes such a manifest
key = st.one_of(st.sampled_from(["a", "b", "c", "<<"]), scalar).filter(
    lambda text: not text.strip().startswith("-0")
)
flow = st.recursive(
    scalar,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        st.lists(st.tuples(key, inner), max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"
        ),
    ),
    max_leaves=6,
)
block = st.lists(st.tuples(key, flow), min_size=1, max_size=4).map(
    lambda pairs: "".join(f"{name}: {value}\n" for name, value in pairs)
)


@seed(20260101)
@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(block, flow.map("v: {}\n".format)), min_size=20, max_size=40))
def test_generated_documents(both, bodies):
    assert both.compare(bodies) == {}
