"""podgrade on other systems: no module of Linux alone, no console that cannot show a letter."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import podgrade

ROOT = Path(podgrade.__file__).parent
ALONE = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "posix", "syslog"}
CALLS = {
    *("fork", "pread", "pwrite", "getuid", "geteuid", "getgid", "killpg", "setsid", "setns"),
    *("unshare", "sched_getaffinity", "mkfifo", "chown", "uname", "getpgid", "O_CLOEXEC"),
}
OURS = "cluster/providers/node"  # the node is Linux, and is not imported elsewhere

NOT_THERE = """
import importlib, importlib.abc, pkgutil, sys

class NotThere(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in {names}:
            raise ModuleNotFoundError(name)

for name in {names}:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, NotThere())
import podgrade
for found in pkgutil.walk_packages(podgrade.__path__, "podgrade."):
    importlib.import_module(found.name)
print("all there")
"""


def sources():
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(OURS):
            yield name, ast.parse(path.read_text("utf-8"))


def guarded(node, parents):
    """True below an `if sys.platform …`, or where its absence is caught."""
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.If) and "sys.platform" in ast.unparse(node.test):
            return True
        if isinstance(node, ast.Try) and any("Import" in ast.unparse(h) for h in node.handlers):
            return True
    return False


def of_linux_alone(tree):
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        names = set()
        if isinstance(node, ast.Import):
            names = {alias.name.partition(".")[0] for alias in node.names} & ALONE
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").partition(".")[0]} & ALONE
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "os":
            names = {node.attr} & CALLS
        if names and not guarded(node, parents):
            yield from names


def test_nothing_but_the_node_is_of_linux_alone():
    found = [(name, word) for name, tree in sources() for word in of_linux_alone(tree)]
    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import fcntl", ["fcntl"]),
        ("def f():\n    from pwd import getpwnam", ["pwd"]),
        ("import os\nos.pwrite(1, b'', 0)", ["pwrite"]),
        ("import sys\nif sys.platform == 'win32':\n    pass\nelse:\n    import fcntl", []),
        ("try:\n    import grp\nexcept ImportError:\n    grp = None", []),
    ],
)
def test_this_test_finds_them(source, found):
    assert list(of_linux_alone(ast.parse(source))) == found


def test_every_module_is_importable_without_them():
    code = NOT_THERE.format(names=sorted(ALONE - {"posix"}))  # posix is what os itself is here
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)

    assert done.stdout == "all there\n", done.stderr


def said(encoding, *words):
    code = "from podgrade.cli.main import main; main()"
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, env=environment, timeout=120
    )
    return done.returncode, (done.stdout + done.stderr).decode(encoding)


@pytest.mark.parametrize("encoding", ["cp949", "utf-8"])
@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (("--lang", "ko", "--help"), 0, "매니페스트"),
        (("list", "--lang", "ko"), 0, "사이드카"),
        (("show", "sidecar", "--lang", "ko"), 0, "컨테이너"),
        (("class", "sidecar", "nowhere-\u2713-\U0001f600", "--lang", "ko"), 2, "디렉터리"),
    ],
)
def test_korean_is_shown_on_a_korean_console(encoding, words, code, shown):
    ended, text = said(encoding, *words)

    assert ended == code, text
    assert shown in text


@pytest.mark.parametrize("encoding", ["cp437", "cp1252"])
def test_a_console_without_korean_shows_escapes_and_goes_on(encoding):
    ended, text = said(encoding, "list", "--lang", "ko")

    assert ended == 0, text
    assert "\\u" in text
