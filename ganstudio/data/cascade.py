"""Cascades of OpenCV's from a file that anybody may have made, and the one for drawn faces from where it lies.

OpenCV trusts such a file: an index of a feature that is not there, another count of categories or many nested tags end
the process or never come back. So nothing of it reaches OpenCV but numbers that were checked here, written anew.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from xml.etree.ElementTree import Element

import cv2
import httpx

from ganstudio.words import Refused

MAX_BYTES = 4 * 2**20  # of a cascade; the largest of OpenCV's own has 2.7 million

# The MIT licence stands in the file. The checksum is that of the file at this commit.
ANIME_URL = (
    "https://raw.githubusercontent.com/nagadomi/lbpcascade_animeface/"
    "4433ab1ae1166ea75acfe99eb0f18709dac329a0/lbpcascade_animeface.xml"
)
ANIME_SHA256 = "9376d30ac38db6bda2a68b88b3b76bbd7e6aa33af47f7f5c76bc88ca75f1ce30"

_FETCH_SECONDS = 60.0
_FETCH_BYTES = 2**20  # the file has 246,945

_WINDOW = (8, 256)  # the sides that the window of a cascade may have in pixels
_CATEGORIES = {"HAAR": 0, "LBP": 256}  # a Haar feature is compared with a threshold, an LBP code has 8 bits
_WORDS = 8  # of 32 bits: one for each category, whether it goes left
_GREAT = 1e30  # float32 ends at 3e38


def load(file: Path) -> cv2.CascadeClassifier:
    """A new classifier from an untrusted file: none may be used by two threads at once.

    Raises Refused ("faces.no_file", "faces.no_cascade") for whatever is no cascade of Haar or LBP features, and for
    the format of OpenCV 1.
    """
    try:
        status = file.stat()
        words = _clean(file, status.st_mtime_ns, status.st_size)
    except OSError as error:
        raise Refused("faces.no_file", file=file, reason=error.strerror) from error
    except (ValueError, TypeError, LookupError, SyntaxError, RecursionError, OverflowError):
        raise Refused("faces.no_cascade", file=file, limit=MAX_BYTES // 2**20) from None
    classifier = cv2.CascadeClassifier()
    storage = cv2.FileStorage(words, cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY)  # must outlive its node
    classifier.read(storage.getFirstTopLevelNode())
    assert not classifier.empty()  # whatever _clean has let pass is one
    return classifier


def photographs() -> cv2.CascadeClassifier:
    """The classifier of frontal faces in photographs that comes with OpenCV."""
    return cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / "haarcascade_frontalface_default.xml"))


@functools.lru_cache(maxsize=4)
def _clean(file: Path, changed: int, size: int) -> str:
    """The file's cascade as XML of our own; `changed` and `size` tell one state of the file from the next."""
    if size > MAX_BYTES or not file.is_file():  # a pipe or a device could be read for ever
        raise ValueError
    with file.open("rb") as opened:
        text = opened.read(MAX_BYTES + 1).decode("utf-8")
    if len(text) > MAX_BYTES or "<!DOCTYPE" in text or "<!ENTITY" in text:  # entities unfold without end
        raise ValueError
    return "".join(_written(_child(ElementTree.fromstring(text), "cascade")))


def _written(cascade: Element) -> list[str]:
    """The tags of a cascade whose every number was checked; ValueError and its like for any other."""
    kind = _word(cascade, "featureType")
    categories = _CATEGORIES[kind]
    width, height = int(_word(cascade, "width")), int(_word(cascade, "height"))
    stated = int(_word(_child(cascade, "featureParams"), "maxCatCount"))
    if not (_WINDOW[0] <= width <= _WINDOW[1] and _WINDOW[0] <= height <= _WINDOW[1] and stated == categories):
        raise ValueError
    read = _haar if kind == "HAAR" else _lbp
    features = [read(feature, width, height) for feature in _items(cascade, "features")]
    stages = [_stage(stage, kind, len(features)) for stage in _items(cascade, "stages")]
    return [
        '<?xml version="1.0"?><opencv_storage><cascade type_id="opencv-cascade-classifier">',
        f"<stageType>BOOST</stageType><featureType>{kind}</featureType><height>{height}</height><width>{width}</width>",
        f"<featureParams><maxCatCount>{categories}</maxCatCount></featureParams><stageNum>{len(stages)}</stageNum>",
        *("<stages>", *stages, "</stages>", "<features>", *features, "</features>", "</cascade></opencv_storage>"),
    ]


def _stage(stage: Element, kind: str, features: int) -> str:
    trees = [_tree(tree, kind, features) for tree in _items(stage, "weakClassifiers")]
    threshold = _real(_word(stage, "stageThreshold"))
    head = f"<maxWeakCount>{len(trees)}</maxWeakCount><stageThreshold>{threshold}</stageThreshold>"
    return f"<_>{head}<weakClassifiers>{''.join(trees)}</weakClassifiers></_>\n"


