"""Work that a page waits for: under a name that the page gives it, so that it can ask how far it is, and end it.

(The sets of the data tab and the rehearsals of the train tab outlive the request that began them, and any page may ask
for them: they keep tables of their own.)
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import anyio

from ganstudio.ui.answers import Answer
from ganstudio.words import Refused

MAX_SECONDS = 300  # for one ZIP; what is done until then is not lost
ABANDONED = 120  # seconds without a question from the page; browsers let hidden pages ask once a minute

Watched = TypeVar("Watched")


@dataclass
class Job:
    """How far the work on a ZIP is. Its page asks now and then; it ends soon after nobody does."""

    done: int = 0
    count: int = 0
    stop: bool = False
    begun: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)

    def asked(self, stop: bool) -> None:
        self.last = time.monotonic()
        self.stop = self.stop or stop

    def over(self) -> bool:
        now = time.monotonic()
        return self.stop or now - self.last > ABANDONED or now - self.begun > MAX_SECONDS


class Works(Generic[Watched]):
    """What pages wait for. `begin` makes what they watch; `at_once` are worked on, and at most `waiting` wait."""

    def __init__(self, begin: Callable[[], Watched], *, at_once: int, waiting: int) -> None:
        self.limiter = anyio.CapacityLimiter(at_once)
        self._begin = begin
        self._waiting = waiting
        self._all: dict[str, Watched] = {}

    def find(self, fields: dict[str, Any]) -> Watched | None:
        """What the request asks for by the name {job}; None where that is not under way."""
        return self._all.get(str(fields.get("job")))

    @asynccontextmanager
    async def turn(self, fields: dict[str, Any]) -> AsyncIterator[Watched]:
        """Known under the request's {job} from now on, entered when its turn has come. Raises Refused."""
        name = fields.get("job")
        if not isinstance(name, str) or not 0 < len(name) <= 64 or name in self._all:
            raise Refused("app.reload")
        if self.limiter.statistics().tasks_waiting >= self._waiting:
            raise Refused("app.busy")
        watched = self._all[name] = self._begin()
        try:
            async with self.limiter:
                yield watched
        finally:
            del self._all[name]


def how_far(works: Works[Job], fields: dict[str, Any]) -> Answer:
    """{job, stop: whether it is no longer wanted} -> {done, count}"""
    job = works.find(fields)
    if job is None:
        return {"done": 0, "count": 0}
    job.asked(stop=fields.get("stop") is True)
    return {"done": job.done, "count": job.count}
