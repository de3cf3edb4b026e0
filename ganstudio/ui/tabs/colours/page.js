// The colours tab: the cloud of mean colours, the wheel beside it, and what the visitor brings along.

import {
  cloudFigure,
  hasWebGL,
  hex,
  loadPlotly,
  lookOf,
  mainHue,
  plain,
  startCamera,
  wheelFigure,
} from "../../page/figures.js";
import {
  isPicture,
  markPicture,
  marks,
  sendPieces,
  sender,
  takesDrops,
  takesFiles,
  watched,
} from "../../page/pictures.js";
import { language, newestWins, save, say, tab, token, uploadFailed } from "../../page/tab.js";

const { element, upload, part, action, note, ask, does } = tab(import.meta.url);
part("search").placeholder = say("app.colours_search");

const BATCH = 24; // pictures of one request
const CSV_BATCH = 2000; // entries of one request
const MAX_FOUND = 8;
const MAX_MARKS = 12; // more of them would cover the cloud

let types = {}; // type -> its colour
let entries = { pokedex: [], own: [] }; // of the two sources
let source = "pokedex";
let shown = []; // the entries that the chips let through, in the order of the cloud's points
let hidden = new Set(); // types that are not wanted, "" for entries without one
let primary = false; // whether only the first type counts
let chosen = null; // an entry, a mark, or null for all that is shown
let limits = {};

const nameOf = (entry) => entry.names[language === "ja" ? 1 : 0] || entry.names[0] || entry.id;
const typeName = (type) => (type ? say(`app.type.${type}`) : say("app.colours_untyped"));
const typesOf = (entry) => (entry.types.length ? entry.types : [""]);

// --- what is shown -----------------------------------------------------------------------------------------------

const counted = (entry) => (primary ? typesOf(entry).slice(0, 1) : typesOf(entry));
const wanted = (entry) => counted(entry).some((type) => !hidden.has(type));

const look = () => lookOf(element);

const wordsOf = () => ({
  before: say("app.colours_before"),
  after: say("app.colours_after"),
  saturation: say("app.colours_saturation"),
  value: say("app.colours_value"),
});

const label = (entry) =>
  `<b>${plain(nameOf(entry))}</b><br>${typesOf(entry).map(typeName).join(" · ")}<br>${hex(entry.mean)}`;

// One mean of three numbers over many entries, and how far they lie from it.
function middle(all) {
  const mean = [0, 1, 2].map((k) => all.reduce((sum, each) => sum + each.mean[k], 0) / all.length);
  const spread = [0, 1, 2].map((k) =>
    Math.sqrt(all.reduce((sum, each) => sum + (each.mean[k] - mean[k]) ** 2, 0) / all.length),
  );
  return { mean, spread };
}

// The histogram of all together, in per mille; a picture without any hue has no say.
function pooled(all, name, bins) {
  const sums = new Array(bins).fill(0);
  for (const each of all) for (let k = 0; k < bins; k++) sums[k] += each[name][k];
  const total = sums.reduce((a, b) => a + b, 0) || 1;
  return sums.map((sum) => (1000 * sum) / total);
}

function titleOfAll() {
  if (!hidden.size) return say(source === "own" ? "app.colours_own" : "app.colours_pokedex");
  const chips = [...part("chips").querySelectorAll('[data-type][aria-pressed="true"]:not([hidden])')];
  if (chips.length > 3) return say("app.colours_some", { count: chips.length });
  return chips.map((chip) => typeName(chip.dataset.type)).join(" · ");
}

// What the wheel's card tells: of the chosen point, else of everything shown.
function told() {
  if (chosen?.before) {
    const { name, before, after, saturation, value, spread } = chosen;
    const [hue, then] = [chosen.beforeHues, chosen.afterHues].map(
      (shares) => shares?.map((share) => 1000 * share) ?? null,
    );
    const tale = { title: name, types: [], saturation, value, spread };
    return after ? { ...tale, mean: after, from: before, hue: then, then: hue } : { ...tale, mean: before, hue };
  }
  if (chosen) return { ...chosen, title: nameOf(chosen) };
  if (!shown.length) return null;
  return {
    ...middle(shown),
    title: titleOfAll(),
    types: [],
    group: true,
    hue: pooled(shown, "hue", 36),
    saturation: pooled(shown, "saturation", 16),
    value: pooled(shown, "value", 16),
  };
}

