"""Weights of other projects by their papers' authors, run here: pytorch-CycleGAN-and-pix2pix, and UGATIT-pytorch.

A state dict names no architecture. It is told from the names and shapes of the tensors, which are then put where our
own networks have them; the outputs are equal in float32. This is the one module that reads pickles, with PyTorch's
reader of tensors alone, which runs nothing that a file asks for. What it read is mapped here for the first project, and
in `peers_ugatit` for the second.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from ganstudio import lfs, places
from ganstudio.config import from_dict
from ganstudio.models import peers_ugatit
from ganstudio.models.hub import MAX_NETWORKS, MAX_WEIGHTS, publish, read_weights, shapes_of
from ganstudio.recipes.cyclegan import CYCLEGAN, CycleGANConfig, build_generator
from ganstudio.recipes.ugatit import UGATIT, UGATITConfig
from ganstudio.words import Refused

HOME = "https://github.com/junyanz/pytorch-CycleGAN-and-pix2pix"
FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")
MAX_FILE = MAX_NETWORKS  # bytes: two generators of the full U-GAT-IT and their critics take 2.6 GB
MAX_DEPTH = 4  # dicts that weights may lie in
_SIGNS = ("model.1.weight", "model.model.0.weight", "gap_fc.weight")  # tensors that tell a generator
MAX_NAME = 200  # bytes: a file system takes 255, and a half-written folder has a longer name
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # by Windows


class Imported(NamedTuple):
    """A model made by `import_weights`."""

    folder: Path
    architecture: str  # the peer's name for it: resnet_9blocks, UGATIT_light
    config: CycleGANConfig | UGATITConfig


def import_weights(file: Path, name: str, out: Path | None = None, network: str = "") -> Imported:
    """Publishes what `file` holds as the model `out`/`name`; `out` None: `places.models()`.

    Of several generators in a file, `network` says which; see `read_networks`.

    A generator alone makes a one-way model; a checkpoint of UGATIT-pytorch, one with all the networks that are in it.
    Raises `Refused` for a name that no folder should have or that is taken, and for any file but the weights of a
    known generator.
    """
    folder = (out or places.models()) / checked_name(name)
    if folder.exists() or folder.is_symlink():
        raise Refused("peers.taken", folder=folder)
    found = read_networks(file, network)
    c: CycleGANConfig | UGATITConfig
    if peers_ugatit.claims(found):
        c, networks = peers_ugatit.convert(file, found, folder.name)
        recipe, kind = UGATIT.name, peers_ugatit.architecture(c)
    elif "" in found:
        c = recognise(file, found[""], {"domain_b": folder.name})
        recipe, kind, networks = CYCLEGAN.name, architecture(c), {"a_to_b": convert(file, found[""], c)}
    else:
        raise Refused("peers.unknown", file=file)
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    source = {"file": file.name, "sha256": digest, "architecture": kind}
    card = model_card(folder.name, source, c, tuple(networks))
    try:
        # float32: rounded to float16, the weights would no longer give the peer's pictures.
        publish(folder, recipe, c, networks, 0, dtype=torch.float32, card=card, imported=source)
    except OSError as error:
        raise Refused("translate.output", folder=folder, reason=error.strerror or error) from error
    return Imported(folder, kind, c)


def checked_name(name: str) -> str:
    """The name, its characters composed (NFC), where a folder may have it on any system; raises `Refused`."""
    name = unicodedata.normalize("NFC", name)
    plain = re.fullmatch(r"[^\W_]([\w.-]*\w)?", name) and not RESERVED.fullmatch(name)
    if not plain or len(name.encode()) > MAX_NAME:
        raise Refused("peers.name", name=repr(name[:80]))
    return name


def read_networks(file: Path, network: str = "") -> dict[str, dict[str, Tensor]]:
    """Tensors by name, by network, of a .pth in any of PyTorch's forms or of a .safetensors; told by content.

    What is around the weights does not count: dicts that hold them beside other things ({"state_dict": ...}, {"model":
    ..., "epoch": 5}), and prefixes of their names (of DataParallel, torch.compile, or a class that holds the network).
    A state dict that is alone in its file is the network "", as is the only generator among several, or the one called
    `network`. Those of UGATIT-pytorch come several in a file: as a dict of them, or under dotted names
    (genA2B.FC.0.weight). Raises `Refused` for what cannot be read, is too large, or holds no tensors.
    """
    try:
        if not file.is_file():
            raise Refused("peers.no_file", file=file)
        if file.stat().st_size > MAX_FILE:
            raise Refused("model.too_large", file=file)
        with file.open("rb") as opened:
            head = opened.read(lfs.HEAD)
    except OSError as error:
        raise Refused("peers.no_file", file=file) from error
    if lfs.is_pointer(head):
        raise Refused("file.pointer", file=file)
    found: Any = read_weights(file, MAX_FILE) if head[8:9] == b"{" else _unpickled(file, head)
    networks: dict[str, dict[str, Tensor]] = {}
    for name, tensors in _state_dicts(found).items():
        if not all(_is_weight(*item) for item in tensors.items()):
            raise Refused("peers.not_weights", file=file)
        # A tensor of stride 0 may be larger than its file.
        if sum(tensor.numel() for tensor in tensors.values()) * 4 > MAX_WEIGHTS:
            raise Refused("model.too_large", file=file)
        for part, own in _parted(tensors).items():
            networks[".".join(filter(None, (name, part)))] = own
    if not networks:
        raise Refused("peers.not_weights", file=file)
    held = [tensor for each in networks.values() for tensor in each.values()]
    if sum(tensor.numel() for tensor in held) * 4 > MAX_NETWORKS:
        raise Refused("model.too_large", file=file)
    # Of stride 0, or parts of one storage that overlap: made real, they would be more than the file ever held. Two
    # networks may share a tensor, which lies in the file once.
    once = {(t.data_ptr(), tuple(t.shape), t.stride()): t for t in held}.values()
    if sum(tensor.numel() * tensor.element_size() for tensor in once) > file.stat().st_size:
        raise Refused("peers.not_weights", file=file)
    return _chosen(file, networks, network)


def _chosen(file: Path, networks: dict[str, dict[str, Tensor]], wanted: str) -> dict[str, dict[str, Tensor]]:
    """The one network that is to be imported, as "", or all those of UGATIT-pytorch."""
    last = {name.rpartition(".")[2]: tensors for name, tensors in networks.items()}
    if not wanted and last.keys() <= peers_ugatit.NETWORKS.keys() and len(last) == len(networks):
        return last
    if wanted:
        if wanted not in networks:
            raise Refused("peers.several", file=file, names=", ".join(sorted(networks)))
        return {"": networks[wanted]}
    generators = [name for name, tensors in networks.items() if _is_generator(tensors)]
    if len(networks) > 1 and len(generators) != 1:
        raise Refused("peers.several", file=file, names=", ".join(sorted(generators or networks)))
    return {"": networks[(generators or list(networks))[0]]}


def _state_dicts(found: Any, depth: int = 0) -> dict[str, dict[Any, Any]]:
    """The dicts with tensors in them, by the names of the dicts around, joined by dots; nothing in them is checked."""
    if not isinstance(found, dict) or depth > MAX_DEPTH:
        return {}
    if any(isinstance(each, Tensor) for each in found.values()):
        return {"": found}
    # Under numbers there is an optimizer's memory.
    inside = {name: _state_dicts(each, depth + 1) for name, each in found.items() if isinstance(name, str)}
    return {
        ".".join(filter(None, (name, below))): each for name, dicts in inside.items() for below, each in dicts.items()
    }


def _parted(tensors: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """The networks whose tensors lie in one dict, by what their names begin with; "" for one that is alone."""
    plain = {name.replace("_orig_mod.", ""): tensor for name, tensor in tensors.items()}  # saved from a compiled one
    while all(name.startswith("module.") for name in plain):  # saved from within DataParallel
        plain = {name.removeprefix("module."): tensor for name, tensor in plain.items()}
    if _is_generator(plain):
        return {"": plain}
    begins = {name.partition(".")[0] for name in plain}
    if not begins <= peers_ugatit.NETWORKS.keys():
        ends = (name[: -len(sign)] for name in plain for sign in _SIGNS if name.endswith(f".{sign}"))
        begins = {begin.removesuffix(".") for begin in ends if _is_generator(_below(plain, begin))}
        # Of a U-Net, whose parts look like it, the outermost.
        begins = {each for each in begins if not any(each.startswith(f"{other}.") for other in begins)}
    return {begin: _below(plain, f"{begin}.") for begin in begins} or {"": plain}


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _is_generator(tensors: Mapping[str, Tensor]) -> bool:
    """Whether this may be one of the generators that are known here."""
    first, outermost = tensors.get("model.1.weight"), tensors.get("model.model.0.weight")
    resnet = first is not None and tuple(first.shape[2:]) == (7, 7)
    return resnet or (outermost is not None and outermost.dim() == 4) or "gap_fc.weight" in tensors


def _unpickled(file: Path, head: bytes) -> Any:
    try:
        if head.startswith(b"PK\3\4"):
            with zipfile.ZipFile(file) as archive:
                # PyTorch stores its tensors as they are: compressed, a small file could become gigabytes.
                if sum(entry.file_size for entry in archive.infolist()) > file.stat().st_size:
                    raise Refused("model.too_large", file=file)
        elif not head.startswith(b"\x80"):
            raise Refused("peers.not_weights", file=file)
        # Opened here: of a path, torch.load would believe the suffix. Its warnings are for those who wrote the file.
        with file.open("rb") as opened, warnings.catch_warnings(action="ignore"):
            return torch.load(opened, map_location="cpu", weights_only=True)
    except Refused:
        raise
    except Exception as error:  # a damaged or hostile stream may end in any of them
        raise Refused("peers.not_weights", file=file) from error


def _is_weight(name: object, tensor: object) -> bool:
    """Whether this is a tensor in memory, of numbers, under a name."""
    return (
        isinstance(name, str)
        and isinstance(tensor, Tensor)
        and tensor.layout == torch.strided
        and tensor.device.type == "cpu"
        and (tensor.dtype in FLOATS or tensor.dtype == torch.int64)
    )


def recognise(file: Path, tensors: Mapping[str, Tensor], settings: Mapping[str, Any] | None = None) -> CycleGANConfig:
    """The settings that build the generator whose weights these seem to be, with `settings` added.

    Raises `Refused` for other networks and other channels than RGB. `convert` sees whether the rest fits.
    """
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    found: dict[str, Any]
    if (first := shapes.get("model.1.weight", ()))[2:] == (7, 7):
        blocks = len({name.split(".")[1] for name in shapes if ".conv_block." in name})
        last = shapes.get(f"model.{17 + blocks}.weight", (3,))[:1]
        # Dropout has no weights of its own, but the block's second convolution is one place further down.
        dropout = 0.0 if "model.10.conv_block.5.weight" in shapes else 0.5
        found = {"generator": "resnet", "blocks": blocks, "size": 256, "dropout": dropout}
        convolution, norm = "model.1", "model.2"
    elif len(first := shapes.get("model.model.0.weight", ())) == 4:
        depth = 1
        while f"{_level(depth)}1.weight" in shapes:
            depth += 1
        last = shapes.get("model.model.3.weight", (0, 3))[1:2]
        # Whether it was trained with dropout cannot be told, so there is no noise to ask for.
        found = {"generator": "unet", "depth": depth, "size": min(max(2**depth, 128), 1024), "dropout": 0.0}
        convolution, norm = f"{_level(1)}1", f"{_level(1)}2"
    elif "net.0.weight" in shapes or shapes.get("model.0.weight", ())[2:] == (4, 4):
        raise Refused("peers.discriminator", file=file)
    else:
        raise Refused("peers.unknown", file=file)
    if (first[1], *last) != (3, 3):
        raise Refused("peers.channels", file=file, channels_in=first[1], channels_out=", ".join(map(str, last)))
    # Instance norm has no scale there, only (from old versions of PyTorch) statistics that nobody uses; beside it, and
    # not beside the other norms, convolutions have a bias.
    if f"{norm}.weight" in shapes:
        found["norm"] = "batch"
    else:
        signs = (f"{convolution}.bias", f"{norm}.running_mean")
        found["norm"] = "instance" if any(sign in shapes for sign in signs) else "none"
    # Nobody gave us its critics: those that the settings describe are as small as can be.
    common = {"width": first[0], "upsample": "transposed", "critic_width": 4, "pool": 0}
    values = {**common, **found, **(settings or {})}
    return from_dict(CycleGANConfig, values)


def architecture(c: CycleGANConfig) -> str:
    """The peer's name for the generator, as its option --netG takes it."""
    return f"unet_{2**c.depth}" if c.generator == "unet" else f"resnet_{c.blocks}blocks"


