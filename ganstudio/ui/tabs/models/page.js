// The models tab: what is here and in the Hub's cache, one of them in full, and what can be done with it.
// A model is named by the key that the server gave it.

import { watched } from "../../page/pictures.js";
import { language, make, openTab, save, say, tab, takesOver, token } from "../../page/tab.js";

const { element, part, action, ask, does } = tab(import.meta.url);
const root = element.querySelector(".gs-models");

const PANELS = ["promote", "pull"];
const BUILT = 300; // tries, one a frame, to find a tab that is being built
let models = []; // as the server listed them
let runs = [];
let chosen = null; // of `models`
let person = null; // {name, organisations, writes}
let job = null; // what is being fetched, pushed or exported: {name, stopped}
let asked = 0; // counts the cards asked for; the last one wins

const whole = (value) => new Intl.NumberFormat(language).format(value);
const megabytes = (bytes) => (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);

function note(text, good = "") {
  part("note").textContent = text;
  part("done").textContent = good;
}

// --- the shelf ----------------------------------------------------------------------------------------------------

function factsOf(model) {
  const facts = [
    model.recipe,
    `${model.size} × ${model.size}`,
    say("app.models_seen", { count: whole(model.images) }),
    `${megabytes(model.bytes)} MB`,
  ];
  if (model.licence) facts.push(model.licence);
  return facts;
}

// On one line or broken between the facts, never within one.
function line(facts) {
  const made = make("small");
  facts.forEach((fact, k) => made.append(k ? " · " : "", make("span", fact)));
  return made;
}

function entry(model) {
  const button = make("button", "", { type: "button" });
  button.dataset.key = model.key;
  const picture = model.thumbnail
    ? Object.assign(new Image(), { src: model.thumbnail, alt: "" })
    : make("i", model.recipe);
  const text = make("span");
  const facts = factsOf(model);
  text.append(make("b", model.name), line(facts.slice(0, 2)), line(facts.slice(2, 4)));
  if (model.repository)
    text.append(make("em", say("app.models_cached", { revision: model.revisions[0] ?? model.commit.slice(0, 7) })));
  button.append(picture, text);
  button.addEventListener("click", () => choose(model.key));
  const item = make("li");
  item.append(button);
  return item;
}

async function load(key = chosen?.key) {
  const answer = await ask("models_shelf");
  if (answer.error) return note(answer.error);
  ({ models, runs } = answer);
  part("list").replaceChildren(...models.map(entry));
  const run = part("run").value;
  part("run").replaceChildren(...runs.map((each) => new Option(each.title, each.run, false, each.run === run)));
  part("promote-fields").hidden = runs.length === 0;
  part("promote-text").textContent = say(runs.length ? "app.models_promote_hint" : "app.models_no_runs");
  const wanted = models.find((each) => each.key === key);
  if (wanted) await choose(wanted.key, false);
  else leave();
}

function leave() {
  chosen = null;
  root.dataset.view = "list";
  part("detail").hidden = true;
  mark();
}

function mark() {
  for (const each of element.querySelectorAll("[data-key]"))
    each.ariaCurrent = String(each.dataset.key === chosen?.key);
}

async function choose(key, moves = true) {
  const turn = ++asked;
  const other = chosen?.key !== key;
  chosen = models.find((each) => each.key === key);
  root.dataset.view = "detail";
  part("detail").hidden = false;
  part("title").textContent = chosen.name;
  part("facts").textContent = [...factsOf(chosen), ...(chosen.repository ? [chosen.commit.slice(0, 10)] : [])].join(
    " · ",
  );
  if (other) {
    part("push-panel").hidden = part("keep-panel").hidden = part("samples-figure").hidden = true;
    part("card").replaceChildren();
    part("keep-name").value = chosen.name.split("/").at(-1);
    fillRepository();
  }
  const tab = chosen.tab ? say(chosen.tab) : "";
  action("open").textContent = chosen.repository ? say("app.models_use") : say("app.models_open", { tab });
  action("open").hidden = !tab;
  action("show-push").hidden = Boolean(chosen.repository);
  action("export").hidden = chosen.generators.length === 0;
  part("network").replaceChildren(...chosen.generators.map((name) => new Option(name)));
  part("network-row").hidden = chosen.generators.length < 2;
  mark();
  if (moves) {
    note("");
    part("title").focus({ preventScroll: true });
    if (window.innerWidth <= 720) root.scrollIntoView({ block: "start" });
  }
  const answer = await ask("model_card", { model: key });
  if (turn !== asked) return;
  if (answer.error) return note(answer.error);
  part("card").innerHTML = answer.html; // made by the server out of Markdown alone: see `rendered` there
  part("samples-figure").hidden = !answer.samples;
  if (answer.samples) part("samples").src = answer.samples;
}

