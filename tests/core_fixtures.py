"""What the tests of data, training and inference share: tiny data sets, settings and models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import torch
from PIL import Image
from torch import Tensor, nn

from ganstudio.data import demo, domains
from ganstudio.data.creatures import creature
from ganstudio.models import hub
from ganstudio.recipes import RECIPES
from ganstudio.runs.folder import RunFolder

# Settings that make any recipe tiny; those that a recipe does not have are left out.
TINY: dict[str, Any] = {
    "size": 16,
    "width": 4,
    "most": 8,
    "codes": 3,
    "pixel_width": 4,
    "features": "random",
    "critic_width": 4,
    "depth": 3,
    "blocks": 2,
    "pool": 3,
    "patch": 16,
    "local_layers": 3,
    "global_layers": 4,
    "batch": 2,
    "images": 40,
    "ema": 10,
    "precision": "float32",
    "checkpoint_every": 10,
    "sample_every": 1000,
    "report_every": 4,
    "samples": 2,
    "workers": 0,
}


def tiny_settings(recipe: str = "pix2pix", **changes: Any) -> dict[str, Any]:
    """Settings of the smallest sensible training: 20 steps of two pictures of 16 pixels."""
    known = {field.name for field in fields(RECIPES[recipe].config)}
    return {name: value for name, value in TINY.items() if name in known} | changes


def tiny_config(recipe: str = "pix2pix", **changes: Any) -> Any:
    return RECIPES[recipe].config(**tiny_settings(recipe, **changes))


def make_run(folder: Path, data: Path, recipe: str = "pix2pix", **changes: Any) -> RunFolder:
    """A run that is ready to train."""
    run = RunFolder(folder)
    run.create(recipe, tiny_settings(recipe, data=str(data), **changes))
    return run


def make_data(folder: Path, count: int = 6, size: int = 16) -> Path:
    """Paired demo faces in `folder`/source and `folder`/target."""
    demo.write_paired(folder, count, size, 0)
    return folder


def publish_tiny(folder: Path, seed: int = 0, recipe: str = "pix2pix", **changes: Any) -> dict[str, nn.Module]:
    """A published model of random weights, critics that are published included; returns its networks."""
    config = tiny_config(recipe, **changes)
    torch.manual_seed(seed)
    networks = RECIPES[recipe].build(config)
    names = RECIPES[recipe].exports + RECIPES[recipe].witnesses
    exported = {name: networks[name].eval() for name in names}
    hub.publish(folder, recipe, config, exported, images=7)
    return exported


def tensors_of(checkpoint: Path) -> dict[str, Tensor]:
    """Every tensor of a checkpoint, under file name and tensor name."""
    return {
        f"{file.stem}:{name}": tensor
        for file in sorted(checkpoint.glob("*.safetensors"))
        for name, tensor in hub.read_weights(file).items()
    }


def assert_same(a: dict[str, Tensor], b: dict[str, Tensor]) -> None:
    """Exactly equal, bit for bit."""
    assert a.keys() == b.keys() and a
    different = [name for name in a if not torch.equal(a[name], b[name])]
    assert not different, different[:5]


def make_unpaired(folder: Path, count: int = 5, size: int = 16) -> Path:
    """Two domains of creatures drawn by code, in `folder`/trainA, trainB, testA and testB."""
    domains.write_unpaired(folder, "creatures", count, size, 0, test=2)
    return folder


def make_labelled(folder: Path, count: int = 3, size: int = 16) -> Path:
    """Pictures 001.png ... under three types, dual ones among them, and their table, labels.csv, beside the folder."""
    folder.mkdir(parents=True)
    lines = ["id,type1,type2"]
    for k in range(3 * count):
        kinds = ("fire", "water", "grass")
        first, second = kinds[k % 3], kinds[(k + 1) % 3] if k >= 3 * count - 2 else ""
        Image.fromarray(creature(k, first, size)).save(folder / f"{k + 1:03d}.png")
        lines.append(f"{k + 1},{first},{second}")
    folder.with_name("labels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def data_settings(recipe: str, folder: Path) -> dict[str, Any]:
    """Tiny data of the kind that the recipe asks for, made in `folder`, as settings."""
    kind = RECIPES[recipe].data
    if kind == "paired":
        return {"data": str(make_data(folder))}
    if kind == "unpaired":
        return {"data": str(make_unpaired(folder))}
    data = make_labelled(folder)
    return {"data": str(data), "labels": str(data.with_name("labels.csv")), "domains": "fire,water,grass"}


def server_functions(app_url: str, tab: str) -> Callable[[str, object], Any]:
    """Calls the server functions of a tab's component as its page does, over HTTP."""
    config = httpx.get(f"{app_url}/config").json()
    component = next(each["id"] for each in config["components"] if each["props"].get("elem_id") == tab)

    def call(name: str, request: object) -> Any:
        body = {"data": request, "component_id": component, "fn_name": name, "session_hash": "test"}
        answer = httpx.post(f"{app_url}/gradio_api/component_server/", json=body, timeout=120)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return call
