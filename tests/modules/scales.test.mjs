// Where charts put their ticks, and which point is read.

import assert from "node:assert/strict";
import { test } from "node:test";

import { logTicks, nearest, short, smoothed, tick, ticks } from "../../ganstudio/ui/page/scales.js";

test("two to five round steps make up any length", () => {
  for (let most = 1e-4; most < 1e7; most *= 1.37) {
    const step = tick(most);
    assert.ok(most / step >= 2 && most / step <= 5.0001, `${most}: ${step}`);
    assert.ok(
      [1, 2, 5].some((each) => Math.abs(Math.log10(step / each) % 1) < 1e-9),
      `${step}`,
    );
  }
});

test("ticks lie within their ends", () => {
  assert.deepEqual(ticks(0, 10), [0, 5, 10]);
  assert.deepEqual(ticks(-3, 3), [-2, 0, 2]);
});

test("logarithmic ticks are positive, in order and never fewer than the axis needs", () => {
  for (const [least, most] of [
    [0.1, 1],
    [1e-6, 1e6],
    [3, 4],
    [1, 1000],
  ]) {
    const found = logTicks(least, most);
    assert.ok(found.length >= 2 && found.length <= 10, `${found}`);
    assert.deepEqual(
      found,
      [...found].sort((a, b) => a - b),
    );
    assert.ok(found.every((value) => value > 0 && value >= least && value <= most));
  }
});

test("numbers are short", () => {
  assert.deepEqual([0, 0.00012, 0.123456, 999, 12_345, 2_500_000].map(short), [
    "0",
    "1e-4",
    "0.123",
    "999",
    "12.3 k",
    "2.5 M",
  ]);
});

test("the nearest of numbers that never fall", () => {
  const numbers = [0, 1, 1, 5, 9];
  for (const wanted of [-3, 0.4, 0.6, 3.1, 7, 20]) {
    const off = (at) => Math.abs(numbers[at] - wanted);
    const found = nearest(numbers, wanted);
    assert.ok(
      numbers.every((_, at) => off(found) <= off(at)),
      `${wanted}: ${found}`,
    );
  }
  assert.equal(nearest([7], 100), 0);
});

test("an average that forgets is fair from the first value on, and leaves gaps", () => {
  assert.deepEqual(
    smoothed([3, null, 3], 0.9).map((value) => value && Math.round(1e6 * value) / 1e6),
    [3, null, 3],
  );
  assert.deepEqual(smoothed([1, 2, 4], 0), [1, 2, 4]);
  const [first, second] = smoothed([0, 1], 0.6);
  assert.equal(first, 0);
  assert.ok(Math.abs(second - 0.4 / 0.64) < 1e-12);
});