// --- who ----------------------------------------------------------------------------------------------------------

async function askPerson(again = false) {
  part("person").textContent = say("app.models_person_asking");
  const answer = await ask("models_person", { again });
  person = answer.error ? null : answer;
  part("person").textContent = person
    ? say(person.writes === false ? "app.models_reader" : "app.models_person", { name: person.name })
    : answer.error;
  fillRepository();
}

function fillRepository() {
  const mine = person ? `${person.name}/` : "";
  const name =
    chosen?.name
      .normalize("NFKD")
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^-+|-+$/g, "") ?? "";
  if (!part("repository").value.endsWith(`/${name}`)) part("repository").value = mine + name;
  part("push-text").textContent = person
    ? say("app.models_push_hint", { name: person.name })
    : part("person").textContent;
}

// --- what takes a while -------------------------------------------------------------------------------------------

function showButtons() {
  for (const name of ["promote", "pull", "push", "keep", "export"]) action(name).disabled = Boolean(job);
  part("busy").hidden = !job;
}

// Asks the server for something long; meanwhile says how far it is, and lets it be stopped.
async function atWork(name, request, text) {
  if (job) return null;
  note("");
  const mine = (job = { name: token(), stopped: false });
  part("busy-text").textContent = text;
  showButtons();
  const look = async () => {
    const { done, total } = await ask("model_work", { job: mine.name, stop: mine.stopped });
    if (done && job === mine)
      part("busy-text").textContent =
        `${text} ${say("app.models_bytes", { done: megabytes(done), total: megabytes(Math.max(done, total)) })}`;
  };
  try {
    const answer = await watched(700, look, () => ask(name, { ...request, job: mine.name }));
    if (answer.error) note(answer.error);
    return answer.error ? null : answer;
  } finally {
    job = null;
    showButtons();
  }
}

async function pull() {
  const [source, revision] = [part("source").value.trim(), part("revision").value.trim()];
  if (!source) return part("source").focus();
  const answer = await atWork("pull_model", { source, revision }, say("app.models_pulling", { name: source }));
  if (!answer) return;
  await load(answer.model);
  note("", say("app.models_pulled", { name: source }));
}

async function push() {
  const repository = part("repository").value.trim();
  const request = {
    model: chosen.key,
    repository,
    private: part("private").checked,
    message: part("message").value.trim(),
  };
  const answer = await atWork("push_model", request, say("app.models_pushing", { name: repository }));
  if (!answer) return;
  part("push-panel").hidden = true;
  note("", say("app.models_pushed"));
  part("done").append(
    " ",
    make("a", answer.repository, { href: answer.url, target: "_blank", rel: "noopener noreferrer" }),
  );
}

async function exportOnnx() {
  const request = { model: chosen.key, network: part("network").value };
  const answer = await atWork("export_model", request, say("app.models_exporting"));
  if (!answer) return;
  note(
    "",
    say(answer.sizes ? "app.models_exported" : "app.models_exported_fixed", {
      name: answer.name,
      difference: answer.difference.toExponential(1),
    }),
  );
  save(answer.file, answer.name);
}

