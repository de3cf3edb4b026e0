// The sketch tab: joins the drawing surface (canvas.js) to the server and to the controls around it.

import { takesDrops, takesFiles } from "../../page/pictures.js";
import { newestWins, save, say, tab } from "../../page/tab.js";
import { SIDE, makePad, thumbnail } from "./canvas.js";

const { element, part, action, note, ask, stored, store, restored, does } = tab(import.meta.url);

const tool = { erase: false, width: 2.5, eraser: 14, mirror: false, smooth: false };
const pad = makePad(part("canvas"), tool, changed);
const USUAL_DETAIL = 0.5; // of the lines taken from a photo, 0 to 1
let stamp = 0; // counts the changes of the drawing

// --- the face follows the pen ----------------------------------------------------------------------------------
// One request at a time; what changes meanwhile is sent next, the newest only, so no queue of old strokes builds up.
let since = null; // when the oldest change happened that the server has not seen
let arrivals = []; // when the last pictures came, for the pictures a second

const MAX_SEED = Number(part("seed").max);
const seedField = () => Math.min(Math.max(Math.round(Number(part("seed").value)) || 0, 0), MAX_SEED);
const seed = () => (part("steady").checked ? null : seedField());
const sheet = () => pad.sheet.toDataURL("image/png");

const picture = (number, look = false, style = styleAsked()) =>
  ask("translate_canvas", { picture: sheet(), seed: number, style, model: part("model").value, look });

const follow = newestWins(async () => {
  const asked = since ?? performance.now();
  const mark = stamp;
  since = null;
  if (pad.isBlank()) {
    await showFace(null);
    showFindings([]);
  } else {
    const answer = await picture(seed(), !pad.isDrawing());
    note(answer.error ?? "");
    if (answer.picture) {
      await showFace(answer.picture);
      element.dataset.outdated = false;
      meter(performance.now() - asked);
      if (answer.findings) showFindings(answer.findings, answer.no_face);
    }
  }
  element.dataset.shown = mark; // which change of the drawing the page now shows
});

async function showFace(source) {
  const face = part("face");
  if (source) {
    // Decoded before it is put on the page, so that the old face never gives way to an empty frame.
    const ready = new Image();
    ready.src = source;
    await ready.decode();
    part("face").src = part("patch-face").src = source;
  }
  face.hidden = part("patch-face").hidden = !source;
  part("before").src = sheet();
  if (!source) part("meter").textContent = "";
  setCompare(source !== null && action("compare").ariaPressed === "true");
}

// `noFace` is the sentence about a sheet without a face, which is nothing that could be normalised away, or null.
function showFindings(findings, noFace = null) {
  const all = noFace ? [noFace, ...findings] : findings;
  const fine = all.length === 0;
  const joined = all.join(say("app.between_sentences"));
  part("findings").textContent = fine && !pad.isBlank() ? say("app.drawing_fine") : joined;
  part("helper").dataset.fine = fine;
  action("normalise").hidden = findings.length === 0;
}

// Without live, the face and the findings are those of the drawing and the seed before.
function outdated() {
  if (part("face").hidden) return;
  element.dataset.outdated = true;
  part("meter").textContent = say("app.outdated");
}

function meter(milliseconds) {
  const now = performance.now();
  arrivals = [...arrivals.filter((time) => now - time < 2000), now];
  const rate = arrivals.length > 2 ? ((arrivals.length - 1) * 1000) / (now - arrivals[0]) : 0;
  const text = `${Math.round(milliseconds)} ms`;
  part("meter").textContent = rate >= 1 ? `${text} · ${say("app.rate", { rate: rate.toFixed(0) })}` : text;
}

function changed(finished) {
  stamp += 1;
  since ??= performance.now();
  element.dataset.stamp = stamp;
  const blank = pad.isBlank();
  part("invite").hidden = !blank;
  action("undo").disabled = !pad.canUndo();
  action("redo").disabled = !pad.canRedo();
  for (const name of ["clear", "compare", "download", "save-drawing"]) action(name).disabled = blank;
  if (finished) {
    remember();
    part("gallery").replaceChildren();
  }
  if (part("live").checked || blank) follow();
  else outdated();
}

// --- the drawing survives a reload -----------------------------------------------------------------------------
// Each browser tab keeps its own; a new one begins with the drawing that was changed last in any of them.

function remember() {
  const saved = {
    strokes: pad.strokes(),
    backdrop: pad.backdrop(),
    steady: part("steady").checked,
    seed: Number(part("seed").value),
    live: part("live").checked,
    style: styleAsked(),
    size: Number(part("download-size").value),
  };
  store(saved);
  store(saved, true);
}

