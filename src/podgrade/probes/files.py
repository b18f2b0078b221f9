"""The probe `files`: writes and reads files in a container, and knows why one is not there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from podgrade.model.failure import Failure
from podgrade.model.reason import Reason
from podgrade.model.text import Words, say
from podgrade.probes import aim, mounts, stat
from podgrade.probes.bench import Bench
from podgrade.probes.beside import ran
from podgrade.probes.execute import Command
from podgrade.probes.filesystem import file_system
from podgrade.probes.tape import Stage
from podgrade.probes.values import About, FileSystem, Number, Ran, Stat, Text

# Whole paths: the container's PATH is the learner's.
_READ = ("/bin/cat",)
_WRITE = ("/bin/sh", "-c", 'printf %s "$1" > "$0"')
_APPEND = ("/bin/sh", "-c", 'printf %s "$1" >> "$0"')
_STAT = ("/bin/stat", "-c", stat.FORMAT)
_WHICH = ("/bin/stat", "-c", "%d:%i")


# Why what was read of a file is not what was expected: the Pod, the container, the path.
Differs = Callable[[Mapping[str, Any], str, str], Reason | None]


class FilesProbe:
    """`files.write("app", "/data/x", "text")`, `files.read("helper", "/data/x")`, `files.stat(…)`.

    All run a command as `exec` does, with its limits. In a container whose programs prove nothing
    (another image than the sheet's, a volume over /bin) they go through a container of podgrade's
    own that is added beside it (an ephemeral one), where the kernel lets that in. What they answer
    knows about the Pod's volumes: a file that is not there, or could not be written, or could
    although it should not, is explained by what is mounted where.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    def write(self, container: str, path: str, text: str) -> Ran:
        """Write the text into the file: `.code` is 0 if that went well, `.err` says why not."""
        answer: Ran = self._stage.ask(
            _question("write", container, path, text),
            lambda bench: _written(bench, _WRITE, container, path, text),
        )
        return answer

    def append(self, container: str, path: str, text: str) -> Ran:
        r"""Add the text, as it is, to the end of the file, in one piece; answers as `write` does.

        A line must bring its own end (`"…\n"`). What reads along sees all of the text at once.
        """
        answer: Ran = self._stage.ask(
            _question("append", container, path, text),
            lambda bench: _written(bench, _APPEND, container, path, text),
        )
        return answer

    def read(self, container: str, path: str) -> Text:
        """What is in the file; empty where there is none."""
        answer: Text = self._stage.ask(
            _question("read", container, path), lambda bench: _read(bench, container, path)
        )
        return answer

    def stat(self, container: str, path: str) -> Stat:
        """What kind of file or folder it is, as the container sees it: `.mode` (`"0750"`),
        `.uid`, `.gid`, `.before_start`.

        `before_start` is True if its content was last changed (`st_mtime`) not later than the
        container's present life began (status.containerStatuses[].state.running.startedAt).
        Both are times of the node's clock, in whole seconds: what the container itself does in
        the second in which it starts counts as before.
        """
        answer: Stat = self._stage.ask(
            _question("stat", container, path), lambda bench: _stat(bench, container, path)
        )
        return answer

    def identity(self, container: str, path: str) -> Text:
        """Which file it is (`device:inode`): the same in two containers for the same file, but
        not for a copy; empty where there is none.
        """
        answer: Text = self._stage.ask(
            _question("identity", container, path), lambda bench: _identity(bench, container, path)
        )
        return answer

    def filesystem(self, container: str, path: str) -> FileSystem:
        """The file system behind a path: `.type` (`tmpfs`), `.size` (`32Mi`), as `stat -f` in
        the container sees them. Raises Failure where the path is not there.
        """
        answer: FileSystem = self._stage.ask(
            _question("filesystem", container, path),
            lambda bench: file_system(bench, container, path),
        )
        return answer


def _question(verb: str, *words: str) -> str:
    return f"files.{verb}(" + json.dumps(words, ensure_ascii=False) + ")"


def _written(bench: Bench, how: tuple[str, ...], container: str, path: str, text: str) -> Ran:
    said = ran(bench, Command(container, (*how, path, text)), path)
    about = {"path": path, "container": container}
    pod = _pod(bench)
    if said.code == 0:
        reason = mounts.written(pod, container, path)
        shown = say("{path} in container {container} was written", **about)
    else:
        reason = mounts.unwritten(pod, container, path, str(said.err).strip())
        shown = say("writing {path} in container {container}: {error}", error=said.err, **about)
    code = About(say("exit code of writing {path} in container {container}", **about), reason)
    error = About(say("error when {path} is written in container {container}", **about), reason)
    return Ran(
        Number(int(said.code), About(code.subject, reason, shown)),
        said.out,
        Text(str(said.err), About(error.subject, reason, shown)),
    )


def _read(bench: Bench, container: str, path: str) -> Text:
    subject = say("file {path} in container {container}", path=path, container=container)
    return _of_file(
        bench, Command(container, (*_READ, path), reads=True), subject, mounts.other_content
    )


def _stat(bench: Bench, container: str, path: str) -> Stat:
    said = ran(bench, Command(container, (*_STAT, path), reads=True), path)
    pod = _pod(bench)
    if said.code == 0:
        return stat.found(pod, container, path, str(said.out))
    reason = mounts.unread(pod, container, path, str(said.err).strip())
    return stat.missing(container, path, reason)


def _identity(bench: Bench, container: str, path: str) -> Text:
    subject = say("inode of {path} in container {container}", path=path, container=container)
    return _of_file(
        bench, Command(container, (*_WHICH, path), reads=True), subject, mounts.not_the_same
    )


def _of_file(bench: Bench, command: Command, subject: Words, differs: Differs) -> Text:
    container, path = command.container, command.words[-1]
    said = ran(bench, command, path)
    pod = _pod(bench)
    if said.code == 0:
        look = mounts.look_into_file(pod, container, path)
        reason = differs(pod, container, path) or Reason("different", look=look)
        return Text(str(said.out), About(subject, reason))
    reason = mounts.unread(pod, container, path, str(said.err).strip())
    return Text("", About(subject, reason, reason.seen or say("{error}", error=said.err)))


def _pod(bench: Bench) -> Mapping[str, Any]:
    pod = bench.workspace.pod()
    if pod is None:
        raise Failure(aim.gone())
    return pod