class _Layer(NamedTuple):
    """A convolution and its norm: our names, and the peer's. `norm` is empty where there is none."""

    convolution: str
    norm: str
    peer_convolution: str
    peer_norm: str
    skip_first: bool = False  # the peer joins a skip before what comes from below, we after it


def _layers(c: CycleGANConfig) -> Iterator[_Layer]:
    if c.generator == "resnet":
        for k, place in enumerate((1, 4, 7)):
            yield _Layer(f"encoder.{k}.conv", f"encoder.{k}.norm", f"model.{place}", f"model.{place + 1}")
        second = 6 if c.dropout else 5
        for k in range(c.blocks):
            for ours, place in (("first", 1), ("second", second)):
                theirs = f"model.{10 + k}.conv_block."
                ours = f"blocks.{k}.{ours}"
                yield _Layer(f"{ours}.conv", f"{ours}.norm", f"{theirs}{place}", f"{theirs}{place + 1}")
        for k, place in enumerate((10 + c.blocks, 13 + c.blocks)):
            yield _Layer(f"decoder.{k}.conv", f"decoder.{k}.norm", f"model.{place}", f"model.{place + 1}")
        yield _Layer("head", "", f"model.{17 + c.blocks}", "")
        return
    yield _Layer("encoder.0.0", "", "model.model.0", "")
    yield _Layer(f"decoder.{c.depth - 1}.0", "", "model.model.3", "", skip_first=True)
    for level in range(1, c.depth):
        theirs, bottom = _level(level), level == c.depth - 1
        down, up = f"encoder.{level}", f"decoder.{c.depth - 1 - level}"
        place = 3 if bottom else 5
        yield _Layer(f"{down}.0", "" if bottom else f"{down}.1", f"{theirs}1", f"{theirs}2")
        yield _Layer(f"{up}.0", f"{up}.1", f"{theirs}{place}", f"{theirs}{place + 1}", skip_first=not bottom)


