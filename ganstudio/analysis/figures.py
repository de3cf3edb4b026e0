"""Figures of the colours of many pictures: their mean colours as a cloud, their hues as a wheel.

As pages of plotly's, which turn and zoom and need plotly.min.js beside them but no network, and as PNGs of
matplotlib's.
"""

from __future__ import annotations

import colorsys
import html
import io
import itertools
import math
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ganstudio.analysis.colour import HUES, LEVELS
from ganstudio.data.pokedex import Entry
from ganstudio.typenames import TYPES
from ganstudio.words import FIRST, FONTS, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MAX_POINTS = 20_000  # a browser turns so many without a jerk
ALL = ""  # the group of all pictures

INK, SOFT, LINE, EDGE = "#22262B", "#6B727B", "#D9DDE2", "#2B2B2B"
AXES = (("R", "#C0392B"), ("G", "#2E8B57"), ("B", "#2F5FC4"))
DPI = 150
COLUMNS = 6  # of the wheels by type


class Point(NamedTuple):
    names: tuple[str, str]
    types: tuple[str, ...]
    mean: tuple[float, float, float]  # R, G, B, 0 to 255


class Group:
    """Mean histograms of pictures, each of which counts alike."""

    def __init__(self) -> None:
        self.count = 0
        self._sums = [np.zeros(bins) for bins in (HUES, LEVELS, LEVELS)]

    def add(self, entry: Entry) -> None:
        self.count += 1
        found = entry.statistics
        for total, shares in zip(self._sums, (found.hue, found.saturation, found.value), strict=True):
            total += shares

    @property
    def histograms(self) -> tuple[NDArray[np.float64], ...]:
        """Hue, saturation and value, each of sum 1; a hue of grey pictures alone is all 0."""
        return tuple(total / max(total.sum(), 1e-9) for total in self._sums)


class Collection:
    """What the figures need of any number of entries: sums, and at most `most` points, a choice made by `seed`."""

    def __init__(self, most: int = MAX_POINTS, seed: int = 0) -> None:
        self.points: list[Point] = []
        self.groups: dict[str, Group] = {ALL: Group(), **{key: Group() for key in TYPES}}
        self._most = most
        self._dice = random.Random(seed)

    @property
    def count(self) -> int:
        return self.groups[ALL].count

    def add(self, entry: Entry) -> Entry:
        """Takes the entry in and gives it back; one of two types belongs to both."""
        point = Point(entry.names, entry.types, entry.statistics.mean)
        if self.count < self._most:
            self.points.append(point)
        elif (place := self._dice.randrange(self.count + 1)) < self._most:  # Vitter 1985, algorithm R
            self.points[place] = point
        for group in (ALL, *dict.fromkeys(entry.types)):
            self.groups[group].add(entry)
        return entry

    def shown(self) -> dict[str, Group]:
        """The groups that have pictures, all of them first."""
        return {key: group for key, group in self.groups.items() if group.count}


def _title(collection: Collection, language: str) -> str:
    if collection.count > len(collection.points):
        return say("figure.some", language, shown=f"{len(collection.points):,}", count=f"{collection.count:,}")
    return say("figure.all", language, count=f"{collection.count:,}")


def _group_name(group: str, count: int, language: str) -> str:
    name = say(f"app.type.{group}", language) if group else say("figure.every", language)
    return f"{name} ({count:,})"


# --- colours and shapes that both kinds of figure share -----------------------------------------------------


def _hex(colour: Sequence[float]) -> str:  # levels 0..255
    return "#" + "".join(f"{min(255, max(0, round(level))):02X}" for level in colour)


def _hsl(degrees: float, saturation: float, lightness: float) -> str:
    return _hex([255 * x for x in colorsys.hls_to_rgb(degrees / 360 % 1, lightness, saturation)])


