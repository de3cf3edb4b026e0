// The two figures of colours, as plotly takes them: {data, layout}, and what every tab needs that draws one.
//
// An entry is {id, names: [en, ja], types, mean: [r, g, b], spread: [r, g, b], hue, saturation, value}; mean and
// spread in 0..255, the three histograms in per mille of the counted pixels: 36, 16 and 16 bins.

const font = () => getComputedStyle(document.body).fontFamily;

// The first view; from further away where the figure is narrow, so that the whole cube is seen.
export function startCamera(width) {
  const far = width < 500 ? 1.2 : 1;
  return {
    eye: { x: 1.6 * far, y: 1.1 * far, z: 0.8 * far },
    center: { x: 0, y: 0, z: -0.11 },
    up: { x: 0, y: 0, z: 1 },
  };
}

const MANY = 5000; // points: more are drawn without an edge around each

const SIXTHS = [0, 60, 120, 180, 240, 300];

const rgb = ([r, g, b]) => `rgb(${Math.round(r)},${Math.round(g)},${Math.round(b)})`;
export const hex = (colour) => `#${colour.map((level) => Math.round(level).toString(16).padStart(2, "0")).join("")}`;
// plotly reads a few tags in its labels: names of strangers' files must not be read so.
export const plain = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

// The 12 edges of the RGB cube, each running from the colour of its one corner to that of the other; a little
// darker on a light ground, where white and yellow would vanish.
function cubeEdges(look) {
  const steps = 8;
  const [x, y, z, color] = [[], [], [], []];
  const push = (point) => [x, y, z].forEach((axis, k) => axis.push(point ? point[k] : null));
  for (let along = 0; along < 3; along++) {
    for (const [a, b] of [
      [0, 0],
      [0, 255],
      [255, 0],
      [255, 255],
    ]) {
      for (let step = 0; step <= steps; step++) {
        const point = [a, b];
        point.splice(along, 0, (255 * step) / steps);
        push(point);
        color.push(rgb(point.map((level) => level * look.strength)));
      }
      push(null); // lifts the pen
      color.push("rgb(0,0,0)");
    }
  }
  return { type: "scatter3d", mode: "lines", x, y, z, line: { color, width: 4 }, hoverinfo: "skip", name: "cube" };
}

function axis(title, colour, look) {
  return {
    title: { text: title, font: { color: colour, size: 15 } },
    range: [-4, 259],
    tickvals: [0, 64, 128, 192, 255],
    tickfont: { size: 10, color: look.soft },
    gridcolor: look.line,
    zeroline: false,
    showbackground: false,
    showspikes: false,
    color: look.soft,
  };
}

// Trace 0 holds the entries, one point each, in their order; the traces after it are not to be clicked, but for
// the marked pictures. `labels` are what the pointer shows, `marks` as in pictures.js, `chosen` an RGB or null.
export function cloudFigure(entries, labels, marks, chosen, camera, look, words) {
  const axes = [0, 1, 2].map((k) => Float32Array.from(entries, (each) => each.mean[k]));
  const size = entries.length > MANY ? 3 : entries.length > 1500 ? 4 : 5.5;
  const line = { color: look.edge, width: entries.length > MANY ? 0 : 0.6 };
  const points = {
    type: "scatter3d",
    mode: "markers",
    x: axes[0],
    y: axes[1],
    z: axes[2],
    text: labels,
    hoverinfo: "text",
    marker: { size, color: entries.map((each) => rgb(each.mean)), line },
    name: "points",
    hoverlabel: hoverLabel(look),
  };
  const drawn = marks.map(({ name, before, after }) => {
    const ends = after ? [before, after] : [before];
    const text = after ? [words.before, words.after] : [plain(name)];
    const hovertext = ends.map((end, k) => `<b>${plain(name)}</b><br>${after ? `${text[k]}<br>` : ""}${hex(end)}`);
    return {
      type: "scatter3d",
      mode: "lines+markers+text",
      name: "mark",
      text,
      hovertext,
      hoverinfo: "text",
      hoverlabel: hoverLabel(look),
      x: ends.map((end) => end[0]),
      y: ends.map((end) => end[1]),
      z: ends.map((end) => end[2]),
      textposition: after ? ["bottom center", "top center"] : "top center",
      textfont: { color: look.ink, size: 13 },
      line: { color: look.ink, width: 5 },
      marker: {
        symbol: after ? ["diamond", "square"] : "diamond",
        size: 9,
        color: ends.map(rgb),
        line: { color: look.ink, width: 2 },
      },
    };
  });
  const ring = {
    type: "scatter3d",
    mode: "markers",
    hoverinfo: "skip",
    name: "ring",
    x: [chosen?.[0]],
    y: [chosen?.[1]],
    z: [chosen?.[2]],
    marker: { symbol: "circle-open", size: size + 7, color: look.ink, line: { color: look.ink, width: 3 } },
  };
  const layout = {
    margin: { l: 0, r: 0, t: 0, b: 0 },
    showlegend: false,
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    font: { family: font(), color: look.ink },
    scene: {
      aspectmode: "cube",
      camera,
      dragmode: "turntable",
      xaxis: axis("R", look.red, look),
      yaxis: axis("G", look.green, look),
      zaxis: axis("B", look.blue, look),
    },
  };
  return { data: [points, ...drawn, ...(chosen ? [ring] : []), cubeEdges(look)], layout };
}

function hoverLabel(look) {
  return { bgcolor: look.card, bordercolor: look.soft, font: { color: look.ink, size: 13, family: font() } };
}