def _level(level: int) -> str:
    """What the names at this level, from 1, of the peer's U-Net begin with: each level is a part of the one above."""
    return "model.model.1.model." + "3.model." * (level - 1)


def convert(file: Path, tensors: Mapping[str, Tensor], c: CycleGANConfig) -> nn.Module:
    """Our generator of these settings with the peer's weights, float32, in eval mode.

    Raises `Refused` where a tensor is absent, left over, of another shape, or holds what is no number.
    """
    with torch.device("meta"):  # shapes alone: nothing is as large as a file says before it is known to fit
        generator = build_generator(c)
    wanted = shapes_of(generator)
    left, differences = dict(tensors), []
    fitting: dict[str, tuple[Tensor, bool]] = {}  # with whether its first half is our second
    for layer in _layers(c):
        parts = [(layer.convolution, layer.peer_convolution, part) for part in ("weight", "bias")]
        if layer.norm:
            parts += [(layer.norm, layer.peer_norm, part) for part in ("weight", "bias", *STATISTICS)]
        for ours, theirs, part in parts:
            source, name = f"{theirs}.{part}", f"{ours}.{part}"
            if name not in wanted:
                if part in STATISTICS:  # of an instance norm
                    left.pop(source, None)
                continue
            tensor = left.pop(source, None)
            if tensor is None:
                tensor = _default(layer, ours, part, wanted[name], c.norm)
            if tensor is None:
                differences.append(f"-{source}")
            elif tuple(tensor.shape) != wanted[name]:
                differences.append(f"{source} {tuple(tensor.shape)} for {wanted[name]}")
            else:
                swapped = part == "weight" and layer.skip_first and ours == layer.convolution
                fitting[name] = (tensor.detach(), swapped)
    differences += [f"+{source}" for source in left]
    if differences:
        listed = ", ".join(differences[:5]) + (" ..." if len(differences) > 5 else "")
        raise Refused("peers.differs", file=file, architecture=architecture(c), differences=listed)
    taken = {}
    for name, (tensor, swapped) in fitting.items():
        ordered = torch.cat(tensor.chunk(2)[::-1]) if swapped else tensor
        taken[name] = ordered.to(torch.int64 if name.endswith(STATISTICS[-1]) else torch.float32).contiguous()
    generator.load_state_dict(taken, assign=True)
    generator.eval().requires_grad_(False)
    side = 64 if c.generator == "resnet" else 2**c.depth
    with torch.inference_mode():
        answer = generator(torch.linspace(-1, 1, 3 * side * side).view(1, 3, side, side))
    if not all(tensor.isfinite().all() for tensor in (answer, *taken.values())):
        raise Refused("model.not_finite", file=file)
    return generator


