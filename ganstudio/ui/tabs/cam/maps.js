// Maps as numbers, {width, height, values: row after row}, and how they lie over a picture. `frame` says where the
// picture lies in the square that the network saw: {size, left, top, inner_width, inner_height}, its own {width, height}.

const FINEST = 320; // pixels: the longer side of a painted map, which the browser enlarges

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

// The least and the greatest value, as far from `neutral` on both sides where there is one.
export function span(neutral, maps) {
  let [low, high] = [Infinity, -Infinity];
  for (const map of maps) {
    for (const value of map.values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (neutral === null) return [low, high];
  const reach = Math.max(neutral - low, high - neutral);
  return [neutral - reach, neutral + reach];
}

// How the map's places lie along one axis of the picture; see upsample() in analysis/cam.py.
export function axis(map, frame, across) {
  const count = across ? map.width : map.height;
  const pitch = 2 ** Math.round(Math.log2(frame.size / count));
  const [start, inner] = across ? [frame.left, frame.inner_width] : [frame.top, frame.inner_height];
  return {
    count,
    at: (share) => Math.min(count - 1, Math.max(0, (start + share * inner - frame.size / 2) / pitch + (count - 1) / 2)),
    edge: (place) => ((place - count / 2) * pitch + frame.size / 2 - start) / inner, // its beginning, in shares
  };
}

function weights(along, pixels) {
  return Array.from({ length: pixels }, (_, k) => {
    const at = along.at((k + 0.5) / pixels);
    const first = Math.floor(at);
    const t = at - first;
    const taps = [-t + 2 * t ** 2 - t ** 3, 2 - 5 * t ** 2 + 3 * t ** 3, t + 4 * t ** 2 - 3 * t ** 3, t ** 3 - t ** 2];
    return taps.map((tap, j) => [Math.min(along.count - 1, Math.max(0, first + j - 1)), tap / 2]);
  });
}

// The map over the picture, smooth: Catmull-Rom, between the least and the greatest value.
export function spread(map, frame) {
  const scale = Math.min(1, FINEST / Math.max(frame.width, frame.height));
  const [width, height] = [frame.width, frame.height].map((side) => Math.max(1, Math.round(side * scale)));
  const [columns, rows] = [weights(axis(map, frame, true), width), weights(axis(map, frame, false), height)];
  const [low, high] = span(null, [map]);
  const wide = new Float32Array(map.height * width);
  for (let y = 0; y < map.height; y++) {
    for (let x = 0; x < width; x++) {
      for (const [place, weight] of columns[x]) wide[y * width + x] += weight * map.values[y * map.width + place];
    }
  }
  const values = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (const [place, weight] of rows[y]) sum += weight * wide[place * width + x];
      values[y * width + x] = Math.min(high, Math.max(low, sum));
    }
  }
  return { width, height, values };
}
