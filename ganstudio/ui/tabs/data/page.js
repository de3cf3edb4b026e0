// The data tab: a set is made of pictures from somewhere, watched while it is made, and looked through.
// One thing is shown at a time: the form for a new set, a set that is being made, or one that is there.

import { cloudFigure, hasWebGL, hex, loadPlotly, lookOf, plain, startCamera } from "../../page/figures.js";
import { isPicture, sendPieces, sender, takesDrops, takesFiles } from "../../page/pictures.js";
import { build, handOver, language, say, tab, takesOver, uploadFailed } from "../../page/tab.js";

const { element, upload, part, action, ask, store, restored, does } = tab(import.meta.url);
const knob = (name) => element.querySelector(`[data-knob="${name}"]`);

const FROM = ["drawn", "upload", "folder", "hub"];
const DRAWN = ["faces", "ball", "creatures"];
const KINDS = ["auto", "paired", "unpaired", "labelled", "single"];
const SIZES = [64, 96, 128, 192, 256, 384, 512];
const SMALL = 128; // pixels: a first try of what is drawn here
const USUAL = 256; // of a person's own pictures
const BATCH = 24; // files of one request
const ASKED = 700; // milliseconds between questions for a set that is being made
const NAMED = 6; // classes that are named
const OPTIONS = { displayModeBar: false, responsive: true };

const KNOBS = {
  drawn: "faces",
  count: 200,
  folder: "",
  hub: "",
  revision: "",
  split: "",
  subset: "",
  image: "",
  target: "",
  label: "",
  most: 2000,
  hand: "",
  kind: "auto",
  form: "auto",
  size: SMALL,
  fit: "crop",
  distance: 2,
  twins: true,
  drawings: "strokes",
  folds: 1,
  name: "",
};
const chosen = { view: "new", from: "drawn", suggested: "", own: {}, ...KNOBS }; // own: knobs that the person has set
let shelf = { sets: [], jobs: [], limits: {} };
let found = null; // what the chosen source looks like, as data_look says
let sending = null; // what is being sent: {stopped}
let stopping = ""; // the job that was asked to end
let shown = null; // the set in sight, as data_show says, with its {page, group}
const covers = new Map();

const button = (attributes, ...children) => build("button", { type: "button", ...attributes }, ...children);
const number = (value) => value.toLocaleString(language);
const alive = (job) => job.state === "waiting" || job.state === "running";
const jobOf = (view) => shelf.jobs.find((each) => view === `job ${each.id}`);
const setOf = (view) => shelf.sets.find((each) => view === `set ${each.name}`);

// --- what there is ----------------------------------------------------------------------------------------------

function showShelf() {
  const plus = build("span", { className: "gs-plus", ariaHidden: "true" });
  const cards = [card("new", plus, say("app.data_new"), "")];
  for (const job of shelf.jobs.filter((each) => each.state !== "done")) {
    const share = job.count ? job.done / job.count : 0;
    const ring = build("span", { className: "gs-ring", ariaHidden: "true" });
    ring.style.setProperty("--share", share);
    ring.dataset.state = job.state;
    cards.push(card(`job ${job.id}`, ring, job.name, alive(job) && job.count ? `${Math.floor(100 * share)} %` : ""));
  }
  for (const set of shelf.sets) {
    const cover = build("img", { alt: "", src: covers.get(set.name) ?? "", hidden: !covers.has(set.name) });
    const about = set.damaged ? "" : `${say(`app.data_kind.${set.kind}`)} · ${number(set.pictures)}`;
    cards.push(card(`set ${set.name}`, build("span", { className: "gs-cover" }, cover), set.title, about));
  }
  const focused = document.activeElement?.dataset?.view;
  part("sets").replaceChildren(...cards);
  part("sets").hidden = cards.length === 1; // nothing to choose from yet
  if (focused) [...part("sets").children].find((each) => each.dataset.view === focused)?.focus();
}

function card(view, picture, title, about) {
  const made = button(
    { className: "gs-set", ariaCurrent: String(chosen.view === view) },
    picture,
    build("b", { textContent: title, dir: "auto" }),
    build("small", { textContent: about }),
  );
  made.dataset.view = view;
  made.addEventListener("click", () => open(view));
  return made;
}