// --- drawing -----------------------------------------------------------------------------------------------------

const OPTIONS = { displayModeBar: false, responsive: true, doubleClick: false };
let loaded = false; // whether plotly and the statistics are there
let stamp = 0; // counts the changes of what is to be shown
let cloudUsable = null; // whether this browser draws in three dimensions; null: not tried yet

// The turn and zoom that the visitor gave the cloud: plotly forgets them at every react, so they are passed on. As the
// scene has them, since the layout does not hear of every drag.
function camera() {
  const scene = part("cloud")._fullLayout?.scene?._scene;
  return scene?.glplot ? scene.getCamera() : startCamera(part("cloud").clientWidth);
}

// One drawing after the other: two at once on one figure lose the camera. Opening the tab again draws nothing anew
// unless the choice, the look or the room has changed.
let drawn = "";
const draw = newestWins(async () => {
  if (!loaded || element.offsetParent === null) return;
  const mark = stamp;
  const state = [mark, document.body.classList.contains("dark"), element.clientWidth].join(" ");
  if (state === drawn) return;
  await drawWheel();
  await drawCloud();
  drawn = state;
  element.dataset.shown = mark; // which change of the choice the page now shows
});

function changed() {
  stamp += 1;
  element.dataset.stamp = stamp;
  draw();
}

function cloudNow(at = camera()) {
  const point = chosen?.before ? (chosen.after ?? chosen.before) : (chosen?.mean ?? null);
  return cloudFigure(shown, shown.map(label), [...marks.values()], point, at, look(), wordsOf());
}

async function drawCloud() {
  cloudUsable ??= hasWebGL();
  part("cloud-note").hidden = cloudUsable;
  part("cloud-note").textContent = say("app.colours_no_webgl");
  action("cloud-png").disabled = !cloudUsable;
  part("drop").classList.toggle("gs-flat", !cloudUsable);
  if (!cloudUsable) return;
  const cloud = part("cloud");
  const first = !cloud.layout;
  const { data, layout } = cloudNow();
  await Plotly.react(cloud, data, layout, OPTIONS);
  if (!first) return;
  listen(cloud);
  cloud.on("plotly_webglcontextlost", () => {
    cloudUsable = false;
    Plotly.purge(cloud);
    changed();
  });
}

// An entry or a mark.
const chosenBy = ({ curveNumber, pointNumber }) =>
  curveNumber === 0 ? shown[pointNumber] : [...marks.values()][curveNumber - 1];

// plotly tells of a click where it draws a frame while the button is down: it misses quick clicks, and takes the
// beginning of each drag for one. Its word counts for fingers, which do not hover; a mouse is watched here.
function listen(cloud) {
  let under = null; // what the mouse is on
  let pressed = null;
  const frame = () => new Promise(requestAnimationFrame);
  cloud.on("plotly_hover", ({ points: [point] }) => (under = chosenBy(point)));
  cloud.on("plotly_unhover", () => (under = null));
  cloud.on("plotly_click", ({ points: [point] }) => {
    under = chosenBy(point);
    if (under && pressed?.pointerType !== "mouse") choose(under);
  });
  cloud.addEventListener("pointerdown", (event) => (pressed = event), true);
  cloud.addEventListener("click", async (event) => {
    if (
      pressed?.pointerType !== "mouse" ||
      Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > 4
    )
      return;
    await frame(); // the mouse may have come only now: plotly finds what is under it when it draws
    await frame();
    if (under) choose(under);
  });
}

function wheelNow() {
  const tale = told();
  return tale && wheelFigure(tale, tale.then, look(), wordsOf());
}