def _default(layer: _Layer, ours: str, part: str, shape: tuple[int, ...], norm: str) -> Tensor | None:
    """What a state dict may leave out."""
    if part == "bias" and (ours == layer.convolution or norm == "instance"):
        return torch.zeros(shape)
    if part == "weight" and ours == layer.norm and norm == "instance":
        return torch.ones(shape)
    return torch.zeros(shape) if part == "num_batches_tracked" else None  # PyTorch counts them since 0.4.1


def model_card(
    name: str, source: Mapping[str, str], c: CycleGANConfig | UGATITConfig, networks: tuple[str, ...]
) -> str:
    """README.md of an imported model of these networks. `source`: file, sha256 and architecture."""
    file = "".join(letter if letter.isprintable() and letter != "`" else "_" for letter in source["file"])
    if isinstance(c, UGATITConfig):
        home, details = peers_ugatit.HOME, f"{c.blocks} residual blocks"
        note = (
            "The networks give what the originals give, to within rounding. Weights from the original project's first\n"
            "version, which computed variances otherwise, cannot be told from later ones; their pictures differ."
        )
    else:
        home, details = HOME, f"{c.norm} norm{', trained with dropout' if c.dropout else ''}"
        note = (
            "The network gives what the original gives in evaluation mode (`test.py --eval`), to within rounding. "
            "Without `--eval`\nthe original draws dropout, and takes the statistics of batch norm from each picture, "
            "so its pictures differ."
        )
    ways = [way for way in ("a_to_b", "b_to_a") if way in networks]
    one = len(ways) == 1
    goes = "one way" if one else "both ways, from A to B and back"
    critics = "\nIts critics are here too, and show what they look at." if len(networks) > len(ways) else ""
    return f"""---
license: other
pipeline_tag: image-to-image
library_name: ganstudio
---

# {name}

{"A generator that was" if one else "Two generators that were"} trained elsewhere, with
[{home.rpartition("/")[2]}]({home}), and imported by
`python -m ganstudio import-weights`.

- Weights: `{file}`, SHA-256 `{source["sha256"]}`; kept in float32.
- Architecture: {source["architecture"]}, width {c.width}, {details}.
- Licence: that of the weights' original author. Importing them changes nothing about it: look it up before you
  publish these weights or pictures made with them.

The model works on squares of {c.size} pixels and goes {goes}.{critics}

```sh
python -m ganstudio translate --model {name}{"" if one else f" --to {c.domain_b}"} PICTURE.jpg --out results
```

```python
import ganstudio

network = ganstudio.load("{name}").networks["{ways[0]}"]  # (N,3,H,W) in [-1,1] -> the same, float32
```

{note}
"""