async function refresh() {
  const answer = await ask("data_shelf");
  part("note").textContent = answer.error ?? "";
  if (answer.error) return false;
  shelf = answer;
  showShelf();
  const missing = shelf.sets.map((each) => each.name).filter((name) => !covers.has(name));
  if (missing.length) {
    const { covers: more } = await ask("data_covers", { names: missing.slice(0, 500) });
    for (const [name, url] of Object.entries(more ?? {})) covers.set(name, url);
    showShelf();
  }
  return true;
}

// Shows the form ("new"), a set ("set NAME") or one being made ("job ID"); the form where that is not there any more.
async function open(view, focus = true) {
  if (jobOf(view)?.state === "done") view = `set ${jobOf(view).set}`;
  if (view !== "new" && !jobOf(view) && !setOf(view)) view = "new";
  chosen.view = view;
  remember();
  showShelf();
  part("maker").hidden = view !== "new";
  part("job").hidden = !jobOf(view);
  part("viewer").hidden = !setOf(view);
  if (view === "new") showMaker();
  if (jobOf(view)) showJob();
  if (setOf(view)) await openSet(setOf(view));
  if (focus) element.querySelector("[data-part=title], [data-part=maker-title]").focus({ preventScroll: true });
}

// --- the form: where from -----------------------------------------------------------------------------------------

function makeForm() {
  part("from").replaceChildren(
    ...FROM.map((from) => {
      const made = button({ textContent: say(`app.data_from.${from}`) });
      made.dataset.from = from;
      made.addEventListener("click", () => chooseFrom(from));
      return made;
    }),
  );
  part("drawn").replaceChildren(
    ...DRAWN.map((drawn) => {
      const picture = build("img", { alt: "", hidden: true });
      const made = button(
        { className: "gs-choice" },
        picture,
        build("b", { textContent: say(`app.data_drawn.${drawn}`) }),
        build("small", { textContent: say(`app.data_drawn_about.${drawn}`) }),
      );
      made.dataset.drawn = drawn;
      made.addEventListener("click", () => {
        chosen.drawn = drawn;
        changed();
      });
      return made;
    }),
  );
  part("kinds").replaceChildren(
    ...KINDS.map((kind) => {
      const made = button(
        { className: "gs-choice" },
        build("b", { textContent: say(`app.data_kind.${kind}`) }),
        build("small", { textContent: say(`app.data_kind_about.${kind}`) }),
      );
      made.dataset.kind = kind;
      made.addEventListener("click", () => {
        chosen.kind = kind;
        changed();
      });
      return made;
    }),
  );
  knob("size").replaceChildren(...SIZES.map((size) => new Option(say("app.data_pixels", { size }), size)));
  knob("revision").placeholder = say("app.data_revision_hint");
  for (const name of ["image", "target", "label"]) knob(name).placeholder = say("app.data_by_itself");
  action("directory").hidden = !("webkitdirectory" in HTMLInputElement.prototype);
}

function chooseFrom(from) {
  chosen.from = from;
  chosen.kind = "auto";
  found = null;
  if (!chosen.own.size) chosen.size = from === "drawn" ? SMALL : USUAL;
  part("seen").textContent = part("problem").textContent = "";
  changed();
  if (from === "upload" && chosen.hand) look();
}

// The first name of its kind that no set has.
function suggestion() {
  const from = {
    drawn: say(`app.data_drawn.${chosen.drawn}`),
    upload: chosen.suggested,
    folder: chosen.folder
      .replace(/[\\/]+$/, "")
      .split(/[\\/]/)
      .pop()
      .replace(/\.zip$/i, ""),
    hub: chosen.hub.split("@")[0].split("/").pop(),
  }[chosen.from].trim();
  if (!from) return "";
  const taken = new Set(
    [...shelf.sets, ...shelf.jobs.filter(alive)]
      .flatMap((each) => [each.name, each.title ?? ""])
      .map((name) => name.toLowerCase()),
  );
  let name = from;
  for (let k = 2; taken.has(name.toLowerCase()) || taken.has(name.toLowerCase().replace(/\s+/g, "-")); k++)
    name = `${from} ${k}`;
  return name;
}

