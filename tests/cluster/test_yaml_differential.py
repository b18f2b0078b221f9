"""The same document means the same to podgrade's loader and to the node's own kubectl."""

from __future__ import annotations

import json
from functools import cache
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from podgrade.model.submission import SourceFile
from podgrade.workspace.read import Unreadable, parse

HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\n"
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
        """The objects that mean different things, with both meanings."""
        return self.compare_files(HEAD + body for body in bodies)

    def compare_files(self, texts):
        """The same for whole files; NAME in them makes the names that tell them apart."""
        named = {f"doc-{number}": text for number, text in zip(self.names, texts, strict=False)}
        named = {name: text.replace("NAME", name) for name, text in named.items()}
        theirs = self.kubectl_says(named)
        ours = {name: ours_says(text) for name, text in named.items()}
        return {
            named[name]: (ours[name], theirs[name]) for name in named if ours[name] != theirs[name]
        }

    def kubectl_says(self, texts):
        for name, text in texts.items():
            (self.folder / f"{name}.yaml").write_bytes(text.encode())
        options = ("--dry-run=client", "--validate=false", "--output=json")
        done = self.kubectl.attempt("create", *options, "-f", str(self.folder))
        for name in texts:
            (self.folder / f"{name}.yaml").unlink()
        found = {name: [] for name in texts}
        for one in map(without_namespace, values_of(done.stdout)):
            found["-".join(one["metadata"]["name"].split("-")[:2])].append(one)
        return {
            name: None if f"/{name}.yaml" in done.stderr else objects
            for name, objects in found.items()
        }


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
        documents = parse([SourceFile("pod.yaml", text.encode())]).documents
    except Unreadable:
        return None
    return [numbers(document.body) for document in documents]


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


# Nothing is made smaller when a test fails: that would ask kubectl for minutes.
BOUNDED = settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck))
# `[a:]` is text to kubectl and refused here: libyaml ends a value at a colon before a bracket
letters = st.text(alphabet="0123456789abefnoxyNTtrus_.:+-~?#, é가\"'", max_size=8)
plain = letters.filter(lambda text: not text.rstrip().endswith(":") and ":," not in text)
scalar = st.one_of(st.sampled_from(SCALARS), plain, st.integers().map(str), st.floats().map(repr))
# `-0.` and `0.` are one key of a Go map and two of ours: nobody writes such a manifest
key = st.one_of(st.sampled_from(["a", "b", "c", "<<"]), scalar).filter(
    lambda text: not text.strip().startswith("-0")
)


@cache
def meaning(name):
    """What keys this text makes, as JSON has them: numbers there are told apart by 32 bits."""
    said = ours_says(f"{HEAD}v: {{{name}: 1}}\n")
    return frozenset(said[0]["v"] if said else [name])


def different(names):
    """True if each key is one to kubectl, too. Of two that become one in JSON (`1.0` and `1`) it
    takes either, as its map's order happens to be.
    """
    once = list(dict.fromkeys(names))
    meant = [one for name in once for one in meaning(name)]
    return len(meant) == len(set(meant))


def pairs(values, **sizes):
    return st.lists(st.tuples(key, values), **sizes).filter(
        lambda found: different(name for name, _ in found)
    )


flow = st.recursive(
    scalar,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(items) + "]"),
        pairs(inner, max_size=3).map(
            lambda found: "{" + ", ".join(f"{name}: {value}" for name, value in found) + "}"
        ),
    ),
    max_leaves=6,
)
block = pairs(flow, min_size=1, max_size=4).map(
    lambda found: "".join(f"{name}: {value}\n" for name, value in found)
)


@settings(BOUNDED, max_examples=8)
@given(st.lists(st.one_of(block, flow.map("v: {}\n".format)), min_size=20, max_size=40))
def test_generated_documents(both, bodies):
    assert both.compare(bodies) == {}