def main_hue(hue: Sequence[float] | NDArray[np.float64]) -> float | None:
    """The angle that the hues gather around, 0 to 360; None where there are none or they cancel out."""
    turns = (np.arange(len(hue)) + 0.5) * 2 * math.pi / len(hue)
    x, y = float(np.cos(turns) @ hue), float(np.sin(turns) @ hue)
    return math.degrees(math.atan2(y, x)) % 360 if math.hypot(x, y) > 1e-9 else None


def _hue_colours(bins: int) -> list[str]:
    return [_hsl((k + 0.5) * 360 / bins, 0.78, 0.52) for k in range(bins)]


def _level_colours(tint: float | None) -> tuple[list[str], list[str]]:
    """Of the bars of saturation and of value, in the main hue."""
    strong = 0.0 if tint is None else 1.0
    steps = [(k + 0.5) / LEVELS for k in range(LEVELS)]
    saturation = [_hsl(tint or 0, strong * step, 0.6 - 0.1 * step) for step in steps]
    return saturation, [_hsl(tint or 0, 0.22 * strong, 0.97 * step) for step in steps]


def _cube_edges(steps: int = 12) -> Iterator[NDArray[np.float64]]:
    """(steps + 1, 3) points of each of the 12 edges of the RGB cube, 0 to 255."""
    for along in range(3):
        for a in (0.0, 255.0):
            for b in (0.0, 255.0):
                yield np.insert(np.tile([a, b], (steps + 1, 1)), along, np.linspace(0, 255, steps + 1), axis=1)


# --- pages --------------------------------------------------------------------------------------------------


def script() -> str:
    """The text of plotly.min.js, which both pages expect beside them."""
    from plotly.offline import get_plotlyjs

    return get_plotlyjs()


def scatter_html(collection: Collection, language: str = "en") -> str:
    """A page: the mean colours as points in the RGB cube, which one turns; names and types under the pointer."""
    import plotly.graph_objects as go

    points = collection.points
    r, g, b = ([round(point.mean[k], 1) for point in points] for k in range(3))
    size = 2 if len(points) > 5000 else 3 if len(points) > 1500 else 4
    figure = go.Figure(
        go.Scatter3d(
            x=r,
            y=g,
            z=b,
            mode="markers",
            marker={
                "size": size,
                "color": [_hex(point.mean) for point in points],
                "line": {"color": EDGE, "width": 1},
            },
            text=[_label(point, language) for point in points],
            hoverinfo="text",
        )
    )
    x, y, z, colours = [], [], [], []
    for edge in _cube_edges():
        for place in edge.tolist():
            x.append(place[0])
            y.append(place[1])
            z.append(place[2])
            colours.append(_hex([0.85 * level for level in place]))
        for axis in (x, y, z):
            axis.append(None)  # lifts the pen
        colours.append("#000000")
    figure.add_scatter3d(x=x, y=y, z=z, mode="lines", line={"color": colours, "width": 4}, hoverinfo="skip")
    axes = {
        f"{axis}axis": {
            "title": {"text": name, "font": {"color": colour, "size": 16}},
            "range": [-4, 259],
            "tickvals": [0, 64, 128, 192, 255],
            "tickfont": {"size": 11, "color": SOFT},
            "gridcolor": LINE,
            "zeroline": False,
            "showbackground": False,
            "showspikes": False,
        }
        for axis, (name, colour) in zip("xyz", AXES, strict=True)
    }
    camera = {"eye": {"x": 0.95, "y": -1.8, "z": 0.65}, "center": {"x": 0, "y": 0, "z": -0.1}}
    figure.update_layout(
        **_page_layout(_title(collection, language)),
        scene={**axes, "aspectmode": "cube", "camera": camera, "dragmode": "turntable"},
    )
    return _page(figure, say("figure.cloud", language), language)


def _label(point: Point, language: str) -> str:
    """What the pointer shows. plotly reads a few tags in it: names of files must not be read so."""
    lines = [f"<b>{html.escape(name, quote=False)}</b>" for name in dict.fromkeys(map(_plain, point.names)) if name]
    if point.types:
        lines.append(" / ".join(say(f"app.type.{each}", language) for each in point.types))
    return "<br>".join([*lines, _hex(point.mean)])


