// Curves over the images seen, as SVG: the training in the recolouring tab's explanation, and the runs tab. A tab's own
// script stands behind this one and brings `say` and `words`.

const SVG = "http://www.w3.org/2000/svg";

function draw(parent, name, attributes, text = "") {
  const each = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) each.setAttribute(key, value);
  each.textContent = text;
  parent.append(each);
  return each;
}

// "generators/cycle_a": a player of the training and one of its terms. What nobody has named is shown as it is.
const curveWord = (name) => words[`app.curve.${name}`] ?? words[`app.term.${name}`] ?? name;

// 1, 2 or 5 times a power of ten, so that `most` takes two to five of them.
function tick(most) {
  const power = 10 ** Math.floor(Math.log10(most / 2));
  return power * ([5, 2].find((each) => most / (each * power) >= 2) ?? 1);
}

function ticks(least, most) {
  const step = tick(most - least);
  const first = Math.ceil(least / step);
  return Array.from({ length: Math.floor(most / step) - first + 1 }, (_, k) => (first + k) * step);
}

// Powers of ten, with 2 and 5 between them where there are few; the usual ones where these are too few as well.
function logTicks(least, most) {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const powers = Array.from({ length: to - from + 1 }, (_, k) => 10 ** (from + k));
  const every = Math.ceil(powers.length / 6);
  const found = powers.length > 3 ? powers.filter((_, k) => k % every === 0) : powers.flatMap((power) => [power, 2 * power, 5 * power]);
  const inside = found.filter((value) => value >= least && value <= most);
  return inside.length > 2 ? inside : ticks(least, most).filter((value) => value > 0);
}

function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${+(value / 1e6).toFixed(1)} M`;
  if (size >= 1e4) return `${+(value / 1e3).toFixed(1)} k`;
  return size > 0 && size < 1e-3 ? value.toExponential(0) : `${+value.toPrecision(3)}`;
}

// The place of the number nearest to `wanted` in numbers that never fall.
function nearest(numbers, wanted) {
  let [low, high] = [0, numbers.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= wanted) low = middle;
    else high = middle;
  }
  return high >= 0 && wanted - numbers[low] > numbers[high] - wanted ? high : low;
}

// A figure of `curves`, {name, values, and where they differ from the others': label, images, colour, raw: drawn faint
// behind them, hidden}; a value that is null has no point. `follow(images)` is told where a visitor points, null when no
// longer: `figure.point(images)` then shows the values there. `toggle(name)` makes the legend's entries buttons.
function chart(title, images, curves, { width = 520, height = 230, log = false, follow = null, toggle = null } = {}) {
  const [left, right, top, bottom] = [44, 14, 10, 30];
  const xs = (curve) => curve.images ?? images;
  const has = (value) => value !== null && value !== undefined && (!log || value > 0);
  const shown = curves.filter((curve) => !curve.hidden);
  const values = shown.flatMap((curve) => curve.values.filter(has));
  const last = Math.max(1, ...curves.map((curve) => xs(curve).at(-1) ?? 0));
  let [least, most] = log ? [Math.min(...values), Math.max(...values)] : [Math.min(0, ...values), Math.max(1e-6, ...values)];
  if (log && !(least < most)) [least, most] = values.length ? [least / 2, most * 2] : [0.1, 1];
  const scale = log ? Math.log10 : (value) => value;
  const x = (count) => left + ((width - left - right) * count) / last;
  const y = (value) => top + ((height - top - bottom) * (scale(most) - scale(Math.min(most, Math.max(least, value))))) / (scale(most) - scale(least));

  const figure = document.createElement("figure");
  const head = Object.assign(document.createElement("h4"), { textContent: title });
  const svg = draw(figure, "svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title });
  for (const value of log ? logTicks(least, most) : ticks(least, most)) {
    draw(svg, "path", { class: "gs-line", d: `M${left} ${y(value)}H${width - right}` });
    draw(svg, "text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, short(value));
  }
  for (let count = 0; count <= last; count += tick(width < 400 ? 2 * last : last)) {
    draw(svg, "text", { x: x(count), y: height - bottom + 17, "text-anchor": "middle" }, short(count));
  }
  const line = (curve, points) => points.map((value, at) => (has(value) ? `${x(xs(curve)[at]).toFixed(1)} ${y(value).toFixed(1)}` : null))
    .filter(Boolean).map((point, at) => `${at ? "L" : "M"}${point}`).join("");
  const legend = Object.assign(document.createElement("ul"), { className: "gs-legend" });
  const readings = curves.map((curve, order) => {
    const k = curve.colour ?? order;
    const style = `--curve: var(--gs-curve-${k % 6})`;
    if (!curve.hidden) {
      if (curve.raw) draw(svg, "path", { class: "gs-curve gs-raw", style, d: line(curve, curve.raw) });
      draw(svg, "path", { class: "gs-curve", style, "stroke-dasharray": ["none", "5 3"][Math.floor(k / 6) % 2], d: line(curve, curve.values) });
    }
    const item = document.createElement("li");
    const entry = toggle ? Object.assign(document.createElement("button"), { type: "button", ariaPressed: String(!curve.hidden) }) : item;
    if (toggle) {
      item.append(entry);
      entry.addEventListener("click", () => toggle(curve.name));
    }
    entry.innerHTML = `<i style="${style}" class="${k >= 6 ? "gs-dashed" : ""}"></i>`;
    const reading = document.createElement("output");
    entry.append(curve.label ?? curveWord(curve.name.split("/").at(-1)), reading);
    legend.append(item);
    return reading;
  });
  figure.prepend(head);
  if (!follow) {
    figure.append(legend);
    return figure;
  }
  if (curves.length > 1 || toggle) figure.append(legend);
  else head.append(...readings); // its title names the only one

  const where = document.createElement("small");
  head.append(where);
  const rule = draw(svg, "path", { class: "gs-rule" });
  figure.point = (at) => {
    where.textContent = at === null ? "" : say("app.runs_at", { images: short(Math.round(at)) });
    rule.setAttribute("d", at === null ? "" : `M${x(Math.min(at, last)).toFixed(1)} ${top}V${height - bottom}`);
    curves.forEach((curve, k) => {
      const value = at === null || curve.hidden ? null : curve.values[nearest(xs(curve), at)];
      readings[k].textContent = value === null || value === undefined ? "" : `${+value.toPrecision(4)}`;
    });
  };
  const all = curves.map(xs).reduce((long, each) => (each.length > long.length ? each : long), []);
  const under = (event) => {
    const box = svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) / box.width * width - left) / (width - left - right) * last;
    return all[nearest(all, at)] ?? null;
  };
  for (const name of ["pointermove", "pointerdown"]) svg.addEventListener(name, (event) => follow(under(event)));
  svg.addEventListener("pointerleave", () => follow(null));
  svg.setAttribute("tabindex", "0");
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -20, PageDown: 20, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") return follow(null);
    if (step === undefined || !all.length) return;
    event.preventDefault();
    const from = Number(figure.dataset.at ?? all.length); // the newest is the first to be read
    const to = Math.min(all.length - 1, Math.max(0, from + step));
    figure.dataset.at = to;
    follow(all[to]);
  });
  svg.addEventListener("blur", () => follow(null));
  return figure;
}
