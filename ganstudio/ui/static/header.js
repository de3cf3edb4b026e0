// The choice of language is a link: the server remembers it in a cookie and sends the page anew, and the drawing is
// kept by the browser (see remember() in sketch.js).
const { language, fill } = window.ganstudio;
fill(element);
element.querySelector(`[lang="${language}"]`).setAttribute("aria-current", "true");
