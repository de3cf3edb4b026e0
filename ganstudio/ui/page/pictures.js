// Pictures that come and go: dropped, pasted, chosen, sent in pieces, and marked among the colours.

import { build, button, token } from "./tab.js";

const PIECE = 16 * 2 ** 20; // bytes of a ZIP sent at once; the server takes no larger upload

// Gives `take` what is dropped on a tab's component, as a DataTransfer; meanwhile `target()` is marked.
export function takesDrops(element, target, take) {
  element.addEventListener("dragover", (event) => {
    event.preventDefault();
    target().classList.add("gs-over");
  });
  element.addEventListener("dragleave", () => target().classList.remove("gs-over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    target().classList.remove("gs-over");
    take(event.dataTransfer);
  });
}

// Gives `open` the picture that is dropped on a tab's component, or pasted while the tab is in sight.
export function takesPictures(element, target, open) {
  takesDrops(element, target, ({ files }) => open(files[0]));
  document.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((each) => each.type.startsWith("image/"));
    if (!file || element.offsetParent === null) return; // or another tab is open
    event.preventDefault();
    open(file);
  });
}

// Gives `take` the files that are chosen in an <input>.
export function takesFiles(input, take) {
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // so that the same file can be opened again
  });
}

export const isPicture = (name) =>
  /\.(a?png|p?jpe?g|jpe|jf?if|pjp|mpo|webp|gif|bmp|dib|tiff?|avif|hei[cf]|hif)$/i.test(name);

// A picture on a tab's shelf of examples, which `open` opens.
export const example = (name, picture, data, open) =>
  button({ title: name, ariaLabel: name }, data, open, build("img", { src: picture, alt: "" }));

export async function decoded(url) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}

// Stores a file on the server under a name that nobody else uses, so that the server can delete it when it has been read;
// `kind` is how the names of such a tab's files begin (see pieces.py).
export const sender = (upload, kind) => async (blob) => (await upload(new File([blob], `${kind}-${token()}`))).path;

// Sends a ZIP piece by piece until `mine.stopped`; `moved` is told which share of it has been sent.
export async function sendPieces(file, send, mine, moved) {
  const pieces = [];
  const size = Math.max(1, file.size);
  for (let at = 0; at < size && !mine.stopped; at += PIECE) {
    moved(at / size);
    pieces.push(await send(file.slice(at, at + PIECE)));
  }
  return pieces;
}

// What `work` returns; meanwhile `look` runs every so many milliseconds.
export async function watched(period, look, work) {
  const timer = setInterval(look, period);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

// Pictures to be seen among the colours, {name, before: [r, g, b], after, beforeHues: 36 shares, afterHues}, after
// and afterHues null for a single one; they wait here until the colours tab is opened, which is built late.
export const marks = new Map();
export function markPicture(mark) {
  marks.set(mark.name, mark);
  window.dispatchEvent(new CustomEvent("ganstudio:marked", { detail: mark }));
}
