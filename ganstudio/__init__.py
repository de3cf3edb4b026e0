"""ganstudio: an image-to-image GAN studio.

>>> import ganstudio
>>> model = ganstudio.load("sketch2face")
>>> face = model.translate("drawing.png", seed=7)
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.models.engine import Model

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def load(source: str | Path) -> Model:
    """A published model, ready to run: a name under checkpoints/, a folder, or a Hub id with `@revision`.

    Raises `ganstudio.words.Refused` with a sentence that says what to do. See `ganstudio.models.engine.load`.
    """
    from ganstudio.models.engine import load as load_model  # torch takes seconds to import: only when asked for

    return load_model(source)
