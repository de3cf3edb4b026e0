"""How good a U-GAT-IT is that redraws pictures on white, on pictures that it was not trained on."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ganstudio import images
from ganstudio.analysis.colour import PAPER
from ganstudio.analysis.distance import kernel_distance, random_features, sliced_wasserstein
from ganstudio.analysis.palette_of import areas, change, hair_and_skin, kept_in_place
from ganstudio.data.folders import Pair, split
from ganstudio.files import stem_below, walked
from ganstudio.models.engine import Model
from ganstudio.networks.pretrained import Judge
from ganstudio.networks.ugatit import UGATITCritic
from ganstudio.words import Refused

CLOSE = 10.0  # Delta E up to which a colour counts as kept: the same at a glance
HALVES = 20  # random halves of the real pictures, for the floor of the kernel distance
SHEET = 24  # sources on a sheet, of both domains together
SHOWN = 128  # pixels of each picture on it

Progress = Callable[[Sequence[Any]], Any]


class Way(NamedTuple):
    """One direction of a model: from the domain `source` to `target`, each "a" or "b", which is called `name`."""

    source: str
    target: str
    name: str


def evaluate_icons(
    model: Model,
    data: Path,
    data_b: str,
    only: str,
    progress: Progress,
    sheet: Path | None = None,
    asked: Sequence[Judge] = (),
    partners: bool = False,
) -> dict[str, Any]:
    """Translates every held-back picture to the other domain, and back again; JSON-ready.

    `data` holds trainA and trainB, testA and testB, or all four; or it is the folder of the first domain and `data_b`
    that of the second. Held back are the pictures named in `only`; else testA and testB, and the fold that the model's
    settings name. `sheet` is where a PNG of sources, results and round trips is put.

    Returned: `model`, `backend`, `data`, `held_back` (pictures a domain), `unreadable`, and by target, under `targets`:

    - `sources`, how many pictures were translated, and `real`, how many they are compared with;
    - `sliced_wasserstein` (lists, fine to coarse) and `kernel_distance`, of features of a network of random weights
      (see `analysis.distance`, 0 = alike): `before`, of the sources and the real pictures of the target, `after`, of
      the translations and these, and `floor`, of halves of these. Sliced distances grow as sets shrink, so that for
      them the floor is an upper bound;
    - `hair` and `skin`, the source's colours kept: the two largest areas of a source, the higher one being the hair,
      looked for in its translation (see `analysis.palette_of`). `pictures` with two such areas, `median` Delta E, and
      `kept`, the share of at most 10. `shuffled_median` and `shuffled_kept`: the same in another one's translation;
    - `round_trip`: `error`, mean absolute difference of the source and what comes back, on [0,1], and `other`, that of
      the source and another source. None for a model of one way.

    For each judge that is `asked`, by its name: `kernel_distance` of the translations to the real pictures of the
    target by its features, and of the sources, `before`; `floor`, the mean between random halves of the real ones, and
    `floor_width`, twice the standard deviation of these.

    With `partners`, pictures of one name show the same thing in both domains, and under `partners` stand, for each way,
    how many `pictures` have one; the mean `error` to it, on [0,1], and `other`, that to another one's partner; and of
    `hair` and `skin`, found as the two largest areas of the partner, `median`, the Delta E of what the translation has
    in that place, and `kept`, the share of at most 10.

    Under `attention`, by published critic: of the real `pictures` of its domain the mean shares of its map (the summed
    attended features above their least) `on_drawing`, on what is not white, and of the `area` that this takes: what a
    map that knows nothing would score. Whatever needs two pictures is None where there is one. Raises `Refused`.
    """
    ways = _ways(model)
    names = {"a": model.settings.domain_a, "b": model.settings.domain_b}
    files = _held_back(model, data, data_b, only, names)
    shown: dict[str, list[Tensor]] = {"a": [], "b": []}
    stems: dict[str, list[str]] = {"a": [], "b": []}
    bad = []
    for domain, paths in files.items():
        for path in paths:
            try:
                square = images.letterbox(images.decode(path), model.size)[0]
            except Refused as refusal:
                bad.append(f"{path.name}: {refusal}")
            else:
                shown[domain].append(images.to_tensor(square))
                stems[domain].append(path.stem)
    if not (shown["a"] and shown["b"]):
        raise Refused("data.unreadable", bad=len(bad), count=sum(map(len, files.values())), listed="; ".join(bad[:5]))
    made: dict[str, list[Tensor]] = {way.source: [] for way in ways}
    back: dict[str, list[Tensor]] = {way.source: [] for way in ways}
    work = [(way, x) for way in ways for x in shown[way.source]]
    for way, x in progress(work):
        made[way.source].append(model.run(x, to=way.name))
        if len(ways) > 1:
            back[way.source].append(model.run(made[way.source][-1], to=names[way.source]))
    if sheet is not None:
        _save_sheet(sheet, [column[way.source] for way in ways for column in (shown, made, back)])
    return {
        "model": model.name,
        "backend": model.backend,
        "data": str(data),
        "held_back": {names[domain]: len(each) for domain, each in shown.items()},
        "unreadable": len(bad),
        "targets": {
            way.name: {
                "sources": len(made[way.source]),
                "real": len(shown[way.target]),
                **_distances(*(torch.cat(x) for x in (shown[way.source], made[way.source], shown[way.target]))),
                **_kept_colours(shown[way.source], made[way.source]),
                "round_trip": _round_trip(shown[way.source], back[way.source]),
                **{j.name: _judged(j, *(shown[way.source], made[way.source], shown[way.target])) for j in asked},
                **(_partners(made[way.source], stems[way.source], shown[way.target], stems[way.target], partners)),
            }
            for way in ways
        },
        "attention": {
            name: _attention(network, shown[name[-1]])
            for name, network in model.networks.items()
            if isinstance(network, UGATITCritic)
        },
    }


def _ways(model: Model) -> list[Way]:
    both = (Way("a", "b", model.settings.domain_b), Way("b", "a", model.settings.domain_a))
    return [way for way in both if f"{way.source}_to_{way.target}" in model.networks]


def _held_back(model: Model, data: Path, data_b: str, only: str, names: dict[str, str]) -> dict[str, list[Path]]:
    """The pictures of each domain that the model was not trained on."""
    folders = {"a": [data], "b": [Path(data_b)]}
    if not data_b:
        folders = {domain: [data / f"{part}{domain.upper()}" for part in ("train", "test")] for domain in "ab"}
    for folder in (data, *([Path(data_b)] if data_b else [])):
        if not folder.is_dir():
            raise Refused("data.no_folder", folder=folder)
    held: dict[str, list[Path]] = {}
    for domain, parts in folders.items():
        found = [walked(part).pictures if part.is_dir() else [] for part in parts]
        if not any(found):
            raise Refused("data.empty", folder=parts[0]) if data_b else Refused("data.no_domains", folder=data)
        if only:
            held[domain] = [
                each for part, files in zip(parts, found, strict=True) for each in _outside(files, part, 1, 0, only)
            ]
        else:
            tests = [path for part in found[1:] for path in part]
            held[domain] = _outside(found[0], parts[0], model.settings.folds, model.settings.fold, "") + tests
        if not held[domain] and only:
            raise Refused("evaluate.none", folder=data, file=only)
        if not held[domain]:
            raise Refused("evaluate.none_held", folder=data, model=model.name, domain=names[domain])
    return held


def _outside(files: Sequence[Path], folder: Path, folds: int, fold: int, only: str) -> list[Path]:
    """Those of a folder that are held back; that may be all of them."""
    try:
        pairs = [Pair(stem_below(path, folder), path) for path in files]
        return [pair.source for pair in split(pairs, folds, fold, only)[1]] if pairs else []
    except Refused as refusal:
        if refusal.key != "data.all_held":
            raise
        return list(files)


def _others(count: int) -> list[int]:
    """For each picture another one, at random; each is another's once. The same every time."""
    order = np.random.default_rng(0).permutation(count)
    return np.roll(order, 1)[np.argsort(order)].tolist()


