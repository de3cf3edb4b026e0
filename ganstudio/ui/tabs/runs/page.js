// The runs tab: every training, and one of them, or several, looked at closely. What is shown comes from the runs'
// folders through `watch_runs`, which is asked every two seconds while the tab is in sight and answers with what has
// changed since.

import { chart, curveWord } from "../../page/chart.js";
import { short, smoothed } from "../../page/scales.js";
import { handOver, language, make, newestWins, save, say, tab, takesOver, words } from "../../page/tab.js";

const { element, server, part, action, note, ask, store, restored, does } = tab(import.meta.url);
const root = element.querySelector(".gs-runs");
for (const each of element.querySelectorAll("[data-name]")) each.ariaLabel = say(each.dataset.name);
part("filter").placeholder = say("app.runs_filter");

const PERIOD = 2000; // milliseconds between the answer to one question and the next
const LONGEST = 30_000; // the same while the server does not answer
const LIVE = ["queued", "scheduling", "starting", "running", "stopping"];
const QUIET = 45; // seconds without a sign of life, after which that is said
const MOST = 6; // runs in one plot: as many as there are colours
const WIDTHS = [512, 1024, 1600]; // pixels: sheets are asked for in one of these
const SHEETS = 40; // of them that are kept
const LINES = 400; // of the log
const chosen = {
  run: "",
  smooth: 60,
  log: false,
  hidden: [],
  compared: [],
  comparing: false,
  term: "",
  before: null,
  after: null,
  filter: "",
};

let mark = ""; // of the server's start: what an earlier one said is forgotten
let clock = 0; // of the server's changes: what is newer is sent
let order = []; // names of runs, the newest first
let rows = new Map(); // name -> {name, title, recipe, state, images, total, speed, left, message, ...}
let items = new Map(); // name -> its <li>
let kept = new Map(); // name -> {tag, table}: curves
let detail = blank(); // of the chosen run
let machine = null; // {cpu, memory, gpus}
let now = 0; // the server's clock, in seconds
let failures = 0; // questions in a row without an answer
let awaited = 0; // answers in which a run that was just started may still be missing
let pointed = null; // images at which the curves are read
const remember = () => store(chosen);

function blank() {
  return { name: "", about: null, samples: [], alerts: [], output: "", tags: {}, at: 0, lines: [] };
}

// --- numbers in words ---------------------------------------------------------------------------------------------

const whole = (value) => new Intl.NumberFormat(language).format(Math.round(value));
const rounded = (value) => `${+value.toPrecision(3)}`;
const gigabytes = (bytes) => (bytes / 2 ** 30).toFixed(bytes < 10 * 2 ** 30 ? 1 : 0);
const date = (seconds) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(1000 * seconds);
const day = (seconds) =>
  new Intl.DateTimeFormat(language, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" }).format(
    1000 * seconds,
  );
const stateWord = (state) => words[`app.run_state.${state}`] ?? state;