# What a later key replaces is checked here all the same: `.inf` in it, or a key that is null, is
# refused, by kubectl not.
finite = scalar.filter(
    lambda text: text.strip() != "?" and not any(word in text.lower() for word in ("inf", "nan"))
)
REFERRING = (
    "*x", "*y", "*z", "&x 1", "&y {b: 1}", "{<<: *x, b: 3}", "{b: 3, <<: *x}", "[*x, *y]",
    "!!str y", "{<<: [*x, *y], <<: *y}", "{'<<': *x}", "!!map {a: 1}", "!!seq [1]", "!!binary aGk=",
    "? a", "{}",
)  # fmt: skip
MERGED = (
    "*x",
    "*y",
    "*z",
    "[*x, *y]",
    "[*y, *x]",
    "{b: 5}",
    "[{b: 7}, *x]",
    "1",
    "[]",
    "{}",
    "[1]",
)
TEXT_BLOCKS = ("|", ">-", "|+", ">+", "|2")
names = st.sampled_from(["a", "b", "c", "d"])


@st.composite
def nested(draw, depth=0):
    """Lines of a mapping with anchors, aliases, merges and keys that come again."""
    pad = "  " * depth
    lines = [] if depth else ["a: &x {b: 1, c: &z {d: 2}}", "b: &y {b: 2, e: [1, y]}"]
    for name in draw(st.lists(names, min_size=1, max_size=4)):
        match draw(st.integers(0, 6)):
            case 0 | 1 if depth < 3:
                lines += [f"{pad}{name}:", *draw(nested(depth + 1))]
            case 2:
                lines.append(f"{pad}<<: {draw(st.sampled_from(MERGED))}")
            case 3:
                lines.append(f"{pad}{name}: {draw(st.sampled_from(REFERRING))}")
            case 4:
                lines += [
                    f"{pad}{name}:",
                    f"{pad}- {draw(finite)}",
                    f"{pad}- {name}: {draw(finite)}",
                ]
            case 5:
                lines.append(f"{pad}{name}: {draw(st.sampled_from(TEXT_BLOCKS))}")
                lines += [f"{pad}   x y", "", f"{pad}   z"]
            case _:
                lines.append(f"{pad}{name}: {draw(finite)}")
    return lines


JSON_NUMBERS = ("1e400", "-0", "0.0", "1E5", "01", "1.", "NaN", "123456789012345678901234567890")
JSON_TEXTS = (
    '"\\u00e9"',
    '"\\ud800"',
    '"\\u0000"',
    '"a\tb"',
    "'a'",
    "true",
    "null",
    '{"a":1,"a":2}',
)
json_value = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.integers().map(str),
    st.sampled_from(JSON_NUMBERS + JSON_TEXTS),
)
SEPARATORS = ("---\n", "---\n---\n", "--- # c\n", "---\n# c\n---\n", "--- \n", "---\n~\n---\n")
STARTS = ("", "\ufeff", "---\n", "# c\n", "%YAML 1.1\n---\n")
OBJECT = '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "NAME-%d"}, "v": %s}'
LISTS = ("List", "ConfigMapList", "ConfigMap")


@st.composite
def streams(draw):
    """A file of several documents: blocks, JSON, Lists."""
    text = draw(st.sampled_from(STARTS))
    for number in range(draw(st.integers(1, 4))):
        match draw(st.integers(0, 3)):
            case 0 | 1:
                text += f"{HEAD.strip()[:-1]}-{number}}}\nv: {draw(flow)}\n"
            case 2:
                text += OBJECT % (number, draw(json_value)) + "\n"
            case _:
                item = "{apiVersion: v1, kind: ConfigMap, metadata: {name: NAME-%d}, v: %s}"
                item %= (number, draw(finite))
                kind = draw(st.sampled_from(LISTS))
                text += f"apiVersion: v1\nkind: {kind}\nitems:\n- {item}\n"
        text += draw(st.sampled_from(SEPARATORS))
    return text


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return text != "NaN"


@st.composite
def json_streams(draw):
    """JSON objects one after the other; in the first alone, what is no JSON is YAML to kubectl."""
    values = draw(st.lists(json_value.filter(is_json), min_size=1, max_size=3))
    between = draw(st.sampled_from(["", "\n", " ", "\n\n\t"]))
    return between.join(OBJECT % (number, value) for number, value in enumerate(values))


@settings(BOUNDED, max_examples=6)
@given(
    st.lists(nested().map(lambda lines: HEAD + "\n".join(lines) + "\n"), min_size=20, max_size=40),
    st.lists(streams() | json_streams(), min_size=20, max_size=40),
)
def test_generated_files(both, merges, files):
    assert both.compare_files([*merges, *files]) == {}
