// How a map of the CAM tab lies over its picture, and which place a visitor points at.

import assert from "node:assert/strict";
import { test } from "node:test";

import { axis, mean, span, spread } from "../../ganstudio/ui/tabs/cam/maps.js";

// A picture of 64 x 32 pixels in the middle of a square of 64, and a map of 4 x 4 places.
const frame = { size: 64, left: 0, top: 16, inner_width: 64, inner_height: 32, width: 64, height: 32 };
const map = (values) => ({ width: 4, height: 4, values: Float32Array.from(values) });
const rising = map(Array.from({ length: 16 }, (_, k) => k % 4));

test("a span reaches as far on both sides of what is neutral", () => {
  assert.deepEqual(span(null, [rising]), [0, 3]);
  assert.deepEqual(span(1, [rising]), [-1, 3]);
  assert.equal(mean(rising.values), 1.5);
});

test("a place is found where its middle is", () => {
  for (const across of [true, false]) {
    const along = axis(rising, frame, across);
    for (let place = 0; place < along.count; place++) {
      const middle = (along.edge(place) + along.edge(place + 1)) / 2;
      if (middle > 0 && middle < 1) assert.ok(Math.abs(along.at(middle) - place) < 1e-9, `${across} ${place}`);
    }
    assert.equal(along.at(-5), 0);
    assert.equal(along.at(5), along.count - 1);
  }
});

test("the whole width, and the middle half of the height, lie in the picture", () => {
  assert.deepEqual([axis(rising, frame, true).edge(0), axis(rising, frame, true).edge(4)], [0, 1]);
  assert.deepEqual([axis(rising, frame, false).edge(1), axis(rising, frame, false).edge(3)], [0, 1]);
});

test("what is spread keeps its bounds, its order and what is the same everywhere", () => {
  const wide = spread(rising, frame);
  assert.deepEqual([wide.width, wide.height], [64, 32]);
  for (let x = 1; x < 64; x++) assert.ok(wide.values[x] >= wide.values[x - 1]);
  assert.deepEqual(span(null, [wide]), [0, 3]);
  const flat = spread(map(new Array(16).fill(7)), frame);
  assert.ok(flat.values.every((value) => value === 7));
});
