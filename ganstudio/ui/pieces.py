"""ZIPs that a page sends in pieces, as no upload may be so large."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from ganstudio.ui.upload import uploaded
from ganstudio.words import Refused

MAX_ZIP_BYTES = 256 * 2**20
MAX_PIECES = 1000
OURS = ("colours-", "icons-", "data-")  # pages name their uploads so, each its own: nobody else's is deleted


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
