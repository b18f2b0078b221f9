"""Which file belongs to which output."""

from __future__ import annotations

from pathlib import Path

import pytest

from podgrade.cli.wanted import Wanted, one_printed, pair
from podgrade.model.errors import UsageProblem

A, B = Path("a"), Path("b")
FORM, FILE = "forms", "targets"


@pytest.mark.parametrize(
    ("order", "forms", "files", "found"),
    [
        ([], (), (), [Wanted("text")]),
        ([FILE], (), (A,), [Wanted("text", A)]),
        ([FORM, FILE], ("json",), (A,), [Wanted("json", A)]),
        ([FILE, FORM], ("json",), (A,), [Wanted("json", A)]),
        ([FORM, FORM, FILE], ("text", "json"), (A,), [Wanted("text"), Wanted("json", A)]),
        ([FORM, FILE, FORM], ("json", "text"), (A,), [Wanted("json", A), Wanted("text")]),
        (
            [FILE, FORM, FORM, FILE],
            ("json", "html"),
            (A, B),
            [Wanted("json", A), Wanted("html", B)],
        ),
    ],
)
def test_a_file_belongs_to_the_output_before_it(order, forms, files, found):
    assert pair(order, forms, files) == tuple(found)


@pytest.mark.parametrize("order", [[FORM, FILE, FILE], [FILE, FORM, FILE]])
def test_an_output_has_one_file(order):
    with pytest.raises(UsageProblem):
        pair(order, ("json",), (A, B))


def test_only_one_is_printed():
    one_printed([Wanted("text"), Wanted("json", A)])
    with pytest.raises(UsageProblem):
        one_printed([Wanted("text"), Wanted("json")])
