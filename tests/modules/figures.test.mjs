// Colours in numbers and words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { hex, mainHue, plain } from "../../ganstudio/ui/page/figures.js";

const only = (bin) => Array.from({ length: 36 }, (_, k) => (k === bin ? 1000 : 0));

test("hues gather around an angle, greys around none", () => {
  assert.equal(mainHue(only(0)), 5);
  assert.equal(mainHue(only(35)), 355);
  assert.equal(mainHue(only(12).map((share, k) => share + only(13)[k])), 130);
  assert.equal(mainHue(new Array(36).fill(0)), null);
});

test("a colour as the web writes it", () => {
  assert.equal(hex([255, 9.6, 0]), "#ff0a00");
});

test("plotly reads no tag in the name of a file", () => {
  assert.equal(plain("<b>a & b</b>"), "&lt;b>a &amp; b&lt;/b>");
});