async function drawWheel() {
  const tale = told();
  part("title").textContent = tale ? tale.title : say("app.colours_nothing");
  part("swatch").style.background = tale ? hex(tale.mean) : "none";
  action("back").hidden = !chosen;
  action("wheel-png").disabled = !tale;
  action("csv").disabled = !shown.length;
  part("tags").replaceChildren(...(tale?.types ?? []).map(tag));
  part("numbers").replaceChildren(...(tale ? numbers(tale) : []));
  part("wheel").hidden = !tale;
  if (!tale) return;
  const { data, layout } = wheelNow();
  await Plotly.react(part("wheel"), data, layout, OPTIONS);
}

function tag(type) {
  const made = Object.assign(document.createElement("span"), { className: "gs-kind", textContent: typeName(type) });
  made.style.setProperty("--type", types[type]);
  return made;
}

function numbers({ mean, from, spread, hue, group }) {
  const whole = (colour) => colour.map((level) => Math.round(level)).join(", ");
  const turn = mainHue(hue);
  const lines = [];
  if (from) lines.push([say("app.colours_before"), `${hex(from)} · ${whole(from)}`, from]);
  lines.push([say(from ? "app.colours_after" : "app.colours_mean"), `${hex(mean)} · ${whole(mean)}`, mean]);
  if (spread) lines.push([say(group ? "app.colours_between" : "app.colours_within"), `± ${whole(spread)}`]);
  lines.push([say("app.colours_main_hue"), turn === null ? say("app.colours_grey") : `${turn}°`]);
  return lines.flatMap(([word, text, colour]) => {
    const [term, value] = [document.createElement("dt"), document.createElement("dd")];
    term.textContent = word;
    value.textContent = text;
    if (colour) value.prepend(Object.assign(document.createElement("i"), { style: `background: ${hex(colour)}` }));
    return [term, value];
  });
}

function filter() {
  const all = entries[source];
  shown = all.filter(wanted);
  const untyped = all.some((each) => !each.types.length);
  const counts = new Map();
  for (const each of all) for (const type of counted(each)) counts.set(type, (counts.get(type) ?? 0) + 1);
  for (const chip of part("chips").querySelectorAll("[data-type]")) {
    const type = chip.dataset.type;
    chip.ariaPressed = String(!hidden.has(type));
    chip.hidden = type === "" ? !untyped : source === "own" && !counts.has(type);
    chip.lastChild.textContent = counts.get(type) ?? 0;
  }
  action("primary").ariaPressed = String(primary);
  action("show-pokedex").ariaPressed = String(source === "pokedex");
  action("show-own").ariaPressed = String(source === "own");
  action("clear-marks").hidden = marks.size === 0;
  part("count").textContent = say(source === "own" ? "app.colours_count_own" : "app.colours_count", {
    shown: shown.length,
    count: all.length,
  });
  changed();
}

function choose(entry) {
  chosen = entry;
  changed();
}

function show(name) {
  source = name;
  chosen = null;
  hidden = new Set();
  search();
  filter();
}

// --- chips -------------------------------------------------------------------------------------------------------

function makeChips() {
  for (const type of [...Object.keys(types), ""]) {
    const chip = Object.assign(document.createElement("button"), {
      type: "button",
      className: "gs-chip",
      title: say("app.colours_chip"),
    });
    chip.dataset.type = type;
    chip.style.setProperty("--type", types[type] ?? "var(--gs-soft)");
    chip.append(document.createElement("i"), typeName(type), document.createElement("small"));
    chip.addEventListener("click", () => {
      if (!hidden.delete(type)) hidden.add(type);
      filter();
    });
    chip.addEventListener("dblclick", () => {
      hidden = new Set([...Object.keys(types), ""].filter((each) => each !== type));
      filter();
    });
    action("primary").before(chip);
  }
}

// --- search ------------------------------------------------------------------------------------------------------

// Width, case and the two Japanese syllabaries make no difference.
const plainName = (text) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[ぁ-ゖ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) + 0x60))
    .trim();

