// The recolouring tab: a picture, what it shall become, and what becomes of it. Pictures stay on the server: a request
// names its source, {path} of an upload or {creature}, its number.

import { chart, curveWord } from "../../page/chart.js";
import { decoded, example, markPicture, takesFiles, takesPictures } from "../../page/pictures.js";
import { button, newestWins, openTab, save, say, tab, words } from "../../page/tab.js";

const { element, part, action, note, ask, stored, store, restored, does } = tab(import.meta.url);

const chosen = { source: null, name: "", to: "", second: "", strength: 100, model: "", own: "", look: null };
let colours = {}; // of the types: {fire: "#...", ...}
let model = null; // the one that is awake: {model, targets, mixes, looks}
let original = null; // of the picture on the stage: {picture: data URL, width, height, transparent}
let stamp = 0; // counts the changes of picture and model: what was asked for an older one is not shown
let ready = null; // the result at hand: {key, picture, strength, url}
const remember = () => store(chosen);

const wordOf = (target) => words[`app.type.${target}`] ?? target;
const nameOf = (to) => to.split("+").map(wordOf).join(say("app.type_and"));
const target = () =>
  model?.mixes && chosen.second && chosen.second !== chosen.to ? `${chosen.to}+${chosen.second}` : chosen.to;

const look = () => (model?.looks ? chosen.look : null); // the seed of a palette; null: the plain one

const request = (changes = {}) => ({
  source: chosen.source,
  to: target(),
  strength: chosen.strength / 100,
  model: chosen.model,
  look: look(),
  ...changes,
});

// --- the picture becomes something else ---------------------------------------------------------------------------

const follow = newestWins(async () => {
  if (!original || !model) return;
  const mark = stamp;
  const [to, strength, seed] = [target(), chosen.strength, look()];
  const answer = await ask("recolour_picture", request());
  if (mark !== stamp) return; // another picture or model meanwhile; its own request follows
  note(answer.error ?? "");
  if (!answer.picture) return;
  const picture = await decoded(answer.picture);
  if (mark !== stamp) return;
  keep({ key: `${mark} ${to} ${seed}`, picture, strength, url: answer.picture });
  if (to === target() && strength === chosen.strength && seed === look()) show(answer.picture, to);
});

// The result from which the slider shows others at once: the one whose strength is nearest to the network's own.
function keep(result) {
  const off = (each) => Math.abs(each.strength - 100);
  if (result.strength > 0 && (ready?.key !== result.key || off(result) <= off(ready))) ready = result;
}

function show(url, to) {
  part("result").src = url;
  for (const name of ["result", "cut", "handle", "tag-original", "tag-result"]) part(name).hidden = false;
  part("tag-result").textContent = `${nameOf(to)} ${chosen.strength === 100 ? "" : `${chosen.strength} %`}`.trim();
  element.dataset.shown = `${stamp} ${to} ${chosen.strength} ${look() ?? ""}`.trim(); // what the page now shows
  showButtons();
}

// What the slider means, painted here while the server works out the exact picture: colours on the line from the
// original through the result at hand. That is the engine's own rule but for rounding.
async function preview() {
  const to = target();
  if (ready?.key !== `${stamp} ${to} ${look()}`) return;
  const mark = stamp;
  const [width, height] = [ready.picture.naturalWidth, ready.picture.naturalHeight];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const pixels = (picture) => {
    pen.clearRect(0, 0, width, height);
    pen.drawImage(picture, 0, 0, width, height);
    return pen.getImageData(0, 0, width, height);
  };
  const from = pixels(await decoded(original.picture)).data;
  const result = pixels(ready.picture);
  if (mark !== stamp || to !== target()) return;
  const share = chosen.strength / ready.strength;
  for (let k = 0; k < from.length; k++) {
    if (k % 4 !== 3) result.data[k] = from[k] + share * (result.data[k] - from[k]); // cut to 0..255 by its type
  }
  pen.putImageData(result, 0, 0);
  show(canvas.toDataURL(), to);
}

