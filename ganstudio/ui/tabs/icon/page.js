// The icon tab: what is cut out of a picture, what becomes of it, and the same for a whole ZIP. Pictures stay on the
// server: a request names its source, {path} of an upload or {example}, its number, and a square of its pixels.

import { decoded, example, sendPieces, sender, takesFiles, takesPictures, watched } from "../../page/pictures.js";
import { button, newestWins, save, say, tab, token, uploadFailed, words } from "../../page/tab.js";

const { element, upload, part, action, note, ask, stored, store, restored, does } = tab(import.meta.url);

const SIZES = [48, 64, 96, 128, 192, 256, 512];
const LEAST = 16; // pixels of the picture: no square is smaller
const chosen = {
  source: null,
  name: "",
  way: "auto",
  box: null,
  tilt: 0,
  to: "",
  flat: {},
  background: "white",
  colour: "#7cc4e8",
  size: 256,
  model: "",
  alone: true,
};
let model = null; // the one that is awake: {model, targets, size, faces}
let original = null; // the picture: {width, height}
let view = null; // what of the plane around the picture is shown: {left, top, side} in the picture's pixels
let stamp = 0; // counts the changes of picture, square and model: what was asked for an older one is not shown
let limit = 0; // MB of a ZIP
const remember = () => store(chosen);

const wordOf = (target) => words[`app.domain.${target}`] ?? target;
const target = () => (model?.targets.includes(chosen.to) ? chosen.to : (model?.targets.at(-1) ?? ""));
const other = () => model.targets.find((each) => each !== target()) ?? "";
const isFlat = () => chosen.flat[target()] ?? target() === model?.targets.at(-1);
const clear = () => chosen.background !== "white";

const settings = () => ({
  tilt: chosen.tilt,
  to: target(),
  flat: isFlat(),
  size: chosen.size,
  model: chosen.model,
  alone: chosen.alone,
  background: chosen.background === "disc" ? chosen.colour : chosen.background,
});
const request = (changes = {}) => ({ source: chosen.source, box: chosen.box, ...settings(), ...changes });

// --- what becomes of it -------------------------------------------------------------------------------------------

const follow = newestWins(async () => {
  if (!original || !model) return;
  const mark = stamp;
  const asked = request();
  const answer = await ask("make_icon", asked);
  if (mark !== stamp) return; // something else is wanted meanwhile; its own request follows
  note(answer.error ?? "");
  if (!answer.picture) return;
  if (chosen.way === "own") sayFound(answer.warning || say("app.icon_own_square"), Boolean(answer.warning));
  await Promise.all([decoded(answer.picture), decoded(answer.cropped)]);
  if (mark !== stamp) return;
  part("result").src = answer.picture;
  part("input").src = answer.cropped;
  for (const name of ["result", "input", "cut", "handle", "tag-input", "tag-result"]) part(name).hidden = false;
  part("tag-result").textContent = wordOf(asked.to);
  part("stage").dataset.transparent = asked.background !== "white";
  element.dataset.shown = stamp; // what the page now shows
  showButtons();
});

function changed() {
  stamp += 1;
  part("trip").hidden = true;
  remember();
  showChoice();
  follow();
}

function moveCut() {
  part("stage").style.setProperty("--cut", `${part("cut").value}%`);
}

function showButtons() {
  action("back").disabled = !original || !model;
  action("download").disabled = part("result").hidden;
  for (const name of ["face", "centre", "whole"]) action(name).disabled = !original;
  action("zip").disabled = !model || Boolean(work);
}

function showChoice() {
  const to = target();
  for (const each of part("directions").children) each.ariaPressed = String(each.dataset.target === to);
  for (const each of part("backgrounds").children)
    each.ariaPressed = String(each.dataset.background === chosen.background);
  part("colour-row").hidden = chosen.background !== "disc";
  part("colour").value = chosen.colour;
  part("size").value = chosen.size;
  part("flat").checked = isFlat();
  part("flat-text").textContent = say(isFlat() ? "app.icon_flat_on" : "app.icon_flat_off", {
    size: model?.size ?? "…",
  });
  part("alone-row").hidden = !model?.faces;
  part("alone").checked = chosen.alone;
  for (const each of part("styles").children) each.ariaPressed = String(each.dataset.style === chosen.model);
  part("tilt").value = chosen.tilt;
  part("tilt-shown").textContent = `${chosen.tilt}°`;
  for (const each of part("examples").children)
    each.ariaPressed = String(each.dataset.number === String(chosen.source?.example));
  for (const each of element.querySelectorAll("[data-way]")) each.ariaPressed = String(each.dataset.way === chosen.way);
  placeSquare();
}

