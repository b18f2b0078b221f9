"""Takes a class's work in: whose it is, what was handed in, and what of it is marked."""

from podgrade.grading.intake.roster import HandedIn, Roster, take_in

__all__ = ["HandedIn", "Roster", "take_in"]
