// The choice of language is a link: the server remembers it in a cookie and sends the page anew, and the drawing is
// kept by the browser (see remember() in sketch.js).
const { language, fill } = window.ganstudio;
fill(element);
element.querySelector(`[lang="${language}"]`).setAttribute("aria-current", "true");

// So is the open tab: after a change of language the visitor is where they were.
const TAB = "ganstudio.tab";
const tabs = () => [...document.querySelectorAll('[role="tablist"] [role="tab"]')];
document.addEventListener("click", (event) => {
  const place = tabs().indexOf(event.target.closest('[role="tab"]'));
  try {
    if (place >= 0) sessionStorage.setItem(TAB, place);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // full or forbidden: the first tab opens
  }
});

function openTab(place, tries) {
  const tab = tabs()[place];
  if (tab) tab.click();
  else if (tries) requestAnimationFrame(() => openTab(place, tries - 1)); // the tabs are built after this
}

try {
  const place = Number(sessionStorage.getItem(TAB));
  if (place) openTab(place, 300);
} catch (error) {
  if (!(error instanceof DOMException)) throw error;
}
