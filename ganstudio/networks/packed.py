"""A trained network in the form that runs fastest on a CPU: the same function, for inference alone.

Eager PyTorch brings a convolution's weights into the processor's own order again at every call, and instance
norm copies channels-last data twice. Here weights are ordered once, and instance norm runs as the group norm
that it equals, whose kernel takes channels-last data as it is. The operators are the ones to which
`torch.compile` with freezing leads, without a compiler.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ganstudio.networks.layers import ResizeConv2d


def folded(network: nn.Module) -> nn.Module:
    """The network, changed in place: each resize-convolution as the transposed convolution that it equals."""
    for name, child in network.named_children():
        if isinstance(child, ResizeConv2d):
            kernel, again = child.kernel().detach().contiguous(), child.edges == "replicate"
            bias = child.bias is not None
            plain = nn.ConvTranspose2d(
                kernel.shape[0], kernel.shape[1], 4, stride=2, padding=3 if again else 1, bias=bias
            )
            plain.weight = nn.Parameter(kernel, requires_grad=False)
            if child.bias is not None:
                plain.bias = nn.Parameter(child.bias.detach(), requires_grad=False)
            setattr(network, name, nn.Sequential(nn.ReplicationPad2d(1), plain) if again else plain)
        else:
            folded(child)
    return network


def can_pack() -> bool:
    """Whether this PyTorch has the operators: its CPU builds for x86 do."""
    return torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_reorder_convolution_transpose_weight")


@torch.inference_mode()
def packed(network: nn.Module, example: Tensor, *extra: Tensor | Sequence[Tensor]) -> nn.Module:
    """A copy of the network, in the example's dtype and channels-last order, with its weights ordered once.

    `example` has the shape (1,C,H,W) that the network is to run on; other batch sizes give the same function.
    `extra` is what the network takes besides, such as a label, or a style and noise.
    """
    copied = folded(copy.deepcopy(network)).to(example.dtype).to(memory_format=torch.channels_last)
    sizes: dict[nn.Module, list[int]] = {}

    def note(layer: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        sizes[layer] = list(inputs[0].shape)

    layers = [m for m in copied.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    hooks = [layer.register_forward_pre_hook(note) for layer in layers]
    copied(example, *extra)
    for hook in hooks:
        hook.remove()
    _replace(copied, sizes)
    return copied


def _replace(network: nn.Module, sizes: dict[nn.Module, list[int]]) -> None:
    for name, child in network.named_children():
        if isinstance(child, nn.ConvTranspose2d) and child in sizes:
            setattr(network, name, _PackedTranspose(child, sizes[child]))
        elif isinstance(child, nn.Conv2d) and child in sizes and child.padding_mode == "zeros":
            setattr(network, name, _PackedConv(child, sizes[child]))
        elif isinstance(child, nn.InstanceNorm2d) and not child.track_running_stats:
            setattr(network, name, _InstanceAsGroup(child))
        else:
            _replace(child, sizes)


class _PackedConv(nn.Module):
    def __init__(self, conv: nn.Conv2d, size: list[int]) -> None:
        super().__init__()
        self.how = (list(conv.padding), list(conv.stride), list(conv.dilation), conv.groups)
        self.weight = torch.ops.mkldnn._reorder_convolution_weight(conv.weight.detach(), *self.how, size)
        self.bias = None if conv.bias is None else conv.bias.detach()

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.mkldnn._convolution_pointwise(x, self.weight, self.bias, *self.how, "none", [], "")


class _PackedTranspose(nn.Module):
    def __init__(self, conv: nn.ConvTranspose2d, size: list[int]) -> None:
        super().__init__()
        self.how = (
            list(conv.padding),
            list(conv.output_padding),
            list(conv.stride),
            list(conv.dilation),
            conv.groups,
        )
        self.weight = torch.ops.mkldnn._reorder_convolution_transpose_weight(conv.weight.detach(), *self.how, size)
        self.bias = None if conv.bias is None else conv.bias.detach()

    def forward(self, x: Tensor) -> Tensor:
        return torch.ops.mkldnn._convolution_transpose_pointwise(x, self.weight, self.bias, *self.how, "none", [], "")


class _InstanceAsGroup(nn.Module):
    def __init__(self, norm: nn.InstanceNorm2d) -> None:
        super().__init__()
        self.channels, self.epsilon = norm.num_features, norm.eps
        self.weight = norm.weight.detach() if norm.affine else None
        self.bias = norm.bias.detach() if norm.affine else None

    def forward(self, x: Tensor) -> Tensor:
        return F.group_norm(x, self.channels, self.weight, self.bias, self.epsilon)
