"""How often a classifier is right about pictures that it was not trained on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ganstudio import images
from ganstudio.analysis.colour import without_paper
from ganstudio.data.folders import Pair, split
from ganstudio.data.unpaired import find_labelled
from ganstudio.models.engine import Model
from ganstudio.words import Refused

TOP = 3


def evaluate_classifier(
    model: Model, data: Path, labels: str, only: str, progress: Callable[[Sequence[Any]], Any]
) -> dict[str, Any]:
    """Asks about every held-back picture; JSON-ready.

    Held back are the pictures named in `only`, else the fold that the model's settings name. Shares of 1: `accuracy`
    (the best class is the first label), `either` (it is any of the labels), `top_3` (the first label is among the
    three best), `commonest` (the accuracy of always answering the commonest class); per class how many were held back
    and how many of them were told right. Pictures of no known class are left out. Raises `Refused`.
    """
    names = model.settings.domains.split(",")
    found = {path: types for path, types in find_labelled(data, labels).items() if types[0] in names}
    folds, fold = (1, 0) if only else (model.settings.folds, model.settings.fold)
    _, held = split([Pair(path.stem, path) for path in found], folds, fold, only)
    if not held:
        raise Refused("evaluate.none", folder=data, file=only or f"--folds {folds}")
    classes = {name: {"held_back": 0, "right": 0} for name in names}
    right = either = among = 0
    bad = []
    for pair in progress(held):
        try:
            picture = without_paper(images.decode(pair.source, alpha="keep"))
        except Refused as refusal:
            bad.append(f"{pair.source.name}: {refusal}")
            continue
        square = images.letterbox(images.to_rgb(picture), model.size)[0]
        best = model.run(images.to_tensor(square))[0].topk(min(TOP, len(names))).indices
        answers = [names[k] for k in best.tolist()]
        types = found[pair.source]
        classes[types[0]]["held_back"] += 1
        classes[types[0]]["right"] += answers[0] == types[0]
        right += answers[0] == types[0]
        either += answers[0] in types
        among += types[0] in answers
    count = len(held) - len(bad)
    if not count:
        raise Refused("data.unreadable", bad=len(bad), count=len(held), listed="; ".join(bad[:5]))
    return {
        "model": model.name,
        "backend": model.backend,
        "data": str(data),
        "held_back": count,
        "unreadable": len(bad),
        "accuracy": right / count,
        "either": either / count,
        "top_3": among / count,
        "commonest": max(each["held_back"] for each in classes.values()) / count,
        "classes": classes,
    }
