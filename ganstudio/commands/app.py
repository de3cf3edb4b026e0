"""ganstudio app: starts the app, here and on a Hugging Face Space."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ganstudio.models.engine import Model
    from ganstudio.ui.doors import Doors

DEFAULT_PORT = 7860


def add(verbs: Any, _arguments: Sequence[str]) -> None:
    parser = verbs.add_parser("app", help="start the app in the browser", allow_abbrev=False)
    parser.description = "Start the app in the browser."
    add_flags(parser)
    parser.set_defaults(run=run_app, parser=parser)


def add_flags(parser: argparse.ArgumentParser) -> None:
    on_space = "SPACE_ID" in os.environ
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("GRADIO_SERVER_PORT", DEFAULT_PORT),
        help=f"port to listen on (default: GRADIO_SERVER_PORT, else {DEFAULT_PORT})",
    )
    parser.add_argument(
        "--host",
        default="0.0.0.0" if on_space else "127.0.0.1",
        help="address to listen on; 0.0.0.0 lets other machines in (default: %(default)s)",
    )
    parser.add_argument(
        "--model", default=None, help="name under checkpoints/, folder, or Hub id (default: sketch2face)"
    )
    parser.add_argument(
        "--url",
        default=os.environ.get("GRADIO_ROOT_PATH", ""),
        help="address that a proxy in front of the app gives it, such as https://example.com/studio, or only the path, "
        "/studio (default: GRADIO_ROOT_PATH); the owner then needs the owner's link, which is printed",
    )


def main() -> int:
    """`python app.py`: the same, without a verb."""
    from ganstudio import console

    console.prepare()
    parser = argparse.ArgumentParser(description="ganstudio in the browser")
    add_flags(parser)
    parser.set_defaults(parser=parser)
    return run_app(parser.parse_args())


def run_app(flags: argparse.Namespace) -> int:
    if not 1 <= flags.port <= 65535:
        flags.parser.error(f"--port {flags.port}: choose a number from 1 to 65535")
    _prepare_environment()
    with _no_proxies():
        from ganstudio import ui  # after the flags: a wrong one is answered at once
    from ganstudio.ui import access, doors
    from ganstudio.ui.models import Models
    from ganstudio.ui.serving import Bounded
    from ganstudio.words import Refused, say

    try:
        origin, base = doors.parse(flags.url)
    except Refused as refusal:
        flags.parser.error(str(refusal))
    sys.stderr = Bounded(sys.stderr)  # visitors can cause as many errors as they like
    place = doors.Doors(flags.host, flags.port, origin, base)
    models = Models(flags.model)

    def forwarded() -> None:
        # Never an address out of a request: a link with the key in it must lead nowhere else.
        if place.alone and "SPACE_ID" not in os.environ:
            print(say("door.proxy", query=f"?{access.PARAMETER}={access.owner_key()}"), flush=True)

    def misled(origin: str) -> None:
        shown = "".join(c for c in origin[:200] if c.isprintable())
        print(say("door.misled", origin=shown), file=sys.stderr, flush=True)

    try:
        server = ui.start(ui.build(models), place, forwarded=forwarded, misled=misled)
    except OSError as error:
        reason = error.strerror or str(error)
        print(say("door.port", port=flags.port, host=flags.host, reason=reason), file=sys.stderr)
        return 1
    for line in links(place):
        print(line, flush=True)
    # Only now, so that the page answers before torch has been imported.
    models.start().add_done_callback(_report)
    try:
        server.wait()
    except KeyboardInterrupt:
        server.close()
    return 0


def links(place: Doors) -> list[str]:
    """What is said once the app runs: where it opens, and how its owner gets in where others can reach it, too."""
    from ganstudio.ui import access, doors
    from ganstudio.words import say

    lines = [say("door.runs", url=place.here)]
    if doors.on_space() or place.alone:
        return lines
    key = f"?{access.PARAMETER}={access.owner_key()}"
    if place.outside:
        lines.append(say("door.owner", url=place.outside + key))
    elif place.base:
        lines.append(say("door.proxy", query=f"{place.base}/{key}"))
    if place.outside != place.here:
        lines.append(say("door.owner_here", url=place.here + key))
    return lines


def _prepare_environment() -> None:
    """Before the framework is imported."""
    # No telemetry, no check for new versions: the app works without a network and calls none.
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # A folder of this account's own for uploads, not the one that all apps of the framework share: it is swept.
    account = os.getuid() if hasattr(os, "getuid") else ""
    os.environ.setdefault("GRADIO_TEMP_DIR", os.path.join(tempfile.gettempdir(), f"ganstudio-{account}"))


@contextmanager
def _no_proxies() -> Iterator[None]:
    """Keeps the environment's proxies from the framework, which makes HTTP clients while it is imported, and ends there
    where a proxy is of a kind that they do not know. The app asks nobody by them; the Hub is asked with the proxies."""
    named = [name for name in os.environ if name.lower() in ("http_proxy", "https_proxy", "all_proxy")]
    kept = {name: os.environ.pop(name) for name in named}
    try:
        yield
    finally:
        os.environ.update(kept)


def _report(load: Future[Model]) -> None:
    """Says why the model cannot be used; the app goes on, and tries again when a picture is asked for."""
    error = None if load.cancelled() else load.exception()
    if error is not None:
        print(error, file=sys.stderr, flush=True)
