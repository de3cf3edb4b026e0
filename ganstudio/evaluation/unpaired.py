"""How good an unpaired model is, on pictures that it was not trained on: by distributions, or by true partners."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from ganstudio import images
from ganstudio.analysis.colour import difference, floor, frechet, without_paper
from ganstudio.analysis.colour import statistics as colours_of
from ganstudio.analysis.edges import edge_f1
from ganstudio.data.folders import Pair, split
from ganstudio.data.unpaired import find_labelled
from ganstudio.evaluation.callers import PALETTE, Callers, Seen
from ganstudio.files import matched, walked
from ganstudio.models.engine import Model
from ganstudio.networks.pretrained import Judge
from ganstudio.words import Refused

SCORED = 3.0  # a gap of fewer floors than this says little: it is reported and not scored
SHEET = 12  # sources on a sheet

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
    folds, fold = (1, 0) if only else (model.settings.folds, model.settings.fold)
    none = Refused("evaluate.none", folder=data, file=only or f"--folds {folds}")
    pairs = [Pair(path.stem, path) for path in found]
    kept, held = split(pairs, folds, fold, only)
    if not held:
        raise none
    callers = Callers(judges)
    real, bad = _looked_at(found, callers, progress if judges else iter)
    kept, held = ([pair for pair in part if pair.source in real] for part in (kept, held))
    if not kept or not held:
        raise Refused("data.unreadable", bad=len(bad), count=len(pairs), listed="; ".join(bad[:5]))
    callers.learn([real[p.source].seen for p in kept], [real[p.source].types[0] for p in kept])
    work = [(t, real[p.source]) for t in model.targets for p in held if t not in real[p.source].types]
    if two_way:  # a model of two domains knows nothing of the others
        work = [(t, source) for t, source in work if source.types[0] in model.targets]
    if not work:
        raise none
    outcomes: dict[str, list[_Outcome]] = {t: [] for t in model.targets}
    for target, source in progress(work):
        outcomes[target].append(_outcome(model, source, target, callers))
    held_real = [real[p.source] for p in held]
    every = [row for rows in outcomes.values() for row in rows]
    if sheet is not None:
        _save_sheet(sheet, model, held)
    return {
        "model": model.name,
        "backend": model.backend,
        "data": str(data),
        "held_back": len(held),
        "unreadable": len(bad),
        "classifier_accuracy": _accuracy(callers, held_real, PALETTE),
        "judges": {judge.name: _accuracy(callers, held_real, judge.name) for judge in judges},
        "edges": statistics.median(row.edges for row in every),
        **_trip(every),
        "alpha_equal": all(row.alpha_equal for row in every),
        "targets": {
            target: _figures(target, rows, list(real.values()), held_real, callers, judges)
            for target, rows in outcomes.items()
            if len(rows) > 1 < sum(each.types[0] == target for each in real.values())
        },
    }


class _Real(NamedTuple):
    """A picture that is what its label says."""

    file: Path
    types: tuple[str, ...]
    mean: tuple[float, float, float]
    seen: Seen


class _Outcome(NamedTuple):
    """What became of one on its way to another type."""

    source: _Real
    mean: tuple[float, float, float]
    seen: Seen
    edges: float
    away: float
    left: float | None  # None where there is no way back
    alpha_equal: bool


def _looked_at(
    found: dict[Path, tuple[str, ...]], callers: Callers, progress: Progress
) -> tuple[dict[Path, _Real], list[str]]:
    """What can be used of the pictures, and a line on each that can not: damaged, or without any colour."""
    real, bad = {}, []
    for file in progress(list(found)):
        try:
            picture = images.decode(file, alpha="keep")
            real[file] = _Real(file, found[file], _mean(picture), callers.look(picture))
        except Refused as refusal:
            bad.append(f"{file.name}: {refusal}")
    return real, bad


def _outcome(model: Model, source: _Real, target: str, callers: Callers) -> _Outcome:
    picture = images.decode(source.file, alpha="keep")
    result = model.translate(picture, to=target)
    painted, left = without_paper(picture), None
    if source.types[0] in model.targets:
        left = difference(painted, model.translate(result, to=source.types[0]))
    alpha_equal = result.mode == picture.mode and (
        picture.mode == "RGB" or result.getchannel("A").tobytes() == picture.getchannel("A").tobytes()
    )
    seen, edges, away = callers.look(result), edge_f1(picture, result), difference(painted, result)
    return _Outcome(source, _mean(result), seen, edges, away, left, alpha_equal)


def _accuracy(callers: Callers, held: Sequence[_Real], name: str) -> float:
    return callers.share([each.seen for each in held], [each.types[0] for each in held], name) or 0.0


def _figures(
    target: str,
    rows: Sequence[_Outcome],
    real: Sequence[_Real],
    held: Sequence[_Real],
    callers: Callers,
    judges: Sequence[Judge],
) -> dict[str, Any]:
    """What `evaluate_types` says of one target."""
    cloud = np.array([each.mean for each in real if each.types[0] == target])
    sources, made = np.array([row.source.mean for row in rows]), np.array([row.mean for row in rows])
    before, after, least = frechet(sources, cloud), frechet(made, cloud), floor(cloud)
    seen, seen_real = [row.seen for row in rows], [each.seen for each in held if each.types[0] == target]

    def called(name: str) -> dict[str, float | None]:
        both = {"called": seen, "called_real": seen_real}
        return {key: callers.share(each, target, name) for key, each in both.items()}

    return {
        "sources": len(rows),
        "real": len(cloud),
        "before": before,
        "after": after,
        "floor": least,
        "closed": (before - after) / (before - least) if before > least else None,
        "scored": before >= SCORED * least,
        **called(PALETTE),
        "held_real": len(seen_real),
        "spread": float(np.sqrt(np.trace(np.cov(made.T)) / max(1e-9, np.trace(np.cov(cloud.T))))),
        "edges": statistics.median(row.edges for row in rows),
        **_trip(rows),
        "judges": {judge.name: called(judge.name) for judge in judges},
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
    kept, _ = split([Pair(path.stem, path) for path in found], model.settings.folds, model.settings.fold, "")
    callers = Callers([judge])
    seen = [callers.look(images.decode(pair.source, alpha="keep")) for pair in progress(kept)]
    known = [found[pair.source][0] for pair in kept]
    callers.learn(seen, known)
    chosen = {}
    for target in progress([each for each in model.targets if each in known]):
        others = [pair for pair in kept if target not in found[pair.source]]
        sources = [images.decode(others[k * len(others) // pictures].source, alpha="keep") for k in range(pictures)]
        sure = []
        for seed in range(seeds):
            results = (model.translate(source, to=target, seed=seed, keep_size=False) for source in sources)
            sure.append(statistics.mean(callers.surely(result, target) for result in results))
        best = max(range(seeds), key=lambda seed: sure[seed])
        chosen[target] = (best, sure[best], statistics.mean(sure))
    return chosen


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


def _mean(picture: Image.Image) -> tuple[float, float, float]:
    return colours_of(without_paper(picture)).mean


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