const previewNewest = newestWins(preview);

function changed() {
  remember();
  showChoice();
  follow();
}

let resting = 0; // the timer that asks the server once the slider rests

function moveStrength() {
  chosen.strength = Number(part("strength").value);
  previewNewest();
  remember();
  showChoice();
  clearTimeout(resting);
  resting = setTimeout(follow, 120);
}

function moveCut() {
  part("stage").style.setProperty("--cut", `${part("cut").value}%`);
}

// --- which picture ------------------------------------------------------------------------------------------------

let opened = 0; // counts the pictures asked for; the last one wins

async function openSource(source, name, own = "") {
  const turn = ++opened;
  note(say("app.opening"));
  const answer = await ask("open_picture", { source });
  if (turn !== opened) return false;
  note(answer.error ?? "");
  if (answer.error) return false; // the earlier picture stays
  await decoded(answer.picture);
  if (turn !== opened) return false;
  Object.assign(chosen, { source, name, own });
  original = answer;
  forget();
  for (const each of ["original", "trip-original"]) part(each).src = answer.picture;
  part("original").hidden = false;
  part("invite").hidden = true;
  part("stage").dataset.transparent = answer.transparent;
  // Sprites are shown with their pixels, everything else smooth.
  part("stage").dataset.pixels = Math.max(answer.width, answer.height) <= 128;
  showFacts();
  changed();
  return true;
}

async function openFile(file) {
  if (!file) return;
  const turn = ++opened;
  const path = await stored(file, () => turn === opened);
  if (path && turn === opened) await openSource({ path }, file.name);
}

// What was made of the picture or by the model before goes away with it.
function forget() {
  stamp += 1;
  ready = null;
  for (const name of ["result", "cut", "handle", "tag-original", "tag-result"]) part(name).hidden = true;
  part("gallery").replaceChildren();
  part("trip").hidden = true;
  part("trip-text").textContent = "";
  showButtons();
}

function showButtons() {
  action("all").disabled = action("back").disabled = !original || !model;
  action("download").disabled = action("mark").disabled = part("result").hidden;
}

function showFacts() {
  part("facts").textContent = say("app.own_size", { width: original.width, height: original.height });
  for (const each of part("creatures").children)
    each.ariaPressed = String(each.dataset.number === String(chosen.source.creature));
}

// --- what it becomes ----------------------------------------------------------------------------------------------

function fillTypes() {
  if (!model.targets.includes(chosen.to)) {
    // For a new visitor something plainly different from what the picture is.
    const known = (each) => model.targets.includes(each) && each !== chosen.own;
    chosen.to = ["water", "fire"].find(known) ?? model.targets[0];
  }
  if (!model.targets.includes(chosen.second)) chosen.second = "";
  part("types").replaceChildren(
    ...model.targets.map((each) => {
      const made = button({ textContent: wordOf(each) }, { type: each }, () => choose(each));
      paintType(made, each);
      return made;
    }),
  );
  const options = () => model.targets.map((each) => new Option(wordOf(each), each));
  part("second").replaceChildren(new Option(say("app.no_second"), ""), ...options());
  part("own").replaceChildren(new Option(say("app.choose"), ""), ...options());
  part("second-row").hidden = !model.mixes;
  part("looks").hidden = !model.looks;
  // A network that goes one way leaves nothing to list and cannot come back.
  part("all-types").hidden = part("way-back").hidden = model.targets.length < 2;
  showChoice();
}

