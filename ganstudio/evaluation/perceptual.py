"""What a drawing's pictures look like to networks that know pictures: real or not, following or not, varied or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ganstudio import images
from ganstudio.analysis import perceptual
from ganstudio.analysis.directions import Found, directions, measured
from ganstudio.analysis.distance import kernel_distance
from ganstudio.data.folders import Pair, Pairs
from ganstudio.data.sketch import sketch
from ganstudio.evaluation.paired import chosen
from ganstudio.files import listed
from ganstudio.models.engine import Model
from ganstudio.networks.pretrained import EfficientNetJudge, Judge, MobileNetJudge
from ganstudio.words import Refused

DRAWINGS = ("mixed", "rich", "naive")  # of photographs: as in training, or all of one kind
RICH = ("canny", "xdog", "pencil", "strokes")
STYLES = 8  # of each drawing whose variety is measured
VARIED = 24  # drawings, spread over all
SAMPLE = 16  # results whose nearest training pictures are told
BATCH = 16


def judges(names: Sequence[str], file: str = "") -> list[Judge]:
    """The judges of these names; raises `Refused` where a network's weights are missing or others."""
    return [MobileNetJudge(file) if name == MobileNetJudge.name else EfficientNetJudge() for name in names]


def evaluate_perceptual(
    model: Model,
    data: Path,
    asked: Sequence[Judge],
    only: str = "",
    drawings: str = "mixed",
    train: Path | None = None,
    progress: Callable[[Sequence[int]], Any] = lambda indices: indices,
    sheet: Path | None = None,
    seeded: bool = False,
) -> dict[str, Any]:
    """Compares the model's pictures with the true ones of a paired data set; JSON-ready.

    `drawings` says how photographs are drawn, `train` is a folder of training pictures in which copies are looked for.
    All drawings are painted in the plain style, or, `seeded`, each in one of its own.
    For each judge: `kernel_distance` and `frechet_distance` to the true pictures, beside the `floor` of their two
    halves; `following`, the share of results whose own true picture is the nearest among a hundred, and the median
    rank, once by features and once by outlines; `variety`, the mean distance of eight styles (or seeds) of a drawing as
    a share of that of eight true pictures; `copies`, the median distance to the nearest training picture as a share of
    the true pictures' own. `sharpness` is a share of the true pictures', see `perceptual.sharpness`. Raises `Refused`.
    """
    settings = replace(model.settings, data=str(data), hold_out=only, folds=1, repeat="", hands="")
    form, good, unreadable = _chosen(data, settings, only)
    sources, real = _pairs(good, form, settings, drawings)
    made = torch.cat([model.run(sources[k : k + 1], k if seeded else None) for k in progress(range(len(sources)))])
    shown = [k * len(sources) // min(VARIED, len(sources)) for k in range(min(VARIED, len(sources)))]
    styled = [torch.cat([model.run(sources[k : k + 1], seed=seed) for seed in range(STYLES)]) for k in shown]
    known = _read(listed(train).pictures, model.size) if train else None
    if sheet is not None:
        _save_sheet(sheet, sources, made, [each[1:4] for each in styled], shown, real)
    return {
        "model": model.name,
        "data": str(data),
        "drawings": drawings if form == "photos" else form,
        "styles": "of seeds" if seeded else "plain",
        "pictures": len(good),
        "unreadable": unreadable,
        "sharpness": perceptual.sharpness(made, real),
        "following_outlines": perceptual.following(perceptual.outlines(made), perceptual.outlines(real)),
        "judges": {judge.name: _judged(judge, made, real, styled, known) for judge in asked},
    }


def find_directions(
    model: Model,
    data: Path,
    only: str = "",
    styles: int = 600,
    progress: Callable[[Sequence[int]], Any] = lambda indices: indices,
) -> list[Found]:
    """What the model's styles change, measured on `styles` pictures of drawings of `data`; see `evaluate_perceptual`.

    Raises `Refused` for a model without styles.
    """
    if not model.codes:
        raise Refused("engine.no_style", model=model.name)
    settings = replace(model.settings, data=str(data), hold_out=only, folds=1, repeat="", hands="")
    form, good, _ = _chosen(data, settings, only)
    most = max(1, styles // STYLES)
    sources, _ = _pairs([good[k * len(good) // most] for k in range(min(most, len(good)))], form, settings, "rich")
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((styles, model.codes))
    groups = np.arange(styles) % len(sources)
    measures = [
        measured(images.to_image(model.run(sources[groups[k] : groups[k] + 1], style=codes[k].tolist())))
        for k in progress(range(styles))
    ]
    return directions(codes, np.array(measures), groups)


def _chosen(data: Path, settings: Any, only: str) -> tuple[str, list[Pair], int]:
    """The form of the data, its pairs, those of `only` where it is given, and how many cannot be read."""
    # A model of photographs may well be judged by drawings of real hands, which come in pairs.
    return chosen(data, "auto" if settings.form == "photos" else settings.form, only, least=2)


def _judged(judge: Judge, made: Tensor, real: Tensor, styled: Sequence[Tensor], known: Tensor | None) -> dict[str, Any]:
    of_made, maps_made = _seen(judge, made)
    of_real, maps_real = _seen(judge, real)
    half = len(real) // 2
    whole = torch.randperm(len(real), generator=torch.Generator().manual_seed(0))
    first, second = of_real[whole[:half]], of_real[whole[half : 2 * half]]
    groups = [whole[k : k + STYLES] for k in range(0, len(whole) - STYLES + 1, STYLES)] or [whole]
    of_photographs = float(np.mean([perceptual.spread(of_real[group]) for group in groups]))
    of_styles = float(np.mean([perceptual.spread(_seen(judge, each)[0]) for each in styled]))
    found: dict[str, Any] = {
        "kernel_distance": kernel_distance(of_made, of_real),
        "kernel_floor": kernel_distance(first, second) if half > 1 else None,
        "frechet_distance": perceptual.frechet_distance(of_made, of_real),
        "frechet_floor": perceptual.frechet_distance(first, second) if half > 1 else None,
        "following": perceptual.following(maps_made, maps_real),
        "variety": of_styles / of_photographs,
    }
    if known is not None:
        of_known = _seen(judge, known)[0]
        of_results = perceptual.nearest(of_made, of_known)[0].median()
        found["copies"] = (of_results / perceptual.nearest(of_real, of_known)[0].median()).item()
    return found


def _seen(judge: Judge, x: Tensor) -> tuple[Tensor, Tensor]:
    parts = [judge(x[k : k + BATCH]) for k in range(0, len(x), BATCH)]
    return torch.cat([pooled for pooled, _ in parts]), perceptual.map_features(torch.cat([last for _, last in parts]))


def _pairs(good: Sequence[Pair], form: str, settings: Any, drawings: str) -> tuple[Tensor, Tensor]:
    """(sources, true pictures), float (N,3,size,size) each."""
    dataset = Pairs(good, form, settings)
    rows = [dataset.probe(k) for k in range(len(dataset))]
    if form == "photos" and drawings != "mixed":
        styles = RICH if drawings == "rich" else ("naive",)
        rows = [(_drawn(target, styles[k % len(styles)], k), target) for k, (_, target) in enumerate(rows)]
    sources, targets = zip(*rows, strict=True)
    return torch.stack(sources).float() / 127.5 - 1, torch.stack(targets).float() / 127.5 - 1


def _drawn(photo: Tensor, style: str, seed: int) -> Tensor:  # (3,H,W) uint8 -> the same
    drawing = sketch(Image.fromarray(photo.permute(1, 2, 0).numpy()), style, seed)
    return torch.from_numpy(np.array(drawing)).permute(2, 0, 1)


def _read(files: Sequence[Path], size: int) -> Tensor:
    """Pictures as judges see training pictures, (N,3,size,size); what cannot be read is left out. Raises `Refused`."""
    found = []
    for file in files:
        try:
            picture = images.decode(file)
        except Refused:
            continue
        found.append(images.to_tensor(images.letterbox(picture, size)[0]))
    if not found:
        raise Refused("data.empty", folder=files[0].parent if files else "-")
    return torch.cat(found)


def _save_sheet(
    file: Path, sources: Tensor, made: Tensor, styled: Sequence[Tensor], shown: Sequence[int], real: Tensor
) -> None:
    rows = [(sources[k], made[k], *styles, real[k]) for k, styles in zip(shown, styled, strict=True)]
    cells = [images.to_image(cell[None]) for row in rows for cell in row]
    try:
        images.grid(cells, 2 * len(rows[0]) if len(rows) % 2 == 0 else len(rows[0])).save(file, "PNG")
    except OSError as error:
        raise Refused("translate.output", folder=file, reason=error.strerror or error) from error