function fillDirections() {
  part("directions").replaceChildren(
    ...[...model.targets].reverse().map((each) => {
      const source = model.targets.find((one) => one !== each);
      const text = source ? say("app.icon_way", { source: wordOf(source), target: wordOf(each) }) : wordOf(each);
      return button({ textContent: text }, { target: each }, () => {
        chosen.to = each;
        changed();
      });
    }),
  );
  part("way-back").hidden = model.targets.length < 2;
}

// --- which picture ------------------------------------------------------------------------------------------------

let opened = 0; // counts the pictures asked for; the last one wins

async function openSource(source, name, way = "auto", box = null) {
  const turn = ++opened;
  note(say("app.opening"));
  const answer = await ask("open_icon", { source, crop: way, model: chosen.model });
  if (turn !== opened) return false;
  note(answer.error ?? "");
  if (answer.error) return false; // the earlier picture stays
  await decoded(answer.picture);
  if (turn !== opened) return false;
  Object.assign(chosen, { source, name });
  original = answer;
  part("picture").src = answer.picture;
  for (const each of ["picture", "square"]) part(each).hidden = false;
  part("invite").hidden = true;
  setSquare(answer, way, box);
  return true;
}

// What the server chose to cut out, or the visitor before a reload.
function setSquare({ box, found, notes }, way, own = null) {
  chosen.box = own ?? box;
  chosen.way = own ? "own" : way;
  const [left, top, right, bottom] = chosen.box;
  const [x, y] = [original.width / 2, original.height / 2];
  const reach = Math.max(x, y, x - left, y - top, right - x, bottom - y);
  const half = 1.06 * reach;
  view = { left: x - half, top: y - half, side: 2 * half };
  const around = { none: "app.icon_all_of_it", own: "app.icon_own_square" }[chosen.way] ?? "app.icon_around";
  sayFound(
    notes.length && !own ? notes.join(" ") : say(found && !own ? "app.icon_found_one" : around),
    notes.length > 0 && !own,
  );
  const percent = (length) => `${(100 * length) / view.side}%`;
  Object.assign(part("picture").style, {
    left: percent(-view.left),
    top: percent(-view.top),
    width: percent(original.width),
    height: percent(original.height),
  });
  changed();
}

function sayFound(text, warns = false) {
  part("found").textContent = text;
  part("found").dataset.warns = warns;
}

async function choose(way) {
  const turn = ++opened;
  const answer = await ask("open_icon", { source: chosen.source, crop: way, model: chosen.model });
  if (turn !== opened) return;
  note(answer.error ?? "");
  if (!answer.error) setSquare(answer, way);
}

async function openFile(file) {
  if (!file) return;
  if (/\.zip$/i.test(file.name)) return openZip(file);
  const turn = ++opened;
  const path = await stored(file, () => turn === opened);
  if (path && turn === opened) await openSource({ path }, file.name);
}

// --- the square, by pointer and keys ------------------------------------------------------------------------------