const ready = () =>
  ({
    drawn: true,
    upload: Boolean(chosen.hand) && !sending,
    folder: Boolean(chosen.folder.trim()),
    hub: Boolean(chosen.hub.trim()),
  })[chosen.from];

function showMaker() {
  for (const each of part("from").children) each.ariaPressed = String(each.dataset.from === chosen.from);
  for (const each of element.querySelectorAll("[data-panel]")) each.hidden = each.dataset.panel !== chosen.from;
  for (const each of part("drawn").children) each.ariaPressed = String(each.dataset.drawn === chosen.drawn);
  const drawn = chosen.from === "drawn";
  part("use").hidden = drawn; // what is drawn here is of one kind
  part("fit-row").hidden = part("twins").hidden = drawn; // it is square, and no two are alike
  for (const each of part("kinds").children) {
    each.ariaPressed = String(each.dataset.kind === chosen.kind);
    each.hidden = each.dataset.kind === "auto" && chosen.kind !== "auto" && found !== null && found.guess !== "auto";
  }
  part("form-row").hidden = chosen.kind !== "paired" || !["upload", "folder"].includes(chosen.from);
  const given = chosen.form === "auto" ? found?.pairs || found?.halves : chosen.form !== "photos";
  part("style-row").hidden = chosen.kind !== "paired" || Boolean(given);
  for (const each of element.querySelectorAll("[data-knob]")) {
    if (each !== document.activeElement) each.value = chosen[each.dataset.knob];
  }
  if (!chosen.own.name && knob("name") !== document.activeElement) {
    chosen.name = suggestion();
    knob("name").value = chosen.name;
  }
  part("drop-twins").checked = chosen.twins;
  part("distance-row").hidden = !chosen.twins;
  part("distance-shown").textContent = say("app.data_distance_bits", { bits: chosen.distance });
  action("make").disabled = Boolean(sending);
  action("stop-sending").hidden = !sending;
}

function changed() {
  part("refused").textContent = "";
  remember();
  showMaker();
}

const source = () =>
  ({
    drawn: () => ({ drawn: chosen.drawn, count: Number(chosen.count) }),
    upload: () => ({ upload: chosen.hand }),
    folder: () => ({ folder: chosen.folder.trim() }),
    hub: () => ({
      hub: chosen.hub.trim(),
      revision: chosen.revision.trim(),
      split: chosen.split.trim() || "train",
      subset: chosen.subset.trim(),
      image: chosen.image.trim(),
      target: chosen.target.trim(),
      label: chosen.label.trim(),
    }),
  })[chosen.from]();

const settings = () => ({
  kind: chosen.from === "drawn" ? "auto" : chosen.kind,
  form: chosen.kind === "paired" && ["upload", "folder"].includes(chosen.from) ? chosen.form : "auto",
  size: Number(chosen.size),
  fit: chosen.fit,
  drawings: chosen.drawings,
  distance: chosen.twins ? Number(chosen.distance) : -1,
  folds: Number(chosen.folds),
  ...(chosen.from === "hub" ? { most: Number(chosen.most) } : {}),
});

function busy(text) {
  part("busy").hidden = !text;
  part("busy-text").textContent = text;
}

