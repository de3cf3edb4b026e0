"""Starts the app: python app.py [--port N]. On a Hugging Face Space it is started the same way."""

from __future__ import annotations

import argparse
import os
import sys
from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.engine import Model

# No telemetry, no check for new versions: the app works without a network and calls none.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

DEFAULT_PORT = 7860


def main() -> int:
    from ganstudio import console

    console.prepare()
    on_space = "SPACE_ID" in os.environ
    parser = argparse.ArgumentParser(description="ganstudio in the browser")
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
    flags = parser.parse_args()
    if not 1 <= flags.port <= 65535:
        parser.error(f"--port {flags.port}: choose a number from 1 to 65535")

    from ganstudio import ui  # after the flags: a wrong one is answered at once
    from ganstudio.ui import access
    from ganstudio.ui.models import Models

    models = Models(flags.model)
    app = ui.build(models)
    try:
        app.launch(
            server_name=flags.host, server_port=flags.port, prevent_thread_lock=True, quiet=True, **ui.launch_options()
        )
    except OSError:
        print(
            f"Port {flags.port} of {flags.host} cannot be used; another program may have it. "
            "Choose another: python app.py --port N",
            file=sys.stderr,
        )
        return 1
    print(f"ganstudio runs at http://{flags.host}:{flags.port}/  (Ctrl+C ends it)", flush=True)
    if not on_space and flags.host not in ("127.0.0.1", "localhost", "::1"):
        key = access.owner_key()
        print(
            f"Others can reach it. To train, write and push, open it as its owner: "
            f"http://{flags.host}:{flags.port}/?{access.PARAMETER}={key}",
            flush=True,
        )
    # Only now, so that the page answers before torch has been imported.
    models.start().add_done_callback(_report)
    app.block_thread()
    return 0


def _report(load: Future[Model]) -> None:
    """Says why the model cannot be used; the app goes on, and tries again when a picture is asked for."""
    error = None if load.cancelled() else load.exception()
    if error is not None:
        print(error, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
