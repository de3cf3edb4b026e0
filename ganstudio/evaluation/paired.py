"""How good a paired model is, on pictures it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from ganstudio import images
from ganstudio.analysis.distance import l1, psnr, sliced_wasserstein, ssim
from ganstudio.data.folders import Pair, Pairs, check, find_pairs, split
from ganstudio.models.engine import Model
from ganstudio.words import Refused

SHEET = 24  # pictures on a sheet, spread over all


def evaluate(
    model: Model,
    data: Path,
    only: str = "",
    progress: Callable[[Sequence[int]], Any] = lambda indices: indices,
    sheet: Path | None = None,
) -> dict[str, Any]:
    """Compares the model's pictures with the true ones of a paired data set; JSON-ready.

    `data` is a folder in any paired form; `only` names a text file that lists the pictures to use, such as a
    model's held-out list. `sheet` is where a PNG of source, output and true picture is put, for up to
    `SHEET` of them. Photos get the same drawings every time. Returned: `l1` (0 to 2), `psnr` (dB), `ssim`
    (-1 to 1), means over the pictures; `sliced_wasserstein` of the two sets, fine to coarse (0 = alike), and as
    `floor` the same between two halves of the true pictures; and under `mean_picture` what a model would score
    that always answers with the mean of the true pictures. Raises `Refused`.
    """
    settings = replace(model.settings, data=str(data), hold_out=only, folds=1)
    form, good, unreadable = chosen(data, settings.form, only)
    dataset = Pairs(good, form, settings)
    sources, outputs, targets = [], [], []
    for index in progress(range(len(dataset))):
        source, target = dataset.probe(index)
        sources.append(source[None].float() / 127.5 - 1)
        outputs.append(model.run(sources[-1]))
        targets.append(target[None].float() / 127.5 - 1)
    if sheet is not None:
        _save_sheet(sheet, sources, outputs, targets)
    fake, real = torch.cat(outputs), torch.cat(targets)
    mean = real.mean(dim=0, keepdim=True).expand_as(real)
    half = len(real) // 2
    return {
        "model": model.name,
        "backend": model.backend,
        "data": str(data),
        "pictures": len(good),
        "unreadable": unreadable,
        "l1": l1(fake, real).mean().item(),
        "psnr": psnr(fake, real).mean().item(),
        "ssim": ssim(fake, real).mean().item(),
        "sliced_wasserstein": sliced_wasserstein(fake, real),
        "floor": sliced_wasserstein(real[:half], real[half:]) if half else None,
        "mean_picture": {
            "l1": l1(mean, real).mean().item(),
            "psnr": psnr(mean, real).mean().item(),
            "ssim": ssim(mean, real).mean().item(),
        },
    }


def chosen(data: Path, form: str, only: str, least: int = 1) -> tuple[str, list[Pair], int]:
    """The form of the data, its pairs (those that the file `only` names, if given), and how many are unreadable.

    Raises `Refused` where there are fewer than `least`.
    """
    form, pairs = find_pairs(data, form)
    good, bad = check(pairs)
    if only:
        try:
            good = split(good, 1, 0, only)[1]
        except Refused as refusal:
            if refusal.key != "data.all_held":
                raise
    if len(good) < least:
        raise Refused("evaluate.none", folder=data, file=only)
    return form, good, len(bad)


def _save_sheet(file: Path, *columns: Sequence[torch.Tensor]) -> None:
    count = min(SHEET, len(columns[0]))
    chosen = [k * len(columns[0]) // count for k in range(count)]
    cells = [images.to_image(column[k]) for k in chosen for column in columns]
    try:
        images.grid(cells, 3 * min(4, count)).save(file, "PNG")
    except OSError as error:
        raise Refused("translate.output", folder=file, reason=error.strerror or error) from error