async function recall() {
  const saved = restored() ?? restored(true);
  if (!saved?.strokes) return;
  restoreOptions(saved);
  if (saved.strokes.length || saved.backdrop) await pad.replace(saved.strokes, saved.backdrop ?? null);
}

function restoreOptions({ seed: number, steady = number == null, live, model, style, size }) {
  takeStyle(style ?? null);
  if ([...part("model").options].some((each) => each.value === model)) part("model").value = model;
  part("steady").checked = steady;
  if (number != null) part("seed").value = number;
  if (live !== undefined) part("live").checked = live;
  if ([...part("download-size").options].some((each) => each.value === String(size)))
    part("download-size").value = size;
  showOptions();
}

function showOptions() {
  part("seed").value = seedField(); // what is used, whatever was typed
  part("seed").disabled = part("steady").checked;
  action("make").hidden = part("live").checked;
}

// --- the style: beside the drawing, what the drawing does not say ------------------------------------------------
// A seed gives one; so does a photograph (`base`); sliders move it. Kept while one draws, in the PNG and in the link.

let base = null; // the numbers of a photograph's style
let sliders = {}; // name -> -1 to 1
let previous = null; // the style before this one, {seed, style}: where a film begins
let film = null; // the data URL of the last film

const moved = () => Object.values(sliders).some((share) => share !== 0);
const styleAsked = () => (base || moved() ? { base, sliders } : null);
const current = () => ({ seed: seed(), style: structuredClone(styleAsked()) });

function takeStyle(style) {
  base = style?.base ?? null;
  sliders = { ...style?.sliders };
  showStyle();
}

function showStyle() {
  for (const slider of part("sliders").querySelectorAll("input")) slider.value = sliders[slider.name] ?? 0;
  const own = base ? "app.style_of_photograph" : seed() === null ? "app.style_is_plain" : "app.style_of_seed";
  part("style-state").textContent = say(moved() ? "app.style_moved" : own, { seed: seed() });
  action("walk").disabled = !previous || pad.isBlank();
}

// Another style: the one before it stays within reach as the start of a film.
function changeStyle(change) {
  previous = current();
  change();
  showOptions();
  showStyle();
  remember();
  if (part("live").checked) follow();
  else outdated();
}

function throwDie() {
  changeStyle(() => {
    takeStyle(null);
    part("steady").checked = false;
    part("seed").value = crypto.getRandomValues(new Uint32Array(1))[0] % (MAX_SEED + 1);
  });
}

function plainStyle() {
  changeStyle(() => {
    takeStyle(null);
    part("steady").checked = true;
  });
}

async function takePhotograph(file) {
  if (!file) return;
  const path = await stored(file);
  if (!path) return;
  const answer = await ask("style_of_photograph", { path, model: part("model").value });
  note(answer.error ?? (answer.faces > 1 ? say("app.style_largest", { count: answer.faces }) : ""));
  if (answer.style) changeStyle(() => takeStyle({ base: answer.style, sliders: {} }));
}

async function walk() {
  if (pad.isBlank()) return note(say("app.draw_first"));
  const button = action("walk");
  button.disabled = true;
  note(say("app.style_walking"));
  const { seed: toSeed, style: to } = current();
  const answer = await ask("walk_styles", {
    picture: sheet(),
    model: part("model").value,
    ...previous,
    to_seed: toSeed,
    to,
  });
  button.disabled = false;
  note(answer.error ?? "");
  if (!answer.film) return;
  film = answer.film;
  part("film-picture").src = film;
  part("film").hidden = false;
}

// style=12,-30,...;skin:50 in hundredths: a base, the sliders, or both.
function styleText(style) {
  const parts = [(style.base ?? []).map((value) => Math.round(100 * value)).join(",")];
  for (const [name, share] of Object.entries(style.sliders))
    if (share) parts.push(`${name}:${Math.round(100 * share)}`);
  return parts.join(";");
}

function styleOfText(text) {
  const [numbers, ...shares] = text.split(";");
  const hundredths = (value) => Number(value) / 100;
  const pairs = shares.map((share) => share.split(":")).map(([name, value]) => [name, hundredths(value)]);
  return { base: numbers ? numbers.split(",").map(hundredths) : null, sliders: Object.fromEntries(pairs) };
}

