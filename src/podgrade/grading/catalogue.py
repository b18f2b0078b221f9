"""Finds the exercises of the packs at hand and reads their exercise.yaml."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from podgrade.grading.packs import Pack, pack_of, packs, slug_of
from podgrade.grading.sheet import checked
from podgrade.model.errors import UsageProblem
from podgrade.model.exercise import Exercise, Hint, Limits, Target
from podgrade.model.fault import Fault, Faults
from podgrade.model.reason import Reason
from podgrade.model.text import LANGUAGES, Message, Text, say
from podgrade.workspace import faults
from podgrade.workspace.read import Unreadable, parse
from podgrade.workspace.read import load as load_files

__all__ = [
    "Pack",
    "anatomy",
    "exercise",
    "exercise_of",
    "exercises",
    "exercises_of",
    "given_setup",
    "idea",
    "ideas",
    "packs",
    "sheet",
    "sheets",
    "starter",
]


def exercises(start: Path | None = None) -> tuple[Exercise, ...]:
    """Every exercise of the packs at hand, sorted by slug; of equal slugs the first pack's."""
    homes = {slug: pack for pack in reversed(packs(start)) for slug in pack.slugs()}
    return tuple(load(homes[slug], slug) for slug in sorted(homes))


def exercise(slug: str, start: Path | None = None) -> Exercise:
    """The exercise of that name. UsageProblem names near-matches where there is none."""
    found = packs(start)
    for pack in found:
        if slug in pack.slugs():
            return load(pack, slug)
    raise UsageProblem(_unknown(slug, sorted({name for pack in found for name in pack.slugs()})))


def exercises_of(folder: Path, slugs: Sequence[str] = ()) -> tuple[Exercise, ...]:
    """These exercises of the pack in `folder`, or all. UsageProblem where there is none such."""
    pack = Pack(folder.resolve())
    if not pack.complete or not pack.slugs():
        raise UsageProblem(
            say("{folder} is no pack: a pack has exercises/ and graders/", folder=folder)
        )
    for slug in slugs:
        if slug not in pack.slugs():
            raise UsageProblem(_unknown(slug, list(pack.slugs())))
    return tuple(load(pack, slug) for slug in pack.slugs() if not slugs or slug in slugs)


def exercise_of(grader: Path) -> Exercise:
    """The exercise that a grader's file marks. UsageProblem if the file is in no pack."""
    pack, slug = pack_of(grader), slug_of(grader)
    if not (pack.folder(slug) / "exercise.yaml").is_file():
        raise UsageProblem(
            say(
                "The grader {grader} has no exercise: {missing} does not exist",
                grader=grader.name,
                missing=pack.folder(slug) / "exercise.yaml",
            )
        )
    return load(pack, slug)


def sheet(chosen: Exercise, language: str) -> str:
    """The task as Markdown: `README.ko.md` in Korean, `README.md` in English or where it lacks."""
    return _read(_in_language(chosen, "README", language))


def idea(chosen: Exercise, language: str) -> str | None:
    """What is explained after the exercise was passed: `idea.md`, `idea.ko.md`, if it has one."""
    path = _in_language(chosen, "idea", language)
    return _read(path) if path.is_file() else None


def sheets(chosen: Exercise) -> dict[str, str]:
    """The task as Markdown by language, of the languages that the exercise has it in."""
    there = [each for each in LANGUAGES if (chosen.folder / f"README.{each}.md").is_file()]
    return {each: sheet(chosen, each) for each in dict.fromkeys(("en", *there))}


def ideas(chosen: Exercise) -> dict[str, str]:
    """The same by language, of the languages that its sheet is written in."""
    told = {each: idea(chosen, each) for each in sheets(chosen)}
    return {each: text for each, text in told.items() if text is not None}


def starter(chosen: Exercise, seed: str = "0") -> str | None:
    """The manifest to start from, if the exercise has one; with the faults that `seed` draws."""
    path = chosen.folder / "starter.yaml"
    if not path.is_file():
        return None
    return _read(path) if chosen.faults is None else faults.starter(chosen, _read(path), seed)