# --- figures ----------------------------------------------------------------------------------------------


def _distances(sources: Tensor, made: Tensor, real: Tensor) -> dict[str, Any]:  # (N,3,s,s), the same, (M,3,s,s)
    half = len(real) // 2
    reference = random_features(real)
    # One scale for all three, by which no layer outweighs the others.
    centre, scale = reference.mean(0), torch.cat([reference, random_features(sources)]).std(0).clamp_min(1e-3)
    before, after, there = ((random_features(each) - centre) / scale for each in (sources, made, real))
    kernel: dict[str, float | None] = {"before": None, "after": None, "floor": None}
    if min(len(made), len(real)) > 1:
        kernel |= {"before": kernel_distance(before, there), "after": kernel_distance(after, there)}
    if half > 1:
        orders = [np.random.default_rng(k).permutation(len(real)) for k in range(HALVES)]
        kernel["floor"] = statistics.mean(kernel_distance(there[o[:half]], there[o[half:]]) for o in orders)
    return {
        "sliced_wasserstein": {
            "before": sliced_wasserstein(sources, real),
            "after": sliced_wasserstein(made, real),
            "floor": sliced_wasserstein(real[:half], real[half:]) if half else None,
        },
        "kernel_distance": kernel,
    }


def _kept_colours(sources: Sequence[Tensor], made: Sequence[Tensor]) -> dict[str, Any]:
    results = [areas(images.to_image(each)) for each in made]
    looked_for = [hair_and_skin(areas(images.to_image(each))) for each in sources]
    others = _others(len(made))
    figures: dict[str, Any] = {}
    for k, part in enumerate(("hair", "skin")):
        own = [change(both[k], results[n]) for n, both in enumerate(looked_for) if both]
        another = [change(both[k], results[others[n]]) for n, both in enumerate(looked_for) if both and len(made) > 1]
        figures[part] = {"pictures": len(own), **_summary(own, ""), **_summary(another, "shuffled_")}
    return figures