def _tree(tree: Element, kind: str, features: int) -> str:
    """A tree's nodes, each: left, right, feature and its threshold or its words; positive sides are later nodes."""
    numbers, leaves = _word(tree, "internalNodes").split(), _word(tree, "leafValues").split()
    step = 3 + (_WORDS if kind == "LBP" else 1)
    count = len(numbers) // step
    if count < 1 or len(numbers) != count * step or len(leaves) != count + 1:
        raise ValueError
    nodes: list[str] = []
    for place in range(count):
        left, right, feature, *rest = numbers[place * step : (place + 1) * step]
        for side in (int(left), int(right)):
            if not (place < side < count or -count <= side <= 0):  # later ones alone: no circles
                raise ValueError
        if not 0 <= int(feature) < features:
            raise ValueError
        nodes += [str(int(left)), str(int(right)), str(int(feature))]
        nodes += [_real(rest[0])] if kind == "HAAR" else [_word32(word) for word in rest]
    ends = " ".join(_real(leaf) for leaf in leaves)
    return f"<_><internalNodes>{' '.join(nodes)}</internalNodes><leafValues>{ends}</leafValues></_>\n"


def _haar(feature: Element, width: int, height: int) -> str:
    """Two or three rectangles with weights; tilted ones stand on their upper corner, (x, y)."""
    tilted = int(feature.findtext("tilted") or 0)
    rectangles = []
    for item in _items(feature, "rects"):
        *place, weight = (item.text or "").split()
        x, y, w, h = map(int, place)
        inside = x - h >= 0 and x + w <= width and y + w + h <= height if tilted else x + w <= width and y + h <= height
        if min(x, y) < 0 or min(w, h) < 1 or not inside:
            raise ValueError
        rectangles.append(f"<_>{x} {y} {w} {h} {_real(weight)}</_>")
    if not 2 <= len(rectangles) <= 3 or tilted not in (0, 1):
        raise ValueError
    return f"<_><rects>{''.join(rectangles)}</rects><tilted>{tilted}</tilted></_>\n"


def _lbp(feature: Element, width: int, height: int) -> str:
    """One of three by three equal rectangles."""
    x, y, w, h = map(int, _word(feature, "rect").split())
    if min(x, y) < 0 or min(w, h) < 1 or x + 3 * w > width or y + 3 * h > height:
        raise ValueError
    return f"<_><rect>{x} {y} {w} {h}</rect></_>\n"


def _child(element: Element, name: str) -> Element:
    child = element.find(name)
    if child is None:
        raise ValueError
    return child


def _word(element: Element, name: str) -> str:
    return (_child(element, name).text or "").strip()


def _items(element: Element, name: str) -> list[Element]:
    items = _child(element, name).findall("_")
    if not items:
        raise ValueError
    return items


def _real(word: str) -> str:
    number = float(word)
    if not math.isfinite(number) or abs(number) > _GREAT:
        raise ValueError
    return repr(number)


def _word32(word: str) -> str:
    number = int(word)
    if not -(2**31) <= number < 2**31:
        raise ValueError
    return str(number)


# --- the one for drawn faces --------------------------------------------------------------------------------


def fetch_cascade() -> Path:
    """nagadomi's cascade of drawn faces (MIT), from the user's cache or fetched into it.

    The cache is $XDG_CACHE_HOME/ganstudio, else ~/.cache/ganstudio. Nothing is kept whose SHA-256 is not
    ANIME_SHA256. Raises Refused ("faces.fetch", "faces.checksum", "faces.cache").
    """
    home = os.environ.get("XDG_CACHE_HOME", "")
    folder = (Path(home) if os.path.isabs(home) else Path.home() / ".cache") / "ganstudio"
    place = folder / f"lbpcascade_animeface-{ANIME_SHA256[:12]}.xml"
    part = place.with_name(f"{place.name}.{os.getpid()}.part")
    try:
        if place.is_file() and _sum(place.read_bytes()) == ANIME_SHA256:
            return place
        folder.mkdir(parents=True, exist_ok=True)  # before anything is fetched that cannot be kept
        data = _fetch(ANIME_URL)
        if (found := _sum(data)) != ANIME_SHA256:
            raise Refused("faces.checksum", url=ANIME_URL, found=found, expected=ANIME_SHA256)
        try:
            part.write_bytes(data)
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refused("faces.cache", folder=folder, reason=error.strerror) from error
    return place


def _sum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _fetch(url: str) -> bytes:
    """The body, at most _FETCH_BYTES within _FETCH_SECONDS; raises Refused."""
    end, data = time.monotonic() + _FETCH_SECONDS, bytearray()
    try:
        with httpx.stream("GET", url, timeout=20) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                data += chunk
                if len(data) > _FETCH_BYTES:
                    raise Refused("faces.fetch", url=url, reason=f"more than {_FETCH_BYTES} bytes")
                if time.monotonic() > end:
                    raise httpx.ReadTimeout("too slow")
    except Refused:
        raise
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, ImportError) as error:  # the last two: an unusable proxy
        raise Refused("faces.fetch", url=url, reason=str(error).splitlines()[0] or type(error).__name__) from error
    return bytes(data)
