// The CAM tab: a picture, a network, and where it looked. The server sends each map as its numbers, and the page paints
// them, so that another map, opacity or place needs no answer.

import { example, takesFiles, takesPictures } from "../../page/pictures.js";
import { button, make, newestWins, say, tab, words } from "../../page/tab.js";
import { axis, mean, span, spread } from "./maps.js";

const { element, part, action, note, ask, stored, store, restored, does } = tab(import.meta.url);
const view = (place) => element.querySelector(`.gs-view[data-place="${place}"]`);

const PARTS = ["together", "maximum", "average"];
const STEPS = [1, 2, 3, 4, 5];
const chosen = {
  source: null,
  name: "",
  model: "",
  to: "",
  role: "generator",
  part: "together",
  kind: "",
  opacity: 60,
  step: 1,
  place: "input",
};
let shelf = null; // {examples, models, colours, tables}
let model = null; // the one that is awake: {model, purpose, size, ways, classes, aims, milestones}
let original = null; // {picture: data URL, width, height}
let seen = null; // what the chosen role saw: {result, frame, sights: {input, output: {part: {map, score, ...}}}}
let point = null; // the place that is read: {row, column}
let stepping = false; // whether the formula is shown
let comparing = false; // whether the training is
let stamp = 0; // counts the changes of what is looked at: an answer for an older one is not shown
const remember = () => store(chosen);

const wordOf = (name) => words[`app.type.${name}`] ?? name;
const classifies = () => model?.purpose === "look";
const partName = () => (classifies() ? chosen.kind : chosen.part);
const current = (place) => seen?.sights[place]?.[partName()];
const request = (changes = {}) => ({
  source: chosen.source,
  model: chosen.model,
  to: chosen.to,
  role: classifies() ? "" : chosen.role,
  ...changes,
});

const minus = (text) => text.replace("-", "−");
const sign = (value, digits) => minus(`${value >= 0 ? "+" : ""}${value.toFixed(digits)}`);
const exact = (value) => minus(value.toFixed(4));

function short(value) {
  const size = Math.abs(value);
  return minus(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2));
}

// 99.98 and not 100: nothing that is learned is certain.
function percent(share) {
  const value = 100 * share;
  if (value > 99.99) return "> 99.99 %";
  if (value < 0.01) return "< 0.01 %";
  return `${value > 99 || value < 1 ? value.toFixed(2) : value.toFixed(1)} %`;
}

// --- maps ---------------------------------------------------------------------------------------------------------

const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const opened = (map) => ({ ...map, values: new Float32Array(bytes(map.values).buffer) });
// Paints width x height values into a canvas of as many pixels. A span of nothing gets the middle colour.
function paint(canvas, { width, height, values }, neutral, [low, high]) {
  const table = shelf.tables[neutral === null ? "sequential" : "diverging"];
  Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(width, height);
  for (let k = 0; k < values.length; k++) {
    const share = high > low ? Math.min(1, Math.max(0, (values[k] - low) / (high - low))) : 0.5;
    const colour = 3 * Math.round(255 * share);
    picture.data.set([table[colour], table[colour + 1], table[colour + 2], 255], 4 * k);
  }
  pen.putImageData(picture, 0, 0);
}

// --- what is on the stages ----------------------------------------------------------------------------------------

const places = () => ["input", "output"].filter((place) => current(place));
const scale = () =>
  span(
    current("input").neutral,
    places().map((place) => current(place).map),
  ); // one for both

function show() {
  if (!current("input")) return;
  const limits = scale();
  for (const place of places())
    paint(view(place).querySelector("canvas"), spread(current(place).map, seen.frame), current(place).neutral, limits);
  showLegend(limits);
  showScores();
  showTexts();
  showPoint();
  element.dataset.shown = `${stamp} ${classifies() ? "classifier" : chosen.role} ${partName()}`; // what the page now shows
}

function endWords() {
  if (classifies()) return ["app.cam_against", "app.cam_for"];
  if (chosen.part === "together") return ["app.cam_little", "app.cam_much"];
  return chosen.role === "generator" ? ["app.cam_keep", "app.cam_change"] : ["app.cam_made", "app.cam_real"];
}

