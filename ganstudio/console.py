"""What a command prints, on consoles and pipes that do not take all of it."""

from __future__ import annotations

import codecs
import os
import sys

ENDED = 141  # the status of a program whose reader went away, as shells know it: 128 + SIGPIPE


def prepare() -> None:
    """Has the standard streams print every name: what their code page lacks, and what is no text, as JSON escapes.

    On Windows the code page of a pipe or file is an old one, and names of files may be in any script; an escape such as
    \\u6c34 in place of a letter leaves the rest readable, and JSON the same.
    """
    codecs.register_error("ganstudio", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="ganstudio")


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    escapes = (f"\\u{units[k]:02x}{units[k + 1]:02x}" for k in range(0, len(units), 2))
    return "".join(escapes), error.end


def tell(line: str) -> None:
    """Prints a line at once. When nobody reads any more (`| head`), the work goes on all the same, unheard."""
    try:
        print(line, flush=True)
    except BrokenPipeError:
        mute()


def mute() -> None:
    """Sends what is still to be printed nowhere, or flushing it at the end would fail once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