def given_setup(chosen: Exercise) -> str | None:
    """What the exercise brings, as one file to apply oneself where it is graded in place."""
    paths = sorted((chosen.folder / "setup").glob("*.y*ml"))
    if chosen.live == "no" or not paths:
        return None
    return "---\n".join(_read(path).removeprefix("---\n") for path in paths)


def anatomy(chosen: Exercise) -> tuple[Mapping[str, Any], ...]:
    """The objects that a picture of the finished Pod is drawn from; none if there is no file."""
    path = chosen.folder / "anatomy.yaml"
    if not path.is_file():
        return ()
    try:
        return tuple(document.body for document in parse(load_files([str(path)])).documents)
    except Unreadable as error:
        raise UsageProblem(
            say("{file} cannot be read: {error}", file=error.position or path, error=error.words)
        ) from error


def load(pack: Pack, slug: str) -> Exercise:
    """One exercise of a pack. UsageProblem says which field of which file is wrong."""
    folder, grader = pack.folder(slug), pack.grader(slug)
    body = checked(folder / "exercise.yaml")
    if not grader.is_file():
        raise UsageProblem(
            say(
                "The exercise {slug} has no grader: {missing} does not exist",
                slug=slug,
                missing=grader,
            )
        )
    return _exercise(slug, folder, grader, body)


_PLAIN = ("pod_security", "live", "kubernetes", "weight")


def _exercise(slug: str, folder: Path, grader: Path, body: dict[str, Any]) -> Exercise:
    plain = {key: body[key] for key in _PLAIN if key in body}
    return Exercise(
        slug=slug,
        title=_text(body["title"]),
        goal=_text(body["goal"]),
        target=_target(body["target"]),
        folder=folder,
        grader=grader,
        hints=tuple(hint_of(hint) for hint in body.get("hints", ())),
        images=tuple(body.get("images", ())),
        needs=tuple(body.get("needs", ())),
        capabilities=tuple(body.get("capabilities", ())),
        material=tuple(body.get("material", ())),
        after=tuple(body.get("after", ())),
        reasons={code: _reason(code, said) for code, said in body.get("reasons", {}).items()},
        faults=_faults(body["faults"]) if "faults" in body else None,
        limits=Limits(**{name: float(value) for name, value in body.get("limits", {}).items()}),
        **plain,
    )


def _text(pair: dict[str, str]) -> Text:
    return Text(en=pair["en"].strip(), ko=pair["ko"].strip())


def _reason(code: str, said: dict[str, dict[str, str]]) -> Reason:
    return Reason(code, **{part: _text(pair) for part, pair in said.items()})


def hint_of(body: dict[str, Any]) -> Hint:
    """A hint as exercise.yaml and evidence have it."""
    text, reasons = _text(body), body.get("for", {})
    fits = frozenset((check, code) for check, codes in reasons.items() for code in codes)
    return Hint(text.en, text.ko, fits)


def _target(body: dict[str, Any]) -> Target:
    if "kinds" not in body:
        return Target(body["name"])
    return Target(body["name"], tuple(body["kinds"]), exists=body.get("exists", False))


def _in_language(chosen: Exercise, name: str, language: str) -> Path:
    """`NAME.ko.md` in Korean, `NAME.md` in English or where it lacks."""
    translated = chosen.folder / f"{name}.{language}.md"
    return translated if translated.is_file() else chosen.folder / f"{name}.md"


def _faults(body: dict[str, Any]) -> Faults:
    return Faults(body["draw"], tuple(_fault(one) for one in body["of"]))


def _fault(body: dict[str, Any]) -> Fault:
    free = tuple(body.get("free", (body["at"],)))
    return Fault(body["name"], _text(body["says"]), body["at"], body["put"], free)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageProblem(say("{file} cannot be read: {error}", file=path, error=error)) from error


def _unknown(slug: str, known: list[str]) -> Message:
    if not known:
        return say("There is no exercise {slug}: no pack was found here", slug=slug)
    near = difflib.get_close_matches(slug, known, n=3, cutoff=0.5)
    if near:
        return say(
            "There is no exercise {slug}. Did you mean: {near}?", slug=slug, near=", ".join(near)
        )
    return say(
        "There is no exercise {slug}. Exercises: {known} (see podgrade list)",
        slug=slug,
        known=", ".join(known[:8]),
    )