function showLegend([low, high]) {
  const { neutral } = current("input");
  const values = Float32Array.from({ length: 256 }, (_, k) => k);
  paint(part("ramp"), { width: 256, height: 1, values }, neutral, [0, 255]);
  const [less, more] = endWords();
  part("low-word").textContent = say(less);
  part("high-word").textContent = say(more);
  part("low").textContent = short(low);
  part("neutral").textContent = neutral === null ? "" : short(neutral);
  part("high").textContent = short(high);
  part("legend").hidden = false;
}

function showScores() {
  part("scores-row").hidden = classifies();
  if (classifies()) return showClasses();
  const chance = (each) => (each.probability === null ? "" : ` (${percent(each.probability)})`);
  part("scores").replaceChildren(
    ...PARTS.slice(1).map((name) => {
      const row = document.createElement("tr");
      row.dataset.chosen = name === chosen.part;
      row.append(
        Object.assign(document.createElement("th"), { scope: "row", textContent: say(`app.cam_part.${name}`) }),
      );
      for (const place of ["input", "output"]) {
        const each = seen.sights[place][name];
        row.append(Object.assign(document.createElement("td"), { textContent: `${short(each.score)}${chance(each)}` }));
      }
      return row;
    }),
  );
  const [made, real] = model.aims ?? [];
  part("scores-text").textContent =
    chosen.role === "generator"
      ? say("app.cam_chance_text")
      : model.aims
        ? say("app.cam_aims_text", { made, real })
        : say("app.cam_sign_text");
}

function showClasses() {
  const of = seen.sights.input;
  const top = part("classes").scrollTop;
  part("classes").replaceChildren(
    ...[...model.classes]
      .sort((a, b) => of[b].score - of[a].score)
      .map((name) => {
        const cells = [
          ["span", wordOf(name)],
          ["i", ""],
          ["span", percent(of[name].probability)],
          ["span", short(of[name].score)],
        ];
        const pressed = { ariaPressed: String(name === chosen.kind) };
        const made = button(pressed, { name }, () => choosePart(name), ...cells.map(([tag, text]) => make(tag, text)));
        made.style.setProperty("--share", of[name].probability);
        if (shelf.colours[name]) made.style.setProperty("--type", shelf.colours[name]);
        return made;
      }),
  );
  part("classes").scrollTop = top;
}

function showTexts() {
  const { map } = current("input");
  part("role-text").hidden = classifies();
  part("role-text").textContent = classifies()
    ? ""
    : say(`app.cam_role_text.${chosen.role}`, { to: wordOf(chosen.to) });
  part("part-text").textContent = say(classifies() ? "app.cam_classes_text" : `app.cam_part_text.${chosen.part}`);
  part("facts").textContent = say("app.cam_size", { places: `${map.height} × ${map.width}`, size: model.size });
}

// The place that the visitor points at: framed in both pictures, marked on the legend, and its values in words.
function showPoint() {
  const found = current("input");
  const [low, high] = found ? scale() : [0, 0];
  for (const place of ["input", "output"]) {
    const each = current(place);
    const frame = view(place).querySelector("i");
    const mark = element.querySelector(`[data-mark="${place}"]`);
    frame.hidden = mark.hidden = !each || !point;
    if (frame.hidden) continue;
    const [across, down] = [axis(each.map, seen.frame, true), axis(each.map, seen.frame, false)];
    const share = (value) => `${100 * Math.min(1, Math.max(0, value))}%`;
    Object.assign(frame.style, {
      left: share(across.edge(point.column)),
      right: share(1 - across.edge(point.column + 1)),
      top: share(down.edge(point.row)),
      bottom: share(1 - down.edge(point.row + 1)),
    });
    mark.style.left = share(high > low ? (valueAt(each) - low) / (high - low) : 0.5);
  }
  if (!found || !point) {
    part("reading").textContent = found ? say("app.cam_point") : "";
    return;
  }
  const named = { input: say("app.original"), output: say("app.cam_result") };
  const values = places().map(
    (place) => `${places().length > 1 ? `${named[place]} ` : ""}${sign(valueAt(current(place)), 3)}`,
  );
  part("reading").textContent = say("app.cam_place", {
    row: point.row + 1,
    column: point.column + 1,
    values: values.join("   "),
  });
}

const valueAt = ({ map }) => map.values[point.row * map.width + point.column];

function pointAt(row, column) {
  const [across, down] = [axis(current("input").map, seen.frame, true), axis(current("input").map, seen.frame, false)];
  // Only places that lie in the picture, and not in the border around it.
  const within = (along, place) => Math.round(Math.min(along.at(1), Math.max(along.at(0), place)));
  point = { row: within(down, row), column: within(across, column) };
  showPoint();
}

