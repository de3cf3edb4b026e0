// The choice of language is a link: the server remembers it in a cookie and sends the page anew, and the drawing is
// kept by the browser (see remember() in the sketch tab).
import { language, languages, make, tab } from "./tab.js";

const { part } = tab(import.meta.url);
for (const [code, name] of Object.entries(languages)) {
  const link = make("a", name, { href: `?lang=${code}`, lang: code, hreflang: code });
  if (code === language) link.setAttribute("aria-current", "true");
  part("languages").append(link, " ");
}

// The open tab has an address, /#colours: back, reload, links and a change of language lead there.
const bar = () => [...document.querySelectorAll('[role="tablist"] [role="tab"]')];
const nameOf = (button) => /^(?:tab|tool)-(.+)-button$/.exec(button?.id)?.[1];
const addressed = () => location.hash.slice(1) || nameOf(bar()[0]);

document.addEventListener("click", (event) => {
  const name = nameOf(event.target.closest('[role="tab"]'));
  // Not as location.hash, which would scroll to the component of that name.
  if (name && name !== addressed()) history.pushState(null, "", `#${name}`);
  const link = event.target.closest("a[hreflang]");
  if (link) link.hash = location.hash;
});

// Tabs that are not for the visitor are there, and hidden.
function openAddressed(tries = 0) {
  const button = bar().find((each) => nameOf(each) === addressed());
  if (button?.offsetParent && button.ariaSelected !== "true") button.click();
  else if (!button && tries) requestAnimationFrame(() => openAddressed(tries - 1)); // the tabs are built after this
}

window.addEventListener("popstate", () => openAddressed());
// A link to another tab would scroll to the component of that name, past the tabs.
window.addEventListener("hashchange", () => requestAnimationFrame(() => scrollTo(0, 0)));
if (location.hash) openAddressed(300);