async function look(ignored = 0) {
  const [from, hand] = [chosen.from, chosen.hand];
  part("problem").textContent = part("seen").textContent = "";
  busy(say("app.data_looking"));
  const answer = await ask("data_look", { source: source() });
  if (from !== chosen.from || hand !== chosen.hand) return; // something else is wanted meanwhile
  busy("");
  if (answer.error) {
    part("problem").textContent = answer.error;
    if (from === "upload") chosen.hand = "";
    return changed();
  }
  found = answer;
  if (found.guess !== "auto") chosen.kind = found.guess;
  const said = [found.count ? say("app.data_found", { count: number(found.count) }) : say("app.data_found_some")];
  if (found.pairs) said.push(say("app.data_found_pairs"));
  else if (found.halves) said.push(say("app.data_found_halves"));
  const classes = Object.entries(found.classes);
  if (classes.length && !found.pairs) {
    const named = classes.slice(0, NAMED).map(([name, count]) => `${name} ${number(count)}`);
    if (classes.length > NAMED) named.push(say("app.data_found_more", { count: classes.length - NAMED }));
    said.push(say("app.data_found_classes", { classes: named.join(", ") }));
  }
  if (found.revision)
    said.push([found.image, found.target, found.label, found.revision.slice(0, 10)].filter(Boolean).join(" · "));
  if (ignored) said.push(say("app.data_ignored", { count: ignored }));
  part("seen").textContent = said.join(" ");
  changed();
}

// --- sending --------------------------------------------------------------------------------------------------------

const send = sender(upload, "data");

// A mix of files, [{file, name: with the folders it lies in}]: one ZIP, or pictures and perhaps a table.
async function openFiles(files) {
  if (!files.length || sending) return;
  if (chosen.from !== "upload") chooseFrom("upload");
  const mine = { stopped: false };
  sending = mine;
  found = null;
  chosen.hand = "";
  part("problem").textContent = part("seen").textContent = "";
  const zip = files.find(({ name }) => /\.zip$/i.test(name));
  const wanted = files.filter(({ name }) => isPicture(name) || /\.csv$/i.test(name));
  let answer;
  showMaker();
  try {
    if (zip) answer = await sendZip(zip.file, mine);
    else if (wanted.some(({ name }) => isPicture(name))) answer = await sendPictures(wanted, mine);
    else answer = { error: say("app.colours_no_pictures") };
  } catch (error) {
    console.warn(error); // a file was too large for the server, or the connection broke
    answer = { error: uploadFailed(error) };
  } finally {
    sending = null;
    busy("");
  }
  if (mine.stopped) answer = {};
  part("problem").textContent = answer.error ?? "";
  if (answer.hand) {
    chosen.hand = answer.hand;
    const folder = files[0].name.includes("/") ? files[0].name.split("/")[0] : "";
    chosen.suggested = zip
      ? zip.name
          .split("/")
          .pop()
          .replace(/\.zip$/i, "")
      : folder || files[0].name.replace(/\.\w+$/, "");
    await look((zip ? files.length - 1 : files.length - wanted.length) + (answer.ignored ?? 0));
  }
  changed();
}

async function sendZip(file, mine) {
  const limit = shelf.limits.zip;
  if (file.size > limit * 2 ** 20) return { error: say("app.colours_zip_too_large", { limit }) };
  const moved = (share) => busy(say("app.data_sending", { share: Math.round(100 * share) }));
  const pieces = await sendPieces(file, send, mine, moved);
  if (mine.stopped) return {};
  busy(say("app.data_unpacking"));
  return ask("data_receive", { pieces });
}

async function sendPictures(files, mine) {
  let answer = { hand: "" };
  for (let k = 0; k < files.length && !mine.stopped && !answer.error; k += BATCH) {
    busy(say("app.data_sending", { share: Math.round((100 * k) / files.length) }));
    const batch = files.slice(k, k + BATCH);
    const paths = await Promise.all(batch.map(({ file }) => send(file)));
    answer = await ask("data_receive", {
      hand: answer.hand,
      files: batch.map(({ name }, i) => ({ path: paths[i], name })),
    });
  }
  return answer;
}

// Files of what was dropped, those in folders as well.
async function dropped(items) {
  const entries = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [];
  for (const entry of entries) await walk(entry, "", files);
  return files;
}

async function walk(entry, inside, files) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    files.push({ file, name: inside + file.name });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)); // a hundred at a time
    if (!some.length) return;
    for (const each of some) await walk(each, `${inside}${entry.name}/`, files);
  }
}

// --- making ---------------------------------------------------------------------------------------------------------

async function make() {
  part("refused").textContent = "";
  if (!ready()) {
    part("refused").textContent = say("app.data_no_source");
    return;
  }
  action("make").disabled = true; // a double click makes one set
  const answer = await ask("data_make", { name: chosen.name, source: source(), settings: settings() });
  action("make").disabled = false;
  if (answer.error) {
    part("refused").textContent = answer.error;
    return;
  }
  await begun(answer.job);
}

