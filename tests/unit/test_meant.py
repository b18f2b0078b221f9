"""Which exercise and which files `podgrade check` is about where not all is named."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from podgrade.cli.main import main
from podgrade.cli.meant import meant
from podgrade.model.errors import UsageProblem


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to be in; `start` begins exercises there."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(*slugs):
    for slug in slugs:
        assert CliRunner().invoke(main, ["start", slug]).exit_code == 0


def test_all_is_named(here):
    assert meant(["sidecar", "a.yaml", "-"]) == ("sidecar", ("a.yaml", "-"))


def test_nothing_is_named_where_one_was_started(here):
    start("sidecar")

    assert meant([]) == ("sidecar", ("sidecar.yaml",))


def test_only_the_exercise_is_named(here):
    start("sidecar", "service")

    assert meant(["service"]) == ("service", ("service.yaml",))


@pytest.mark.parametrize("file", ["my.yaml", "missing.yml", "folder", "-"])
def test_only_a_file_is_named(here, file):
    start("sidecar")
    (here / "my.yaml").touch()
    (here / "folder").mkdir()

    assert meant([file]) == ("sidecar", (file,))


def test_of_several_that_were_started_the_files_name_tells(here):
    start("sidecar", "service")

    assert meant(["service.yaml", "more.yaml"]) == ("service", ("service.yaml", "more.yaml"))


def test_a_file_that_is_called_like_an_exercise_is_none(here):
    (here / "sidecar").touch()

    assert meant(["sidecar", "a.yaml"]) == ("sidecar", ("a.yaml",))


@pytest.mark.parametrize(
    ("started", "words", "sentence"),
    [
        ((), (), "no exercise was started in this folder"),
        ((), ("a.yaml",), "podgrade check SLUG FILE"),
        ((), ("sidecar",), "there is no sidecar.yaml here"),
        (("sidecar", "service"), (), "several exercises were started in this folder: service, "),
        (("sidecar", "service"), ("a.yaml",), "Name the one to be graded"),
    ],
)
def test_what_cannot_be_known_is_said(here, started, words, sentence):
    start(*started)

    with pytest.raises(UsageProblem, match=sentence):
        meant(words)


def test_a_misspelt_exercise_is_no_file(here):
    answer = CliRunner().invoke(main, ["check", "sidcar", "--lang", "en"])

    assert answer.exit_code == 2
    assert "Did you mean: sidecar" in answer.stderr
