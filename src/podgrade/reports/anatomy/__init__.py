"""The anatomy of Pods as a picture: parts from manifests, their layout, and the SVG."""

from podgrade.reports.anatomy.parts import Parts, parts_of
from podgrade.reports.anatomy.svg import picture

__all__ = ["Parts", "parts_of", "picture"]
