"""What a picture is drawn with; all lengths are pixels, y grows downwards."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from podgrade.reports.anatomy.metrics import Style, width

Place = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle; `kind` is that of a card, or `pod`. `mark` is the number of a volume."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    mark: int | None = None

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True)
class Text:
    """Rows of text from `x` on; `y` is the top of the first."""

    x: float
    y: float
    rows: tuple[str, ...]
    style: Style

    @property
    def box(self) -> Box:
        """The room it takes by guess."""
        wide = max(width(row, self.style) for row in self.rows)
        return Box("text", self.x, self.y, wide, self.style.height * len(self.rows))


class Side(Enum):
    """Where an arrow head points."""

    LEFT = "left"
    RIGHT = "right"
    DOWN = "down"


@dataclass(frozen=True)
class Head:
    """An arrow head with its tip at a place."""

    tip: Place
    side: Side


@dataclass(frozen=True)
class Wire:
    """A line through places, with arrow heads, perhaps a dot where it joins another.

    `kind` is volume, service or next; `mark` is the number of the volume.
    """

    kind: str
    places: tuple[Place, ...]
    heads: tuple[Head, ...] = ()
    dot: Place | None = None
    mark: int | None = None


@dataclass
class Drawing:
    """A finished layout."""

    width: float = 0
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
