// Numbers along the axes of charts: where to put ticks, how to write them, which point is nearest.

// 1, 2 or 5 times a power of ten, so that `most` takes two to five of them.
export function tick(most) {
  const power = 10 ** Math.floor(Math.log10(most / 2));
  return power * ([5, 2].find((each) => most / (each * power) >= 2) ?? 1);
}

export function ticks(least, most) {
  const step = tick(most - least);
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, k) => (first + k) * step);
}

// Powers of ten, with 2 and 5 between them where there are few; the usual ones where these are too few as well.
export function logTicks(least, most) {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const powers = Array.from({ length: to - from + 1 }, (_, k) => 10 ** (from + k));
  const every = Math.ceil(powers.length / 6);
  const found =
    powers.length > 3
      ? powers.filter((_, k) => k % every === 0)
      : powers.flatMap((power) => [power, 2 * power, 5 * power]);
  const inside = found.filter((value) => value >= least && value <= most);
  return inside.length > 2 ? inside : ticks(least, most).filter((value) => value > 0);
}

export function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${+(value / 1e6).toFixed(1)} M`;
  if (size >= 1e4) return `${+(value / 1e3).toFixed(1)} k`;
  return size > 0 && size < 1e-3 ? value.toExponential(0) : `${+value.toPrecision(3)}`;
}

// The place of the number nearest to `wanted` in numbers that never fall.
export function nearest(numbers, wanted) {
  let [low, high] = [0, numbers.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= wanted) low = middle;
    else high = middle;
  }
  return high >= 0 && wanted - numbers[low] > numbers[high] - wanted ? high : low;
}

// An average that forgets: `weight` of what was, from 0 to 0.99, and the rest of what is; fair from the first value on.
export function smoothed(values, weight) {
  let [sum, total] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = weight * sum + (1 - weight) * value;
    total = weight * total + (1 - weight);
    return sum / total;
  });
}
