// Runs before everything else on the page. The server has chosen the visitor's language (see language.py) and
// put it here with the words; the components that come with the web framework read navigator.language instead.
{
  const { language, words, token } = window.ganstudio;
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });

  // Where the owner signs in, the server takes orders only with a token of its own page, which no other page can read.
  if (token) {
    const ask = window.fetch;
    window.fetch = (address, options) => {
      const request = new Request(address, options);
      if (new URL(request.url).origin === location.origin) request.headers.set("x-ganstudio-page", token);
      return ask.call(window, request);
    };
  }

  // The words behind `key`, with {details} filled in.
  const say = (key, details = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => details[name]);

  // Why an upload failed: the server's own sentence where it refused the file, else that it did not arrive.
  const uploadFailed = (error) =>
    /HTTP (?:413|503): (.+)/s.exec(String(error?.message ?? error))?.[1] ?? say("app.upload_failed");

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

  // Runs `work` one at a time; calls that come meanwhile become one more run after it, for the newest state alone.
  function newestWins(work) {
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

  // Gives `open` the picture that is dropped on a tab's component, while `target()` is marked, or pasted while the tab
  // is in sight.
  function takesPictures(element, target, open) {
    element.addEventListener("dragover", (event) => {
      event.preventDefault();
      target().classList.add("gs-over");
    });
    element.addEventListener("dragleave", () => target().classList.remove("gs-over"));
    element.addEventListener("drop", (event) => {
      event.preventDefault();
      target().classList.remove("gs-over");
      open(event.dataTransfer.files[0]);
    });
    document.addEventListener("paste", (event) => {
      const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
      if (!file || element.offsetParent === null) return; // or another tab is open
      event.preventDefault();
      open(file);
    });
  }

  // Opens another tab, by the key of its title, and gives it something to work on: `takesOver` there gets it, also when
  // the tab is built only now.
  const handed = new Map();
  function handOver(tab, name, given) {
    handed.set(name, given);
    [...document.querySelectorAll('[role="tab"]')].find((each) => each.textContent.trim() === say(tab))?.click();
    window.dispatchEvent(new Event(`ganstudio:${name}`));
  }
  function takesOver(name, work) {
    const take = () => {
      if (!handed.has(name)) return;
      const given = handed.get(name);
      handed.delete(name);
      work(given);
    };
    window.addEventListener(`ganstudio:${name}`, take);
    take();
  }

  // Pictures to be seen among the colours, {name, before: [r, g, b], after, beforeHues: 36 shares, afterHues}, after
  // and afterHues null for a single one; they wait here until the colours tab is opened, which is built late.
  const marks = new Map();
  function markPicture(mark) {
    marks.set(mark.name, mark);
    window.dispatchEvent(new CustomEvent("ganstudio:marked", { detail: mark }));
  }

  Object.assign(window.ganstudio, { say, fill, uploadFailed, newestWins, takesPictures, handOver, takesOver });
  Object.assign(window.ganstudio, { marks, markPicture });
}
