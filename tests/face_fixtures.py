"""A portrait and cascades that are drawn and written here, for the tests of faces."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

HEAD = '<?xml version="1.0"?><opencv_storage><cascade type_id="opencv-cascade-classifier"><stageType>BOOST</stageType>'
SIDES = "<height>24</height><width>24</width>"

# A Haar feature that tells a bright square in the middle of its window from a dark ground.
BRIGHT = (
    f"{HEAD}<featureType>HAAR</featureType>{SIDES}<featureParams><maxCatCount>0</maxCatCount></featureParams>"
    "<stages><_><stageThreshold>0.5</stageThreshold><weakClassifiers><_>"
    "<internalNodes>0 -1 0 0.9</internalNodes><leafValues>0. 1.</leafValues></_></weakClassifiers></_></stages>"
    "<features><_><rects><_>0 0 24 24 -1.</_><_>6 6 12 12 4.</_></rects></_></features></cascade></opencv_storage>"
)
# The same of LBP: code 0, where the middle is brighter than all eight around it.
BRIGHT_LBP = (
    f"{HEAD}<featureType>LBP</featureType>{SIDES}<featureParams><maxCatCount>256</maxCatCount></featureParams>"
    "<stages><_><stageThreshold>0.5</stageThreshold><weakClassifiers><_>"
    "<internalNodes>0 -1 0 1 0 0 0 0 0 0 0</internalNodes><leafValues>1. 0.</leafValues></_></weakClassifiers></_>"
    "</stages><features><_><rect>0 0 8 8</rect></_></features></cascade></opencv_storage>"
)
EVERYTHING = BRIGHT.replace("<leafValues>0. 1.", "<leafValues>1. 1.")


def squares(*places: tuple[int, int, int], size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Bright squares (left, top, side) on a dark ground."""
    levels = np.full((size[1], size[0], 3), 20, np.uint8)
    for left, top, side in places:
        levels[max(0, top) : top + side, max(0, left) : left + side] = 240
    return Image.fromarray(levels)


def portrait(side: int = 160) -> Image.Image:
    """A shaded face from the front, whose box a cascade of photographs puts at about (0.2, 0.25, 0.8, 0.85)."""
    sheet = np.full((320, 320), 150, np.uint8)

    def oval(x: int, y: int, across: int, down: int, level: int) -> None:
        cv2.ellipse(sheet, (x, y), (across, down), 0, 0, 360, level, -1)

    oval(160, 160, 104, 132, 45)  # hair
    oval(160, 178, 82, 112, 205)
    for x in (126, 194):
        oval(x, 160, 24, 15, 130)  # the sockets, brows and pupils
        cv2.line(sheet, (x - 22, 138), (x + 22, 138), 70, 7)
        oval(x, 161, 14, 7, 225)
        oval(x, 161, 7, 7, 30)
    oval(160, 190, 10, 30, 225)  # nose
    oval(160, 218, 17, 6, 140)
    oval(160, 250, 32, 9, 105)  # mouth
    oval(160, 280, 30, 9, 190)
    smooth = cv2.GaussianBlur(sheet, (0, 0), 4)
    return Image.fromarray(smooth).convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
