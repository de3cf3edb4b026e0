"""Which way of making pictures larger looks best: on true pictures made small, each way held against what they were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from ganstudio import images
from ganstudio.analysis import enlarge, perceptual
from ganstudio.analysis.distance import psnr, ssim
from ganstudio.data.folders import Pairs
from ganstudio.evaluation.paired import chosen
from ganstudio.models.engine import Model
from ganstudio.networks.pretrained import Judge
from ganstudio.words import Refused

# A model's pictures are softer than photographs: about as soft as these become by way of this share of their side.
SOFT = 0.75
SHEET = 8  # results on a sheet
BATCH = 4  # pictures that a judge sees at a time, in four quarters each


def evaluate_enlarge(
    model: Model,
    data: Path,
    asked: Sequence[Judge] = (),
    only: str = "",
    progress: Callable[[Sequence[int]], Any] = lambda indices: indices,
    sheet: Path | None = None,
) -> dict[str, Any]:
    """Every way of `enlarge.WAYS` on the true pictures of a paired data set, at the model's size; JSON-ready.

    Each picture is made half as large and large again, once as it is ("sharp") and once made as soft before as the
    models' own pictures are ("soft"). For each: `psnr` (dB) and `ssim` against the true picture, `sharpness` as a share
    of the true pictures' (see `perceptual.sharpness`), and by judge the mean distance of the maps of features (0 to 2)
    of the quarters, which the judge sees enlarged. `best` is the way that is used. `sheet` is where a PNG of up to
    eight of the model's own results at twice their size is put, a column a way. Raises `Refused`.
    """
    settings = replace(model.settings, data=str(data), hold_out=only, folds=1, repeat="", hands="")
    form, good, unreadable = chosen(data, "auto" if settings.form == "photos" else settings.form, only)
    dataset = Pairs(good, form, settings)
    side = model.size
    sources, targets = zip(*(dataset.probe(k) for k in range(len(dataset))), strict=True)
    real = torch.stack(targets).float() / 127.5 - 1  # (N,3,side,side)
    truths = [_features(judge, real) for judge in asked]
    figures: dict[str, dict[str, Any]] = {}
    for kind in ("sharp", "soft"):
        small = [_made_small(images.to_image(picture[None]), side // 2, kind == "soft") for picture in real]
        figures[kind] = {}
        for name, way in enlarge.WAYS.items():
            large = torch.cat([images.to_tensor(way(small[k], (side, side))) for k in progress(range(len(small)))])
            figures[kind][name] = {
                "psnr": psnr(large, real).mean().item(),
                "ssim": ssim(large, real).mean().item(),
                "sharpness": perceptual.sharpness(large, real),
                **{
                    judge.name: (1 - (_features(judge, large) * truth).sum(dim=1)).mean().item()
                    for judge, truth in zip(asked, truths, strict=True)
                },
            }
    if sheet is not None:
        count = min(SHEET, len(sources))
        _save_sheet(sheet, model, [sources[k * len(sources) // count] for k in range(count)])
    return {
        "model": model.name,
        "data": str(data),
        "pictures": len(good),
        "unreadable": unreadable,
        "best": enlarge.BEST,
        **figures,
    }


def _made_small(picture: Image.Image, side: int, soft: bool) -> Image.Image:
    picture = picture.resize((side, side), Image.Resampling.BOX)
    if soft:
        less = max(1, round(SOFT * side))
        picture = picture.resize((less, less), Image.Resampling.BICUBIC).resize((side, side), Image.Resampling.BICUBIC)
    return picture


def _features(judge: Judge, x: Tensor) -> Tensor:
    """(N,3,H,W) -> (4N,C,h,w): the last features of each picture's quarters, each place to a norm of 1."""
    half = x.shape[2] // 2
    quarters = [x[..., top : top + half, left : left + half] for top in (0, half) for left in (0, half)]
    parts = torch.cat(quarters).split(4 * BATCH)
    return torch.cat([F.normalize(judge(part)[1], dim=1) for part in parts])


def _save_sheet(file: Path, model: Model, sources: Sequence[Tensor]) -> None:
    made = [images.to_image(model.run(source[None].float() / 127.5 - 1)) for source in sources]
    side = 2 * model.size
    cells = [way(picture, (side, side)) for picture in made for way in enlarge.WAYS.values()]
    try:
        images.grid(cells, len(enlarge.WAYS)).save(file, "PNG")
    except OSError as error:
        raise Refused("translate.output", folder=file, reason=error.strerror or error) from error
