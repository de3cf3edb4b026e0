"""ZIPs that a page sends in pieces, as no upload may be so large, and how far the work on one is."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ganstudio.text import Refused
from ganstudio.ui.upload import uploaded

MAX_ZIP_BYTES = 256 * 2**20
MAX_PIECES = 1000
MAX_SECONDS = 300  # for one ZIP; what is done until then is not lost
ABANDONED = 120  # seconds without a question from the page; browsers let hidden pages ask once a minute
OURS = ("colours-", "icons-", "data-")  # pages name their uploads so, each its own: nobody else's is deleted


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


def checked_pieces(sent: object) -> list[Path]:
    """Uploads that make a ZIP, in order; raises Refused, also when they are too large together."""
    if not isinstance(sent, list) or not 1 <= len(sent) <= MAX_PIECES:
        raise Refused("app.reload")
    pieces = [uploaded(each) for each in sent]
    if sum(piece.stat().st_size for piece in pieces) > MAX_ZIP_BYTES:
        forget(pieces)
        raise Refused("app.colours_zip_too_large", limit=MAX_ZIP_BYTES // 2**20)
    return pieces


def forget(uploads: Iterable[Path]) -> None:
    """Deletes uploads of such a page, with the folders made for them."""
    for upload in uploads:
        if upload.name.startswith(OURS):
            with contextlib.suppress(OSError):  # another request may have been faster
                upload.unlink()
                upload.parent.rmdir()


def join(pieces: Sequence[Path], file: Path) -> None:
    """Writes the pieces into `file`, one behind the other, and deletes them."""
    try:
        with file.open("wb") as whole:
            for piece in pieces:
                with piece.open("rb") as part:
                    shutil.copyfileobj(part, whole, 2**20)
    finally:
        forget(pieces)
