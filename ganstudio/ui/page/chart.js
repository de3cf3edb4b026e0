// Curves over the images seen, as SVG: the training in the recolouring tab's explanation, and the runs tab.

import { logTicks, nearest, short, tick, ticks } from "./scales.js";
import { say, words } from "./tab.js";

const SVG = "http://www.w3.org/2000/svg";

function draw(parent, name, attributes, text = "") {
  const each = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) each.setAttribute(key, value);
  each.textContent = text;
  parent.append(each);
  return each;
}

// "generators/cycle_a": a player of the training and one of its terms. What nobody has named is shown as it is.
export const curveWord = (name) => words[`app.curve.${name}`] ?? name;

// A figure of `curves`, {name, values, and where they differ from the others': label, images, colour, raw: drawn faint
// behind them, hidden}; a value that is null has no point. `follow(images)` is told where a visitor points, null when no
// longer: `figure.point(images)` then shows the values there. `toggle(name)` makes the legend's entries buttons.
export function chart(
  title,
  images,
  curves,
  { width = 520, height = 230, log = false, follow = null, toggle = null } = {},
) {
  const [left, right, top, bottom] = [44, 14, 10, 30];
  const xs = (curve) => curve.images ?? images;
  const has = (value) => value !== null && value !== undefined && (!log || value > 0);
  const shown = curves.filter((curve) => !curve.hidden);
  const values = shown.flatMap((curve) => curve.values.filter(has));
  const last = Math.max(1, ...curves.map((curve) => xs(curve).at(-1) ?? 0));
  let [least, most] = log
    ? [Math.min(...values), Math.max(...values)]
    : [Math.min(0, ...values), Math.max(1e-6, ...values)];
  if (log && !(least < most)) [least, most] = values.length ? [least / 2, most * 2] : [0.1, 1];
  const scale = log ? Math.log10 : (value) => value;
  const x = (count) => left + ((width - left - right) * count) / last;
  const y = (value) =>
    top +
    ((height - top - bottom) * (scale(most) - scale(Math.min(most, Math.max(least, value))))) /
      (scale(most) - scale(least));

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
  const line = (curve, points) =>
    points
      .map((value, at) => (has(value) ? `${x(xs(curve)[at]).toFixed(1)} ${y(value).toFixed(1)}` : null))
      .filter(Boolean)
      .map((point, at) => `${at ? "L" : "M"}${point}`)
      .join("");
  const legend = Object.assign(document.createElement("ul"), { className: "gs-legend" });
  const readings = curves.map((curve, order) => {
    const k = curve.colour ?? order;
    const style = `--curve: var(--gs-curve-${k % 6})`;
    if (!curve.hidden) {
      if (curve.raw) draw(svg, "path", { class: "gs-curve gs-raw", style, d: line(curve, curve.raw) });
      draw(svg, "path", {
        class: "gs-curve",
        style,
        "stroke-dasharray": ["none", "5 3"][Math.floor(k / 6) % 2],
        d: line(curve, curve.values),
      });
    }
    const item = document.createElement("li");
    const entry = toggle
      ? Object.assign(document.createElement("button"), { type: "button", ariaPressed: String(!curve.hidden) })
      : item;
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
    const at = ((((event.clientX - box.left) / box.width) * width - left) / (width - left - right)) * last;
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
