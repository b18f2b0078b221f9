"""Which exercise and which files are meant where not all was named."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from podgrade.cli.complete import known
from podgrade.model.errors import UsageProblem
from podgrade.model.text import say

_MANIFESTS = frozenset({".yaml", ".yml", ".json"})


def meant(words: Sequence[str], command: str = "check") -> tuple[str, tuple[str, ...]]:
    """The exercise and the files that `podgrade check WORDS` (or another command) is about.

    What is not named is known from what `podgrade start` left in the current folder: the sheet
    SLUG.md and the manifest SLUG.yaml. UsageProblem says what cannot be known; whether there is
    such an exercise is not asked here.
    """
    slugs = known()
    if words and not _is_file(words[0], slugs):
        slug, *files = words
    else:
        slug, files = _started(slugs, words, command), [*words]
    if not files and slug in slugs:
        files = [_manifest(slug, command)]
    return slug, tuple(files)


def meant_in_place(words: Sequence[str]) -> str:
    """The exercise that `podgrade check WORDS --live` is about. UsageProblem as above, and where
    a file was named, too.
    """
    slugs = known()
    if len(words) > 1 or (words and _is_file(words[0], slugs)):
        raise UsageProblem(
            say("with --live what runs is graded, so name no file: podgrade check SLUG --live")
        )
    return words[0] if words else _started(slugs, (), "check")


def _is_file(word: str, slugs: Collection[str]) -> bool:
    """An exercise's name is never taken for a file; a name of neither is one by its ending."""
    if word in slugs:
        return False
    return word == "-" or Path(word).exists() or Path(word).suffix.lower() in _MANIFESTS


def _started(slugs: Collection[str], files: Sequence[str], command: str) -> str:
    """The exercise whose sheet lies here; of several the one that the file is named after."""
    there = [slug for slug in slugs if Path(f"{slug}.md").is_file()]
    named = [slug for slug in there if Path(files[0]).stem == slug] if files else []
    if len(named or there) == 1:
        return (named or there)[0]
    if there:
        raise UsageProblem(
            say(
                "several exercises were started in this folder: {slugs}. Name the one to be "
                "graded: podgrade {command} SLUG",
                slugs=", ".join(there),
                command=command,
            )
        )
    raise UsageProblem(
        say(
            "no exercise was started in this folder, so name the one to be graded: "
            "podgrade {command} SLUG FILE (podgrade list shows all, podgrade start SLUG begins "
            "one)",
            command=command,
        )
    )


def _manifest(slug: str, command: str) -> str:
    file = f"{slug}.yaml"
    if not Path(file).is_file():
        raise UsageProblem(
            say(
                "there is no {file} here. Name your manifest: podgrade {command} {slug} FILE",
                file=file,
                slug=slug,
                command=command,
            )
        )
    return file
