// The train tab: a recipe, pictures, settings; what that will take; the start. What was
// chosen stays in this browser, so that a closed tab loses nothing.

import { build, handOver, say, tab, takesOver } from "../../page/tab.js";

const { element, part, action, ask, store, restored, does } = tab(import.meta.url);

const FOLDER = "?"; // in the list of data sets: a folder on this machine
const JOBS = "jobs"; // as a device: a rented machine
const SOON = 300; // milliseconds after the last change before the command is asked for
const chosen = {
  recipe: "",
  set: "",
  folder: "",
  labels: "",
  preset: "try",
  title: "",
  start: "",
  device: "",
  values: {},
};
let shelf = null; // {recipes, sets, devices, models}
let job = ""; // the rehearsal under way
let rented = null; // what can be rented: {machines, payers, limits}
let rehearsed = ""; // what was rehearsed and may be started, as JSON

const recipe = () => shelf.recipes.find((each) => each.name === chosen.recipe);
const values = () => (chosen.values[chosen.recipe] ??= {}); // what a person changed, over the preset
const preset = () => recipe().presets[chosen.preset] ?? {};
const fits = () => shelf.sets.find((each) => each.name === chosen.set)?.fits[chosen.recipe] ?? {};
const given = (field) => preset()[field.name] ?? fits()[field.name] ?? field.default;
const request = () => ({
  recipe: chosen.recipe,
  title: chosen.title,
  start: chosen.start,
  device: chosen.device,
  ...(chosen.set === FOLDER ? { folder: chosen.folder, labels: chosen.labels } : { set: chosen.set }),
  settings: { ...preset(), ...values() },
});
const rent = () =>
  chosen.device === JOBS
    ? { flavor: part("flavor").value, hours: Number(part("hours").value), payer: part("payer").value, agreed: cost() }
    : {};

// --- choosing -----------------------------------------------------------------------------------------------------

function showRecipes() {
  part("recipes").replaceChildren(
    ...shelf.recipes.map((each) => {
      const button = build(
        "button",
        { type: "button", role: "radio" },
        build("b", { textContent: each.name }),
        build("small", { textContent: each.about }),
      );
      button.dataset.recipe = each.name;
      button.addEventListener("click", () => chooseRecipe(each.name));
      return button;
    }),
  );
}

function chooseRecipe(name) {
  chosen.recipe = name;
  if (!recipe().presets[chosen.preset]) chosen.preset = "try";
  if (chosen.set !== FOLDER && !shelf.sets.find((each) => each.name === chosen.set)?.fits[name]) {
    chosen.set = shelf.sets.find((each) => each.fits[name])?.name ?? "";
  }
  if (chosen.start && !starts().some((each) => each.name === chosen.start)) chosen.start = "";
  showAll();
}

const starts = () => shelf.models.filter((each) => recipe().starts.includes(each.recipe));

function showChoices() {
  for (const each of part("recipes").children) {
    each.ariaChecked = String(each.dataset.recipe === chosen.recipe);
    each.tabIndex = each.dataset.recipe === chosen.recipe ? 0 : -1;
  }
  const usable = shelf.sets.filter((each) => each.fits[chosen.recipe]);
  part("set").replaceChildren(
    ...(usable.length ? [] : [build("option", { value: "", textContent: say("app.train_no_set") })]),
    ...usable.map((each) =>
      build("option", {
        value: each.name,
        textContent: say("app.train_set", { title: each.title, pictures: each.pictures, size: each.size }),
      }),
    ),
    build("option", { value: FOLDER, textContent: say("app.train_own_folder") }),
  );
  part("set").value = chosen.set;
  part("needs").textContent = recipe().needs;
  part("folder-row").hidden = chosen.set !== FOLDER;
  part("folder").value = chosen.folder;
  part("labels").value = chosen.labels;
  part("labels").hidden = !recipe().fields.some((field) => field.name === "domains" || field.name === "domain_a");
  const presets = Object.keys(recipe().presets);
  part("presets").replaceChildren(
    ...presets.map((name) => {
      const button = build("button", {
        type: "button",
        textContent: say(`app.preset.${name}`),
        ariaPressed: String(name === chosen.preset),
      });
      button.addEventListener("click", () => choosePreset(name));
      return button;
    }),
  );
  part("preset-about").textContent = say(`app.preset_about.${chosen.preset}`);
  part("start").replaceChildren(
    build("option", { value: "", textContent: say("app.train_fresh") }),
    ...starts().map((each) => build("option", { value: each.name, textContent: each.title ?? each.name })),
  );
  part("start").value = chosen.start;
  part("device").replaceChildren(
    ...shelf.devices.map((each) =>
      build("option", {
        value: each.name,
        textContent: each.name === "gpus" ? say("app.device_gpus", { gpus: each.label }) : each.label,
      }),
    ),
  );
  part("device").append(build("option", { value: JOBS, textContent: say("app.device_jobs") }));
  if (chosen.device !== JOBS && !shelf.devices.some((each) => each.name === chosen.device))
    chosen.device = shelf.devices[0].name;
  part("device").value = chosen.device;
  if (document.activeElement !== part("title")) part("title").value = chosen.title;
  part("title").placeholder =
    `${chosen.recipe} ${shelf.sets.find((each) => each.name === chosen.set)?.title ?? ""}`.trim();
}