async function begun(job) {
  await follow();
  const over = shelf.jobs.find((each) => each.id === job && each.state === "done");
  if (!over) return open(`job ${job}`);
  chosen.view = `job ${job}`; // it was over before anybody could watch it
  await arrived([over]);
}

let following = false;

// Asks how far the sets are until none is being made, whoever began them: this page, another one, or it before a reload.
async function follow() {
  const answer = await ask("data_jobs");
  if (answer.error) {
    part("note").textContent = answer.error;
  } else {
    part("note").textContent = "";
    const over = answer.jobs.filter(
      (job) => job.state === "done" && shelf.jobs.some((old) => old.id === job.id && alive(old)),
    );
    shelf.jobs = answer.jobs;
    if (over.length) await arrived(over);
    else showShelf();
    if (jobOf(chosen.view)) showJob();
    else if (chosen.view.startsWith("job ")) await open("new"); // another page has closed it
  }
  if (!following && (answer.error || shelf.jobs.some(alive))) {
    following = true;
    setTimeout(() => {
      following = false;
      follow();
    }, ASKED);
  }
}

// Sets that are whole now: the one that is watched is shown.
async function arrived(jobs) {
  if (!(await refresh())) return;
  for (const job of jobs) {
    if (chosen.view !== `job ${job.id}`) continue;
    Object.assign(chosen, { hand: "", own: {}, name: "" });
    found = null;
    part("seen").textContent = "";
    await open(`set ${job.set}`);
  }
}

function showJob() {
  const job = jobOf(chosen.view);
  const { name, done, count, speed } = job;
  let text = "";
  if (job.state === "waiting") text = say("app.data_waiting", { name });
  else if (job.state === "stopped") text = say("app.data_stopped", { name });
  else if (job.state === "failed") text = name;
  else if (stopping === job.id) text = say("app.data_stopping");
  else if (!done) text = say("app.data_preparing", { name });
  else
    text = say(count ? "app.data_progress" : "app.data_progress_open", {
      name,
      done: number(done),
      count: number(count ?? 0),
    });
  if (alive(job) && speed > 0 && stopping !== job.id) {
    text += ` · ${say("app.data_speed", { speed: speed >= 10 ? Math.round(speed) : speed })}`;
    if (count > done)
      text += ` · ${say("app.data_seconds_left", { seconds: number(Math.ceil((count - done) / speed)) })}`;
  }
  part("job-text").textContent = text;
  part("job-error").textContent = job.error;
  part("bar").hidden = !alive(job);
  if (count) part("bar").value = done / count;
  else part("bar").removeAttribute("value");
  action("stop").hidden = !alive(job);
  action("stop").disabled = stopping === job.id;
  action("forget").hidden = alive(job);
}

// --- a set ------------------------------------------------------------------------------------------------------------

