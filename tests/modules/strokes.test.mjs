// Strokes on the drawing surface, with a pen that writes down what it is told, and a history that is exact.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SIDE, makePad, paintStroke, thumbnail } from "../../ganstudio/ui/tabs/sketch/canvas.js";

function recordingPen() {
  const calls = [];
  return new Proxy(
    { calls },
    {
      get: (pen, name) => pen[name] ?? ((...given) => calls.push([name, ...given])),
      set: (pen, name, value) => {
        pen[name] = value;
        calls.push([name, value]);
        return true;
      },
    },
  );
}

function canvas() {
  const pen = recordingPen();
  return {
    pen,
    listeners: {},
    getContext: () => pen,
    addEventListener(name, work) {
      this.listeners[name] = work;
    },
  };
}

globalThis.document = { createElement: canvas };

const drawn = (stroke) => {
  const pen = recordingPen();
  paintStroke(pen, stroke);
  return pen.calls;
};
const named = (calls, name) => calls.filter(([each]) => each === name);

test("one point is a dot as wide as the pen is pressed", () => {
  const calls = drawn({ points: [[10, 20, 0.5]], width: 4, erase: false });
  assert.deepEqual(named(calls, "arc"), [["arc", 10, 20, 1, 0, 2 * Math.PI]]);
  assert.equal(named(calls, "stroke").length, 0);
});

test("a line is a dot, a curve to each next middle, and its last half", () => {
  const calls = drawn({
    points: [
      [0, 0, 1],
      [10, 0, 1],
      [10, 10, 0.5],
    ],
    width: 4,
    erase: false,
  });
  assert.deepEqual(named(calls, "quadraticCurveTo"), [
    ["quadraticCurveTo", 0, 0, 5, 0],
    ["quadraticCurveTo", 10, 0, 10, 5],
  ]);
  assert.deepEqual(named(calls, "lineTo"), [["lineTo", 10, 10]]);
  assert.deepEqual(
    named(calls, "lineWidth").map(([, width]) => width),
    [4, 3, 2],
  ); // pressure between points, then the last
});

test("the eraser paints white", () => {
  const colours = new Set(
    named(
      drawn({
        points: [
          [0, 0, 1],
          [9, 9, 1],
        ],
        width: 4,
        erase: true,
      }),
      "strokeStyle",
    ).map(([, value]) => value),
  );
  assert.deepEqual([...colours], ["#fff"]);
});

test("a thumbnail is white with its strokes on it", () => {
  const { pen, width } = thumbnail([{ points: [[1, 2, 1]], width: 2, erase: false }], 128);
  assert.equal(width, 128);
  assert.deepEqual(named(pen.calls, "fillRect"), [["fillRect", 0, 0, SIDE, SIDE]]);
  assert.equal(named(pen.calls, "arc").length, 1);
});

const place = (x, y) => ({
  pointerId: 1,
  pointerType: "mouse",
  button: 0,
  clientX: x,
  clientY: y,
  preventDefault() {},
});

function pad(tool = {}) {
  const screen = Object.assign(canvas(), {
    setPointerCapture() {},
    getBoundingClientRect: () => ({ left: 0, top: 0, width: SIDE, height: SIDE }),
  });
  const changes = [];
  const made = makePad(screen, { erase: false, width: 2, eraser: 9, ...tool }, (finished) => changes.push(finished));
  const draw = (...points) => {
    const [first, ...rest] = points;
    screen.listeners.pointerdown(place(...first));
    for (const point of rest) screen.listeners.pointermove(place(...point));
    screen.listeners.pointerup(place(...points.at(-1)));
  };
  return { made, draw, changes };
}

test("undo puts back the very same page, and redo the next", async () => {
  const { made, draw, changes } = pad();
  draw([10, 10], [20, 20]);
  const first = made.page();
  draw([30, 30], [40, 45]);
  const second = made.page();
  assert.deepEqual(
    second.strokes.map(({ points }) => points.length),
    [2, 2],
  );
  await made.undo();
  assert.equal(made.page(), first);
  assert.ok(made.holds(first) && !made.holds(second) && made.canRedo());
  await made.redo();
  assert.equal(made.page(), second);
  assert.deepEqual(changes.slice(0, 3), [false, false, true]); // down, moved, finished
});

test("a mirrored stroke has its other half, and both go in one step", async () => {
  const { made, draw } = pad({ mirror: true });
  draw([10, 50], [30, 60]);
  const [own, other] = made.strokes().map(({ points }) => points);
  assert.deepEqual(
    other.map(([x]) => x),
    own.map(([x]) => SIDE - x),
  );
  await made.undo();
  assert.deepEqual(made.strokes(), []);
});

test("an endless line goes on as new strokes", () => {
  const { made, draw } = pad();
  draw(...Array.from({ length: 2100 }, (_, k) => [k % 2 ? 100 : 110, 50]));
  assert.deepEqual(
    made.strokes().map(({ points }) => points.length),
    [1000, 1000, 102],
  );
});