function choosePreset(name) {
  chosen.preset = name;
  chosen.values[chosen.recipe] = {}; // a preset is a fresh beginning
  showAll();
}

// --- a rented machine ---------------------------------------------------------------------------------------------

async function showRent() {
  part("rent").hidden = chosen.device !== JOBS;
  if (chosen.device !== JOBS) return;
  const answer = await ask("train_rented", {});
  part("rent-note").textContent = answer.error ?? "";
  rented = answer.error ? null : answer;
  part("rent-fields").hidden = part("agree-row").hidden = !rented;
  if (!rented) return;
  const [flavor, payer] = [part("flavor").value, part("payer").value];
  part("flavor").replaceChildren(
    ...rented.machines.map((each) =>
      build("option", {
        value: each.name,
        textContent: say("app.rent_price", { label: each.label, price: each.price.toFixed(2) }),
      }),
    ),
  );
  part("payer").replaceChildren(...rented.payers.map((each) => build("option", { value: each, textContent: each })));
  if (rented.machines.some((each) => each.name === flavor)) part("flavor").value = flavor;
  if (rented.payers.includes(payer)) part("payer").value = payer;
  part("hours").value ||= "1";
  Object.assign(part("hours"), { min: rented.limits.low, max: rented.limits.high });
  showCost();
}

const machine = () => rented?.machines.find((each) => each.name === part("flavor").value);
const cost = () => (machine() ? Math.ceil(machine().price * Number(part("hours").value) * 100) / 100 : 0);

// What was agreed to is this sum and no other.
function showCost() {
  part("flavor-about").textContent = machine()?.about ?? "";
  part("cost").textContent = say("app.rent_cost", { cost: cost().toFixed(2) });
  part("agree").checked = false;
  showButtons();
}

// --- the form -----------------------------------------------------------------------------------------------------

function showFields() {
  for (const group of ["first", "own", "every"]) {
    part(group).replaceChildren(
      ...recipe()
        .fields.filter((field) => field.group === group)
        .map(fieldOf),
    );
  }
  countChanged();
}

function fieldOf(field) {
  const value = values()[field.name] ?? given(field);
  const input = inputOf(field, value);
  const bounds =
    field.low === null || field.kind === "bool"
      ? ""
      : say("app.train_bounds", { low: short(field.low), high: short(field.high) });
  const label = build(
    "label",
    { className: "gs-field" },
    build("b", {}, build("code", { textContent: field.name }), build("em", { textContent: bounds })),
    input,
    build("small", { textContent: field.help }),
  );
  label.dataset.name = field.name;
  label.dataset.changed = String(field.name in values());
  const said = say("app.train_usual", { value: String(given(field)) });
  label.title = said;
  input.addEventListener("change", () => {
    const entered = read(field, input);
    label.dataset.wrong = String(entered === undefined);
    input.setAttribute("aria-invalid", String(entered === undefined));
    if (entered === undefined) return changed();
    if (entered === given(field)) delete values()[field.name];
    else values()[field.name] = entered;
    label.dataset.changed = String(field.name in values());
    changed();
  });
  return label;
}

function inputOf(field, value) {
  if (field.kind === "bool") return build("input", { type: "checkbox", checked: value });
  if (field.kind === "choice") {
    const select = build(
      "select",
      {},
      ...field.choices.map((each) => build("option", { value: String(each), textContent: String(each) })),
    );
    select.value = String(value);
    return select;
  }
  if (field.kind === "str") return build("input", { type: "text", value, autocomplete: "off", spellcheck: false });
  return build("input", {
    type: "number",
    value: String(value),
    min: field.low,
    max: field.high,
    step: field.kind === "int" ? 1 : "any",
    inputMode: field.kind === "int" ? "numeric" : "decimal",
  });
}

