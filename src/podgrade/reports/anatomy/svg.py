"""Writes a layout as SVG that stands in a page: its colours are classes of anatomy.css."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element, SubElement, tostring

from podgrade.reports.anatomy.description import description, title
from podgrade.reports.anatomy.layout import layout
from podgrade.reports.anatomy.parts import Parts
from podgrade.reports.anatomy.shapes import Box, Head, Place, Side, Text, Wire

COLOURS = 6  # of volumes, in anatomy.css; further volumes begin anew

_HEADS = {
    Side.LEFT: "l7 -4 v8 z",
    Side.RIGHT: "l-7 -4 v8 z",
    Side.DOWN: "l-4 -7 h8 z",
}


def style() -> str:
    """The style sheet that pictures need; it reads the page's colours from custom properties."""
    return files(__package__).joinpath("anatomy.css").read_text(encoding="utf-8")


def picture(parts: Parts, language: str, name: str = "anatomy") -> str:
    """The Pods as an `svg` element with title and description in the language.

    `name` begins the ids in it, of which no page may have two.
    """
    drawing = layout(parts, language)
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "class": "anatomy",
            "viewBox": f"0 0 {_number(drawing.width)} {_number(drawing.height)}",
            "width": _number(drawing.width),
            "height": _number(drawing.height),
            "role": "img",
            "aria-labelledby": f"{name}-title",
            "aria-describedby": f"{name}-desc",
        },
    )
    SubElement(svg, "title", {"id": f"{name}-title"}).text = title(parts, language)
    SubElement(svg, "desc", {"id": f"{name}-desc"}).text = description(parts, language)
    for box in drawing.boxes:
        _box(svg, box)
    # First what runs down, then what crosses it, each branch with a gap in what it crosses.
    for wire in sorted(drawing.wires, key=lambda wire: wire.dot is not None):
        _wire(svg, wire)
    for text in drawing.texts:
        _text(svg, text)
    return tostring(svg, encoding="unicode")


def _box(svg: Element, box: Box) -> None:
    attributes = {
        "class": f"box {box.kind}{_colour(box.mark)}",
        "x": _number(box.x),
        "y": _number(box.y),
        "width": _number(box.width),
        "height": _number(box.height),
        "rx": "12" if box.kind == "pod" else "7",
    }
    SubElement(svg, "rect", attributes)


def _wire(svg: Element, wire: Wire) -> None:
    group = SubElement(svg, "g", {"class": f"wire {wire.kind}{_colour(wire.mark)}"})
    points = " ".join(f"{_number(x)},{_number(y)}" for x, y in wire.places)
    if wire.dot is not None:
        (x, y), (end, _) = wire.places[0], wire.places[-1]
        between = f"{_number(x + 10)},{_number(y)} {_number(end - 6)},{_number(y)}"
        SubElement(group, "polyline", {"class": "gap", "points": between})
    SubElement(group, "polyline", {"class": "line", "points": points})
    for head in wire.heads:
        _head(group, head)
    if wire.dot is not None:
        x, y = wire.dot
        SubElement(group, "circle", {"class": "dot", "cx": _number(x), "cy": _number(y), "r": "4"})


def _head(group: Element, head: Head) -> None:
    place = _place(head.tip)
    SubElement(group, "path", {"class": "head", "d": f"M{place} {_HEADS[head.side]}"})


def _text(svg: Element, text: Text) -> None:
    x = _number(text.x)
    element = SubElement(svg, "text", {"class": text.style.name, "x": x})
    for place, row in enumerate(text.rows):
        # A line's letters stand a little below its middle.
        y = text.y + text.style.height * (place + 0.5) + text.style.size * 0.35
        SubElement(element, "tspan", {"x": x, "y": _number(y)}).text = row


def _colour(mark: int | None) -> str:
    return "" if mark is None else f" colour-{mark % COLOURS}"


def _place(place: Sequence[float] | Place) -> str:
    return " ".join(map(_number, place))


def _number(value: float) -> str:
    return f"{round(value, 1):g}"
