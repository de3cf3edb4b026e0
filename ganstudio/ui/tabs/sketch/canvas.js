// The drawing surface: strokes in a 256 x 256 space, undone exactly because they are kept, never as pixels.
//
// A page is {strokes, backdrop}: strokes are {points: [[x, y, pressure], ...], width, erase}, the backdrop is the
// data URL of a picture that was uploaded as a finished drawing, or null. A page is never changed, only replaced,
// so the history is a list of pages and undo puts back the very same one.

export const SIDE = 256;
const SCREEN_SIDE = 1024; // pixels of the canvas on the screen: sharp on a phone as well
const MAX_POINTS = 1000; // a longer line goes on as a new stroke, so that no stroke grows without end

// Paints piece `i` of a stroke: a dot for the first point, then curves from middle to middle, so that corners of
// a fast line are round. Painting live and painting again after an undo go through here, hence equal pixels.
function paintPiece(pen, stroke, i) {
  const [x, y, pressure] = stroke.points[i];
  pen.fillStyle = pen.strokeStyle = stroke.erase ? "#fff" : "#000";
  pen.lineCap = pen.lineJoin = "round";
  pen.beginPath();
  if (i === 0) {
    pen.arc(x, y, (stroke.width * pressure) / 2, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  const [px, py, previous] = stroke.points[i - 1];
  const [qx, qy] = i > 1 ? stroke.points[i - 2] : [px, py];
  pen.lineWidth = (stroke.width * (pressure + previous)) / 2;
  pen.moveTo((qx + px) / 2, (qy + py) / 2);
  pen.quadraticCurveTo(px, py, (px + x) / 2, (py + y) / 2);
  pen.stroke();
}

// Paints the last half piece, from the last middle to the last point.
function paintEnd(pen, stroke) {
  const last = stroke.points.length - 1;
  if (last < 1) return;
  const [[px, py], [x, y, pressure]] = [stroke.points[last - 1], stroke.points[last]];
  pen.lineWidth = stroke.width * pressure;
  pen.strokeStyle = stroke.erase ? "#fff" : "#000";
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo((px + x) / 2, (py + y) / 2);
  pen.lineTo(x, y);
  pen.stroke();
}

export function paintStroke(pen, stroke) {
  stroke.points.forEach((_, i) => paintPiece(pen, stroke, i));
  paintEnd(pen, stroke);
}

// A canvas of `side` pixels whose pen works in the 256 space.
function makePen(canvas, side) {
  canvas.width = canvas.height = side;
  // The pixels are read after every move: keep them where reading is cheap.
  const pen = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  pen.scale(side / SIDE, side / SIDE);
  pen.imageSmoothingQuality = "high";
  return pen;
}

// A small picture of strokes, for the gallery of examples.
export function thumbnail(strokes, side) {
  const canvas = document.createElement("canvas");
  const pen = makePen(canvas, side);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, SIDE, SIDE);
  strokes.forEach((stroke) => paintStroke(pen, stroke));
  return canvas;
}

// Turns `screen` (a <canvas>) into a drawing surface. `tool` is read at each stroke: {erase, width, eraser,
// mirror, smooth}. `onChange(finished)` is called after every change, `finished` false while the pen is down.
export function makePad(screen, tool, onChange) {
  const sheet = document.createElement("canvas"); // what the model sees
  const pens = [makePen(screen, SCREEN_SIDE), makePen(sheet, SIDE)];
  let page = { strokes: [], backdrop: null };
  let past = [];
  let future = [];
  let backdrop = null; // the decoded <img> of page.backdrop
  let held = null; // the pointer that draws now: {id, strokes, at: [x, y]}

  function repaint() {
    for (const pen of pens) {
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, SIDE, SIDE);
      if (backdrop) pen.drawImage(backdrop, 0, 0, SIDE, SIDE);
      page.strokes.forEach((stroke) => paintStroke(pen, stroke));
    }
  }

  async function show(next) {
    if (next.backdrop !== page.backdrop) {
      const picture = next.backdrop ? new Image() : null;
      if (picture) {
        picture.src = next.backdrop;
        await picture.decode();
      }
      backdrop = picture;
    }
    page = next;
    repaint();
    onChange(true);
  }

  function commit(next) {
    past.push(page);
    if (past.length > 500) past.shift();
    future = [];
    return show(next);
  }

  function step(from, to) {
    if (held || from.length === 0) return Promise.resolve();
    to.push(page);
    return show(from.pop());
  }

  // --- pointers: mouse, finger and pen alike -----------------------------------------------------------------

  const round = (value, digits) => Number(value.toFixed(digits));
  const inside = (value) => Math.min(Math.max(value, 0), SIDE - 0.1);

  function place(event) {
    const box = screen.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * SIDE,
      ((event.clientY - box.top) / box.height) * SIDE,
      // Only a pen measures pressure; a mouse reports 0.5 and many fingers 0.
      event.pointerType === "pen" && event.pressure > 0 ? Math.max(0.15, event.pressure) : 1,
    ];
  }

  function newStroke() {
    const width = tool.erase ? tool.eraser : tool.width;
    return { points: [], width, erase: tool.erase };
  }

  function addPoint(x, y, pressure) {
    held.strokes.forEach((stroke, side) => {
      const across = side === 1 ? SIDE - x : x;
      stroke.points.push([round(inside(across), 1), round(inside(y), 1), round(pressure, 2)]);
      pens.forEach((pen) => paintPiece(pen, stroke, stroke.points.length - 1));
    });
  }

  // The strokes under the pen become part of the page; it all goes into one step of the history.
  function settle() {
    pens.forEach((pen) => held.strokes.forEach((stroke) => paintEnd(pen, stroke)));
    page = { ...page, strokes: [...page.strokes, ...held.strokes] };
  }

  screen.addEventListener("pointerdown", (event) => {
    if (held || (event.pointerType === "mouse" && event.button !== 0)) return;
    event.preventDefault();
    screen.setPointerCapture(event.pointerId);
    past.push(page);
    future = [];
    const [x, y, pressure] = place(event);
    held = { id: event.pointerId, at: [x, y], strokes: tool.mirror ? [newStroke(), newStroke()] : [newStroke()] };
    addPoint(x, y, pressure);
    onChange(false);
  });

  screen.addEventListener("pointermove", (event) => {
    if (held?.id !== event.pointerId) return;
    event.preventDefault();
    const events = event.getCoalescedEvents?.() ?? [];
    let moved = false;
    for (const each of events.length ? events : [event]) {
      const [x, y, pressure] = place(each);
      const [hx, hy] = held.at;
      if (Math.hypot(x - hx, y - hy) < 0.7) continue;
      // A smoothed pen is pulled on a short string: it goes half of the way at each move.
      held.at = tool.smooth ? [hx + (x - hx) * 0.5, hy + (y - hy) * 0.5] : [x, y];
      if (held.strokes[0].points.length >= MAX_POINTS) {
        const last = held.strokes[0].points.at(-1);
        settle();
        held.strokes = held.strokes.map(newStroke);
        addPoint(...last);
      }
      addPoint(...held.at, pressure);
      moved = true;
    }
    if (moved) onChange(false);
  });

  function lift(event) {
    if (held?.id !== event.pointerId) return;
    const [x, y] = place(event);
    const last = held.strokes[0].points.at(-1);
    if (tool.smooth && Math.hypot(x - last[0], y - last[1]) > 0.7) addPoint(x, y, last[2]);
    settle();
    held = null;
    onChange(true);
  }

  screen.addEventListener("pointerup", lift);
  screen.addEventListener("pointercancel", lift);
  // Safari scrolls and zooms by touch events even where the pointer events were taken.
  screen.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
  repaint();

  return {
    sheet,
    strokes: () => page.strokes,
    backdrop: () => page.backdrop,
    page: () => page,
    // Whether a page is the one on the canvas or one that undo leads back to.
    holds: (each) => each === page || past.includes(each),
    // Also after the eraser took everything away.
    isBlank: () =>
      new Uint32Array(pens[1].getImageData(0, 0, SIDE, SIDE).data.buffer).every((pixel) => pixel === 0xffffffff),
    isDrawing: () => held !== null,
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
    undo: () => step(past, future),
    redo: () => step(future, past),
    // Puts another drawing on the canvas, as one step of the history.
    load: (strokes, picture = null) => commit({ strokes, backdrop: picture }),
    // Replaces what the last `load` brought, without a step of its own: for a slider that is being dragged.
    replace: (strokes, picture = null) => show({ strokes, backdrop: picture }),
  };
}