// What the input says, as the server wants it; undefined for what is no value of the field.
function read(field, input) {
  if (field.kind === "bool") return input.checked;
  if (field.kind === "choice") return field.choices.find((each) => String(each) === input.value);
  if (field.kind === "str") return input.value;
  const number = Number(input.value);
  const whole = field.kind !== "int" || Number.isInteger(number);
  return input.value !== "" && whole && number >= field.low && number <= field.high ? number : undefined;
}

const short = (number) =>
  number >= 1e5 && Number.isInteger(Math.log10(number)) ? `10^${Math.log10(number)}` : String(number);

function countChanged() {
  const count = Object.keys(values()).length;
  part("changed").textContent = count ? say("app.train_changed", { count }) : "";
}

function showAll() {
  showChoices();
  showFields();
  changed();
}

// --- what it will take --------------------------------------------------------------------------------------------

let later = 0;

function changed() {
  remember();
  countChanged();
  showButtons();
  clearTimeout(later);
  later = setTimeout(showCommand, SOON);
}

const wrong = () => Boolean(element.querySelector('[data-wrong="true"]'));
const ready = () => rehearsed && rehearsed === JSON.stringify({ ...request(), title: "" });

function showButtons() {
  const fits = ready();
  action("start").hidden = !fits;
  action("again").hidden = !fits;
  action("rehearse").hidden = fits;
  action("start").disabled = chosen.device === JOBS && !part("agree").checked;
  action("rehearse").disabled = Boolean(job) || wrong() || !(chosen.set === FOLDER ? chosen.folder : chosen.set);
  part("hint").hidden = fits;
  if (!fits && !job) part("found").hidden = part("skipped").hidden = true;
}

async function showCommand() {
  if (!(chosen.set === FOLDER ? chosen.folder : chosen.set)) return;
  const asked = JSON.stringify(request());
  const answer = await ask("train_plan", request());
  if (asked !== JSON.stringify(request())) return;
  part("problem").textContent = answer.error ?? "";
  part("command").textContent = answer.command ?? "";
}

async function rehearse() {
  const asked = JSON.stringify({ ...request(), title: "" });
  part("problem").textContent = "";
  const answer = await ask("train_rehearse", request());
  if (answer.error) return (part("problem").textContent = answer.error);
  job = answer.job;
  const begun = Date.now();
  const clock = setInterval(
    () =>
      (part("busy-text").textContent = say("app.train_rehearsing", {
        seconds: Math.round((Date.now() - begun) / 1000),
      })),
    250,
  );
  part("busy").hidden = false;
  showButtons();
  let told = { found: null };
  while (job && !told.found && !told.error) told = await ask("train_rehearsed", { job });
  clearInterval(clock);
  part("busy").hidden = true;
  job = "";
  part("problem").textContent = told.error ?? "";
  if (told.found) {
    rehearsed = asked;
    showFound(told.found);
  }
  showButtons();
  if (ready()) action("start").focus();
}

async function stopRehearsal() {
  const ended = job;
  job = "";
  await ask("train_rehearsed", { job: ended, stop: true });
}

function showFound(found) {
  const gigabytes = (bytes) => say("app.train_gb", { gb: (bytes / 1e9).toPrecision(2) });
  const rows = [
    ["app.train_pictures", found.data, "gs-wide"],
    ["app.train_time", duration(found.seconds)],
    [
      "app.train_speed",
      say("app.train_per_second", {
        count:
          found.images_per_second >= 10 ? Math.round(found.images_per_second) : found.images_per_second.toPrecision(2),
      }),
    ],
    ["app.train_memory", gigabytes(found.memory)],
    ...(found.gpu_memory ? [["app.train_gpu_memory", gigabytes(found.gpu_memory)]] : []),
    ["app.train_disk", say("app.train_of", { used: gigabytes(found.disk), free: gigabytes(found.free) })],
  ];
  part("found").replaceChildren(
    ...rows.map(([key, text, wide = ""]) =>
      build("div", { className: wide }, build("dt", { textContent: say(key) }), build("dd", { textContent: text })),
    ),
  );
  part("found").hidden = false;
  const skipped = found.skipped.slice(0, 5).map((each) => build("li", { textContent: `${each.name}: ${each.reason}` }));
  if (found.skipped.length > 5)
    skipped.push(build("li", { textContent: say("app.train_more", { count: found.skipped.length - 5 }) }));
  part("skipped").replaceChildren(...skipped);
  part("skipped").hidden = !skipped.length;
  if (found.disk > found.free) part("problem").textContent = say("app.train_no_room");
}