def _plain(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:120]


def hues_html(collection: Collection, language: str = "en") -> str:
    """A page: the wheel of hues with saturation and value, of all pictures or of a type that one chooses."""
    import plotly.graph_objects as go

    figure, choices = go.Figure(), []
    shown = collection.shown()
    for place, (key, group) in enumerate(shown.items()):
        first = place == 0
        hue, saturation, value = group.histograms
        most = _most(hue)
        for trace in _wheel_traces(hue, saturation, value):
            figure.add_trace(trace.update(visible=first))
        visible = [each // 4 == place for each in range(4 * len(shown))]
        choices.append(
            {
                "label": _group_name(key, group.count, language),
                "method": "update",
                "args": [{"visible": visible}, {"polar.radialaxis.range": [-0.15 * most, 1.05 * most]}],
            }
        )
    most = _most(shown[ALL].histograms[0])
    figure.update_layout(
        **_page_layout(_title(collection, language) if len(shown) == 1 else ""),
        polar={
            "domain": {"x": [0, 0.58], "y": [0, 1]},
            "hole": 0.3,
            "bgcolor": "rgba(0,0,0,0)",
            "angularaxis": {
                "rotation": 90,
                "direction": "clockwise",
                "tickvals": list(range(0, 360, 60)),
                "ticktext": [f"{degrees}°" for degrees in range(0, 360, 60)],
                "gridcolor": LINE,
                "linecolor": LINE,
            },
            "radialaxis": {
                "range": [-0.15 * most, 1.05 * most],
                "showticklabels": False,
                "ticks": "",
                "showline": False,
                "gridcolor": LINE,
                "nticks": 4,
            },
        },
        bargap=0.08,
    )
    for number, low, high, words in (
        ("", 0.58, 0.92, "app.colours_saturation"),
        ("2", 0.08, 0.42, "app.colours_value"),
    ):
        title = {"text": say(words, language), "font": {"size": 14, "color": INK}, "standoff": 8}
        figure.update_layout(
            {
                f"xaxis{number}": {
                    "domain": [0.66, 1],
                    "anchor": f"y{number}",
                    "range": [0, 1],
                    "tickvals": [0, 0.5, 1],
                    "tickformat": ".0%",
                    "ticklabelstandoff": 6,
                    "showgrid": False,
                    "zeroline": False,
                    "title": title,
                },
                f"yaxis{number}": {
                    "domain": [low, high],
                    "anchor": f"x{number}",
                    "rangemode": "tozero",
                    "tickformat": ".0%",
                    "ticklabelstandoff": 6,
                    "nticks": 4,
                    "gridcolor": LINE,
                    "zerolinecolor": LINE,
                },
            }
        )
    if len(choices) > 1:
        menu = {"buttons": choices, "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "showactive": True}
        figure.update_layout(updatemenus=[{**menu, "bgcolor": "#FFFFFF", "bordercolor": LINE}])
    return _page(figure, say("figure.wheel", language), language)


def _most(hue: NDArray[np.float64]) -> float:
    return max(float(hue.max()), 1e-3)


def _wheel_traces(
    hue: NDArray[np.float64], saturation: NDArray[np.float64], value: NDArray[np.float64]
) -> tuple[Any, Any, Any, Any]:
    """A thin colour wheel, the bars of hue that grow out of it, and the bars of saturation and of value."""
    import plotly.graph_objects as go

    most, step = _most(hue), 360 / HUES
    ring = go.Barpolar(
        theta=[5 * k + 2.5 for k in range(72)],
        width=5,
        base=-0.13 * most,
        r=[0.09 * most] * 72,
        marker={"color": _hue_colours(72)},
        hoverinfo="skip",
    )
    bars = go.Barpolar(
        theta=[(k + 0.5) * step for k in range(HUES)],
        width=step,
        r=hue.tolist(),
        marker={"color": _hue_colours(HUES), "line": {"color": "#FFFFFF", "width": 1}},
        text=[f"{k * step:.0f}–{(k + 1) * step:.0f}° {share:.1%}" for k, share in enumerate(hue)],
        hoverinfo="text",
    )
    levels = []
    paints = _level_colours(main_hue(hue))
    for number, shares, paint in zip(("", "2"), (saturation, value), paints, strict=True):
        levels.append(
            go.Bar(
                x=[(k + 0.5) / LEVELS for k in range(LEVELS)],
                y=shares.tolist(),
                marker={"color": paint, "line": {"color": EDGE, "width": 0.8}},
                text=[f"{share:.1%}" for share in shares],
                textposition="none",
                hoverinfo="text",
                xaxis=f"x{number}",
                yaxis=f"y{number}",
            )
        )
    return ring, bars, levels[0], levels[1]


def _page_layout(title: str) -> dict[str, Any]:
    return {
        "title": {"text": title, "font": {"size": 17, "color": INK}, "x": 0.02, "xanchor": "left"},
        "font": {"family": "system-ui, sans-serif", "color": SOFT},
        "margin": {"l": 20, "r": 30, "t": 70, "b": 30},
        "showlegend": False,
        "template": "none",
        "paper_bgcolor": "#FFFFFF",
    }


def _page(figure: Any, title: str, language: str) -> str:
    """A whole page that fills the window; its one script lies beside it."""
    import plotly.io

    config = {"displaylogo": False, "responsive": True}
    drawn = plotly.io.to_html(
        figure, config, include_plotlyjs=False, full_html=False, default_height="100%", validate=False
    )
    return (
        f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n"
        "<style>html, body, body > div { height: 100%; margin: 0 } body { overflow: hidden }</style>\n"
        f'<body>\n<script src="plotly.min.js"></script>\n{drawn}\n</body>\n</html>\n'
    )


# --- PNGs ---------------------------------------------------------------------------------------------------


@contextmanager
def _drawing(language: str) -> Iterator[str]:
    """matplotlib set up, and the language it can write in: some need a font that knows them."""
    import matplotlib
    from matplotlib import font_manager

    wanted = FONTS.get(language, [])
    fonts = [font for font in wanted if font in font_manager.get_font_names()]
    style: Any = {
        "font.family": ["DejaVu Sans", *fonts],
        "font.size": 10,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": LINE,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "grid.color": LINE,
    }
    with matplotlib.rc_context(style):
        yield language if fonts or not wanted else FIRST


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=DPI, facecolor="white")
    return file.getvalue()


def scatter_png(collection: Collection, language: str = "en") -> bytes:
    """The mean colours as points in the RGB cube, a PNG."""
    from matplotlib.figure import Figure

    means = np.array([point.mean for point in collection.points]).reshape(-1, 3)
    with _drawing(language) as spoken:
        figure = Figure(figsize=(9, 8.4))
        axes: Any = figure.add_axes((0.0, 0.0, 1.0, 0.95), projection="3d")
        size, width = (9, 0.15) if len(means) > 5000 else (20, 0.3) if len(means) > 1500 else (46, 0.5)
        for edge in _cube_edges():
            for a, b in itertools.pairwise(edge):
                axes.plot(*np.stack([a, b]).T, color=(a + b) / 2 / 255 * 0.8, linewidth=1.6, zorder=0)
        x, y, z = means.T
        axes.scatter(x, y, z, c=means / 255, s=size, edgecolors=EDGE, linewidths=width, depthshade=False)
        for axis, (name, colour) in zip((axes.xaxis, axes.yaxis, axes.zaxis), AXES, strict=True):
            axis.set_label_text(name, color=colour, fontsize=14, fontweight="bold")
            axis.set_ticks([0, 64, 128, 192, 255])
            axis.set_tick_params(labelsize=8)
            axis.set_pane_color((1, 1, 1, 0))
            axis.line.set_color(LINE)
        for limits in (axes.set_xlim, axes.set_ylim, axes.set_zlim):
            limits(0, 255)
        axes.set_box_aspect((1, 1, 1), zoom=0.92)
        axes.view_init(elev=18, azim=-62)
        figure.text(0.03, 0.955, _title(collection, spoken), fontsize=13)
        return _png(figure)


def hues_png(collection: Collection, language: str = "en") -> bytes:
    """The wheel of hues with saturation and value of all pictures, and below it a wheel for each type; a PNG."""
    from matplotlib.figure import Figure

    shown = collection.shown()
    types = [key for key in shown if key != ALL]
    rows = math.ceil(len(types) / COLUMNS)
    with _drawing(language) as spoken:
        top, row = 5.4, 2.15  # inches
        height = top + rows * row
        figure = Figure(figsize=(11, height))

        def place(left: float, below_top: float, width: float, tall: float) -> tuple[float, float, float, float]:
            return left / 11, (height - below_top - tall) / height, width / 11, tall / height

        hue, saturation, value = shown[ALL].histograms
        _wheel(figure.add_axes(place(0.5, 0.9, 4.1, 4.1), projection="polar"), hue, labelled=True)
        paints = _level_colours(main_hue(hue))
        for number, (key, shares) in enumerate((("saturation", saturation), ("value", value))):
            axes = figure.add_axes(place(5.8, 1.0 + 2.15 * number, 4.7, 1.45))
            _bars(axes, shares, paints[number], say(f"app.colours_{key}", spoken))
        figure.text(0.4 / 11, 1 - 0.4 / height, say("figure.all", spoken, count=f"{collection.count:,}"), fontsize=14)
        for number, key in enumerate(types):
            down, along = divmod(number, COLUMNS)
            box = place(0.35 + along * 1.76, top + down * row + 0.35, 1.5, 1.5)
            wheel = figure.add_axes(box, projection="polar")
            _wheel(wheel, shown[key].histograms[0], labelled=False)
            wheel.set_title(_group_name(key, shown[key].count, spoken), fontsize=10, pad=5)
        return _png(figure)


def _wheel(axes: Any, hue: NDArray[np.float64], labelled: bool) -> None:
    most = _most(hue)
    turns = (np.arange(HUES) + 0.5) * 2 * math.pi / HUES
    steps = 180 if labelled else 60
    fine = (np.arange(steps) + 0.5) * 2 * math.pi / steps
    axes.set_theta_zero_location("N")
    axes.set_theta_direction(-1)
    axes.bar(fine, 0.1 * most, width=2.1 * math.pi / steps, bottom=-0.14 * most, color=_hue_colours(steps))
    axes.bar(turns, hue, width=2 * math.pi / HUES, color=_hue_colours(HUES), edgecolor="white", linewidth=0.6)
    axes.set_rlim(-0.6 * most, 1.05 * most)
    axes.set_rgrids([0.5 * most, most], labels=["", ""])
    degrees = range(0, 360, 60)
    axes.set_thetagrids(list(degrees), labels=[f"{each}°" if labelled else "" for each in degrees])
    axes.spines["polar"].set_visible(False)
    axes.set_axisbelow(True)


def _bars(axes: Axes, shares: NDArray[np.float64], paints: list[str], title: str) -> None:
    from matplotlib.ticker import PercentFormatter

    places = (np.arange(LEVELS) + 0.5) / LEVELS
    axes.bar(places, shares, width=0.9 / LEVELS, color=paints, edgecolor=EDGE, linewidth=0.5)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1])
    axes.xaxis.set_major_formatter(PercentFormatter(1, 0))
    axes.yaxis.set_major_formatter(PercentFormatter(1, 0))
    axes.locator_params(axis="y", nbins=3)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.tick_params(axis="x", pad=6)
    axes.set_title(title, fontsize=11, loc="left", pad=6)
