"""Where everything of a picture stands.

Everything is one column, so that it can be read on a telephone: Services, then the Pod with its
containers in the order in which they start, then its volumes. Services reach ports by lanes on the
left, outside the Pod; mounts reach volumes by lanes on the right, inside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from podgrade.model.text import say
from podgrade.reports.anatomy.cards import PADDING, Anchor, Card, Cards, Line
from podgrade.reports.anatomy.parts import Container, Parts, Pod, Port, Role, Way
from podgrade.reports.anatomy.shapes import Box, Drawing, Head, Place, Side, Text, Wire

MARGIN = 2  # for the width of the outermost lines
NARROWEST = 210
GAP = 12
STEP = 24  # between containers that start one after the other: room for an arrow
LANE = 18
FIRST_LANE = 28


def layout(parts: Parts, language: str) -> Drawing:
    """The Pods below each other; the drawing is as large as it needs to be."""
    drawing = Drawing()
    y: float = MARGIN
    for pod in parts.pods:
        y = _Column(pod, Cards(language), drawing).draw(y) + 2 * GAP
    drawing.height = max(y - 2 * GAP, 0) + MARGIN
    drawing.width = max((box.right for box in drawing.boxes), default=0) + MARGIN
    return drawing


class _Column:
    """Draws one Pod with its Services from top to bottom."""

    def __init__(self, pod: Pod, cards: Cards, drawing: Drawing) -> None:
        self._pod, self._cards, self._drawing = pod, cards, drawing
        self._services = [cards.service(one) for one in pod.services]
        self._containers = [(one, cards.container(one)) for one in pod.containers]
        self._volumes = [cards.volume(one) for one in pod.volumes]
        self._head = cards.pod(pod)
        self._ways = [way for service in pod.services for way in service.ways]
        self._frame_x = MARGIN + (LANE * len(self._ways) + GAP / 2 if self._ways else 0)
        self._x = self._frame_x + PADDING
        self._width = self._widest()
        self._y = 0.0
        # The middle of each line that something begins or ends at, by the identity of its part.
        self._anchors: dict[int, float] = {}

    def draw(self, y: float) -> float:
        """Returns where it ends."""
        self._y = y
        for card in self._services:
            self._card(card)
            self._y += GAP
        top = self._y
        self._y += PADDING
        head = self._y
        self._lines(self._head, self._x)
        self._containers_in_order()
        self._volumes_below()
        lanes = FIRST_LANE + LANE * len(self._volumes) if self._volumes else PADDING
        bottom = self._y + PADDING - GAP
        frame = Box("pod", self._frame_x, top, PADDING + self._width + lanes, bottom - top)
        self._drawing.boxes.insert(0, frame)
        self._mounts()
        self._arrivals(head + self._head[0].style.height / 2)
        return bottom

    def _widest(self) -> float:
        cards = [*self._services, *(card for _, card in self._containers), *self._volumes]
        head = Card("pod", self._head)
        return max(NARROWEST, head.width - 2 * PADDING, *(card.width for card in cards))

    def _card(self, card: Card, mark: int | None = None) -> Box:
        box = Box(card.kind, self._x, self._y, self._width, card.height, mark)
        self._drawing.boxes.append(box)
        self._y += PADDING - 2
        self._lines(card.lines, self._x + PADDING)
        self._y = box.bottom
        return box

    def _lines(self, lines: Sequence[Line], x: float) -> None:
        for line in lines:
            self._y += line.above
            self._drawing.texts.append(Text(x, self._y, line.rows, line.style))
            if line.at is not None:
                self._anchors[id(line.at)] = self._y + line.style.height / 2
            self._y += line.height - line.above

    def _containers_in_order(self) -> None:
        first = [pair for pair in self._containers if pair[0].role is not Role.ORDINARY]
        rest = [pair for pair in self._containers if pair[0].role is Role.ORDINARY]
        self._y += GAP
        if first:
            self._heading(self._cards.heading(say("one after another")))
        for _, card in first:
            box = self._card(card)
            self._next(box)
            self._y += STEP
        if first:
            self._heading(self._cards.heading(say("then together")))
        for _, card in rest:
            self._card(card)
            self._y += GAP

    def _heading(self, line: Line) -> None:
        self._lines([line], self._x)
        self._y += 2

    def _next(self, box: Box) -> None:
        """The arrow below a container that others wait for."""
        x = box.x + box.width / 2
        tip = (x, box.bottom + STEP - 3)
        self._wire("next", ((x, box.bottom), tip), (Head(tip, Side.DOWN),))

    def _volumes_below(self) -> None:
        if self._volumes:
            self._y += GAP / 2
            self._heading(self._cards.heading(say("volumes")))
        for mark, card in enumerate(self._volumes):
            self._card(card, mark)
            self._y += GAP

    def _mounts(self) -> None:
        """From each volume up its lane, with a branch to each mount; the first lane is innermost:
        it ends highest, so no lane is in the way of another's volume.
        """
        edge = self._x + self._width
        for mark, volume in enumerate(self._pod.volumes):
            mounts = [
                mount
                for container in self._pod.containers
                for mount in container.mounts
                if mount.volume == volume.name
            ]
            if not mounts:
                continue
            lane, end = edge + FIRST_LANE + LANE * mark, self._at(volume)
            top = min(self._at(mount) for mount in mounts)
            self._wire("volume", ((lane, top), (lane, end), (edge, end)), mark=mark)
            for mount in mounts:
                y = self._at(mount)
                heads = [Head((edge + 1, y), Side.LEFT)]
                if not mount.read_only:
                    heads.append(Head((lane - 3, y), Side.RIGHT))
                self._wire("volume", ((edge, y), (lane, y)), tuple(heads), (lane, y), mark)

    def _arrivals(self, at_the_pod: float) -> None:
        """From each Service down its lane to the port it leads to, or to the Pod where no
        container declares it; the first lane is outermost, so Services do not cross.
        """
        for place, way in enumerate(self._ways):
            lane = self._frame_x - GAP / 2 - LANE * (len(self._ways) - place) + LANE / 2
            port = _port_of(self._pod.containers, way)
            x, y = (self._frame_x, at_the_pod) if port is None else (self._x, self._at(port))
            start = self._at(way)
            tip = (x - 1, y)
            places = ((self._x, start), (lane, start), (lane, y), tip)
            self._wire("service", places, (Head(tip, Side.RIGHT),))

    def _at(self, part: Anchor) -> float:
        return self._anchors[id(part)]

    def _wire(
        self,
        kind: str,
        places: tuple[Place, ...],
        heads: tuple[Head, ...] = (),
        dot: Place | None = None,
        mark: int | None = None,
    ) -> None:
        self._drawing.wires.append(Wire(kind, places, heads, dot, mark))


def _port_of(containers: Sequence[Container], way: Way) -> Port | None:
    """The declared port that a Service leads to: targetPort is a number or a port's name."""
    ports = [port for one in containers if one.role is not Role.INIT for port in one.ports]
    return next((port for port in ports if way.target in (port.name, port.number)), None)
