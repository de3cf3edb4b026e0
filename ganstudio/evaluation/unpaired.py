"""How good an unpaired model is, on pictures that it was not trained on: by distributions, or by true partners."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ganstudio import images
from ganstudio.analysis.classifier import DECAY, fit
from ganstudio.analysis.colour import difference, floor, frechet, without_paper
from ganstudio.analysis.colour import statistics as colours_of
from ganstudio.analysis.edges import edge_f1
from ganstudio.data.folders import Pair, split
from ganstudio.data.unpaired import find_labelled
from ganstudio.files import matched, walked
from ganstudio.models.engine import Model
from ganstudio.networks.palette import not_paper, palette
from ganstudio.networks.pretrained import SIDE as JUDGE_SIDE
from ganstudio.networks.pretrained import Judge
from ganstudio.words import Refused

SCORED = 3.0  # a gap of fewer floors than this says little: it is reported and not scored
SIDE = 96  # pixels at which palettes are taken
SHEET = 12  # sources on a sheet
JUDGE_DECAY = 3e-2  # of a linear classifier on pretrained features, of which there are far more than pictures

Progress = Callable[[Sequence[Any]], Any]


def evaluate_types(
    model: Model,
    data: Path,
    labels: str,
    only: str,
    progress: Progress,
    sheet: Path | None = None,
    judges: Sequence[Judge] = (),
) -> dict[str, Any]:
    """Translates every held-back picture of other types to each target; JSON-ready.

    Held back are the pictures named in `only`, else the fold that the model's settings name. Per target: how many
    pictures (`sources`, `real`); the Fréchet distance between the cloud of their mean colours (0..255) and that of all
    real pictures whose first type is the target, `before` and `after` translation; `floor`, the same between random
    halves of the real ones; `closed`, the share of the gap above the floor that is gone; `scored`, whether the gap is
    at least three floors; how often a classifier of palettes, trained on the real pictures that are not held back,
    calls the target, on translations (`called`) and on held-back real ones (`called_real`, of `held_real`);
    `spread`, the translated cloud's over the real one's; `edges`, the median F1 of outlines; `away` and `left`, how
    far (mean of 0..255 where something is painted) translations and the way back from them are from the source,
    and `home`, how often the way back is nearer. Each of `judges`, a network that knows pictures, is asked as the
    classifier of palettes is, by a linear one on its features: `judges` has their accuracy, and each target theirs.
    `unreadable` pictures, and those without a colour, are left out. Raises `Refused`.
    """
    two_way = not model.labelled
    if len(model.targets) < 2:
        raise Refused("evaluate.one_way", model=model.name)
    found = find_labelled(data, labels)
    names = sorted({types[0] for types in found.values()})
    for target in model.targets if two_way else ():  # one of many types may be rare, one of two is half of the figures
        if target not in names:
            raise Refused("data.no_such_label", label=target, file=labels or data, known=", ".join(names))
    pairs = [Pair(path.stem, path) for path in found]
    folds, fold = (1, 0) if only else (model.settings.folds, model.settings.fold)
    kept, held = split(pairs, folds, fold, only)
    if not held:
        raise Refused("evaluate.none", folder=data, file=only or f"--folds {folds}")
    means, features, bad = {}, {}, []
    asked = {"palette": _features} | {judge.name: partial(_seen, judge) for judge in judges}
    for pair in progress(pairs) if judges else pairs:
        try:
            picture = images.decode(pair.source, alpha="keep")
            means[pair.source] = _mean(picture)
            features[pair.source] = {name: look(picture) for name, look in asked.items()}
        except Refused as refusal:  # damaged, or without any colour
            bad.append(f"{pair.source.name}: {refusal}")
    kept, held = ([pair for pair in part if pair.source in means] for part in (kept, held))
    if not kept or not held:
        raise Refused("data.unreadable", bad=len(bad), count=len(pairs), listed="; ".join(bad[:5]))
    found = {path: types for path, types in found.items() if path in means}
    numbers = torch.tensor([names.index(found[p.source][0]) for p in kept])
    classifiers = {
        name: fit(
            torch.stack([features[p.source][name] for p in kept]),
            numbers,
            len(names),
            DECAY if name == "palette" else JUDGE_DECAY,
        )
        for name in asked
    }

    def called(shown: Sequence[dict[str, Tensor]], target: str, name: str = "palette") -> float | None:
        calls = [names[int(classifiers[name](each[name][None]).argmax())] == target for each in shown]
        return sum(calls) / len(calls) if calls else None

    def accuracy(name: str) -> float:
        return statistics.mean(called([features[p.source]], found[p.source][0], name) or 0.0 for p in held)

    work: list[tuple[str, Pair]] = [(t, p) for t in model.targets for p in held if t not in found[p.source]]
    if two_way:  # a model of two domains knows nothing of the others
        work = [(t, p) for t, p in work if found[p.source][0] in model.targets]
    if not work:
        raise Refused("evaluate.none", folder=data, file=only or f"--folds {folds}")
    sources_of: dict[str, list[Pair]] = {t: [] for t in model.targets}
    outcome: dict[str, list[_Outcome]] = {t: [] for t in model.targets}
    alpha_equal = True
    for target, pair in progress(work):
        picture = images.decode(pair.source, alpha="keep")
        result = model.translate(picture, to=target)
        alpha_equal &= result.mode == picture.mode and (
            picture.mode == "RGB" or result.getchannel("A").tobytes() == picture.getchannel("A").tobytes()
        )
        back = model.translate(result, to=found[pair.source][0]) if found[pair.source][0] in model.targets else None
        painted = without_paper(picture)
        outcome[target].append(
            _Outcome(
                _mean(result),
                {name: look(result) for name, look in asked.items()},
                edge_f1(picture, result),
                difference(painted, result),
                None if back is None else difference(painted, back),
            )
        )
        sources_of[target].append(pair)
    targets = {}
    for target, rows in outcome.items():
        real = np.array([means[path] for path, types in found.items() if types[0] == target])
        if len(real) < 2 or len(rows) < 2:
            continue
        sources = np.array([means[pair.source] for pair in sources_of[target]])
        made = np.array([row.mean for row in rows])
        before, after, least = frechet(sources, real), frechet(made, real), floor(real)
        held_real = [features[p.source] for p in held if found[p.source][0] == target]
        targets[target] = {
            "sources": len(rows),
            "real": len(real),
            "before": before,
            "after": after,
            "floor": least,
            "closed": (before - after) / (before - least) if before > least else None,
            "scored": before >= SCORED * least,
            "called": called([row.features for row in rows], target),
            "called_real": called(held_real, target),
            "held_real": len(held_real),
            "spread": float(np.sqrt(np.trace(np.cov(made.T)) / max(1e-9, np.trace(np.cov(real.T))))),
            "edges": statistics.median(row.edges for row in rows),
            **_trip(rows),
            "judges": {
                judge.name: {
                    "called": called([row.features for row in rows], target, judge.name),
                    "called_real": called(held_real, target, judge.name),
                }
                for judge in judges
            },
        }
    if sheet is not None:
        _save_sheet(sheet, model, held)
    return {
        "model": model.name,
        "backend": model.backend,
        "data": str(data),
        "held_back": len(held),
        "unreadable": len(bad),
        "classifier_accuracy": accuracy("palette"),
        "judges": {judge.name: accuracy(judge.name) for judge in judges},
        "edges": statistics.median(row.edges for rows in outcome.values() for row in rows),
        **_trip([row for rows in outcome.values() for row in rows]),
        "alpha_equal": alpha_equal,
        "targets": targets,
    }


def evaluate_partners(model: Model, data: Path, progress: Progress) -> dict[str, Any]:
    """Compares with true partners: `testA` and `testB` in `data`, pictures of one name showing one thing.

    Per direction `error`, the mean absolute difference to the true partner, and `unchanged`, that of the source, for
    comparison; both on [0,1], over all pixels. Raises `Refused` where there are no such pictures.
    """
    if len(model.targets) != 2:
        raise Refused("evaluate.one_way", model=model.name)
    sides = [data / "testA", data / "testB"]
    if not all(side.is_dir() for side in sides):
        raise Refused("evaluate.no_partners", folder=data)
    named = [{path.relative_to(side).as_posix(): path for path in walked(side).pictures} for side in sides]
    pairs, alone = matched(*named)
    if not pairs:
        raise Refused("evaluate.no_partners", folder=data)
    ways = {}
    stems = [name for name, _, _ in pairs]
    a, b = {name: source for name, source, _ in pairs}, {name: target for name, _, target in pairs}
    for target, source, partner in ((model.targets[1], a, b), (model.targets[0], b, a)):
        errors, unchanged = [], []
        for stem in progress(stems):
            x, y = images.decode(source[stem]), images.decode(partner[stem])
            made = model.translate(x, to=target)
            errors.append(_difference(made, y))
            unchanged.append(_difference(x, y))
        ways[target] = {
            "pictures": len(stems),
            "error": statistics.mean(errors),
            "unchanged": statistics.mean(unchanged),
        }
    about = {"model": model.name, "backend": model.backend, "data": str(data)}
    return {**about, "without_partner": len(alone), "targets": ways}


def _difference(a: Image.Image, b: Image.Image) -> float:
    return float(np.abs(np.asarray(a, np.float32) - np.asarray(b.resize(a.size), np.float32)).mean() / 255)


def plain_seeds(
    model: Model, data: Path, labels: str, judge: Judge, progress: Progress, seeds: int = 12, pictures: int = 12
) -> dict[str, tuple[int, float, float]]:
    """For each target the seed, of the first `seeds`, whose results are taken for the target most surely.

    By target: the seed, the mean probability of its results and that of all seeds' results: the geometric mean of two
    classifiers', one linear on `judge`'s features, which know things, one on palettes, both of the pictures that were
    not held back; `pictures` of these are recoloured. Raises `Refused`.
    """
    if not model.codes:
        raise Refused("engine.no_style", model=model.name)
    found = find_labelled(data, labels)
    names = sorted({types[0] for types in found.values()})
    kept, _ = split([Pair(path.stem, path) for path in found], model.settings.folds, model.settings.fold, "")
    ways: tuple[tuple[Callable[[Image.Image], Tensor], float], ...]
    ways = ((partial(_seen, judge), JUDGE_DECAY), (_features, DECAY))
    seen: list[list[Tensor]] = [[], []]
    for pair in progress(kept):
        picture = images.decode(pair.source, alpha="keep")
        for rows, (look, _) in zip(seen, ways, strict=True):
            rows.append(look(picture))
    numbers = torch.tensor([names.index(found[pair.source][0]) for pair in kept])
    classifiers = [
        fit(torch.stack(rows), numbers, len(names), decay) for rows, (_, decay) in zip(seen, ways, strict=True)
    ]

    def surely(picture: Image.Image, target: str) -> float:
        each = (
            classifier(look(picture)[None])[0].softmax(0)[names.index(target)].item()
            for classifier, (look, _) in zip(classifiers, ways, strict=True)
        )
        return float(np.sqrt(np.prod(list(each))))

    chosen = {}
    for target in progress([each for each in model.targets if each in names]):
        others = [pair for pair in kept if target not in found[pair.source]]
        sources = [images.decode(others[k * len(others) // pictures].source, alpha="keep") for k in range(pictures)]
        sure = []
        for seed in range(seeds):
            results = (model.translate(source, to=target, seed=seed, keep_size=False) for source in sources)
            sure.append(statistics.mean(surely(result, target) for result in results))
        best = max(range(seeds), key=lambda seed: sure[seed])
        chosen[target] = (best, sure[best], statistics.mean(sure))
    return chosen


class _Outcome(NamedTuple):
    mean: tuple[float, float, float]
    features: dict[str, Tensor]
    edges: float
    away: float
    left: float | None


def _trip(rows: Sequence[_Outcome]) -> dict[str, float | None]:
    """How far there, how far from home after the way back, and how often nearer than there."""
    trips = [(row.away, row.left) for row in rows if row.left is not None]
    if not trips:
        return {"away": None, "left": None, "home": None}
    return {
        "away": statistics.mean(away for away, _ in trips),
        "left": statistics.mean(left for _, left in trips),
        "home": statistics.mean(left < away for away, left in trips),
    }


def _seen(judge: Judge, picture: Image.Image) -> Tensor:
    square, _ = images.letterbox(images.to_rgb(without_paper(picture)), JUDGE_SIDE)
    return judge(images.to_tensor(square))[0][0].clone()


def _mean(picture: Image.Image) -> tuple[float, float, float]:
    return colours_of(without_paper(picture)).mean


def _features(picture: Image.Image) -> Tensor:
    small = images.to_rgb(without_paper(picture))
    small.thumbnail((SIDE, SIDE))
    x = images.to_tensor(small)
    return palette(x, not_paper(x))[0]


def _save_sheet(file: Path, model: Model, held: Sequence[Pair]) -> None:
    """A row a source: the source, then every target."""
    chosen = [held[k * len(held) // min(SHEET, len(held))] for k in range(min(SHEET, len(held)))]
    cells = []
    for pair in chosen:
        picture = images.decode(pair.source, alpha="keep")
        for shown in (picture, *(model.translate(picture, to=target) for target in model.targets)):
            cells.append(images.letterbox(images.to_rgb(shown), 128)[0])
    try:
        images.grid(cells, 1 + len(model.targets)).save(file, "PNG")
    except OSError as error:
        raise Refused("translate.output", folder=file, reason=error.strerror or error) from error
