// What the pages of the tabs share: the visitor's words, what a page asks of the server and remembers, how one tab hands
// over to another.

export const { language, languages, words } = window.ganstudio;

const forms = new Intl.PluralRules(language);

// The words behind `key`, with {details} filled in; in the form of their {count}, where the language has several.
export function say(key, details = {}) {
  const form = "count" in details ? forms.select(Number(details.count)) : "other";
  return (words[`${key}#${form}`] ?? words[key]).replace(/\{(\w+)\}/g, (_, name) => details[name]);
}

// Writes the words of the visitor's language into the elements that name a key: as text, as tooltip
// (data-say-title), as tooltip and accessible name (data-say-label), or as a picture's description.
function fill(root) {
  for (const each of root.querySelectorAll("[data-say]")) each.textContent = say(each.dataset.say);
  for (const each of root.querySelectorAll("[data-say-title]")) each.title = say(each.dataset.sayTitle);
  for (const each of root.querySelectorAll("[data-say-alt]")) each.alt = say(each.dataset.sayAlt);
  for (const each of root.querySelectorAll("[data-say-label]")) {
    each.title = say(each.dataset.sayLabel);
    each.ariaLabel = each.title;
  }
}

// What a page's module works with, found by its own address, `import.meta.url`.
export function tab(address) {
  const { element, server, upload } = window.ganstudio.given.get(address);
  const key = `ganstudio.${address.split("/").at(-2)}`; // by the name of its folder
  fill(element);
  const part = (name) => element.querySelector(`[data-part="${name}"]`);
  const action = (name) => element.querySelector(`[data-do="${name}"]`);
  const note = (text) => (part("note").textContent = text);

  // What a Python function of the tab answers; {error: a sentence} also where the connection broke or the server failed.
  async function ask(name, request = {}) {
    const answer = await server[name]({ ...request, language });
    return answer ?? { error: say("app.no_answer") };
  }

  // Where the server has put a file; null where it could not, which is said if the file is still `wanted`.
  async function stored(file, wanted = () => true) {
    note(say("app.opening"));
    try {
      return (await upload(file)).path;
    } catch (error) {
      console.warn(error); // too large for the server, or the connection broke
      if (wanted()) note(uploadFailed(error));
      return null;
    }
  }

  // Keeps something over a reload and a change of language, with `long` also for the visitor's next time.
  function store(value, long = false) {
    try {
      (long ? localStorage : sessionStorage).setItem(key, JSON.stringify(value));
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // full or forbidden: it goes on without
    }
  }

  function restored(long = false) {
    try {
      return JSON.parse((long ? localStorage : sessionStorage).getItem(key));
    } catch (error) {
      if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error;
      return null;
    }
  }

  // Buttons do what `actions` says under their names, those to come as well.
  function does(actions) {
    element.addEventListener("click", (event) => {
      const name = event.target.closest("[data-do]")?.dataset.do;
      if (name) actions[name]();
    });
  }

  return { element, server, upload, part, action, note, ask, stored, store, restored, does };
}

// Why an upload failed: the server's own sentence where it refused the file, else that it did not arrive.
export const uploadFailed = (error) =>
  /HTTP (?:413|503): (.+)/s.exec(String(error?.message ?? error))?.[1] ?? say("app.upload_failed");

// Runs `work` one at a time; calls that come meanwhile become one more run after it, for the newest state alone.
export function newestWins(work) {
  let running = false;
  let stale = false;
  return async () => {
    stale = true;
    if (running) return;
    running = true;
    try {
      while (stale) {
        stale = false;
        await work();
      }
    } finally {
      running = false;
    }
  };
}

// An element with properties and children.
export function build(kind, properties = {}, ...children) {
  const each = Object.assign(document.createElement(kind), properties);
  each.append(...children);
  return each;
}

export const make = (kind, text = "", properties = {}) => build(kind, { textContent: text, ...properties });

// A button that does `press`; `data` are its data attributes.
export function button(properties, data, press, ...children) {
  const each = build("button", { type: "button", ...properties }, ...children);
  Object.assign(each.dataset, data);
  each.addEventListener("click", press);
  return each;
}

// Gives the visitor a file.
export function save(href, name) {
  build("a", { href, download: name }).click();
}

// A name that nobody else uses.
export const token = () => Array.from(crypto.getRandomValues(new Uint32Array(3)), (each) => each.toString(36)).join("");

// --- other tabs -----------------------------------------------------------------------------------------------------

// Opens a tab by its name.
export function openTab(name) {
  document.querySelector(`#tab-${name}-button, #tool-${name}-button`)?.click();
}

// Opens another tab and gives it something to work on: `takesOver` there gets it, also when the tab is built only now.
const handed = new Map();
export function handOver(tab, name, given) {
  handed.set(name, given);
  openTab(tab);
  window.dispatchEvent(new Event(`ganstudio:${name}`));
}

export function takesOver(name, work) {
  const take = () => {
    if (!handed.has(name)) return;
    const given = handed.get(name);
    handed.delete(name);
    work(given);
  };
  window.addEventListener(`ganstudio:${name}`, take);
  take();
}