// The angle 0..359 that the hues gather around, null for greys.
export function mainHue(hue) {
  let [x, y] = [0, 0];
  hue.forEach((share, k) => {
    const turn = ((k + 0.5) * 2 * Math.PI) / hue.length;
    x += share * Math.cos(turn);
    y += share * Math.sin(turn);
  });
  return x || y ? (Math.round((Math.atan2(y, x) * 180) / Math.PI) + 360) % 360 : null;
}

// Hues as a wheel, saturation and value as bars below it. `then` is the hue of the picture before, or null.
export function wheelFigure({ hue, saturation, value }, then, look, words) {
  const tint = mainHue(hue);
  const most = Math.max(...hue, ...(then ?? []), 1);
  const bars = [...Array(36).keys()];
  const ring = [...Array(72).keys()];
  const share = (count) => `${(count / 10).toFixed(1)} %`;
  const data = [
    {
      // A thin colour wheel that the bars grow out of: one sees which hues are absent.
      type: "barpolar",
      theta: ring.map((k) => 5 * k + 2.5),
      width: 5,
      base: -0.13 * most,
      r: ring.map(() => 0.09 * most),
      marker: { color: ring.map((k) => `hsl(${5 * k + 2},80%,52%)`) },
      hoverinfo: "skip",
    },
    {
      type: "barpolar",
      theta: bars.map((k) => 10 * k + 5),
      width: 10,
      r: hue,
      text: hue.map((each, k) => `${10 * k}–${10 * k + 10}° ${share(each)}`),
      hoverinfo: "text",
      hoverlabel: hoverLabel(look),
      name: "hue",
      marker: { color: bars.map((k) => `hsl(${10 * k + 5},78%,52%)`), line: { color: look.card, width: 1 } },
    },
  ];
  if (then) {
    const around = [...bars, 0];
    data.push({
      type: "scatterpolar",
      mode: "lines",
      theta: around.map((k) => 10 * k + 5),
      r: around.map((k) => then[k]),
      name: words.before,
      line: { color: look.ink, width: 2, dash: "dot", shape: "linear" },
      hoverinfo: "skip",
    });
  }
  const layout = {
    margin: { l: 26, r: 26, t: 24, b: 30 },
    showlegend: false,
    autosize: true,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: font(), color: look.soft, size: 11 },
    bargap: 0.08,
    dragmode: false,
    polar: {
      domain: { x: [0, 1], y: [saturation ? 0.34 : 0, 1] },
      hole: 0.3,
      bgcolor: "rgba(0,0,0,0)",
      angularaxis: {
        rotation: 90,
        direction: "clockwise",
        tickvals: SIXTHS,
        ticktext: SIXTHS.map((angle) => `${angle}°`),
        gridcolor: look.line,
        linecolor: look.line,
        tickcolor: look.line,
      },
      radialaxis: {
        range: [-0.15 * most, 1.04 * most],
        showticklabels: false,
        ticks: "",
        showline: false,
        gridcolor: look.line,
        nticks: 4,
      },
    },
  };
  if (saturation) {
    const shades = [...Array(16).keys()];
    const histogram = (name, shares, colour, axes, title) => {
      data.push({
        type: "bar",
        x: shades.map((k) => (k + 0.5) / 16),
        y: shares,
        name,
        hoverinfo: "text",
        text: shares.map(share),
        textposition: "none",
        hoverlabel: hoverLabel(look),
        xaxis: `x${axes}`,
        yaxis: `y${axes}`,
        marker: { color: shades.map(colour), line: { color: look.edge, width: 0.8 } },
      });
      const side = axes === "" ? [0, 0.44] : [0.56, 1];
      layout[`xaxis${axes}`] = {
        domain: side,
        range: [0, 1],
        tickvals: [0, 0.5, 1],
        tickformat: ".0%",
        showgrid: false,
        zeroline: false,
        fixedrange: true,
        anchor: `y${axes}`,
        title: { text: title, font: { size: 12, color: look.ink }, standoff: 6 },
      };
      layout[`yaxis${axes}`] = {
        domain: [0.06, 0.24],
        visible: false,
        fixedrange: true,
        anchor: `x${axes}`,
        rangemode: "tozero",
      };
    };
    const strength = tint === null ? 0 : 1;
    histogram(
      "saturation",
      saturation,
      (k) => `hsl(${tint ?? 0},${strength * (k + 0.5) * 6.25}%,${60 - k * 0.6}%)`,
      "",
      words.saturation,
    );
    histogram("value", value, (k) => `hsl(${tint ?? 0},${strength * 22}%,${(k + 0.5) * 6.1}%)`, "2", words.value);
  }
  return { data, layout };
}

// --- around a figure ---------------------------------------------------------------------------------------------

// The colours of figures as the page has them around `element` now.
export function lookOf(element) {
  const style = getComputedStyle(element);
  const dark = document.body.classList.contains("dark");
  const colour = (name) => style.getPropertyValue(`--gs-${name}`).trim();
  const [red, green, blue] = dark ? ["#ff7b72", "#6fd08c", "#7aa8ff"] : ["#c0271c", "#1e7f3c", "#2456c9"];
  // The thin edge keeps white points visible on white and black ones on black.
  return {
    ink: colour("ink"),
    soft: colour("soft"),
    line: colour("line"),
    card: colour("card"),
    edge: dark ? "#6d727a" : "#a5a29a",
    strength: dark ? 1 : 0.86,
    red,
    green,
    blue,
  };
}

export function hasWebGL() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

// plotly itself, once for all tabs.
export function loadPlotly(address) {
  if (window.Plotly) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(address)));
    script.src = address;
    document.head.append(script);
  });
}