async function openSet({ name, title, damaged }) {
  sure(false);
  part("title").textContent = title;
  part("trouble").textContent = damaged;
  for (const each of ["look", "colours-box"]) part(each).hidden = Boolean(damaged);
  for (const each of ["train", "repeat"]) action(each).hidden = Boolean(damaged);
  part("about").textContent = "";
  if (damaged) return;
  if (shown?.name !== name) {
    part("sheet").replaceChildren();
    part("colours-box").open = false;
  }
  const answer = await ask("data_show", { name });
  if (chosen.view !== `set ${name}`) return;
  if (answer.error) {
    part("trouble").textContent = answer.error;
    return;
  }
  shown = { ...answer, page: 0, group: "" };
  part("about").textContent = say("app.data_about", {
    kind: say(`app.data_kind.${shown.kind}`),
    pictures: number(shown.pictures),
    size: shown.size,
  });
  part("groups").hidden = shown.groups.length < 2;
  const groups = [{ name: "", label: say("app.data_all"), count: shown.pictures }, ...shown.groups];
  part("groups").replaceChildren(
    ...groups.map((group) => {
      const made = button(
        { className: "gs-chip" },
        build("span", { textContent: group.label }),
        build("small", { textContent: number(group.count) }),
      );
      made.dataset.group = group.name;
      made.addEventListener("click", () => turn(0, group.name));
      return made;
    }),
  );
  const most = Math.max(1, ...shown.folds);
  part("folds-box").hidden = !shown.folds.length;
  part("folds").replaceChildren(
    ...shown.folds.map((count, fold) => {
      const bar = build(
        "span",
        {},
        build("i"),
        build("b", { textContent: number(count) }),
        build("small", { textContent: say("app.data_fold_of", { fold }) }),
      );
      bar.style.setProperty("--share", count / most);
      return bar;
    }),
  );
  part("history").replaceChildren(...shown.history.map((textContent) => build("li", { textContent })));
  part("dropped-box").hidden = !shown.dropped.length;
  part("dropped-count").textContent = say("app.data_left_out", { count: number(shown.left_out) });
  part("dropped").replaceChildren(
    ...shown.dropped.map((each) =>
      build("li", {}, build("b", { textContent: each.name, dir: "auto" }), ` ${each.reason}`),
    ),
  );
  await turn(0, "");
}

async function turn(page, group = shown.group) {
  const set = shown;
  Object.assign(set, { page, group });
  const answer = await ask("data_page", { name: set.name, page, group });
  if (set !== shown || set.page !== page || set.group !== group) return; // another one is wanted meanwhile
  part("trouble").textContent = answer.error ?? "";
  if (answer.error) return;
  part("sheet").dataset.wide = set.kind === "paired";
  part("sheet").replaceChildren(
    ...answer.pictures.map((each) => {
      const title = say("app.data_picture", each);
      const told = each.labels.join(" · ") || (set.folds.length && each.fold >= 0 ? say("app.data_fold_of", each) : "");
      const cell = build(
        "figure",
        { title },
        build("img", { src: each.url, alt: title }),
        build("figcaption", { textContent: told, hidden: !told }),
      );
      cell.setAttribute("role", "listitem");
      return cell;
    }),
  );
  for (const each of part("groups").children) each.ariaPressed = String(each.dataset.group === group);
  part("page").textContent = say("app.data_page", { page: page + 1, pages: answer.pages });
  action("back").disabled = page === 0;
  action("next").disabled = page + 1 >= answer.pages;
  element.dataset.sheet = `${set.name} ${group} ${page}`; // what the page now shows
}

async function showColours() {
  if (!part("colours-box").open || !shown || part("cloud").dataset.set === shown.name) return;
  const set = shown;
  part("colours-text").textContent = hasWebGL() ? say("app.data_looking") : say("app.colours_no_webgl");
  part("cloud").hidden = !hasWebGL();
  if (!hasWebGL()) return;
  const answer = await ask("data_colours", { name: set.name });
  if (set !== shown) return;
  part("colours-text").textContent = answer.error ?? say("app.data_colours_hint");
  if (answer.error) return;
  await loadPlotly(answer.script);
  const points = JSON.parse(answer.points).map(([r, g, b, name, group]) => ({ mean: [r, g, b], name, group }));
  const labels = points.map((each) =>
    [`<b>${plain(each.name)}</b>`, plain(each.group), hex(each.mean)].filter(Boolean).join("<br>"),
  );
  const { data, layout } = cloudFigure(
    points,
    labels,
    [],
    null,
    startCamera(part("cloud").clientWidth),
    lookOf(element),
    {},
  );
  await Plotly.react(part("cloud"), data, layout, OPTIONS);
  part("cloud").dataset.set = set.name;
}

function sure(asked) {
  const [set, wasAsked] = [setOf(chosen.view), !action("sure").hidden];
  action("delete").hidden = asked;
  action("sure").hidden = action("keep").hidden = !asked;
  if (asked) {
    action("sure").textContent = set.damaged
      ? say("app.data_delete_damaged")
      : say("app.data_delete_sure", { pictures: number(set.pictures) });
    action("keep").focus();
  } else if (wasAsked && part("viewer").contains(document.activeElement)) action("delete").focus();
}