async function copyLink() {
  const link = new URL(location.href);
  const style = styleAsked();
  const asked = { model: part("model").value, seed: seed(), style: style && styleText(style) };
  for (const [name, value] of Object.entries(asked)) {
    if (value === null || value === "") link.searchParams.delete(name);
    else link.searchParams.set(name, value);
  }
  try {
    await navigator.clipboard.writeText(link.href);
    note(say("app.style_link_copied"));
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error; // no clipboard: show it instead
    note(link.href);
  }
}

// What a link brings along goes before what this browser remembers.
function optionsOfLink() {
  const asked = new URLSearchParams(location.search);
  if (!["seed", "style"].some((name) => asked.has(name))) return null;
  const number = asked.get("seed");
  return {
    seed: /^\d{1,10}$/.test(number ?? "") ? Math.min(Number(number), MAX_SEED) : null,
    style: asked.has("style") ? styleOfText(asked.get("style")) : null,
    model: asked.get("model"),
  };
}

function showSliders(known) {
  part("sliders").replaceChildren(
    ...known.map(({ name, label }) => {
      const slider = Object.assign(document.createElement("input"), {
        type: "range",
        min: -1,
        max: 1,
        step: 0.05,
        name,
      });
      slider.addEventListener("input", () => {
        sliders[name] = Math.abs(slider.valueAsNumber) < 0.04 ? 0 : slider.valueAsNumber;
        showStyle();
        remember();
        if (part("live").checked) follow();
        else outdated();
      });
      const row = document.createElement("label");
      row.append(label, slider);
      return row;
    }),
  );
  // Another model knows other sliders, and numbers of another meaning.
  sliders = Object.fromEntries(Object.entries(sliders).filter(([name]) => known.some((each) => each.name === name)));
}

// --- tools -----------------------------------------------------------------------------------------------------

function press(name, on) {
  action(name).ariaPressed = String(on);
}

function choose(erase) {
  tool.erase = erase;
  press("pen", !erase);
  press("eraser", erase);
  part("size").max = erase ? 60 : 20;
  part("size").value = erase ? tool.eraser : tool.width;
  showSize();
}

function showSize() {
  const size = Number(part("size").value);
  tool[tool.erase ? "eraser" : "width"] = size;
  part("dot").style.setProperty("--size", Math.min((size * part("canvas").clientWidth) / SIDE, 28));
  // The pointer over the canvas is a ring as wide as the line it draws.
  const width = Math.max(4, Math.min(120, (size * part("canvas").clientWidth) / SIDE || 4));
  const ring = `<svg xmlns="http://www.w3.org/2000/svg" width="${width + 2}" height="${width + 2}"><circle cx="50%" cy="50%" r="${width / 2}" fill="none" stroke="#888"/></svg>`;
  part("canvas").style.cursor =
    `url('data:image/svg+xml,${encodeURIComponent(ring)}') ${width / 2 + 1} ${width / 2 + 1}, crosshair`;
}

function resize(steps) {
  part("size").stepUp(steps);
  showSize();
}

function toggle(name) {
  tool[name] = !tool[name];
  press(name, tool[name]);
  part("axis").hidden = !tool.mirror;
}

function setCompare(on) {
  press("compare", on);
  part("cut").hidden = part("before").hidden = !on || part("face").hidden;
}

async function download() {
  const answer = await ask("save_picture", {
    picture: sheet(),
    seed: seed(),
    style: styleAsked(),
    model: part("model").value,
    size: Number(part("download-size").value),
    strokes: pad.strokes(),
    backdrop: pad.backdrop(),
  });
  note(answer.error ?? "");
  if (answer.png) save(answer.png, answer.name);
}

function saveDrawing() {
  const text = JSON.stringify({ strokes: pad.strokes(), backdrop: pad.backdrop() });
  save(URL.createObjectURL(new Blob([text], { type: "application/json" })), "drawing.json");
}

async function normalise() {
  const answer = await ask("normalise_drawing", pad.backdrop() ? { picture: sheet() } : { strokes: pad.strokes() });
  note(answer.error ?? "");
  if (answer.strokes) await pad.load(answer.strokes, answer.backdrop);
}

async function variations() {
  if (pad.isBlank()) return note(say("app.draw_first"));
  const button = action("variations");
  button.disabled = true;
  try {
    await fillGallery(button);
  } finally {
    button.disabled = false;
    button.textContent = say("app.variations_make");
  }
}

