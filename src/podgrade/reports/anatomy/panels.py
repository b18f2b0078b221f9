"""The anatomy of Pods as text: boxes on a terminal, for `podgrade explain`.

The same parts in the same order as the picture: Services, the Pod with its containers in the order
in which they start, its volumes. What the picture says with lines stands at each mount in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

from podgrade.locale import in_language
from podgrade.model.text import Words, say
from podgrade.reports.anatomy.cards import owner, role, shared
from podgrade.reports.anatomy.parts import Container, Mount, Parts, Pod, Role, Service
from podgrade.reports.anatomy.volumes import Volume

_FANCY = {"both": "↔", "in": "←", "to": "→", "then": "↓"}
_PLAIN = {"both": "<->", "in": "<-", "to": "->", "then": "v"}


def draw(parts: Parts, language: str, console: Console) -> None:
    """Print the Pods below each other, as wide as the console."""
    fancy = console.encoding.lower().startswith("utf")
    artist = _Artist(language, _FANCY if fancy else _PLAIN)
    for pod in parts.pods:
        for piece in artist.pod(pod):
            console.print(piece)


class _Artist:
    """Draws in one language, with the arrows that the console can show."""

    def __init__(self, language: str, arrows: dict[str, str]) -> None:
        self._language, self._arrows = language, arrows

    def pod(self, pod: Pod) -> Iterator[RenderableType]:
        """The Services that lead to the Pod, and the Pod."""
        if pod.services:
            yield self._side_by_side([self._service(one) for one in pod.services])
            yield Text(f"  {self._arrows['then']}")
        head = f"{self._said(owner(pod))}\n{self._said(shared(pod))}"
        inside = [Text(head, "dim"), *self._containers(pod)]
        if pod.volumes:
            volumes = [self._volume(one) for one in pod.volumes]
            inside += [self._heading(say("volumes")), self._side_by_side(volumes)]
        yield self._panel(pod.name, Group(*inside), "bold")

    def _containers(self, pod: Pod) -> Iterator[RenderableType]:
        first = [one for one in pod.containers if one.role is not Role.ORDINARY]
        rest = [one for one in pod.containers if one.role is Role.ORDINARY]
        if first:
            yield self._heading(say("one after another"))
        for one in first:
            yield self._container(one)
            yield Text(f"  {self._arrows['then']}")
        if first:
            yield self._heading(say("then together"))
        yield self._side_by_side([self._container(one) for one in rest])

    def _container(self, one: Container) -> Panel:
        lines = [self._said(role(one)), one.image]
        for port in one.ports:
            name = f" {port.name}" if port.name else ""
            lines.append(f"{port.number}/{port.protocol}{name}")
        lines += [self._mount(mount) for mount in one.mounts]
        return self._panel(one.name, Text("\n".join(lines)), "green")

    def _mount(self, mount: Mount) -> str:
        arrow = self._arrows["in" if mount.read_only else "both"]
        details = [f"{mount.path} {arrow} {mount.volume}"]
        if mount.part:
            details.append(f"subPath {mount.part}")
        if mount.read_only:
            details.append(self._said(say("read-only")))
        return ", ".join(details)

    def _volume(self, one: Volume) -> Panel:
        return self._panel(one.name, Text(self._said(one.source)), "yellow")

    def _service(self, one: Service) -> Panel:
        kind = f"Service ({one.kind})" if one.kind else "Service"
        ways = [
            f"{way.number} {self._arrows['to']} {way.target}{f' {way.name}' if way.name else ''}"
            for way in one.ways
        ]
        return self._panel(one.name, Text("\n".join([kind, *ways])), "cyan")

    def _heading(self, words: Words) -> Text:
        return Text(f"\n{self._said(words)}", "dim")

    @staticmethod
    def _side_by_side(panels: Sequence[Panel]) -> RenderableType:
        """Beside each other where there is room, else below each other."""
        return Columns(panels, padding=(0, 1))

    @staticmethod
    def _panel(title: str, inside: RenderableType, style: str) -> Panel:
        return Panel(
            inside, title=Text(title), title_align="left", border_style=style, expand=False
        )

    def _said(self, words: Words | str) -> str:
        return in_language(words, self._language)
