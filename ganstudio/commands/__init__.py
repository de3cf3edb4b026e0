"""python -m ganstudio VERB ...: everything the app does, from a terminal. A file a verb, or a family of verbs."""

from __future__ import annotations

import argparse
import sys

from ganstudio import __version__, console
from ganstudio.commands import (
    app,
    bench,
    cam,
    colours,
    data,
    demo,
    directions,
    evaluate,
    hub,
    import_weights,
    prepare,
    runs,
    sketch,
    train,
    translate,
)
from ganstudio.words import Refused

# Each adds its parser; in the order of the help.
VERBS = (
    app,
    translate,
    sketch,
    demo,
    data,
    train,
    evaluate,
    colours,
    prepare,
    import_weights,
    cam,
    runs,
    hub,
    directions,
    bench,
)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit status: 0, or 1 for something refused.

    A wrong command line ends the process with status 2, as argparse does."""
    console.prepare()
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="ganstudio", description="An image-to-image GAN studio.")
    parser.add_argument("--version", action="version", version=__version__)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb in VERBS:
        verb.add(verbs, arguments)
    options = parser.parse_args(arguments)
    try:
        code = options.run(options)
        sys.stdout.flush()  # here, where a reader that went away can be told from an error
        return code
    except Refused as refusal:
        print(f"ganstudio: {refusal}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        console.mute()
        return console.ENDED
    except KeyboardInterrupt:
        print("ganstudio: interrupted", file=sys.stderr)
        return 130
