// Runs before everything else on the page. The server has chosen the visitor's language (see language.py) and
// put it here with the words; the components that come with the web framework read navigator.language instead.
{
  const { language, words } = window.ganstudio;
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });

  // The words behind `key`, with {details} filled in.
  const say = (key, details = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => details[name]);

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

  Object.assign(window.ganstudio, { say, fill });
}