function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds < 90) return say("app.runs_seconds", { seconds: Math.round(seconds) });
  if (minutes < 90) return say("app.runs_minutes", { minutes });
  return say("app.runs_hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

const share = (row) => (row.total ? Math.min(1, row.images / row.total) : 0);
const isLive = (row) => LIVE.includes(row.state);

function brief(row) {
  const seen = row.total ? say("app.runs_of", { images: short(row.images), total: short(row.total) }) : "";
  const moving = row.state === "running";
  const speed = moving && row.speed ? say("app.runs_per_second", { images: rounded(row.speed) }) : "";
  const left = moving && row.left !== null ? say("app.runs_left", { time: duration(row.left) }) : "";
  return [row.recipe, seen, speed, isLive(row) ? left : day(row.created)].filter(Boolean).join(" · ");
}

// --- all runs -----------------------------------------------------------------------------------------------------

function newItem(name) {
  const item = make("li");
  const button = make("button", "", { type: "button" });
  button.append(
    make("b"),
    make("span", "", { className: "gs-state" }),
    make("i", "", { className: "gs-progress" }),
    make("span", "", { className: "gs-caption" }),
  );
  button.addEventListener("click", () => choose(name));
  const tick = make("input", "", { type: "checkbox" });
  tick.addEventListener("change", () => {
    chosen.compared = tick.checked
      ? [...chosen.compared, name].slice(-MOST)
      : chosen.compared.filter((each) => each !== name);
    changed();
  });
  item.append(button, tick);
  item.dataset.run = name;
  return item;
}

function paintItem(name) {
  const [item, row] = [items.get(name), rows.get(name)];
  const [button, tick] = item.children;
  const [title, state, bar, caption] = button.children;
  title.textContent = row.title;
  paintState(state, row);
  bar.style.setProperty("--share", share(row));
  bar.hidden = !row.total;
  caption.textContent = brief(row);
  tick.title = tick.ariaLabel = say("app.runs_compare_this", { run: row.title });
}

function paintState(each, { state }) {
  each.textContent = stateWord(state);
  each.dataset.state = state;
}

const matches = (row) =>
  `${row.title} ${row.name} ${row.recipe} ${stateWord(row.state)}`
    .toLowerCase()
    .includes(chosen.filter.toLowerCase().trim());

// `renewed` are the names of the rows that have changed, null: all of them.
function showList(renewed) {
  for (const name of order) if (!items.has(name)) items.set(name, newItem(name));
  for (const name of renewed ?? order) if (rows.has(name)) paintItem(name);
  const seen = order.filter((name) => matches(rows.get(name)));
  const shown = [...part("list").children].map((each) => each.dataset.run);
  if (shown.join("\n") !== seen.join("\n")) part("list").replaceChildren(...seen.map((name) => items.get(name)));
  for (const name of seen) {
    const [button, tick] = items.get(name).children;
    button.setAttribute("aria-current", String(!chosen.comparing && name === chosen.run));
    tick.checked = chosen.compared.includes(name);
  }
  const live = order.filter((name) => isLive(rows.get(name))).length;
  part("count").textContent = say("app.runs_count", { count: seen.length, live });
  part("chosen").hidden = chosen.compared.length < 1 || chosen.comparing;
  action("compare").disabled = chosen.compared.length < 2;
  action("compare").textContent = say(chosen.compared.length < 2 ? "app.runs_compare_more" : "app.runs_compare", {
    count: chosen.compared.length,
  });
  part("none").hidden = order.length > 0 || !mark;
  part("watch").hidden = order.length === 0;
}

function choose(name) {
  if (name !== detail.name) {
    detail = { ...blank(), name };
    Object.assign(chosen, { before: null, after: null });
    pointed = null;
    playing = false;
    for (const each of ["result", "original"]) part(each).hidden = true;
    part("exported").textContent = "";
    part("tail").replaceChildren();
  }
  Object.assign(chosen, { run: name, comparing: false });
  changed();
  if (name && matchMedia("(max-width: 720px)").matches) {
    element.scrollIntoView({ block: "start" });
    part("title").focus({ preventScroll: true });
  }
}

// Something else is looked at: shown as far as it is known, and asked for.
function changed() {
  remember();
  showAll(null);
  look();
}

function showAll(renewed) {
  const several = chosen.comparing;
  const row = rows.get(chosen.run);
  root.dataset.view = several ? "several" : row ? "one" : "list";
  showList(renewed);
  part("one").hidden = several || !row;
  part("several").hidden = !several;
  part("hint").hidden = several || Boolean(row);
  if (several) showSeveral();
  else if (row) showOne(row);
}

// --- one run ------------------------------------------------------------------------------------------------------

function showOne(row) {
  part("title").textContent = row.title;
  paintState(part("state"), row);
  const where = row.remote ? say("app.runs_remote", { device: row.device }) : row.device;
  const facts = [row.recipe, row.size && say("app.runs_pixels", { size: row.size }), where, date(row.created)];
  part("facts").textContent = facts.filter(Boolean).join(" · ");
  part("progress").style.setProperty("--share", share(row));
  part("progress").setAttribute("aria-valuenow", Math.round(100 * share(row)));
  part("progress").dataset.state = row.state;
  showFigures(row);
  const told =
    row.message ||
    (row.state === "interrupted"
      ? say("app.runs_interrupted")
      : row.state === "damaged"
        ? say("app.runs_damaged")
        : "");
  part("message").textContent = told;
  part("message").hidden = !told;
  part("alerts").hidden = detail.alerts.length === 0;
  part("alerts").replaceChildren(...detail.alerts.map((text) => make("li", text)));
  showActions(row);
  showCurves();
  showTimes();
  showLog();
}

function showFigures(row) {
  const pairs = [
    [
      "app.runs_images",
      row.total ? say("app.runs_of", { images: whole(row.images), total: whole(row.total) }) : whole(row.images),
    ],
  ];
  if (row.speed) pairs.push(["app.runs_speed", say("app.runs_per_second", { images: rounded(row.speed) })]);
  if (isLive(row) && row.left !== null) pairs.push(["app.runs_time_left", duration(row.left)]);
  const job = detail.about?.job;
  if (job?.price) {
    const hours = ((job.ended ?? now) - job.created) / 3600;
    const cost = Math.min(job.most, Math.max(0, hours) * job.price);
    pairs.push(["app.runs_cost", say("app.runs_dollars", { cost: cost.toFixed(2), most: job.most.toFixed(2) })]);
  }
  if (row.checkpoint !== null)
    pairs.push(["app.runs_checkpoint", say("app.runs_at", { images: whole(row.checkpoint) })]);
  if (row.memory) pairs.push(["app.runs_memory", say("app.runs_gigabytes", { used: gigabytes(row.memory) })]);
  if (row.gpuMemory) pairs.push(["app.runs_gpu_memory", say("app.runs_gigabytes", { used: gigabytes(row.gpuMemory) })]);
  if (isLive(row) && !row.remote && machine) {
    const used = ([some, all]) => say("app.runs_gigabytes_of", { used: gigabytes(some), total: gigabytes(all) });
    pairs.push(["app.runs_cpu", `${Math.round(machine.cpu)} %`], ["app.runs_machine", used(machine.memory)]);
    for (const each of machine.gpus) pairs.push([each.name, `${each.use} %, ${used(each.memory)}`]);
  }
  const silent = now - row.heartbeat;
  if (isLive(row) && row.heartbeat && silent > QUIET)
    pairs.push(["app.runs_sign", say("app.runs_ago", { time: duration(silent) })]);
  part("figures").replaceChildren(
    ...pairs.map(([name, value]) => {
      const pair = make("div");
      pair.append(make("dt", words[name] ?? name), make("dd", value));
      return pair;
    }),
  );
}

const working = new Set(); // actions under way: their buttons rest

function showActions(row) {
  const live = isLive(row);
  const hidden = {
    stop: !live,
    resume: live || ["finished", "damaged"].includes(row.state),
    save: !live || row.remote,
    sample: !live || row.remote,
  };
  const disabled = {
    stop: row.state === "stopping",
    save: row.state !== "running",
    sample: row.state !== "running",
    promote: !detail.about?.model,
    duplicate: !detail.about?.settings,
    delete: live,
  };
  for (const name of [
    "stop",
    "resume",
    "save",
    "sample",
    "promote",
    "duplicate",
    "delete",
    "webp",
    "gif",
    "csv",
    "tensorboard",
    "trackio",
  ]) {
    action(name).hidden = Boolean(hidden[name]);
    action(name).disabled = Boolean(disabled[name]) || working.has(name);
  }
  action("resume").textContent = say(row.state === "new" ? "app.runs_start" : "app.runs_resume");
  part("device").hidden = action("resume").hidden || part("device").options.length < 2;
  action("stop").title = say(row.remote ? "app.runs_cancel_hint" : "app.runs_stop_hint");
  action("delete").title = live ? say("app.runs_delete_live") : "";
}

// Runs what a button asks of the server; the next look shows what came of it.
async function doing(name, request, told = "") {
  if (working.has(name)) return {};
  working.add(name);
  const row = rows.get(chosen.run);
  if (row) showActions(row);
  note("");
  const answer = await ask(request.ask, { run: chosen.run, ...request });
  working.delete(name);
  note(answer.error ?? told);
  if (rows.has(chosen.run)) showActions(rows.get(chosen.run));
  look();
  return answer;
}

// --- curves -------------------------------------------------------------------------------------------------------

const isTerm = (name) => name.includes("/");
const room = (charts) => charts.clientWidth || element.clientWidth || 360;

// All charts in sight are read at the same place.
function follow(at) {
  pointed = at;
  for (const name of ["charts", "pace", "several-charts"]) for (const figure of part(name).children) figure.point(at);
}

function showCurves() {
  const { table = {} } = kept.get(chosen.run) ?? {};
  const names = Object.keys(table).filter((name) => name !== "images");
  part("no-curves").hidden = names.length > 0;
  part("smooth").value = chosen.smooth;
  part("smooth-shown").textContent = `${chosen.smooth} %`;
  part("log").checked = chosen.log;
  const charts = part("charts");
  const state = JSON.stringify([
    chosen.run,
    kept.get(chosen.run)?.tag,
    chosen.smooth,
    chosen.log,
    chosen.hidden,
    room(charts),
  ]);
  if (charts.dataset.shown === state) return; // drawn anew for what is new alone
  charts.dataset.shown = state;
  const players = [...new Set(names.filter(isTerm).map((name) => name.split("/")[0]))];
  const all = room(charts);
  const toggle = (name) => {
    chosen.hidden = chosen.hidden.includes(name)
      ? chosen.hidden.filter((each) => each !== name)
      : [...chosen.hidden, name];
    changed();
  };
  charts.replaceChildren(
    ...players.map((player) => {
      const own = names.filter((name) => name.startsWith(`${player}/`));
      const curves = own.map((name) => ({
        name,
        values: smoothed(table[name], chosen.smooth / 100),
        raw: chosen.smooth ? table[name] : null,
        hidden: chosen.hidden.includes(name),
      }));
      return chart(curveWord(player), table.images, curves, { width: all, log: chosen.log, follow, toggle });
    }),
  );
  const width = all < 500 ? all : (all - 20) / 2;
  part("pace").replaceChildren(
    ...names
      .filter((name) => !isTerm(name))
      .map((name) =>
        chart(curveWord(name), table.images, [{ name, values: table[name] }], { width, height: 140, follow }),
      ),
  );
  if (pointed !== null) follow(pointed);
}

// --- samples through time -----------------------------------------------------------------------------------------

const sheets = new Map(); // "run images width" -> data URL, the longest unused first
let playing = false;

function widthWanted() {
  if (navigator.connection?.saveData) return WIDTHS[0];
  const wanted = part("stage").clientWidth * devicePixelRatio;
  return WIDTHS.find((each) => each >= wanted) ?? WIDTHS.at(-1);
}

async function sheet(run, images, width) {
  const key = `${run} ${images} ${width}`;
  let url = sheets.get(key);
  if (url === undefined) {
    const answer = await ask("sample_sheet", { run, images, width });
    if (answer.error) note(answer.error);
    url = answer.picture ?? "";
  }
  sheets.delete(key);
  sheets.set(key, url);
  if (sheets.size > SHEETS) sheets.delete(sheets.keys().next().value);
  return url;
}

// The sheets on the stage, as places in the timeline: the first and the newest until others are chosen.
function places() {
  const of = (images, other) => (detail.samples.includes(images) ? detail.samples.indexOf(images) : other);
  return [of(chosen.before, 0), of(chosen.after, detail.samples.length - 1)];
}

const showSheets = newestWins(async () => {
  const { name, samples } = detail;
  if (!samples.length || part("stage").clientWidth === 0) return;
  const wanted = places().map((place) => samples[place]);
  const width = widthWanted();
  for (const [images, each] of [
    [wanted[1], "result"],
    [wanted[0], "original"],
  ]) {
    const key = `${name} ${images} ${width}`;
    if (part(each).dataset.of === key) continue;
    const url = await sheet(name, images, width);
    if (name !== detail.name) return;
    const picture = part(each);
    picture.dataset.of = key;
    picture.hidden = !url; // what cannot be read is not asked for again
    if (!url) continue;
    picture.src = url;
    await picture.decode().catch(() => {}); // another took its place meanwhile
    if (picture.naturalWidth) part("stage").style.setProperty("--ratio", picture.naturalWidth / picture.naturalHeight);
    part("stage").dataset.pixels = picture.naturalWidth < 256;
  }
  root.dataset.sheets = `${name} ${wanted.join(" ")}`; // what the page now shows
});

function showTimes() {
  const count = detail.samples.length;
  part("no-samples").hidden = count > 0;
  part("timeline").hidden = count === 0;
  if (!count) return;
  places().forEach((place, k) => {
    const each = ["before", "after"][k];
    part(each).max = count - 1;
    part(each).value = place;
    const at = say("app.runs_at", { images: whole(detail.samples[place]) });
    part(`${each}-shown`).textContent = part(`tag-${each}`).textContent = at;
    part(each).setAttribute("aria-valuetext", at);
  });
  action("play").disabled = action("webp").disabled = action("gif").disabled = count < 2;
  action("play").textContent = say(playing ? "app.runs_pause" : "app.runs_play");
  for (const each of ["webp", "gif"]) action(each).disabled ||= working.has(each);
  showSheets();
}

function moveTo(which, place) {
  chosen[which] = which === "after" && place === detail.samples.length - 1 ? null : detail.samples[place];
  showTimes();
}

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function play() {
  playing = !playing;
  if (!playing) return showTimes();
  const { name } = detail;
  for (let place = 0; playing && name === detail.name && place < detail.samples.length; place++) {
    moveTo("after", place);
    const next = sheet(name, detail.samples[place], widthWanted());
    await Promise.all([next, pause(300)]);
    if (document.hidden || element.offsetParent === null) break;
  }
  playing = false;
  if (name === detail.name) showTimes();
}

async function film(form) {
  note(say("app.runs_filming"));
  const answer = await doing(form, { ask: "film_samples", form });
  if (answer.film) save(answer.film, answer.name);
}

// --- log and settings ---------------------------------------------------------------------------------------------

function showLog() {
  const tail = part("tail");
  const text = detail.lines.join("\n");
  if (tail.textContent !== text) {
    const below = tail.scrollHeight - tail.scrollTop - tail.clientHeight < 30;
    tail.textContent = text;
    if (below) tail.scrollTop = tail.scrollHeight; // who reads further up is left there
  }
  part("output-row").hidden = !detail.output;
  if (part("output").textContent !== detail.output) part("output").textContent = detail.output;
}

function showAbout() {
  const { settings, command, job } = detail.about;
  part("job-row").hidden = !job?.url?.startsWith("https://");
  if (!part("job-row").hidden) part("job").href = job.url;
  part("settings-none").hidden = Boolean(settings);
  part("settings").replaceChildren(
    ...Object.entries(settings ?? {}).map(([name, value]) => {
      const pair = make("div");
      pair.append(make("dt", name), make("dd", value === "" ? "–" : String(value)));
      return pair;
    }),
  );
  part("command").textContent = command;
}

// --- several runs -------------------------------------------------------------------------------------------------

function showSeveral() {
  const names = chosen.compared.filter((name) => rows.has(name));
  const tables = names.map((name) => kept.get(name)?.table ?? {});
  const terms = [...new Set(tables.flatMap((table) => Object.keys(table)))].filter((name) => name !== "images");
  terms.sort((a, b) => isTerm(b) - isTerm(a));
  if (!terms.includes(chosen.term)) chosen.term = terms[0] ?? "";
  const options = [...part("term").options].map((each) => each.value);
  if (options.join("\n") !== terms.join("\n")) {
    const label = (name) => name.split("/").map(curveWord).join(": ");
    part("term").replaceChildren(...terms.map((name) => new Option(label(name), name)));
  }
  part("term").value = chosen.term;
  part("term").hidden = !terms.length;
  part("no-term").hidden = terms.length > 0;
  part("smooth-several").value = chosen.smooth;
  part("smooth-several-shown").textContent = `${chosen.smooth} %`;
  part("log-several").checked = chosen.log;
  const charts = part("several-charts");
  const curves = names.map((name, colour) => {
    const { images = [], [chosen.term]: values = [] } = tables[colour];
    const label = rows.get(name).title;
    return {
      name,
      label,
      colour,
      images,
      values: smoothed(values, chosen.smooth / 100),
      raw: chosen.smooth ? values : null,
    };
  });
  const state = JSON.stringify([
    names.map((name) => [name, kept.get(name)?.tag, rows.get(name).title]),
    chosen.smooth,
    chosen.log,
    chosen.term,
    room(charts),
  ]);
  if (charts.dataset.shown !== state) {
    charts.dataset.shown = state;
    const title = chosen.term.split("/").map(curveWord).join(": ");
    const width = room(charts);
    const height = Math.min(360, Math.max(230, width / 2));
    charts.replaceChildren(
      ...(terms.length ? [chart(title, [], curves, { width, height, log: chosen.log, follow })] : []),
    );
    if (pointed !== null) follow(pointed);
  }
  part("values").replaceChildren(
    ...curves.map((curve) => {
      const line = make("tr");
      const head = make("th", "", { scope: "row" });
      const open = make("button", curve.label, { type: "button", className: "gs-link" });
      open.addEventListener("click", () => choose(curve.name));
      head.append(make("i"), open);
      head.firstChild.style.setProperty("--curve", `var(--gs-curve-${curve.colour % 6})`);
      const last = curve.values.findLast((value) => value !== null);
      line.append(
        head,
        make("td", whole(rows.get(curve.name).images)),
        make("td", last === undefined ? "–" : `${+last.toPrecision(4)}`),
      );
      return line;
    }),
  );
  showNewest(names);
}

async function showNewest(names) {
  const state = names.map((name) => `${name} ${newest.get(name) ?? ""}`).join("\n");
  if (part("newest").dataset.shown === state) return;
  part("newest").dataset.shown = state;
  const figures = names.map((name) => {
    const figure = make("figure");
    figure.append(new Image(), make("figcaption", rows.get(name).title));
    return figure;
  });
  part("newest").replaceChildren(...figures);
  for (const [k, name] of names.entries()) {
    const images = newest.get(name);
    if (images === undefined) continue;
    const url = await sheet(name, images, WIDTHS[0]);
    Object.assign(figures[k].firstChild, {
      src: url,
      alt: say("app.runs_at", { images: whole(images) }),
      hidden: !url,
    });
  }
}

const newest = new Map(); // name -> images seen by the newest sheet of a run that is compared

// --- looking ------------------------------------------------------------------------------------------------------

let inSight = false;
let timer = 0;
const watching = () => inSight && !document.hidden && element.isConnected;

const look = newestWins(async () => {
  clearTimeout(timer);
  if (!watching()) return;
  const compared = chosen.comparing ? chosen.compared : [];
  const curves = Object.fromEntries(
    (chosen.comparing ? compared : [chosen.run]).filter(Boolean).map((name) => [name, kept.get(name)?.tag ?? ""]),
  );
  const request = { mark, clock, run: chosen.comparing ? "" : chosen.run, have: detail.tags, at: detail.at, curves };
  const asked = detail;
  const answer = await server.watch_runs({ ...request, language });
  failures = answer ? 0 : failures + 1;
  if (!answer) note(say("app.no_answer"));
  else if (answer.error) note(answer.error);
  else take(answer, asked);
  clearTimeout(timer);
  if (watching()) timer = setTimeout(look, Math.min(LONGEST, PERIOD * 2 ** failures));
});

function take(answer, asked) {
  if (part("note").textContent === say("app.no_answer")) note("");
  const anew = answer.mark !== mark;
  if (anew) {
    [rows, items, kept] = [new Map(), new Map(), new Map()];
    part("list").replaceChildren();
    part("device").replaceChildren(...(answer.devices ?? []).map(({ name, label }) => new Option(label, name)));
    detail = { ...blank(), name: chosen.run };
  }
  ({ mark, clock, machine, now } = answer);
  for (const row of answer.rows) rows.set(row.name, row);
  if (answer.order) {
    order = answer.order;
    for (const name of [...rows.keys()].filter((each) => !order.includes(each))) {
      rows.delete(name);
      items.delete(name);
      kept.delete(name);
    }
    chosen.compared = chosen.compared.filter((name) => rows.has(name));
    if (chosen.comparing && chosen.compared.length < 2) chosen.comparing = false;
  }
  for (const [name, sent] of Object.entries(answer.curves)) merge(name, sent);
  for (const [name, images] of Object.entries(answer.newest)) newest.set(name, images);
  if (rows.has(chosen.run)) awaited = 0;
  else if (awaited > 0) awaited -= 1;
  else if (!chosen.comparing) {
    const wide = !matchMedia("(max-width: 720px)").matches;
    const first = wide ? (order[0] ?? "") : "";
    if (first !== chosen.run) return choose(first);
  }
  if (answer.run?.name === detail.name && (anew || asked === detail)) takeRun(answer.run);
  const row = rows.get(chosen.run);
  if (row && answer.run?.about) {
    const known = [...part("device").options].map((each) => each.value);
    part("device").value = known.includes(detail.about.device) ? detail.about.device : (known[0] ?? "");
  }
  showAll(answer.rows.map((each) => each.name));
  root.dataset.looked = `${answer.clock} ${detail.name}`; // what the page now shows
}

function takeRun(told) {
  detail.tags = told.tags;
  for (const name of ["about", "samples", "alerts", "output"]) if (name in told) detail[name] = told[name];
  if (told.about) showAbout();
  if (told.log) {
    detail.lines = [...(told.log.follows ? detail.lines : []), ...told.log.lines].slice(-LINES);
    detail.at = told.log.at;
  }
}

function merge(name, { tag, from, table }) {
  const before = from ? kept.get(name)?.table : {};
  if (!before) return; // forgotten meanwhile: the next question asks for all of it
  const whole = Object.fromEntries(
    Object.entries(table).map(([term, values]) => [term, [...(before[term] ?? []).slice(0, from), ...values]]),
  );
  kept.set(name, { tag, table: whole });
}

// --- events -------------------------------------------------------------------------------------------------------

let sure = 0; // how often it was said that the run is to go

function askWhetherSure(times) {
  sure = times;
  const row = rows.get(chosen.run);
  part("sure-title").textContent = say(times ? "app.runs_really" : "app.runs_sure", { run: row.title });
  part("sure-text").textContent = say(times ? "app.runs_really_text" : "app.runs_sure_text");
  const erase = action("erase");
  erase.textContent = say(times ? "app.runs_erase" : "app.runs_delete");
  erase.disabled = times > 0; // a double click is one answer
  if (times) setTimeout(() => (erase.disabled = false), 700);
  if (!part("sure").open) part("sure").showModal();
  action("keep").focus();
}

async function erase() {
  if (!sure) return askWhetherSure(1);
  part("sure").close();
  const answer = await doing("delete", { ask: "delete_run", sure: chosen.run });
  if (!answer.error) choose("");
}

async function exportTo(to) {
  part("exported").textContent = "";
  const answer = await doing(to, { ask: "export_run", to });
  if (answer.csv) save(`data:text/csv;charset=utf-8,${encodeURIComponent(answer.csv)}`, answer.name);
  part("exported").textContent = answer.told ?? answer.error ?? "";
  if (answer.error) note("");
}

const actions = {
  begin: () => handOver("train", "train", {}),
  back: () => choose(""),
  compare: () => {
    chosen.comparing = true;
    changed();
    part("compared").focus();
  },
  uncompare: () => {
    if (!chosen.comparing) chosen.compared = [];
    chosen.comparing = false;
    changed();
  },
  stop: () => doing("stop", { ask: "stop_run" }),
  resume: () => doing("resume", { ask: "resume_run", device: part("device").value }),
  save: () => doing("save", { ask: "save_run" }, say("app.runs_saving")),
  sample: () => doing("sample", { ask: "sample_run" }, say("app.runs_sampling")),
  promote: () => handOver("models", "promote", { run: chosen.run }),
  duplicate: () => {
    const { recipe, settings, data, device } = detail.about;
    handOver("train", "train", { recipe, settings, data, device, title: rows.get(chosen.run).title });
  },
  recover: async () => {
    const answer = await doing("recover", { ask: "recover_jobs" });
    if (!answer.error) note(say("app.runs_recovered", { count: answer.found ?? 0 }));
  },
  delete: () => askWhetherSure(0),
  keep: () => part("sure").close(),
  erase,
  play,
  sheet: async () => {
    const answer = await doing("sheet", { ask: "save_sheet", images: detail.samples[places()[1]] });
    if (answer.png) save(answer.png, answer.name);
  },
  webp: () => film("webp"),
  gif: () => film("gif"),
  csv: () => exportTo("csv"),
  tensorboard: () => exportTo("tensorboard"),
  trackio: () => exportTo("trackio"),
  copy: async () => {
    getSelection().selectAllChildren(part("command")); // what can be copied by hand where the page may not
    await navigator.clipboard?.writeText(part("command").textContent).then(
      () => note(say("app.runs_copied")),
      () => {},
    );
  },
};

does(actions);
part("list").addEventListener("keydown", (event) => {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const buttons = [...part("list").querySelectorAll("button")];
  const next = buttons[buttons.indexOf(event.target) + step];
  if (!step || !buttons.includes(event.target)) return;
  event.preventDefault();
  next?.focus();
});
// What was said is of no interest to the one who goes on.
for (const begun of ["pointerdown", "keydown"]) element.addEventListener(begun, () => note(""));
part("filter").addEventListener("input", () => {
  chosen.filter = part("filter").value;
  remember();
  showList([]);
});
for (const suffix of ["", "-several"]) {
  part(`smooth${suffix}`).addEventListener("input", () => {
    chosen.smooth = Number(part(`smooth${suffix}`).value);
    remember();
    showAll([]);
  });
  part(`log${suffix}`).addEventListener("change", () => {
    chosen.log = part(`log${suffix}`).checked;
    remember();
    showAll([]);
  });
}
part("term").addEventListener("change", () => {
  chosen.term = part("term").value;
  remember();
  showAll([]);
});
for (const each of ["before", "after"]) {
  part(each).addEventListener("input", () => {
    playing = false;
    moveTo(each, Number(part(each).value));
    remember();
  });
}
part("cut").addEventListener("input", () => part("stage").style.setProperty("--cut", `${part("cut").value}%`));
addEventListener("resize", () => rows.size && watching() && showAll([]));
document.addEventListener("visibilitychange", () => look());
window.addEventListener("online", () => look());
new IntersectionObserver((seen) => {
  inSight = seen.at(-1).isIntersecting;
  look();
}).observe(element);

const { filter = "", ...earlier } = restored() ?? {};
Object.assign(chosen, earlier, { filter });
part("filter").value = filter;
detail.name = chosen.run;
part("stage").style.setProperty("--cut", "50%");
// Another tab has started a run: {run: the name of its folder}. The list has it in a moment.
takesOver("watch", ({ run }) => {
  awaited = 5;
  choose(run);
});
