"""The one line in which all that runs a network waits: strokes of a pen first, and nobody starves.

A network already uses every core, and the arithmetic library keeps a team of workers for each thread that calls it: so
one thread, which takes one piece of work at a time. A stroke takes some hundredths of a second and somebody looks at
their pen; an icon takes a second and somebody has pressed a button. So strokes go ahead, but only for so long: where
others wait too, each second of theirs is followed by at most SHARE seconds of strokes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from ganstudio.words import Refused

Result = TypeVar("Result")

SHARE = 4.0
MOST_STROKES = 60  # that wait; a visitor's page has one at a time
MOST_OTHERS = 40  # likewise; the last of them has some minutes to wait where strokes never pause


class Line:
    """Runs what is submitted, one piece at a time, in a thread of its own; `name` is the thread's."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._strokes: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._others: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._ahead = 0.0  # seconds that strokes have had since one of the others had its turn, while others waited
        self._owed = 0.0  # seconds that they may have until the next one's
        self._thread: threading.Thread | None = None

    def submit(self, work: Callable[[], Result], stroke: bool = False) -> Future[Result]:
        """What will be the result of `work`; cancelled while it waits, it is passed over.

        Raises `Refused` where too many wait already.
        """
        future: Future[Result] = Future()
        with self._changed:
            waiting, most = (self._strokes, MOST_STROKES) if stroke else (self._others, MOST_OTHERS)
            if len(waiting) >= most:
                for each in [each for each in waiting if each[0].cancelled()]:
                    waiting.remove(each)
            if len(waiting) >= most:
                raise Refused("app.busy")
            waiting.append((future, work))
            if self._thread is None:
                # A daemon: a picture that nobody waits for must not keep the program from ending.
                self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify()
        return future

    def _serve(self) -> None:
        while True:
            self._serve_one()

    def _serve_one(self) -> None:
        with self._changed:
            while not (self._strokes or self._others):
                self._changed.wait()
            stroke = bool(self._strokes) and not (self._others and self._ahead >= self._owed)
            future, work = (self._strokes if stroke else self._others).popleft()
        if not future.set_running_or_notify_cancel():
            return
        begun = time.perf_counter()
        try:
            result = work()
        except BaseException as error:  # it is raised where the result is waited for
            future.set_exception(error)
        else:
            future.set_result(result)
        taken = time.perf_counter() - begun
        if not stroke:
            self._ahead, self._owed = 0.0, SHARE * taken
        elif self._others:
            self._ahead += taken