function placeSquare() {
  if (!chosen.box || !view) return;
  const [left, top, right] = chosen.box;
  const percent = (length) => `${(100 * length) / view.side}%`;
  Object.assign(part("square").style, {
    left: percent(left - view.left),
    top: percent(top - view.top),
    width: percent(right - left),
    height: percent(right - left),
    // Turning what is cut out clockwise is cutting it out with a square turned the other way.
    transform: `rotate(${-chosen.tilt}deg)`,
  });
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

function square(x, y, side) {
  side = clamp(side, Math.min(LEAST, view.side), view.side);
  const left = clamp(x - side / 2, view.left, view.left + view.side - side);
  const top = clamp(y - side / 2, view.top, view.top + view.side - side);
  chosen.box = [left, top, left + side, top + side];
  chosen.way = "own";
  sayFound(say("app.icon_own_square"));
  changed();
}

const middle = ([left, top, right, bottom]) => [(left + right) / 2, (top + bottom) / 2, right - left];

let grip = null; // what the pointer holds: {id, corner, x, y: where it began, from: the square then}

function hold(event) {
  if (!chosen.box || event.button > 0) return;
  const corner = event.target.dataset.corner?.split(" ").map(Number);
  grip = { id: event.pointerId, corner, x: event.clientX, y: event.clientY, from: middle(chosen.box) };
  part("square").setPointerCapture(event.pointerId);
  part("square").focus({ preventScroll: true });
  event.preventDefault();
}

function drag(event) {
  if (event.pointerId !== grip?.id) return;
  const scale = view.side / part("cutter").clientWidth;
  const [dx, dy] = [(event.clientX - grip.x) * scale, (event.clientY - grip.y) * scale];
  const [x, y, side] = grip.from;
  if (!grip.corner) return square(x + dx, y + dy, side);
  // Along the square's own axes; its middle stays.
  const angle = (chosen.tilt * Math.PI) / 180;
  const along = [dx * Math.cos(angle) - dy * Math.sin(angle), dx * Math.sin(angle) + dy * Math.cos(angle)];
  const outward = grip.corner.map((sign, k) => sign * along[k]);
  square(x, y, side + 2 * (Math.abs(outward[0]) > Math.abs(outward[1]) ? outward[0] : outward[1]));
}

function release(event) {
  if (event.pointerId === grip?.id) grip = null;
}

function press(event) {
  if (!chosen.box || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = (view.side / 200) * (event.shiftKey ? 10 : 1);
  const [x, y, side] = middle(chosen.box);
  const moves = {
    ArrowLeft: [-1, 0, 0],
    ArrowRight: [1, 0, 0],
    ArrowUp: [0, -1, 0],
    ArrowDown: [0, 1, 0],
    "+": [0, 0, 2],
    "=": [0, 0, 2],
    ";": [0, 0, 2],
    "-": [0, 0, -2],
    _: [0, 0, -2],
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  square(x + move[0] * step, y + move[1] * step, side + move[2] * step);
}

// --- there and back -----------------------------------------------------------------------------------------------

async function goThereAndBack() {
  const mark = stamp;
  action("back").disabled = true;
  const answer = await ask("make_icon", request({ back: true }));
  showButtons();
  if (mark !== stamp) return;
  note(answer.error ?? "");
  if (answer.error) return;
  for (const [name, url] of [
    ["trip-input", answer.cropped],
    ["trip-there", answer.picture],
    ["trip-home", answer.home],
  ])
    part(name).src = url;
  part("there-text").textContent = say("app.icon_there", { target: wordOf(target()) });
  part("home-text").textContent = say("app.icon_home", { target: wordOf(other()) });
  part("trip").dataset.transparent = clear();
  part("trip").hidden = false;
}

// --- out ----------------------------------------------------------------------------------------------------------

async function download() {
  action("download").disabled = true;
  const answer = await ask("save_icon", request());
  showButtons();
  note(answer.error ?? "");
  if (answer.png) save(answer.png, `${chosen.name.replace(/\.\w+$/, "") || "picture"}-${answer.name}`);
}

// --- a whole ZIP --------------------------------------------------------------------------------------------------

let work = null; // the ZIP that is worked on: {stopped}
let results = ""; // address of the last results, in the page's own memory
const send = sender(upload, "icons");

function busy(text, share = null) {
  part("progress").hidden = !text;
  part("progress-text").textContent = text;
  if (share === null) part("bar").removeAttribute("value");
  else part("bar").value = share;
  showButtons();
}

async function openZip(file) {
  if (!file || work || !model) return;
  part("folder").scrollIntoView({ block: "nearest", behavior: "smooth" });
  const mine = { stopped: false };
  work = mine;
  part("outcome").hidden = true;
  let found;
  try {
    found = await workOn(file, mine);
  } catch (error) {
    console.warn(error); // a piece was refused, or the connection broke
    found = { error: uploadFailed(error) };
  } finally {
    work = null;
    busy("");
  }
  if (found) await finish(found, file.name);
}

async function workOn(file, mine) {
  if (!/\.zip$/i.test(file.name)) return { error: say("app.icon_not_zip") };
  if (file.size > limit * 2 ** 20) return { error: say("app.colours_zip_too_large", { limit }) };
  const wanted = { ...settings(), crop: part("folder-crop").value };
  const sending = (share) => busy(say("app.icon_folder_sending", { share: Math.round(100 * share) }), share);
  const pieces = await sendPieces(file, send, mine, sending);
  if (mine.stopped) return null;
  const job = token();
  busy(say("app.icon_folder_waiting"));
  const look = async () => {
    const { done, count } = await ask("icons_done", { job, stop: mine.stopped });
    if (count && work === mine) busy(say("app.icon_folder_doing", { done, count }), done / count);
  };
  return watched(500, look, () => ask("icons_of_zip", { ...wanted, pieces, job }));
}

async function finish(found, name) {
  const said = [];
  if (found.error) said.push(found.error);
  else said.push(say("app.icon_folder_done", { count: found.made }));
  if (found.noted) said.push(say("app.icon_folder_noted", { count: found.noted }));
  if (found.left) said.push(say("app.icon_folder_left", { count: found.left }));
  if (found.refused?.length) said.push(say("app.icon_folder_refused", { count: found.refused.length }));
  part("outcome-text").textContent = said.join(" ");
  part("refused").replaceChildren(
    ...(found.refused ?? []).map((each) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("b"), { textContent: each.name }), ` ${each.reason}`);
      return item;
    }),
  );
  if (results) URL.revokeObjectURL(results);
  results = "";
  if (found.file) {
    try {
      const answer = await fetch(found.file);
      if (answer.ok) results = URL.createObjectURL(await answer.blob());
    } catch (error) {
      console.warn(error);
    }
    if (!results) part("outcome-text").textContent = say("app.no_answer");
  }
  part("zip-link").hidden = !results;
  Object.assign(part("zip-link"), { href: results, download: `${name.replace(/\.zip$/i, "")}-${target()}.zip` });
  part("outcome").hidden = false;
}