async function fillGallery(button) {
  const gallery = part("gallery");
  const first = seedField();
  const count = Math.min(Number(part("count").value), MAX_SEED - first + 1);
  const mark = stamp;
  gallery.replaceChildren();
  for (let k = 0; k < count; k++) {
    button.textContent = say("app.variations_done", { done: k, count });
    const answer = await picture(first + k, false, null);
    if (answer.error) return note(answer.error);
    if (mark !== stamp) return; // the drawing changed meanwhile: these would be faces of another drawing
    const card = document.createElement("button");
    card.type = "button";
    card.title = card.ariaLabel = say("app.take_seed", { seed: first + k });
    card.innerHTML = `<img><span></span>`;
    Object.assign(card.firstChild, { src: answer.picture, alt: say("app.face") });
    card.lastChild.textContent = first + k;
    card.addEventListener("click", () => {
      previous = current();
      restoreOptions({ seed: first + k });
      gallery.querySelectorAll("button").forEach((each) => (each.ariaPressed = String(each === card)));
      remember();
      follow();
    });
    gallery.append(card);
  }
}

// --- files: a photo, a drawing, a PNG or a drawing that was saved here -------------------------------------------

let imported = null; // the picture that the import panel belongs to: {path, page: that it put on the canvas}

async function openFile(file) {
  if (!file) return;
  const path = await stored(file);
  if (!path) return;
  await importPicture({ path, page: null }, "auto", USUAL_DETAIL);
}

async function importPicture(file, kind, detail = Number(part("detail").value)) {
  const answer = await ask("open_file", { path: file.path, kind, detail });
  if (file.page && file !== imported) return; // the panel was closed meanwhile
  note(answer.error ?? "");
  if (answer.error) return;
  if (answer.kind === "settings") restoreOptions(answer);
  part("detail").value = detail;
  part("detail-row").hidden = answer.kind !== "photo";
  element.querySelectorAll('[name="gs-kind"]').forEach((each) => (each.checked = each.value === answer.kind));
  // What the visitor drew since then must stay within reach of undo.
  await (pad.page() === file.page ? pad.replace : pad.load)(answer.strokes, answer.backdrop);
  file.page = pad.page();
  imported = ["photo", "drawing"].includes(answer.kind) ? file : null;
  part("import").hidden = !imported;
  showSheet();
}

function closeImport() {
  imported = null;
  part("import").hidden = true;
}

async function undo() {
  await pad.undo();
  if (imported && !pad.holds(imported.page)) closeImport();
}

async function put(strokes) {
  closeImport();
  await pad.load(strokes);
  showSheet();
}

const showSheet = () => part("drop").scrollIntoView({ block: "nearest", behavior: "smooth" });

// --- how it works: the square that the critic judges ---------------------------------------------------------------

let share = 0; // of the picture's side

function explain({ patch, size, codes, palette }) {
  part("how-style").hidden = codes === 0;
  part("how-noise").hidden = codes > 0;
  part("style-generator-text").textContent = [
    say("app.how_style_generator_text", { size, codes }),
    palette ? say("app.how_palette_text", { palette }) : "",
  ].join(" ");
  part("features-text").textContent = [
    say("app.how_features_text"),
    patch ? say("app.how_pixels_text", { patch }) : "",
  ].join(" ");
  part("generator-text").textContent = say("app.how_generator_text", { size });
  if (!patch) return;
  share = Math.min(1, patch / size);
  part("patch-text").textContent = say("app.how_critic_text", { patch });
  part("patch-caption").textContent = say("app.how_patch", { patch });
  movePatch(0.5, 0.42);
}

function movePatch(x, y) {
  const at = (middle) => `${100 * Math.min(Math.max(middle - share / 2, 0), 1 - share)}%`;
  Object.assign(part("patch").style, { width: `${100 * share}%`, height: `${100 * share}%`, left: at(x), top: at(y) });
}

