"""Every sentence of podgrade's own has its Korean, with the same things put in."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import podgrade
from podgrade.locale import catalogue, default_language, in_language
from podgrade.model.text import Text, say

PACKAGE = Path(podgrade.__file__).parent
KOREAN = PACKAGE / "locale" / "ko"


def placeholders(template):
    return sorted(set(slots(template)))


def slots(template):
    """What stands between braces, in order; `{}` is an empty one."""
    return [name for _, name, *_ in string.Formatter().parse(template) if name is not None]


def has_letters(template):
    literal = "".join(text for text, *_ in string.Formatter().parse(template))
    return any(letter.isalpha() for letter in literal)


def templates():
    """Every template that is given to say(), with the place where it stands."""
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                yield node.args[0], f"{file.relative_to(PACKAGE)}:{node.lineno}"


def entries():
    """Every Korean entry: file, template, translation."""
    for file in sorted(KOREAN.glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale="ko"):
                if message.id:
                    yield file.name, message.id, message.string


def test_every_template_is_written_out():
    computed = [place for node, place in templates() if not isinstance(node, ast.Constant)]

    assert computed == []


def test_every_template_has_its_korean():
    korean = catalogue("ko")
    wanted = {node.value: place for node, place in templates() if isinstance(node, ast.Constant)}
    missing = [f"{wanted[t]}: {t}" for t in wanted if has_letters(t) and t not in korean]

    assert missing == []


def test_every_value_of_a_template_has_a_name():
    nameless = [
        place
        for node, place in templates()
        if isinstance(node, ast.Constant) and not all(map(str.isidentifier, slots(node.value)))
    ]

    assert nameless == []


def test_korean_has_the_same_placeholders():
    wrong = [
        f"{file}: {template}"
        for file, template, korean in entries()
        if placeholders(template) != placeholders(korean)
    ]

    assert wrong == []


def test_no_entry_is_unused():
    used = {node.value for node, _ in templates() if isinstance(node, ast.Constant)}
    unused = [f"{file}: {template}" for file, template, _ in entries() if template not in used]

    assert unused == []


def test_no_entry_has_two_translations():
    known = {}
    twice = [
        template
        for _, template, korean in entries()
        if known.setdefault(template, korean) != korean
    ]

    assert twice == []


def test_words_inside_words_are_translated():
    outer = say("{verdict}: {check}", verdict=say("passed"), check=Text("ready", "준비됨"))

    assert in_language(outer, "ko") == "통과: 준비됨"
    assert in_language(outer, "en") == "passed: ready"


def test_values_are_never_templates():
    assert in_language(say("{file}: {field}: {problem}", file="{x}", field="%s", problem="{"), "ko")


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_MESSAGES": "ko_KR", "LANG": "en_US.UTF-8"}, "ko"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
    ],
)
def test_language_of_the_locale(monkeypatch, variables, language):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert default_language() == language