async function erase() {
  const { name } = setOf(chosen.view);
  const answer = await ask("data_delete", { name });
  sure(false);
  part("trouble").textContent = answer.error ?? "";
  if (answer.error) return;
  covers.delete(name);
  shown = null;
  await refresh();
  await open("new");
}

// --- what was chosen survives a reload and a change of language ---------------------------------------------------------

const remember = () => store(chosen);

function recall() {
  Object.assign(chosen, restored() ?? {});
  if (!FROM.includes(chosen.from)) chosen.from = "drawn";
}

// --- events ---------------------------------------------------------------------------------------------------------------

const actions = {
  files: () => part("files").click(),
  directory: () => part("directory").click(),
  "look-folder": () => look(),
  "look-hub": () => look(),
  "stop-sending": () => {
    if (sending) sending.stopped = true;
  },
  make,
  stop: async () => {
    stopping = jobOf(chosen.view).id;
    showJob();
    await ask("data_stop", { job: stopping });
  },
  forget: async () => {
    await ask("data_forget", { job: jobOf(chosen.view).id });
    await refresh();
    await open("new");
  },
  train: () => handOver("train", "train", { set: shown.name }),
  repeat: async () => {
    const answer = await ask("data_repeat", { name: shown.name });
    part("trouble").textContent = answer.error ?? "";
    if (!answer.error) await begun(answer.job);
  },
  delete: () => sure(true),
  sure: erase,
  keep: () => sure(false),
  back: () => turn(shown.page - 1),
  next: () => turn(shown.page + 1),
};

does(actions);
for (const each of element.querySelectorAll("[data-knob]")) {
  each.addEventListener("input", () => {
    const name = each.dataset.knob;
    chosen[name] = each.value;
    chosen.own[name] = name !== "name" || each.value.trim() !== "";
    if (["folder", "hub", "revision", "split", "subset", "image", "target", "label"].includes(name)) found = null;
    changed();
  });
}
for (const name of ["folder", "hub"]) {
  knob(name).addEventListener("keydown", (event) => {
    if (event.key === "Enter" && ready()) look();
  });
}
part("drop-twins").addEventListener("change", () => {
  chosen.twins = part("drop-twins").checked;
  changed();
});
for (const name of ["files", "directory"]) {
  takesFiles(part(name), (files) =>
    openFiles(files.map((file) => ({ file, name: file.webkitRelativePath || file.name }))),
  );
}
takesDrops(
  element,
  () => part("drop"),
  async ({ items }) => {
    const files = await dropped(items);
    if (!files.length || sending) return;
    if (chosen.view !== "new") await open("new");
    await openFiles(files);
  },
);
part("colours-box").addEventListener("toggle", showColours);

// --- the start: whenever the tab is seen, since sets may have been made elsewhere -------------------------------------------

async function begin() {
  if (!(await refresh())) return;
  if (!knob("drawings").options.length) {
    knob("drawings").replaceChildren(
      ...shelf.styles.map((style) => new Option(say(`app.data_style_of.${style}`), style)),
    );
    part("limits").textContent = say("app.data_limits", { zip: shelf.limits.zip, files: number(shelf.limits.files) });
    if (chosen.hand) {
      const kept = await ask("data_look", { source: { upload: chosen.hand } }); // of an earlier visit: it may be gone
      if (kept.error) chosen.hand = "";
      else found = kept;
    }
    const { drawn } = await ask("data_drawn");
    for (const each of part("drawn").children) {
      const picture = each.querySelector("img");
      picture.hidden = !drawn?.[each.dataset.drawn];
      if (!picture.hidden) picture.src = drawn[each.dataset.drawn];
    }
  }
  if (shelf.jobs.some(alive)) follow();
  if (!element.dataset.ready || !setOf(chosen.view)) await open(chosen.view, false);
  element.dataset.ready = "true";
}

makeForm();
recall();
new IntersectionObserver((seen) => {
  if (seen.at(-1).isIntersecting) begin();
}).observe(element);
window.addEventListener("online", () => begin());
takesOver("make", () => open("new"));