part("patch-sheet").addEventListener("pointermove", (event) => {
  const box = part("patch-sheet").getBoundingClientRect();
  movePatch((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
});

// --- events ------------------------------------------------------------------------------------------------------

const actions = {
  pen: () => choose(false),
  eraser: () => choose(true),
  undo,
  redo: () => pad.redo(),
  clear: () => put([]),
  narrower: () => resize(-2),
  wider: () => resize(2),
  mirror: () => toggle("mirror"),
  smooth: () => toggle("smooth"),
  make: () => follow(),
  open: () => part("file").click(),
  compare: () => setCompare(action("compare").ariaPressed !== "true"),
  "save-drawing": saveDrawing,
  "close-import": closeImport,
  die: throwDie,
  plain: plainStyle,
  "take-style": () => part("style-file").click(),
  link: copyLink,
  "save-film": () => save(film, "styles.webp"),
  download,
  normalise,
  variations,
  walk,
};

does(actions);

// What went wrong is of no interest to the one who goes on; that the model is loading still is.
for (const begun of ["pointerdown", "keydown"]) document.addEventListener(begun, () => awake && note(""));

const keys = { b: "pen", e: "eraser", m: "mirror", "[": "narrower", "]": "wider" };
const commands = { z: "undo", "shift+z": "redo", y: "redo" };

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches('textarea, select, input:is([type="text"], [type="number"])');
  if (typing || element.offsetParent === null) return; // or another tab is open
  const key = event.key.toLowerCase();
  const command = event.ctrlKey || event.metaKey;
  const name = command ? commands[event.shiftKey ? `shift+${key}` : key] : event.altKey ? null : keys[key];
  if (!name) return;
  event.preventDefault();
  actions[name]();
});

part("size").addEventListener("input", showSize);
part("cut").addEventListener("input", () => part("face-sheet").style.setProperty("--cut", `${part("cut").value}%`));
takesFiles(part("file"), ([file]) => openFile(file));
takesFiles(part("style-file"), ([file]) => takePhotograph(file));
part("detail").addEventListener(
  "input",
  newestWins(() => importPicture(imported, "photo")),
);
element
  .querySelectorAll('[name="gs-kind"]')
  .forEach((each) => each.addEventListener("change", () => importPicture(imported, each.value)));
for (const name of ["steady", "seed", "live", "model"]) {
  part(name).addEventListener("change", () => {
    if (name === "seed" || name === "steady") takeStyle(null); // a seed has a style of its own
    showOptions();
    remember();
    if (part("live").checked) follow();
    else outdated();
  });
}
part("model").addEventListener("change", wake);
part("download-size").addEventListener("change", remember);
window.addEventListener("online", () => {
  wake();
  fillShelf();
  if (part("live").checked) follow();
});
takesDrops(
  element,
  () => part("drop"),
  ({ files }) => openFile(files[0]),
);

// --- the start -----------------------------------------------------------------------------------------------------

let awake = false;

// The server may still be loading the model: say so, and say early when there is none.
async function wake() {
  const model = part("model").value;
  note(say("app.waking"));
  const answer = await ask("wake", { model });
  note(answer.error ?? "");
  if (answer.error) return;
  awake = true;
  part("model").replaceChildren(...answer.models.map((name) => new Option(name, name, false, name === model)));
  part("model").hidden = answer.models.length < 2 || answer.models.every((name) => name in answer.looks);
  showLooks(answer.looks);
  part("face-here").textContent = say(answer.paints ? `app.face_here.${answer.paints}` : "app.face_here");
  const styles = answer.codes > 0;
  if (base && base.length !== answer.codes) base = null; // of another model
  part("style").hidden = !styles;
  part("variations-hint").textContent = say(styles ? "app.style_variations_hint" : "app.variations_hint");
  showSliders(answer.sliders);
  showStyle();
  explain(answer);
}

// The models that say what they paint, to choose by that; the list beside them has the others as well.
function showLooks(looks) {
  part("looks").replaceChildren(
    ...Object.entries(looks).map(([name, label]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.ariaPressed = String(part("model").value === name);
      button.addEventListener("click", () => {
        if (part("model").value === name) return;
        part("model").value = name;
        part("model").dispatchEvent(new Event("change"));
      });
      return button;
    }),
  );
  part("looks").hidden = Object.keys(looks).length < 2;
}

async function begin() {
  for (const option of part("download-size").options) {
    option.textContent = say("app.download_pixels", { size: option.value });
  }
  choose(false);
  showOptions();
  changed(false);
  await recall();
  const linked = optionsOfLink();
  if (linked?.model) part("model").replaceChildren(new Option(linked.model, linked.model));
  if (linked) restoreOptions(linked);
  wake();
  fillShelf();
}

async function fillShelf() {
  if (part("examples").hasChildNodes()) return;
  const answer = await ask("examples", {});
  if (answer.error) return note(answer.error);
  tool.width = answer.width;
  choose(false);
  const blank = { name: say("app.blank"), strokes: [] };
  for (const { name, strokes } of [blank, ...answer.examples]) {
    const button = Object.assign(document.createElement("button"), { type: "button", title: name });
    button.ariaLabel = name;
    button.append(strokes.length ? thumbnail(strokes, 128) : name);
    button.addEventListener("click", () => put(strokes));
    part("examples").append(button);
  }
}

begin();
