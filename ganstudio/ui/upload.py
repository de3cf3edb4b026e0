"""Pictures that visitors upload: only from the upload folder, only through the one decoder.

The framework's own Image component opens any picture on the server's disk that a direct request names, and
follows addresses into the server's network. The one made here does neither.
"""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

import gradio as gr
from gradio.utils import get_upload_folder
from PIL import Image

from ganstudio import images
from ganstudio.words import Refused

KEPT = 3600  # seconds that a file which no page asks for lies on the server
RESULTS = "results-"  # what the names of their folders begin with
EXAMPLE = {"path": "drawing.png", "meta": {"_type": "gradio.FileData"}}


def uploaded(path: object) -> Path:
    """The file that a visitor uploaded; raises Refused for every path outside the upload folder.

    Symbolic links are followed before the check. It has been used now: it stays for another hour.
    """
    if not isinstance(path, str) or not path or "\0" in path or len(path) > 4096:
        raise Refused("app.not_uploaded")
    resolved = Path(os.path.realpath(path))
    if not resolved.is_relative_to(os.path.realpath(get_upload_folder())) or not resolved.is_file():
        raise Refused("app.not_uploaded")
    with suppress(OSError):  # deleted in this moment: whoever opens it says so
        os.utime(resolved)
    return resolved


def checked_source(source: object) -> Path | int:
    """A file in the upload folder, or the number of a code-drawn creature; raises Refused."""
    from ganstudio.data.creatures import EXAMPLES

    if not isinstance(source, dict):
        raise Refused("app.no_picture")
    creature = source.get("creature")
    if creature is None:
        return uploaded(source.get("path"))
    if isinstance(creature, bool) or not isinstance(creature, int) or not 0 <= creature < len(EXAMPLES):
        raise Refused("app.bad_creature")
    return creature


def handed_out(file: Path, name: str) -> str:
    """Moves a file where its page can fetch it as `name`, under an address that nobody guesses; returns that address.

    It lies there for KEPT seconds (see `limits.sweep`)."""
    folder = Path(get_upload_folder()) / (RESULTS + secrets.token_urlsafe(24))
    folder.mkdir(parents=True)
    os.utime(shutil.move(file, folder / name))
    return f"gradio_api/file={(folder / name).as_posix()}"  # relative: the app may lie below a path


def safe_image(*, alpha: Literal["white", "keep"] = "white", **options: Any) -> gr.Image:
    """`gr.Image(**options)` as an input: its handler receives a PIL image from `images.decode`, or None.

    What cannot be used reaches the handler as the `Refused` that says why; the handler knows the visitor's
    language and raises it in that language. (The instance is changed, not subclassed: for every subclass the
    framework writes a stub file into the source folder.)
    """
    component = gr.Image(**options)
    component.preprocess = partial(_decoded, alpha=alpha)  # type: ignore[method-assign, assignment]
    component.async_move_resource_to_block_cache = _only_uploads  # type: ignore[method-assign]
    # The framework's own example, shown on the API page, is an address on the network.
    component.example_payload = lambda: EXAMPLE  # type: ignore[method-assign]
    return component


def _decoded(payload: Any, alpha: Literal["white", "keep"]) -> Image.Image | Refused | None:
    if payload is None:
        return None
    try:
        if payload.url and payload.url.startswith("data:"):
            raise Refused("app.not_uploaded")
        return images.decode(uploaded(payload.path), alpha=alpha)
    except Refused as refusal:
        return refusal


async def _only_uploads(url_or_file_path: str | Path | None) -> str | None:
    """In place of the framework's step that fetches addresses and copies files from elsewhere."""
    try:
        return str(uploaded(str(url_or_file_path)))
    except Refused as refusal:
        raise gr.Error(str(refusal), print_exception=False) from refusal
