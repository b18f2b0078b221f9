"""Bad days: each a plan of faults, and what it may do to verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from tests.faults.proxy import Answer, Cut, Fault, Gone, Hole, Pieces, Plan, Request, Slow

CONFLICT = Answer(409, "Conflict", "Operation cannot be fulfilled on resourcequotas: try again")
TOO_MANY = Answer(429, "TooManyRequests", retry_after=1)
BROKEN = Answer(500, "InternalError")
AWAY = Answer(503, "ServiceUnavailable")
TOKEN = Answer(401, "Unauthorized", "Unauthorized")


class Costs(Enum):
    """What trouble may do to a submission's verdicts."""

    NOTHING = "every verdict is as on a good day"
    MAYBE = "some may be errors: what a cut command did is not known"
    ERRORS = "what could not be found out is an error"


@dataclass(frozen=True)
class Day:
    """A plan by name, and what it does to verdicts: those that are no errors are right ever."""

    name: str
    plan: Plan
    costs: Costs = Costs.NOTHING

    def __str__(self) -> str:
        return self.name


def every(count: int, fault: Fault, *, but_watches: bool = False) -> Plan:
    """Each so-many-th request meets the fault."""

    def plan(request: Request) -> Fault | None:
        if but_watches and request.is_watch:
            return None
        return fault if request.number % count == 0 else None

    return plan


def first_of_each(fault: Fault) -> Plan:
    """The first request of each method and kind meets the fault."""
    return lambda request: fault if request.nth == 1 else None


def watches(fault: Fault, count: int) -> Plan:
    """The first so many watches of each kind meet the fault."""
    return lambda request: fault if request.is_watch and request.nth <= count else None


def posts(fault: Fault) -> Plan:
    """Every second creation of each kind meets the fault."""

    def plan(request: Request) -> Fault | None:
        creates = request.method == "POST" and not request.is_exec
        return fault if creates and request.nth % 2 == 1 else None

    return plan


def after(count: int, fault: Fault) -> Plan:
    """From the so-many-th request on nothing else comes."""
    return lambda request: fault if request.number > count else None


DAYS = (
    Day("conflicts", posts(CONFLICT)),
    Day("too many requests", every(4, TOO_MANY)),
    Day("internal errors", every(4, BROKEN)),
    Day("unavailable", first_of_each(AWAY)),
    Day("answers that are lost", every(5, Cut(0), but_watches=True), Costs.MAYBE),
    Day("resets in the middle of an answer", every(5, Cut(200)), Costs.MAYBE),
    Day("watches that break off in a line", watches(Cut(1500), 6)),
    Day("watches that are too old", watches(Gone(), 4)),
    Day("half characters", every(1, Pieces(3))),
    Day("slow answers", every(3, Slow(1.0))),
    Day("a black hole for a few", every(25, Hole()), Costs.MAYBE),
    Day("an expired log-in", after(22, TOKEN), Costs.ERRORS),
    Day("a server that is away for good", after(22, AWAY), Costs.ERRORS),
    Day("a black hole for all", after(22, Hole()), Costs.ERRORS),
)