// The type's colour, with black or white letters, whichever stands out more (WCAG's relative luminance).
function paintType(each, type) {
  const colour = colours[type];
  if (!colour) return;
  const [r, g, b] = [1, 3, 5].map((k) => {
    const share = parseInt(colour.slice(k, k + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  each.style.setProperty("--type", colour);
  each.style.setProperty("--letters", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#111" : "#fff");
}

// Another of the many palettes that the type has; `null` is the plain one.
function takeLook(seed) {
  chosen.look = seed;
  changed();
  if (part("gallery").hasChildNodes()) fillGallery();
}

function choose(type) {
  chosen.to = type;
  if (chosen.second === type) chosen.second = "";
  changed();
}

function showChoice() {
  for (const each of part("types").children) each.ariaPressed = String(each.dataset.type === chosen.to);
  for (const each of part("gallery").children) each.ariaPressed = String(each.dataset.type === target());
  for (const each of part("second").options) each.disabled = each.value === chosen.to;
  part("second").value = chosen.second;
  part("own").value = ownType();
  part("strength").value = chosen.strength;
  part("strength-shown").textContent = `${chosen.strength} %`;
  action("plain").disabled = chosen.look === null;
}

// Of two domains a picture to be turned into the one is of the other. The type of a picture is kept while a model is
// chosen that does not know it.
function ownType() {
  if (model?.targets.includes(chosen.own)) return chosen.own;
  return model?.targets.length === 2 ? model.targets.find((each) => each !== chosen.to) : "";
}

// --- all types at once --------------------------------------------------------------------------------------------

let filling = 0; // counts the galleries begun; an older one ends

async function fillGallery() {
  const turn = ++filling;
  const mark = stamp;
  const button = action("all");
  const gallery = part("gallery");
  gallery.replaceChildren(
    ...model.targets.map((type) => {
      const card = Object.assign(document.createElement("button"), { type: "button", disabled: true });
      card.dataset.type = type;
      card.innerHTML = "<img hidden><span></span>";
      card.lastChild.textContent = card.firstChild.alt = wordOf(type);
      paintType(card, type);
      card.addEventListener("click", () => {
        chosen.second = "";
        choose(type);
        part("stage").scrollIntoView({ block: "nearest", behavior: "smooth" });
      });
      return card;
    }),
  );
  gallery.dataset.transparent = original.transparent;
  showChoice();
  button.disabled = true;
  try {
    for (const [done, card] of [...gallery.children].entries()) {
      button.textContent = say("app.variations_done", { done, count: model.targets.length });
      const answer = await ask("recolour_picture", request({ to: card.dataset.type, small: true }));
      if (mark !== stamp || turn !== filling) return;
      if (answer.error) return note(answer.error);
      card.firstChild.src = answer.picture;
      card.firstChild.hidden = card.disabled = false;
    }
  } finally {
    if (turn === filling) {
      button.textContent = say("app.all_types_make");
      showButtons();
    }
  }
}

// --- there and back -----------------------------------------------------------------------------------------------

async function goThereAndBack() {
  const own = ownType();
  if (!own) {
    part("trip-text").textContent = say("app.choose_own");
    part("own").focus();
    return;
  }
  const mark = stamp;
  const to = target();
  action("back").disabled = true;
  const answer = await ask("there_and_back", request({ own }));
  showButtons();
  if (mark !== stamp) return;
  if (answer.error) return note(answer.error);
  part("trip-there").src = answer.there;
  part("trip-back").src = answer.back;
  part("there-text").textContent = say("app.there_type", { type: nameOf(to) });
  part("back-text").textContent = say("app.back_type", { type: nameOf(own) });
  part("trip-text").textContent = say("app.way_back_left", {
    away: answer.away.toFixed(1),
    left: answer.left.toFixed(1),
  });
  part("trip").dataset.transparent = original.transparent;
  part("trip").hidden = false;
}

// --- out ----------------------------------------------------------------------------------------------------------

// While `work` runs, its button rests; what went wrong is said on the stage.
async function from(button, work) {
  button.disabled = true;
  const answer = await work();
  showButtons();
  note(answer.error ?? "");
  return answer;
}

async function download() {
  const answer = await from(action("download"), () => ask("save_recoloured", request()));
  if (!answer.png) return;
  const stem = chosen.source.path ? chosen.name.replace(/\.\w+$/, "") : "creature";
  save(answer.png, `${stem}-${answer.name}`);
}

async function markColours() {
  const name = `${chosen.name} → ${nameOf(target())}`;
  const answer = await from(action("mark"), () => ask("compare_colours", request()));
  if (answer.error) return;
  markPicture({ name, ...answer });
  openTab("colours");
}

// --- how it works: the training of the models ---------------------------------------------------------------------

async function showCurves() {
  if (part("training").hidden) return;
  const answer = await ask("curves", { model: part("told").value });
  if (answer.error) return note(answer.error);
  const players = [...new Set(answer.curves.map(({ name }) => name.split("/")[0]))];
  const width = Math.min(520, part("charts").clientWidth || 520); // letters as large on a phone
  part("charts").replaceChildren(
    ...players.map((player) =>
      chart(
        curveWord(player),
        answer.images,
        answer.curves.filter(({ name }) => name.split("/")[0] === player),
        { width },
      ),
    ),
  );
}

// --- events -------------------------------------------------------------------------------------------------------

const actions = {
  open: () => part("file").click(),
  all: fillGallery,
  back: goThereAndBack,
  die: () => takeLook(Math.floor(Math.random() * 2 ** 31)),
  plain: () => takeLook(null),
  mark: markColours,
  download,
};

does(actions);
part("strength").addEventListener("input", moveStrength);
part("strength").addEventListener("change", () => part("gallery").hasChildNodes() && fillGallery());
part("cut").addEventListener("input", moveCut);
takesFiles(part("file"), ([file]) => openFile(file));
part("second").addEventListener("change", () => {
  chosen.second = part("second").value;
  changed();
});
part("own").addEventListener("change", () => {
  chosen.own = part("own").value;
  part("trip-text").textContent = "";
  remember();
});
part("model").addEventListener("change", async () => {
  chosen.model = part("model").value;
  await wake();
});
part("told").addEventListener("change", showCurves);
element.querySelector(".gs-how").addEventListener("toggle", () => {
  if (!part("charts").hasChildNodes()) showCurves();
});
takesPictures(element, () => part("stage"), openFile);
// What went wrong is of no interest to the one who goes on; that the model is loading still is.
for (const begun of ["pointerdown", "keydown"]) document.addEventListener(begun, () => model && note(""));
window.addEventListener("online", () => begin());

// --- the start ----------------------------------------------------------------------------------------------------

// The server may still be loading the model: say so, and say early when there is none.
async function wake() {
  note(say("app.waking"));
  const answer = await ask("wake_recolouring", { model: chosen.model });
  note(answer.error ?? "");
  if (answer.error) return;
  model = answer;
  chosen.model = part("model").value = answer.model;
  const kind = answer.mixes ? "app.model_all" : answer.targets.length === 2 ? "app.model_two" : "app.model_one";
  part("model-text").textContent = say(kind, { targets: answer.targets.map(wordOf).join(say("app.type_and")) });
  forget();
  fillTypes();
  changed();
}

async function begin() {
  if (part("creatures").hasChildNodes()) return model ? follow() : wake(); // the connection is back
  note(say("app.waking"));
  const answer = await ask("shelf", {});
  if (answer.error) return note(answer.error);
  colours = answer.colours;
  part("model").replaceChildren(...answer.models.map((name) => new Option(name)));
  part("advanced").hidden = answer.models.length < 2;
  part("told").replaceChildren(...answer.curves.map((name) => new Option(name)));
  part("told").hidden = answer.curves.length < 2;
  part("training").hidden = answer.curves.length === 0;
  if (element.querySelector(".gs-how").open) showCurves();
  part("creatures").append(
    ...answer.creatures.map(({ number, name, type, picture }) =>
      example(name, picture, { number }, () => openSource({ creature: number }, name, type)),
    ),
  );
  const { source, name, ...options } = restored() ?? {};
  Object.assign(chosen, options);
  if (!answer.models.includes(chosen.model)) chosen.model = "";
  const [first] = answer.creatures;
  // An upload of an earlier visit may be gone from the server.
  const kept = source && (await openSource(source, name, options.own));
  if (!kept && first) await openSource({ creature: first.number }, first.name, first.type);
  await wake();
}

moveCut();
showChoice();
showButtons();
begin();