// Something that gets a name; where that is taken the person is asked before anything is replaced.
async function named(name, request, field) {
  note("");
  let answer = await ask(name, { ...request, name: field.value });
  if (answer.exists && window.confirm(say("app.models_replace", { name: answer.exists }))) {
    answer = await ask(name, { ...request, name: field.value, overwrite: true });
  }
  if (answer.error) note(answer.error);
  if (answer.exists || answer.error) return field.focus();
  await load(answer.model);
  note("", say("app.models_kept", { name: chosen.name }));
}

// --- out of a run -------------------------------------------------------------------------------------------------

async function fillChoices() {
  const run = part("run").value;
  if (!run) return;
  const answer = await ask("promotable", { run });
  if (run !== part("run").value) return;
  part("checkpoint").replaceChildren(
    ...(answer.choices ?? []).map(({ checkpoint, images }) => {
      const key =
        checkpoint === "newest"
          ? "app.models_newest"
          : checkpoint.endsWith("%")
            ? "app.models_milestone"
            : "app.models_at";
      return new Option(say(key, { images: whole(images), percent: checkpoint }), checkpoint);
    }),
  );
  if (answer.error) return note(answer.error);
  part("promote-name").value = answer.name;
}

async function beginPromote({ run }) {
  await load();
  show("promote", true);
  if (!runs.some((each) => each.run === run)) return note(say("app.models_no_checkpoint"));
  part("run").value = run;
  await fillChoices();
  part("promote-name").focus();
}

function promote() {
  return named("promote_run", { run: part("run").value, checkpoint: part("checkpoint").value }, part("promote-name"));
}

// --- into another tab ---------------------------------------------------------------------------------------------

// A tab keeps what was chosen there in the browser's session, and reads it when it is built; one that is built already
// has its choice of models on the page.
function open() {
  if (chosen.repository) {
    part("keep-panel").hidden = false;
    return part("keep-name").focus();
  }
  const { component, name, tab } = chosen;
  const choice = () => document.querySelector(`#${component} [data-part="model"]`);
  window.dispatchEvent(new CustomEvent("ganstudio:open", { detail: { model: name, tab } }));
  if (!choice()) {
    const store = `ganstudio.${component}`;
    try {
      sessionStorage.setItem(
        store,
        JSON.stringify({ ...JSON.parse(sessionStorage.getItem(store) ?? "{}"), model: name }),
      );
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error; // the tab opens with its usual model
    }
  }
  const built = Boolean(choice());
  openTab(component);
  if (built) pick(choice, name, BUILT);
}

function pick(choice, name, tries) {
  const select = choice();
  if (!select?.options.length) return tries && requestAnimationFrame(() => pick(choice, name, tries - 1));
  if (![...select.options].some((each) => each.value === name)) select.append(new Option(name));
  select.value = name;
  select.dispatchEvent(new Event("change"));
}

// --- events -------------------------------------------------------------------------------------------------------

function show(panel, open = part(`${panel}-panel`).hidden) {
  for (const each of PANELS) {
    part(`${each}-panel`).hidden = each !== panel || !open;
    action(`show-${each}`).ariaPressed = String(each === panel && open);
  }
}

const actions = {
  "show-promote": async () => {
    show("promote");
    await fillChoices();
  },
  "show-pull": () => show("pull"),
  "show-push": () => {
    part("push-panel").hidden = !part("push-panel").hidden;
    fillRepository();
  },
  again: () => askPerson(true),
  stop: () => job && (job.stopped = true),
  back: leave,
  keep: () => named("keep_model", { model: chosen.key }, part("keep-name")),
  export: exportOnnx,
  promote,
  pull,
  push,
  open,
};

does(actions);
element.addEventListener("keydown", (event) => {
  const does = { source: "pull", revision: "pull", "promote-name": "promote", "keep-name": "keep" }[
    event.target.dataset?.part
  ];
  if (event.key === "Enter" && does && !action(does).disabled) actions[does]();
});
part("run").addEventListener("change", fillChoices);
window.addEventListener("online", () => load());

showButtons();
takesOver("promote", beginPromote); // the runs tab: {run: the name of its folder}
load().then(() => askPerson());
