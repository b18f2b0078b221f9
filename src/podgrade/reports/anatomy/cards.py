"""The cards of a picture: a few lines of text each, some of which an arrow begins or ends at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.reports.anatomy.metrics import CODE, NAME, NOTE, TAG, Style, broken, width
from podgrade.reports.anatomy.parts import Container, Mount, Pod, Port, Role, Service, Way
from podgrade.reports.anatomy.volumes import Volume

PADDING = 12
"""Between the edge of a card and its text, in pixels."""

WIDEST = 300
"""The widest text in a card, in pixels: longer ones are broken."""

APART = 5
"""Above a port or a mount, in pixels."""

Anchor = Port | Mount | Way | Volume


@dataclass(frozen=True)
class Line:
    """A text of a card, broken into rows; what `at` is given begins or ends at the first."""

    rows: tuple[str, ...]
    style: Style
    at: Anchor | None = None
    above: int = 0
    """Pixels between this and the line above."""

    @property
    def height(self) -> int:
        return self.above + self.style.height * len(self.rows)


@dataclass(frozen=True)
class Card:
    """A box with lines; `kind` is init, sidecar, ordinary, volume or service."""

    kind: str
    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        rows = ((row, line.style) for line in self.lines for row in line.rows)
        return max((width(row, style) for row, style in rows), default=0) + 2 * PADDING

    @property
    def height(self) -> int:
        return sum(line.height for line in self.lines) + 2 * PADDING - 4


class Cards:
    """Makes cards in one language."""

    def __init__(self, language: str) -> None:
        self._language = language

    def container(self, one: Container) -> Card:
        lines = [
            self._line(role(one), TAG),
            self._line(one.name, NAME),
            self._line(one.image, NOTE),
            *(self._line(_port(port), CODE, port, APART) for port in one.ports),
        ]
        for mount in one.mounts:
            lines.append(self._line(mount.path, CODE, mount, APART))
            lines.append(self._line(self._mount(mount), NOTE))
        return Card(one.role.value, _written(lines))

    def volume(self, one: Volume) -> Card:
        lines = [self._line(one.name, NAME, one), self._line(one.source, NOTE)]
        return Card("volume", _written(lines))

    def service(self, one: Service) -> Card:
        kind = f"Service ({one.kind})" if one.kind else "Service"
        ways = (self._line(_way(way), CODE, way) for way in one.ways)
        return Card("service", _written([self._line(kind, TAG), self._line(one.name, NAME), *ways]))

    def pod(self, one: Pod) -> tuple[Line, ...]:
        """The lines above the containers of a Pod."""
        return _written(
            [
                self._line(owner(one), TAG),
                self._line(one.name, NAME),
                self._line(shared(one), NOTE),
            ]
        )

    def heading(self, words: Words) -> Line:
        return self._line(words, TAG)

    def _line(
        self, words: Words | str, style: Style, at: Anchor | None = None, above: int = 0
    ) -> Line:
        rows = broken(in_language(words, self._language), style, WIDEST)
        return Line(rows, style, at, above)

    def _mount(self, mount: Mount) -> str:
        details = [mount.volume]
        if mount.part:
            details.append(f"subPath {mount.part}")
        if mount.read_only:
            details.append(in_language(say("read-only"), self._language))
        return " · ".join(details)


def shared(pod: Pod) -> Words:
    """Which namespaces the containers share; network and IPC they always do."""
    if pod.shares_processes:
        return say("shared by its containers: network, IPC, processes")
    return say("shared by its containers: network, IPC")


def _written(lines: list[Line]) -> tuple[Line, ...]:
    """Without those that say nothing, unless an arrow needs them."""
    return tuple(_written_out(lines))


def _written_out(lines: list[Line]) -> Iterator[Line]:
    for line in lines:
        if line.rows:
            yield line
        elif line.at is not None:
            yield replace(line, rows=("–",))


def role(one: Container) -> Words:
    """What kind of container it is, and its place among those that start before the others."""
    if one.role is Role.INIT:
        return say("init container {place}", place=one.place)
    if one.role is Role.SIDECAR:
        return say("init container {place}, native sidecar", place=one.place)
    return say("container")


def owner(pod: Pod) -> Words:
    """Whether it is a bare Pod, or whose template it is."""
    if pod.owner == "Pod":
        return say("Pod")
    if pod.replicas == 1:
        return say("Pod of a {kind}", kind=pod.owner)
    return say("Pod of a {kind}, {replicas} replicas", kind=pod.owner, replicas=pod.replicas)


def _port(port: Port) -> str:
    name = f" {port.name}" if port.name else ""
    return f"{port.number}/{port.protocol}{name}"


def _way(way: Way) -> str:
    name = f" {way.name}" if way.name else ""
    return f"{way.number} → {way.target}{name}"