function search() {
  const typed = plainName(part("search").value);
  const found = [];
  if (typed) {
    const scored = [];
    for (const entry of entries[source]) {
      const names = [...entry.names, entry.id].map(plainName);
      const score = Math.min(
        ...names.map((name) => (name === typed ? 0 : name.startsWith(typed) ? 1 : name.includes(typed) ? 2 : 9)),
      );
      if (score < 9) scored.push([score, entry]);
    }
    scored.sort(([a], [b]) => a - b);
    found.push(...scored.slice(0, MAX_FOUND).map(([, entry]) => entry));
  }
  part("found").replaceChildren(...found.map(result));
  if (typed && !found.length) part("found").textContent = say("app.colours_not_found");
  part("found").hidden = !typed;
}

function result(entry) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const dot = Object.assign(document.createElement("i"), { style: `background: ${hex(entry.mean)}` });
  const kinds = Object.assign(document.createElement("small"), { textContent: entry.types.map(typeName).join(" · ") });
  button.append(dot, nameOf(entry), kinds);
  button.addEventListener("click", () => take(entry));
  return button;
}

function take(entry) {
  part("search").value = nameOf(entry);
  part("found").hidden = true;
  choose(entry);
}

part("search").addEventListener("input", search);
part("search").addEventListener("focus", search);
part("search").parentElement.addEventListener("keydown", (event) => {
  const buttons = [part("search"), ...part("found").querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (move) buttons.at((at + move) % buttons.length).focus();
  else if (event.key === "Enter" && at === 0) buttons[1]?.click();
  else if (event.key === "Escape") part("found").hidden = true;
  else return;
  event.preventDefault();
});
document.addEventListener("pointerdown", (event) => {
  if (!part("search").parentElement.contains(event.target)) part("found").hidden = true;
});

// --- the visitor's own: one picture as a mark, or a whole collection -----------------------------------------------

let work = null; // the collection that is being read: {stopped}
const send = sender(upload, "colours");

async function markFile(file) {
  if (!file) return;
  busy(say("app.colours_measuring", { done: 0, count: 1 }));
  const answer = await sent(async () => ask("own_picture", { path: await send(file) }));
  busy("");
  note(answer.error ?? "");
  if (answer.error) return;
  const { mean, hue, saturation, value, spread } = answer.entry;
  markPicture({ name: file.name, before: mean, beforeHues: hue.map((each) => each / 1000), saturation, value, spread });
}

// The upload itself fails where the file is too large for the server or the connection breaks.
async function sent(step) {
  try {
    return await step();
  } catch (error) {
    console.warn(error);
    return { error: uploadFailed(error) };
  }
}

function chooseMark(mark) {
  for (const name of [...marks.keys()].slice(0, -MAX_MARKS)) marks.delete(name);
  chosen = mark;
  filter();
}

function busy(text) {
  part("busy").hidden = !text;
  part("busy-text").textContent = text;
  action("stop").hidden = !work;
  for (const name of ["mark", "pictures", "folder"]) action(name).disabled = Boolean(text);
}

// A label belongs to the picture whose file is named like its id, leading zeros and case ignored; the server gives
// them under such keys.
function labelOf(file, labels) {
  const stem = file.name
    .replace(/\.[^.]*$/, "")
    .normalize("NFKC")
    .trim();
  return labels?.[stem.replace(/^0+/, "").toLowerCase() || "0"] ?? null;
}
const pathOf = (file) => file.webkitRelativePath || file.name;

// A mix of files: one ZIP is opened on the server, pictures are sent in batches; a CSV among them holds labels.
async function openFiles(files) {
  if (!files.length || work) return;
  const mine = { stopped: false };
  work = mine;
  note("");
  const found = { entries: [], refused: [], error: null, left: 0 };
  const zip = files.find((file) => /\.zip$/i.test(file.name));
  const csv = files.find((file) => /\.csv$/i.test(file.name));
  try {
    busy(say("app.colours_sending", { share: 0 }));
    const labels = csv ? await sent(async () => ask("read_labels", { path: await send(csv) })) : {};
    const known = labels.labels ?? null;
    if (labels.error) found.error = labels.error;
    else if (zip) await openZip(zip, known, found, mine);
    else
      await openPictures(
        files.filter(({ name }) => isPicture(name)),
        known,
        found,
        mine,
      );
  } finally {
    work = null;
    busy("");
  }
  finish(found);
}

async function openPictures(files, labels, found, mine) {
  found.left = Math.max(0, files.length - limits.pictures);
  files = files.slice(0, limits.pictures);
  for (let k = 0; k < files.length && !mine.stopped && !found.error; k += BATCH) {
    busy(say("app.colours_measuring", { done: k, count: files.length }));
    const batch = files.slice(k, k + BATCH);
    const answer = await sent(async () => {
      const paths = await Promise.all(batch.map(send));
      const pictures = batch.map((file, i) => ({ path: paths[i], name: pathOf(file), label: labelOf(file, labels) }));
      return ask("measure_pictures", { pictures });
    });
    gather(answer, found);
  }
}

async function openZip(zip, labels, found, mine) {
  if (zip.size > limits.zip * 2 ** 20) {
    found.error = say("app.colours_zip_too_large", { limit: limits.zip });
    return;
  }
  const job = token();
  const answer = await sent(async () => {
    const sending = (share) => busy(say("app.colours_sending", { share: Math.round(100 * share) }));
    const pieces = await sendPieces(zip, send, mine, sending);
    if (mine.stopped) return {};
    busy(say("app.colours_unpacking"));
    const look = async () => {
      const { done, count } = await ask("progress", { job, stop: mine.stopped });
      if (count && work === mine) busy(say("app.colours_measuring", { done, count }));
    };
    return watched(700, look, () => ask("open_zip", { pieces, job, labels }));
  });
  gather(answer, found);
}

function gather(answer, found) {
  if (answer.error) found.error = answer.error;
  if (answer.entries) found.entries.push(...JSON.parse(answer.entries));
  found.refused.push(...(answer.refused ?? []));
  found.left += answer.left ?? 0;
}

function finish(found) {
  const said = [];
  if (found.error) said.push(found.error);
  else if (!found.entries.length && !found.refused.length) said.push(say("app.colours_no_pictures"));
  if (found.refused.length) {
    const [{ name, reason }] = found.refused;
    said.push(say("app.colours_refused", { count: found.refused.length, name, reason }));
  }
  if (found.left) said.push(say("app.colours_left", { count: found.left }));
  note(said.join(" "));
  if (!found.entries.length) return;
  entries.own = found.entries;
  part("sources").hidden = false;
  show("own");
}

// --- what can be taken home ------------------------------------------------------------------------------------------

async function saveFigure({ data, layout }, name, width, height) {
  const title = {
    text: plain(told()?.title ?? ""),
    font: { size: 18, color: look().ink },
    x: 0.5,
    y: 0.98,
    yanchor: "top",
  };
  const margin = { ...layout.margin, t: layout.margin.t + 34 };
  const figure = { data, layout: { ...layout, title, margin, paper_bgcolor: look().card, width, height } };
  save(await Plotly.toImage(figure, { format: "png", width, height, scale: 2 }), name);
}

async function saveCsv() {
  let text = "";
  for (let k = 0; k < shown.length; k += CSV_BATCH) {
    const batch = shown.slice(k, k + CSV_BATCH);
    const answer = await ask("save_csv", source === "own" ? { entries: batch } : { ids: batch.map((each) => each.id) });
    if (answer.error) return note(answer.error);
    text += k ? answer.csv.slice(answer.csv.indexOf("\n") + 1) : answer.csv;
  }
  // The mark at the start tells spreadsheets that it is UTF-8.
  save(URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv" })), "colours.csv");
}

// --- events ----------------------------------------------------------------------------------------------------------

function zoom(factor) {
  const { eye, ...rest } = camera();
  const far = Math.hypot(eye.x, eye.y, eye.z);
  const scale = Math.min(Math.max(far * factor, 0.4), 6) / far;
  return moveCamera({ ...rest, eye: { x: eye.x * scale, y: eye.y * scale, z: eye.z * scale } });
}

function turn(around, up) {
  const { eye, ...rest } = camera();
  const flat = Math.hypot(eye.x, eye.y);
  const [angle, tilt] = [
    Math.atan2(eye.y, eye.x) + around,
    Math.min(Math.max(Math.atan2(eye.z, flat) + up, -1.5), 1.5),
  ];
  const far = Math.hypot(flat, eye.z);
  const eyeNow = {
    x: far * Math.cos(tilt) * Math.cos(angle),
    y: far * Math.cos(tilt) * Math.sin(angle),
    z: far * Math.sin(tilt),
  };
  return moveCamera({ ...rest, eye: eyeNow });
}

async function moveCamera(next) {
  if (part("cloud").layout) await Plotly.relayout(part("cloud"), { "scene.camera": next });
}

const actions = {
  all: () => {
    hidden = new Set();
    filter();
  },
  none: () => {
    hidden = new Set([...Object.keys(types), ""]);
    filter();
  },
  primary: () => {
    primary = !primary;
    filter();
  },
  "show-pokedex": () => show("pokedex"),
  "show-own": () => show("own"),
  mark: () => part("mark-file").click(),
  pictures: () => part("files").click(),
  folder: () => part("directory").click(),
  stop: () => {
    if (work) work.stopped = true;
  },
  back: () => choose(null),
  "clear-marks": () => {
    marks.clear();
    if (chosen?.before) chosen = null;
    filter();
  },
  nearer: () => zoom(0.8),
  farther: () => zoom(1.25),
  reset: () => moveCamera(startCamera(part("cloud").clientWidth)),
  csv: saveCsv,
  "cloud-png": () => saveFigure(cloudNow(), "colours.png", 1000, 900),
  "wheel-png": () => saveFigure(wheelNow(), "hues.png", 700, 800),
};

does(actions);

// plotly multiplies the wheel's way by the time since its last frame: on a slow machine one notch ends inside the cube.
let wheeled = 0; // pixels of the wheel that are not yet shown
const zoomWheeled = newestWins(async () => {
  const way = wheeled;
  wheeled = 0;
  await zoom(Math.exp(0.0012 * way));
});
part("cloud").addEventListener(
  "wheel",
  (event) => {
    event.preventDefault();
    event.stopPropagation();
    wheeled += event.deltaY * [1, 20, 400][event.deltaMode];
    zoomWheeled();
  },
  { capture: true, passive: false },
);

const turns = { ArrowLeft: [-0.15, 0], ArrowRight: [0.15, 0], ArrowUp: [0, 0.12], ArrowDown: [0, -0.12] };
part("cloud").addEventListener("keydown", (event) => {
  if (turns[event.key]) turn(...turns[event.key]);
  else if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 0.8 : 1.25);
  else return;
  event.preventDefault();
});

takesFiles(part("mark-file"), ([file]) => markFile(file));
for (const name of ["files", "directory"]) takesFiles(part(name), openFiles);
takesDrops(
  element,
  () => part("drop"),
  (dropped) => {
    const files = [...dropped.files];
    if (files.length === 1 && isPicture(files[0].name)) markFile(files[0]);
    else openFiles(files);
  },
);

// --- the start: only when the tab is seen, so that it costs the others nothing ---------------------------------------

async function begin() {
  busy(say("app.colours_loading"));
  const answer = await ask("pokedex", {});
  if (!answer.error) {
    try {
      await loadPlotly(answer.script);
    } catch (error) {
      console.warn(error);
      answer.error = say("app.no_answer");
    }
  }
  busy("");
  note(answer.error ?? "");
  if (answer.error) {
    begun = false; // tried again when the tab is opened the next time
    return;
  }
  loaded = true;
  ({ types, limits } = answer);
  const pictures = limits.pictures.toLocaleString(language);
  part("limits").textContent = say("app.colours_limits_short", { ...limits, pictures });
  entries.pokedex = JSON.parse(answer.entries);
  makeChips();
  action("folder").hidden = !("webkitdirectory" in HTMLInputElement.prototype);
  [chosen] = [...marks.values()].slice(-1).concat(null);
  filter();
}

let begun = false;
new IntersectionObserver(([{ isIntersecting }]) => {
  if (!isIntersecting) return;
  if (begun) return draw();
  begun = true;
  begin();
}).observe(element);
new MutationObserver(draw).observe(document.body, { attributeFilter: ["class"] });
window.addEventListener("ganstudio:marked", ({ detail }) => chooseMark(detail));
