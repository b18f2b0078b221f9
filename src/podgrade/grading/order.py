"""The order in which pytest's items are run: submissions as they finish, the rest as collected.

And the one in which submissions are begun: of a few graders in turn.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pytest

from podgrade.grading.groups import Group

Item = pytest.Item
Step = tuple[Item, Item | None]
GroupOf = Callable[[Item], Group | None]
Finishing = Callable[[list[Group]], Iterable[Group]]

_IN_TURN = 8
"""Graders whose submissions are begun in turn: while some wait for a limit, others compute."""


def steps(items: Sequence[Item], group_of: GroupOf, finishing: Finishing) -> Iterator[Step]:
    """Each item with the one whose fixtures are to stay set up.

    A grader's submissions come in the order in which they finish (`finishing`), so what follows
    the last item of one is any other of the same grader.
    """
    blocks = list(_blocks(items, group_of))
    for number, block in enumerate(blocks):
        after = next((later[0] for later in blocks[number + 1 :]), None)
        if group_of(block[0]) is None:
            yield from _with_next(block, after)
        else:
            yield from _as_finished(block, after, group_of, finishing)


def in_order(items: Sequence[Item], group_of: GroupOf) -> list[Group]:
    """The groups in the order in which `steps` asks for them: grader after grader."""
    found = (group_of(item) for block in _blocks(items, group_of) for item in block)
    return list(dict.fromkeys(group for group in found if group is not None))


def begun_in(order: Sequence[Group], ahead: int) -> list[Group]:
    """The groups in the order in which to begin them, given that in which `steps` asks for them.

    At most `ahead` are begun before one that a grader before theirs still has: only so many
    finished ones have room while `steps` waits for that.
    """
    asked, in_turn = deque(order), deque(_in_turn(order))
    begun: dict[Group, None] = {}
    while asked:
        if asked[0] in begun:
            asked.popleft()
        elif in_turn[0] in begun:
            in_turn.popleft()
        else:
            early = len(begun) - (len(order) - len(asked))
            begun[in_turn[0] if early < ahead else asked[0]] = None
    return list(begun)


def _in_turn(order: Sequence[Group]) -> list[Group]:
    """Each grader's groups spread over the time in which those of the next ones are begun, too.

    Those that wait for a limit come first: begun last, they alone would be left at the end.
    """
    places: dict[Group, float] = {}
    for _, members in groupby(order, key=lambda group: group.exercise.grader):
        groups, first = sorted(members, key=lambda group: not group.waits), len(places)
        apart = min(_IN_TURN, (len(order) - first) / len(groups))
        places |= {group: first + apart * number for number, group in enumerate(groups)}
    return sorted(order, key=lambda group: places[group])


def _blocks(items: Sequence[Item], group_of: GroupOf) -> Iterator[list[Item]]:
    """All checks of a grader together, where the first of them stands; other items alone."""
    graders: dict[Path, list[Item]] = {}
    for item in items:
        if group_of(item) is not None:
            graders.setdefault(item.path, []).append(item)
    for item in items:
        if group_of(item) is None:
            yield [item]
        elif item.path in graders:
            yield graders.pop(item.path)


def _as_finished(
    items: list[Item], after: Item | None, group_of: GroupOf, finishing: Finishing
) -> Iterator[Step]:
    waiting: dict[Group, list[Item]] = {}
    for item in items:
        group = group_of(item)
        if group is not None:
            waiting.setdefault(group, []).append(item)
    for group in finishing(list(waiting)):
        mine = waiting.pop(group)
        other = next((rest[0] for rest in waiting.values()), after)
        yield from _with_next(mine, other)


def _with_next(items: list[Item], after: Item | None) -> Iterator[Step]:
    return zip(items, [*items[1:], after], strict=True)
