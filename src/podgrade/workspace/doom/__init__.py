"""Doom: what went wrong with a Pod, in words, decided relative to what is waited for."""

from podgrade.workspace.doom.judge import judge, newest, obstacle
from podgrade.workspace.doom.terms import Goal, GoalKind, Json, Lookup, Scene

__all__ = ["Goal", "GoalKind", "Json", "Lookup", "Scene", "judge", "newest", "obstacle"]