// --- events -------------------------------------------------------------------------------------------------------

const actions = {
  open: () => part("file").click(),
  zip: () => part("zip-file").click(),
  stop: () => work && (work.stopped = true),
  face: () => choose("face"),
  centre: () => choose("center"),
  whole: () => choose("none"),
  back: goThereAndBack,
  download,
};

does(actions);
element.addEventListener("click", (event) => {
  const background = event.target.closest("[data-background]")?.dataset.background;
  if (background) {
    chosen.background = background;
    changed();
  }
});
part("square").addEventListener("pointerdown", hold);
part("square").addEventListener("pointermove", drag);
for (const over of ["pointerup", "pointercancel"]) part("square").addEventListener(over, release);
part("square").addEventListener("keydown", press);
part("cut").addEventListener("input", moveCut);
part("tilt").addEventListener("input", () => {
  chosen.tilt = Number(part("tilt").value);
  changed();
});
part("flat").addEventListener("change", () => {
  chosen.flat[target()] = part("flat").checked;
  changed();
});
part("alone").addEventListener("change", () => {
  chosen.alone = part("alone").checked;
  changed();
});
part("colour").addEventListener("input", () => {
  chosen.colour = part("colour").value;
  changed();
});
part("size").addEventListener("change", () => {
  chosen.size = Number(part("size").value);
  remember();
});
takesFiles(part("file"), ([file]) => openFile(file));
takesFiles(part("zip-file"), ([file]) => openZip(file));
part("model").addEventListener("change", () => take(part("model").value));
takesPictures(element, () => part("cutter"), openFile);
// What went wrong is of no interest to the one who goes on; that the model is loading still is.
for (const begun of ["pointerdown", "keydown"]) document.addEventListener(begun, () => model && note(""));
window.addEventListener("online", () => begin());

// --- the start ----------------------------------------------------------------------------------------------------

// The server may still be loading the model: say so, and say early when there is none.
async function wake() {
  note(say("app.waking"));
  const answer = await ask("wake_icon", { model: chosen.model });
  note(answer.error ?? "");
  if (answer.error) return;
  model = answer;
  chosen.model = part("model").value = answer.model;
  chosen.to = target();
  part("model-text").textContent = say("app.icon_model_text", { size: answer.size });
  fillDirections();
  changed();
  showButtons();
}

async function take(name) {
  chosen.model = name;
  await wake();
  if (original && chosen.way !== "own") await choose(chosen.way); // another model may know other things
}

// The styles of those models that have a word for theirs; others are found by their names.
function fillStyles(styles) {
  const named = Object.entries(styles).filter(([name, style]) => style !== name);
  part("style-group").hidden = named.length < 2;
  part("styles").replaceChildren(
    ...named.map(([name, style]) => button({ textContent: style }, { style: name }, () => take(name))),
  );
}

async function openExample({ number, name, target: second, model: of }) {
  const known = [...part("model").options].some(({ value }) => value === of);
  if (known && chosen.model !== of) {
    chosen.model = of;
    await wake();
  }
  // An icon becomes a character, a character an icon.
  if (model?.targets.length > 1) chosen.to = model.targets[second ? 0 : 1];
  await openSource({ example: number }, name, second ? "none" : "auto");
}

async function begin() {
  if (part("examples").hasChildNodes()) return model ? follow() : wake(); // the connection is back
  note(say("app.waking"));
  const answer = await ask("icon_shelf", {});
  if (answer.error) return note(answer.error);
  limit = answer.zip;
  part("model").replaceChildren(...answer.models.map((name) => new Option(name)));
  part("advanced").hidden = answer.models.length === 0;
  fillStyles(answer.styles);
  part("examples").append(
    ...answer.examples.map((each) =>
      example(each.name, each.picture, { number: each.number }, () => openExample(each)),
    ),
  );
  const { source, name, box, way, ...options } = restored() ?? {};
  Object.assign(chosen, options);
  if (!answer.models.includes(chosen.model)) chosen.model = "";
  // An upload of an earlier visit may be gone from the server.
  const kept = source && (await openSource(source, name, way === "own" ? "auto" : way, way === "own" ? box : null));
  if (!kept && answer.examples.length) await openExample(answer.examples[0]);
  await wake();
}

part("size").replaceChildren(...SIZES.map((size) => new Option(say("app.icon_pixels", { size }), size)));
moveCut();
showChoice();
showButtons();
begin();