def _summary(changes: Sequence[float], prefix: str) -> dict[str, float | None]:
    kept = sum(each <= CLOSE for each in changes)
    return {
        f"{prefix}median": statistics.median(changes) if changes else None,
        f"{prefix}kept": kept / len(changes) if changes else None,
    }


def _judged(judge: Judge, sources: Sequence[Tensor], made: Sequence[Tensor], real: Sequence[Tensor]) -> dict[str, Any]:
    before, after, there = (torch.cat([judge(x)[0] for x in each]) for each in (sources, made, real))
    half = len(there) // 2
    found: dict[str, float | None] = {"before": None, "kernel_distance": None, "floor": None, "floor_width": None}
    if min(len(before), len(there)) > 1:
        found |= {"before": kernel_distance(before, there), "kernel_distance": kernel_distance(after, there)}
    if half > 1:
        orders = [np.random.default_rng(k).permutation(len(there)) for k in range(HALVES)]
        floors = [kernel_distance(there[o[:half]], there[o[half : 2 * half]]) for o in orders]
        found |= {"floor": statistics.mean(floors), "floor_width": 2 * statistics.stdev(floors)}
    return found


def _partners(
    made: Sequence[Tensor], stems: Sequence[str], real: Sequence[Tensor], real_stems: Sequence[str], asked: bool
) -> dict[str, Any]:
    where = {stem: k for k, stem in enumerate(real_stems)}
    pairs = [(x, real[where[stem]]) for x, stem in zip(made, stems, strict=True) if stem in where]
    if not asked or not pairs:
        return {}
    others = _others(len(pairs))
    changes: dict[str, list[float]] = {"hair": [], "skin": []}
    for x, true in pairs:
        drawn, result = images.to_image(true), images.to_image(x)
        for part, area in zip(changes, hair_and_skin(areas(drawn, ink=0)) or (), strict=False):
            changes[part].append(kept_in_place(area, drawn, result))

    def error(those: Sequence[tuple[Tensor, Tensor]]) -> float:
        return statistics.mean((a - b).abs().mean().item() / 2 for a, b in those)

    return {
        "partners": {
            "pictures": len(pairs),
            "error": error(pairs),
            "other": error([(x, pairs[k][1]) for (x, _), k in zip(pairs, others, strict=True)]),
            **{part: {"pictures": len(each), **_summary(each, "")} for part, each in changes.items()},
        }
    }


def _round_trip(sources: Sequence[Tensor], back: Sequence[Tensor]) -> dict[str, float | None] | None:
    if not back:
        return None
    others = [sources[k] for k in _others(len(sources))]

    def mean(pairs: Sequence[Tensor]) -> float:
        return statistics.mean((a - b).abs().mean().item() / 2 for a, b in zip(sources, pairs, strict=True))

    return {"error": mean(back), "other": mean(others) if len(sources) > 1 else None}


@torch.inference_mode()
def _attention(critic: UGATITCritic, shown: Sequence[Tensor]) -> dict[str, Any]:
    on_drawing, areas_taken = [], []
    for x in shown:
        heat = critic.see(x).attended.sum(1, keepdim=True)  # (1,1,h,w), as the authors draw it
        heat = F.interpolate(heat - heat.amin(), x.shape[2:], mode="bilinear", align_corners=False)
        drawn = ((x + 1) * 127.5).amin(1, keepdim=True) < PAPER
        if (mass := heat.sum().item()) > 0:  # a constant map points nowhere
            on_drawing.append(heat[drawn].sum().item() / mass)
            areas_taken.append(drawn.float().mean().item())
    return {
        "pictures": len(on_drawing),
        "on_drawing": statistics.mean(on_drawing) if on_drawing else None,
        "area": statistics.mean(areas_taken) if areas_taken else None,
    }


def _save_sheet(file: Path, columns: Sequence[Sequence[Tensor]]) -> None:
    """A row a picture of each domain: source, result, round trip."""
    columns = [column for column in columns if column]  # one way has no round trip
    count = min(SHEET // max(1, len(columns) // 3), *map(len, columns))
    cells = []
    for row in range(count):
        for column in columns:
            picture = images.to_image(column[row * len(column) // count])
            cells.append(images.letterbox(picture, SHOWN)[0])
    try:
        images.grid(cells, len(columns)).save(file, "PNG")
    except OSError as error:
        raise Refused("translate.output", folder=file, reason=error.strerror or error) from error
