"""The verdict for people: laid out on a terminal, plain lines anywhere else."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from podgrade.model.exercise import Exercise
from podgrade.model.text import say
from podgrade.model.verdict import Outcome, Result
from podgrade.reports.lines import OUTCOMES, Detail, Line, hint, lines, remarks, said, total
from podgrade.reports.safe import visible

_SIGNS = {
    Outcome.PASSED: ("✓", "+", "green"),
    Outcome.FAILED: ("✗", "x", "red"),
    Outcome.NOT_REACHED: ("·", "-", "dim"),
    Outcome.ERROR: ("!", "!", "yellow"),
    Outcome.NOT_GRADED: ("○", "o", "dim"),
}
_WORDED = (Outcome.PASSED, Outcome.FAILED)  # the other verdicts' words stand below the title


def show(
    result: Result,
    exercise: Exercise | None,
    language: str,
    console: Console,
) -> None:
    """Print the verdict on one submission; one that was cut short has no score."""
    put(console, _heading(result, exercise, language), style="bold")
    put(console, "")
    told = lines(result, language)
    columns = (
        max((cell_len(_mark(line, language, console)) for line in told), default=0),
        max((len(line.points) for line in told), default=0),
    )
    for line in told:
        _show_line(line, columns, language, console)
    put(console, "")
    put(console, total(result, language), style="bold")
    if result.passed:
        well_done = say("Every check passed. Well done!")
        graded = say("Every check that was graded passed.")
        put(console, said(graded if result.partial else well_done, language))
    for remark in _remarks(result, exercise, language):
        put(console, remark)


def put(console: Console, text: str, style: str = "") -> None:
    """Print one paragraph: wrapped on a terminal, one long line elsewhere."""
    console.print(Text(text, style=style), soft_wrap=not console.is_terminal, highlight=False)


def _heading(result: Result, exercise: Exercise | None, language: str) -> str:
    title = said(exercise.title, language) if exercise else result.exercise
    return f"{title} – {visible(result.submission)}"


def _remarks(result: Result, exercise: Exercise | None, language: str) -> Iterator[str]:
    advice = hint(result, exercise, language) if exercise else None
    if advice is not None:
        yield f"{said(say('Hint'), language)}: {advice}"
    for remark in remarks(result, language):
        yield f"{said(say('Note'), language)}: {remark}"


def _mark(line: Line, language: str, console: Console) -> str:
    shown, _ = sign(line.outcome, console)
    return f"{shown} {said(OUTCOMES[line.outcome], language)}" if line.outcome in _WORDED else shown


def sign(outcome: Outcome, console: Console) -> tuple[str, str]:
    """The sign of a verdict as the console can show it, and its style."""
    fancy, plain, style = _SIGNS[outcome]
    return (fancy if console.encoding.lower().startswith("utf") else plain), style


def _show_line(line: Line, columns: tuple[int, int], language: str, console: Console) -> None:
    mark, style = _mark(line, language, console), _SIGNS[line.outcome][2]
    indent = sum(columns) + 4
    if not console.is_terminal:
        padded = mark + " " * (columns[0] - cell_len(mark))
        put(console, f"{padded}  {line.points:<{columns[1]}}  {line.title}")
        for text in _detail_lines(line.details):
            put(console, " " * indent + text)
        return
    table = _grid(*columns)
    table.add_row(Text(mark, style), Text(line.points, style), Text(line.title))
    console.print(table)
    _show_details(line.details, indent, console)


def _show_details(details: tuple[Detail, ...], indent: int, console: Console) -> None:
    width = max((cell_len(detail.label) for detail in details), default=0)
    for detail in details:
        if not detail.label:
            console.print(Padding(Text(detail.text, "dim"), (0, 0, 0, indent), expand=False))
            continue
        table = _grid(width)
        table.add_row(Text(detail.label, "cyan"), Text(detail.text))
        console.print(Padding(table, (0, 0, 0, indent), expand=False))


def _grid(*widths: int) -> Table:
    """Columns of these widths and one more that takes what is left."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for width in widths:
        table.add_column(width=width, no_wrap=True)
    table.add_column(overflow="fold")
    return table


def _detail_lines(details: tuple[Detail, ...]) -> Iterator[str]:
    for detail in details:
        first, *rest = str(detail).splitlines() or [""]
        yield first
        yield from (f"    {more}" for more in rest)