for (const place of ["input", "output"]) {
  const stage = view(place);
  const follow = (event) => {
    if (!current(place)) return;
    const box = stage.getBoundingClientRect();
    const { map } = current(place);
    const share = (value, start, length) => Math.min(1, Math.max(0, (value - start) / length));
    pointAt(
      axis(map, seen.frame, false).at(share(event.clientY, box.top, box.height)),
      axis(map, seen.frame, true).at(share(event.clientX, box.left, box.width)),
    );
  };
  for (const name of ["pointermove", "pointerdown"]) stage.addEventListener(name, follow);
  stage.addEventListener("keydown", (event) => {
    const [rows, columns] =
      { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [];
    if (rows === undefined || !current(place)) return;
    event.preventDefault();
    const { map } = current(place);
    const from = point ?? { row: Math.floor(map.height / 2), column: Math.floor(map.width / 2) };
    pointAt(from.row + rows, from.column + columns);
  });
}

function showOpacity() {
  part("opacity").value = chosen.opacity;
  part("opacity-shown").textContent = `${chosen.opacity} %`;
  element.style.setProperty("--opacity", chosen.opacity / 100);
}

// --- looking ------------------------------------------------------------------------------------------------------

const look = newestWins(async () => {
  if (!original || !model) return;
  const mark = stamp;
  const answer = await ask("look_at", request());
  if (mark !== stamp) return; // another picture, model or network meanwhile; its own request follows
  note(answer.error ?? "");
  if (!answer.sights) return;
  for (const parts of Object.values(answer.sights)) {
    for (const each of Object.values(parts)) each.map = opened(each.map);
  }
  seen = answer;
  if (classifies() && !seen.sights.input[chosen.kind]) {
    chosen.kind = [...model.classes].sort((a, b) => seen.sights.input[b].score - seen.sights.input[a].score)[0];
  }
  const { map } = current("input");
  if (point && (point.row >= map.height || point.column >= map.width)) point = null;
  const result = view("output").querySelector("img");
  if (seen.result) result.src = seen.result;
  result.hidden = view("output").querySelector(".gs-tag").hidden = !seen.result;
  show();
  await again();
});

// What stands below for the same picture, network and map follows what is above.
async function again() {
  remember();
  if (stepping) await takeApart();
  if (comparing) await compare();
}

// Of what was looked at nothing remains true.
function changed() {
  stamp += 1;
  seen = null;
  part("legend").hidden = true;
  for (const place of ["input", "output"]) Object.assign(view(place).querySelector("canvas"), { width: 1, height: 1 });
  view("output").querySelector("img").hidden = view("output").querySelector(".gs-tag").hidden = true;
  showPoint();
  remember();
  return look();
}

function choosePart(name) {
  chosen[classifies() ? "kind" : "part"] = name;
  showChoice();
  show();
  again();
}

function segments(name, values, label, choose) {
  part(name).replaceChildren(
    ...values.map((value) => button({ textContent: label(value) }, { name: value }, () => choose(value))),
  );
}

function press(name, value) {
  for (const each of part(name).children) each.ariaPressed = String(each.dataset.name === String(value));
}

function showChoice() {
  press("way", chosen.to);
  press("role", chosen.role);
  press("part", chosen.part);
  press("step", chosen.step);
  press("place", chosen.place);
  for (const each of part("examples").children)
    each.ariaPressed = String(each.dataset.source === JSON.stringify(chosen.source));
}

// --- which picture ------------------------------------------------------------------------------------------------

let asked = 0; // counts the pictures asked for; the last one wins

async function openSource(source, name) {
  const turn = ++asked;
  note(say("app.opening"));
  const answer = await ask("open_to_look", { source });
  if (turn !== asked) return false;
  note(answer.error ?? "");
  if (answer.error) return false; // the earlier picture stays
  Object.assign(chosen, { source, name });
  original = answer;
  point = null;
  part("invite").hidden = true;
  const picture = view("input").querySelector("img");
  picture.src = answer.picture;
  picture.hidden = view("input").querySelector(".gs-tag").hidden = false;
  element.style.setProperty("--ratio", answer.width / answer.height);
  showChoice();
  changed();
  return true;
}

async function openFile(file) {
  if (!file) return;
  const turn = ++asked;
  const path = await stored(file, () => turn === asked);
  if (path && turn === asked) await openSource({ path }, file.name);
}

function fillShelf() {
  const examples = shelf.examples[model.purpose];
  part("examples").replaceChildren(
    ...examples.map(({ source, name, picture: small }) =>
      example(name, small, { source: JSON.stringify(source) }, () => openSource(source, name)),
    ),
  );
  const known = examples.some(({ source }) => JSON.stringify(source) === JSON.stringify(chosen.source));
  if ((known || chosen.source?.path) && original) return false;
  const [first] = examples;
  return first ? openSource(first.source, first.name) : false;
}

// --- one score, taken apart ---------------------------------------------------------------------------------------

const takeApart = newestWins(async () => {
  const mark = stamp;
  const name = partName();
  const place = seen?.sights[chosen.place] ? chosen.place : "input";
  const answer = await ask("take_score_apart", request({ place, part: name }));
  if (mark !== stamp || name !== partName() || !seen) return;
  if (answer.error) return part("sum").replaceChildren(cell("p", answer.error));
  showSum(answer, seen.sights[place][name]);
  showStep();
  part("sum").dataset.of = `${mark} ${place} ${name}`; // what the page now shows
});

function picture(map, neutral, limits) {
  const canvas = document.createElement("canvas");
  paint(canvas, map, neutral, limits);
  return canvas;
}

function cell(tag, text, from) {
  const each = make(tag, text);
  if (from) each.dataset.from = from;
  return each;
}

// A number with its bar, to the right of the middle for what adds and to the left for what takes away.
function bar(value, most, from) {
  const each = cell("em", "", from);
  const share = most > 0 ? Math.min(1, Math.abs(value) / most) / 2 : 0;
  const drawn = document.createElement("i");
  drawn.style.setProperty("--from", `${50 - (value < 0 ? 100 * share : 0)}%`);
  drawn.style.setProperty("--width", `${100 * share}%`);
  drawn.style.setProperty("--bar", value < 0 ? "#3b4cc0" : "#b40426"); // the ends of the maps' colours
  each.append(cell("span", sign(value, 4)), drawn);
  return each;
}

function showSum({ channels, others, rest, restMap, bias, score }, whole) {
  const weighted = channels.map(({ weight, feature }) => {
    const map = opened(feature);
    return { map, product: { ...map, values: map.values.map((value) => weight * value) } };
  });
  const remaining = opened(restMap);
  // Of the authors' map nothing is for or against: its parts are shown as it is.
  const neutral = whole.neutral === null ? null : 0;
  const limits = span(
    neutral,
    weighted.map(({ product }) => product),
  );
  const most = Math.max(
    Math.abs(rest),
    Math.abs(bias),
    Math.abs(score),
    ...channels.map(({ contribution }) => Math.abs(contribution)),
  );
  const rows = channels.map(({ number, weight, contribution }, k) => {
    const { map, product } = weighted[k];
    const feature = picture(map, null, span(null, [map]));
    const times = picture(product, neutral, limits);
    feature.dataset.from = 1;
    times.dataset.from = 3;
    return line([
      cell("span", say("app.cam_feature", { number: number + 1 })),
      feature,
      cell("span", `× ${sign(weight, 3)}`, 2),
      times,
      bar(contribution, most, 5),
    ]);
  });
  const restPicture = picture(remaining, neutral, span(neutral, [remaining]));
  restPicture.dataset.from = 4;
  rows.push(
    line(
      [
        cell("span", say("app.cam_others", { count: others })),
        cell("span", ""),
        cell("span", ""),
        restPicture,
        bar(rest, most, 5),
      ],
      4,
    ),
  );
  if (bias)
    rows.push(
      line(
        [cell("span", say("app.cam_bias")), cell("span", ""), cell("span", ""), cell("span", ""), bar(bias, most, 5)],
        5,
      ),
    );
  const total = picture(whole.map, whole.neutral, scale());
  total.dataset.from = 4;
  const last = line(
    [cell("span", say("app.cam_sum")), cell("span", ""), cell("span", ""), wrapped(total), bar(score, most, 5)],
    4,
  );
  last.className = "gs-total";
  const head = document.createElement("header");
  head.append(cell("span", ""), ...[1, 2, 3, 5].map((step) => cell("span", say(`app.cam_step.${step}`), step)));
  head.firstChild.className = "gs-name";
  part("sum").replaceChildren(head, ...rows, last);
  part("sum").style.setProperty("--grid-ratio", whole.map.width / whole.map.height);
  const counted = { count: others + channels.length, shown: channels.length, places: whole.map.values.length };
  const average = mean(whole.map.values);
  Object.assign(sum, {
    ...counted,
    mean: exact(average),
    bias: exact(bias),
    sum: exact(average + bias),
    score: exact(score),
  });
}

const sum = {}; // the numbers that the texts of the steps name

function wrapped(canvas) {
  const each = cell("span", "", canvas.dataset.from);
  each.append(canvas);
  return each;
}

function line(cells, from) {
  const row = document.createElement("div");
  cells[0].className = "gs-name";
  if (from) for (const each of cells) each.dataset.from ??= from;
  row.append(...cells);
  return row;
}

const FORMULAS = (() => {
  const f = "<msub><mi>f</mi><mi>k</mi></msub>";
  const w = "<msub><mi>w</mi><mi>k</mi></msub>";
  const at = "<mo stretchy='false'>(</mo><mi>x</mi><mo>,</mo><mi>y</mi><mo stretchy='false'>)</mo>";
  const all = "<munder><mo>∑</mo><mi>k</mi></munder>";
  const over = (name) =>
    `<munder><mi>${name}</mi><mrow><mi>x</mi><mo>,</mo><mi>y</mi></mrow></munder><mspace width='0.25em'/>`;
  const map = `<mi>M</mi>${at}`;
  return {
    1: () => f + at,
    2: () => w,
    3: () => w + f + at,
    4: () => `${map}<mo>=</mo>${all}${w}${f}${at}`,
    5: (kind) =>
      kind === "maximum"
        ? `${all}${w}${over("max")}${f}${at}`
        : `${over("mean")}${map}${kind === "class" ? "<mo>+</mo><mi>b</mi>" : ""}<mo>=</mo>${all}${w}${over("mean")}${f}${at}${kind === "class" ? "<mo>+</mo><mi>b</mi>" : ""}`,
  };
})();

function showStep() {
  const { step } = chosen;
  const kind = classifies() ? "class" : chosen.part;
  const key = step === 5 ? `5_${kind}` : step === 2 && kind === "together" ? "2_together" : step;
  part("step-text").textContent = say(`app.cam_step_text.${key}`, sum);
  part("formula").innerHTML = `<mrow>${FORMULAS[step](kind)}</mrow>`;
  part("sum").dataset.step = step;
  action("back").disabled = step === 1;
  action("next").disabled = step === 5;
  part("place").hidden = classifies();
  const place = say(seen?.sights[chosen.place] && chosen.place === "output" ? "app.cam_result" : "app.original");
  part("steps-hint").textContent = say("app.cam_steps_hint", { place });
  showChoice();
}

function goTo(step) {
  chosen.step = Math.min(5, Math.max(1, step));
  remember();
  showStep();
}

async function showSteps() {
  stepping = !stepping;
  part("steps").hidden = !stepping;
  action("steps").textContent = say(stepping ? "app.close" : "app.cam_steps_show");
  if (stepping && seen) await takeApart();
}

// --- while it was learning ----------------------------------------------------------------------------------------

const compare = newestWins(async () => {
  if (!seen || model.milestones.length === 0) return;
  const mark = stamp;
  const name = partName();
  const cards = [];
  for (const share of [...model.milestones, 100]) {
    const answer = await ask("look_back", request({ percent: share, part: name }));
    if (mark !== stamp || name !== partName() || !seen) return;
    if (answer.error) return part("time").replaceChildren(cell("p", answer.error));
    cards.push(card(share, answer));
  }
  part("time").replaceChildren(...cards);
  part("time").dataset.of = `${mark} ${name}`; // what the page now shows
});

function card(share, { map, score, neutral, frame }) {
  const figure = document.createElement("figure");
  const values = opened(map);
  const limits = span(neutral, [values]);
  const stage = Object.assign(document.createElement("div"), { className: "gs-sheet gs-view" });
  stage.append(Object.assign(new Image(), { src: original.picture, alt: "" }), document.createElement("canvas"));
  paint(stage.lastChild, spread(values, frame), neutral, limits);
  const caption = document.createElement("figcaption");
  caption.append(cell("b", say("app.cam_at", { percent: share })));
  if (neutral !== null)
    caption.append(cell("span", say("app.cam_at_score", { score: short(score) })), document.createElement("br"));
  caption.append(cell("span", say("app.cam_at_span", { low: short(limits[0]), high: short(limits[1]) })));
  figure.append(stage, caption);
  return figure;
}

async function startComparing() {
  comparing = true;
  action("time").disabled = true;
  await compare();
  action("time").disabled = false;
}

// --- events -------------------------------------------------------------------------------------------------------

const actions = {
  open: () => part("file").click(),
  steps: showSteps,
  back: () => goTo(chosen.step - 1),
  next: () => goTo(chosen.step + 1),
  time: startComparing,
};

does(actions);
part("opacity").addEventListener("input", () => {
  chosen.opacity = Number(part("opacity").value);
  showOpacity();
  remember();
});
takesFiles(part("file"), ([file]) => openFile(file));
part("model").addEventListener("change", async () => {
  chosen.model = part("model").value;
  await wake();
});
takesPictures(element, () => view("input"), openFile);
// What went wrong is of no interest to the one who goes on; that the model is loading still is.
for (const begun of ["pointerdown", "keydown"]) document.addEventListener(begun, () => model && note(""));
window.addEventListener("online", () => begin());

// --- the start ----------------------------------------------------------------------------------------------------

// The server may still be loading the model: say so, and say early when there is none.
async function wake() {
  note(say("app.waking"));
  const answer = await ask("wake_cam", { model: chosen.model });
  note(answer.error ?? "");
  if (answer.error) return;
  model = answer;
  chosen.model = part("model").value = answer.model;
  const ways = Object.keys(model.ways);
  if (!ways.includes(chosen.to)) chosen.to = ways[0] ?? "";
  const roles = model.ways[chosen.to] ?? [];
  if (!roles.includes(chosen.role)) chosen.role = roles[0] ?? "generator";
  if (!model.classes.includes(chosen.kind)) chosen.kind = "";
  if (classifies()) chosen.place = "input";
  segments("way", ways, wordOf, chooseWay);
  segments("role", roles, (role) => say(`app.cam_role.${role}`), chooseRole);
  part("way-row").hidden = ways.length < 2;
  part("role-row").hidden = roles.length < 2;
  part("no-critics").hidden = classifies() || roles.length > 1;
  part("part-row").hidden = classifies();
  part("class-row").hidden = !classifies();
  part("pair").dataset.alone = classifies();
  part("time").replaceChildren();
  action("time").hidden = model.milestones.length === 0;
  const network = say(classifies() ? "app.cam_time_classifier" : "app.cam_time_generator");
  part("time-hint").textContent = model.milestones.length
    ? say("app.cam_time_hint", { network })
    : say("app.cam_time_none");
  showStep();
  if (!(await fillShelf())) changed();
  showChoice();
}

function chooseWay(to) {
  chosen.to = to;
  const roles = model.ways[to];
  if (!roles.includes(chosen.role)) chosen.role = roles[0];
  for (const each of part("role").children) each.disabled = !roles.includes(each.dataset.name);
  showChoice();
  changed();
}

function chooseRole(role) {
  chosen.role = role;
  showChoice();
  changed();
}

function choosePlace(place) {
  chosen.place = place;
  showStep();
  remember();
  takeApart();
}

async function begin() {
  if (shelf) return model ? look() : wake(); // the connection is back
  note(say("app.waking"));
  const answer = await ask("cam_shelf", {});
  note(answer.error ?? "");
  if (answer.error) return;
  shelf = answer;
  for (const [name, table] of Object.entries(shelf.tables)) shelf.tables[name] = bytes(table);
  part("model").replaceChildren(...shelf.models.map((name) => new Option(name)));
  const { source, name, ...options } = restored() ?? {};
  Object.assign(chosen, options);
  if (!shelf.models.includes(chosen.model)) chosen.model = "";
  showOpacity();
  if (source) await openSource(source, name); // an upload of an earlier visit may be gone from the server
  await wake();
}

segments("part", PARTS, (name) => say(`app.cam_part.${name}`), choosePart);
segments("step", STEPS, (step) => `${step} ${say(`app.cam_step.${step}`)}`, goTo);
segments(
  "place",
  ["input", "output"],
  (place) => say(place === "input" ? "app.original" : "app.cam_result"),
  choosePlace,
);
showOpacity();
begin();