function duration(seconds) {
  const minutes = seconds / 60;
  if (minutes < 1.5) return say("app.train_seconds", { count: Math.max(1, Math.round(seconds)) });
  if (minutes < 90) return say("app.train_minutes", { count: Math.round(minutes) });
  if (minutes < 48 * 60) return say("app.train_hours", { count: (minutes / 60).toFixed(1) });
  return say("app.train_days", { count: (minutes / 1440).toFixed(1) });
}

async function start() {
  action("start").disabled = true; // until the answer is here: a double click is one training
  const answer = await ask("train_start", { ...request(), ...rent() });
  action("start").disabled = false;
  part("problem").textContent = answer.error ?? "";
  if (!answer.run) return;
  rehearsed = "";
  chosen.title = "";
  showAll();
  handOver("runs", "watch", { run: answer.run });
}

// --- events -------------------------------------------------------------------------------------------------------

const remember = () => store(chosen, true);

const actions = {
  rehearse,
  start,
  again: rehearse,
  stop: stopRehearsal,
  "make-set": () => handOver("data", "make", {}),
  copy: () =>
    navigator.clipboard
      .writeText(part("command").textContent)
      .then(() => (action("copy").textContent = say("app.train_copied"))),
};
does(actions);
part("recipes").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const place = shelf.recipes.findIndex((each) => each.name === chosen.recipe);
  chooseRecipe(shelf.recipes.at((place + step) % shelf.recipes.length).name);
  part("recipes").querySelector('[aria-checked="true"]').focus();
});
for (const name of ["set", "folder", "labels", "start", "device"]) {
  part(name).addEventListener("change", () => {
    chosen[name] = part(name).value;
    if (name === "device") showRent();
    if (name === "set") chosen.values[chosen.recipe] = without(values(), ["domain_a", "domain_b", "domains", "folds"]);
    showAll();
  });
}
for (const name of ["flavor", "hours", "payer"]) part(name).addEventListener("input", showCost);
part("agree").addEventListener("change", showButtons);
part("title").addEventListener("input", () => {
  chosen.title = part("title").value;
  changed();
});

const without = (table, names) => Object.fromEntries(Object.entries(table).filter(([name]) => !names.includes(name)));

// Another tab brings what to begin with: {recipe, settings, title} of a run to do again, or {set}.
async function begin(wanted = {}) {
  const answer = await ask("train_shelf", {});
  part("note").textContent = answer.error ?? "";
  for (const each of element.querySelectorAll(".gs-step")) each.hidden = Boolean(answer.error);
  if (answer.error) return;
  shelf = answer;
  if (!part("recipes").childElementCount) showRecipes();
  if (wanted.set) chosen.set = wanted.set;
  const fitting = shelf.sets.find((each) => each.name === chosen.set);
  if (wanted.recipe) chosen.recipe = wanted.recipe;
  else if (wanted.set && fitting && !fitting.fits[chosen.recipe])
    chosen.recipe = Object.keys(fitting.fits)[0] ?? chosen.recipe;
  if (!recipe())
    chosen.recipe =
      shelf.recipes.find((each) => shelf.sets.some((one) => one.fits[each.name]))?.name ?? shelf.recipes[0].name;
  if (wanted.settings) takeSettings(wanted);
  chooseRecipe(chosen.recipe);
  showRent();
  element.dataset.ready = "true";
}

function takeSettings({ settings, title, data, device }) {
  const known = shelf.sets.find((each) => each.name === data);
  chosen.set = known ? data : FOLDER;
  if (!known) Object.assign(chosen, { folder: settings.data ?? "", labels: settings.labels ?? "" });
  if (device) chosen.device = device;
  chosen.title = title ?? "";
  chosen.values[chosen.recipe] = Object.fromEntries(
    recipe()
      .fields.filter((field) => field.name in settings && settings[field.name] !== given(field))
      .map((field) => [field.name, settings[field.name]]),
  );
}

Object.assign(chosen, restored(true) ?? {});
takesOver("train", begin);
window.addEventListener("online", () => begin());
new IntersectionObserver((seen) => {
  if (seen.at(-1).isIntersecting) begin(); // sets may have been made, and runs ended, in other tabs
}).observe(element);
