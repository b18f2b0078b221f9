"""What pytest's collection finds: the submissions, and each grader's checks for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from podgrade.grading import acceptance, catalogue
from podgrade.grading.case import ACCEPTANCE
from podgrade.grading.groups import Groups, grouped, instance_of
from podgrade.grading.makers import SUBMISSION, argument_problem
from podgrade.grading.proof import fixtures_of
from podgrade.grading.submissions import from_folder, from_path, with_unique_keys
from podgrade.grading.wording import Wording
from podgrade.model.errors import PodgradeError
from podgrade.model.exercise import Exercise
from podgrade.model.submission import Key, Submission


class Collection:
    """The submissions of a run, and the items made for them."""

    def __init__(self, config: pytest.Config, wording: Wording, stdin: bytes | None) -> None:
        self._config = config
        self._wording = wording
        self._exercises: dict[Path, Exercise] = {}
        self._fixtures: dict[Path, tuple[Submission, ...]] = {}
        self._begun: set[pytest.Collector] = set()
        self._made: dict[str, pytest.Function] = {}
        self._by_key: dict[Path, dict[str, Submission]] = {}
        self.submissions = self._named(stdin)

    @property
    def proving(self) -> bool:
        """True where no submission was named and a pack has fixtures to be proven by."""
        return not self.submissions and any(self._fixtures.values())

    def by_key(self, grader: Path, key: Key | str | None) -> Submission | None:
        """The submission that a grader marks under that key."""
        if grader not in self._by_key:
            self._by_key[grader] = {one.key: one for one in self._submissions_for(grader)}
        return self._by_key[grader].get(key or "")

    def parametrize(self, metafunc: pytest.Metafunc) -> None:
        """One item of a check for each submission."""
        grader = Path(metafunc.definition.path)
        self._exercise(grader)
        submissions = self._submissions_for(grader)
        if SUBMISSION not in metafunc.fixturenames:
            metafunc.fixturenames.append(SUBMISSION)
        metafunc.parametrize(SUBMISSION, [Key(s.key) for s in submissions], indirect=True)

    def made(self, collector: pytest.Collector, name: str, items: list[Any]) -> list[Any]:
        """The items of one check; before a grader's first comes the acceptance check."""
        if not isinstance(collector, pytest.Module):
            raise pytest.Collector.CollectError(
                f"{collector.path.name}: checks are functions, {name} is in a class"
            )
        if name != ACCEPTANCE:
            return [*self._first(collector), *map(self._kept, items)]
        again = collector in self._begun
        self._begun.add(collector)
        return [] if again else [self._kept(item) for item in items]

    def _first(self, module: pytest.Module) -> list[Any]:
        if module in self._begun:
            return []
        test = acceptance.test_manifest_is_accepted
        setattr(module.obj, ACCEPTANCE, test)  # where pytest looks for an item's function
        make = module.ihook.pytest_pycollect_makeitem
        return list(make(collector=module, name=ACCEPTANCE, obj=test) or ())

    def _kept(self, item: pytest.Function) -> pytest.Function:
        problem = argument_problem(item)
        if problem:
            raise pytest.Collector.CollectError(f"{item.path.name}::{item.name}: {problem}")
        item.add_marker("podgrade")
        self._made[item.nodeid] = item
        return item

    def items(self, nodes: Iterable[str]) -> list[pytest.Item]:
        """The items of these node ids, whether or not they were chosen to run."""
        return [self._made[node] for node in nodes if node in self._made]

    def groups(self) -> Groups:
        """Every check of every submission, whether or not it was chosen to run."""
        found = []
        for item in self._made.values():
            instance = instance_of(item)
            submission = self.by_key(item.path, str(item.callspec.params[SUBMISSION]))
            if instance is not None and submission is not None:
                found.append((item, instance, self._exercise(item.path), submission))
        return grouped(found)

    def _named(self, stdin: bytes | None) -> tuple[Submission, ...]:
        option = self._config.option
        try:
            found = [from_path(path, stdin) for path in option.submission]
            found += from_folder(option.submissions) if option.submissions else ()
        except PodgradeError as error:
            self._config.hook.pytest_podgrade_trouble(error=error)
            raise pytest.UsageError(self._wording.said(error.words)) from error
        for more in self._config.hook.pytest_podgrade_submissions(config=self._config):
            found += more
        return with_unique_keys(found)

    def _submissions_for(self, grader: Path) -> tuple[Submission, ...]:
        if self.submissions:
            slug = self._exercise(grader).slug
            return tuple(one for one in self.submissions if one.exercise in {None, slug})
        if grader not in self._fixtures:
            proves = self._config.hook.pytest_podgrade_prove.get_hookimpls()
            self._fixtures[grader] = fixtures_of(self._exercise(grader)) if proves else ()
        return self._fixtures[grader]

    def _exercise(self, grader: Path) -> Exercise:
        if grader not in self._exercises:
            try:
                self._exercises[grader] = catalogue.exercise_of(grader)
            except PodgradeError as error:
                self._config.hook.pytest_podgrade_trouble(error=error)
                raise pytest.Collector.CollectError(self._wording.said(error.words)) from error
        return self._exercises[grader]
