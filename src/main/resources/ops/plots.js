// Plots of what was accepted, deleted and parked, and the same numbers as a table.

import { $, clock, count, day, draw, make, nothing, table } from "./dom.js";
import { get } from "./acts.js";

const SERIES = ["accepted", "deleted", "parked"];
const dark = matchMedia("(prefers-color-scheme: dark)");
const plots = new Map();

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function options(width) {
  const bars = uPlot.paths.bars({ size: [0.7, 40], align: 1 });
  const steps = uPlot.paths.stepped({ align: 1 });
  const axis = { stroke: colour("--soft"), font: "11px system-ui, sans-serif", ticks: { show: false } };
  return {
    width,
    height: 180,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { y: { range: (plot, least, most) => [0, Math.max(4, most * 1.1)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 56, values: (plot, ticks) => ticks.map(at => clock(new Date(at * 1000))) },
      { ...axis, grid: { stroke: colour("--line"), width: 1 }, size: 46, space: 36,
        incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6],
        values: (plot, ticks) => ticks.map(count) },
    ],
    series: [
      {},
      { label: "accepted", paths: steps, fill: colour("--area"), width: 0, points: { show: false } },
      { label: "deleted", paths: steps, stroke: colour("--accent"), width: 2, points: { show: false } },
      { label: "parked", paths: bars, stroke: colour("--red"), fill: colour("--red"), width: 0, points: { show: false } },
    ],
  };
}

function key(points) {
  return make("p", { class: "key" }, SERIES.map(name => make("span", { class: name },
    make("b", {}, count(points.reduce((sum, point) => sum + point[name], 0))), " " + name)));
}

/** Built when it is opened, because it is long and rarely needed. */
function numbersOf(shown) {
  const body = make("div");
  const fill = () => draw(body, shown.points, points => {
    const busy = points.filter(point => SERIES.some(name => point[name] > 0)).reverse();
    return busy.length === 0 ? nothing("Nothing happened in this time.") : [
      make("div", { class: "scrolled", tabindex: "0", role: "region", "aria-label": "Numbers of the plot" }, table("Numbers of the plot",
        [{ name: "From" }, ...SERIES.map(name => ({ name, class: "number" }))],
        busy.map(point => [at(point), ...SERIES.map(name => count(point[name]))]))),
      make("p", { class: "lead" }, "Steps in which nothing happened are left out."),
    ];
  });
  const details = make("details", { ontoggle: fill }, make("summary", {}, "As a table"), body);
  return { details, refill: () => details.open && fill() };
}

const at = point => {
  const from = new Date(point.at);
  return day(from) === day(new Date()) ? clock(from) : `${day(from)} ${clock(from)}`;
};

function show(figure, history) {
  const points = history.points;
  figure.querySelector(".nothing")?.remove();
  let shown = plots.get(figure);
  if (!shown) {
    shown = { points, key: make("div"), canvas: make("div", { class: "canvas", role: "img" }), under: make("p", { class: "under" }) };
    shown.numbers = numbersOf(shown);
    figure.append(shown.key, shown.canvas, shown.under, shown.numbers.details);
    plots.set(figure, shown);
    new ResizeObserver(() => {
      const width = shown.canvas.clientWidth;
      if (shown.plot && width > 0 && width !== shown.plot.width) shown.plot.setSize({ width, height: shown.plot.height });
    }).observe(shown.canvas);
  }
  shown.points = points;
  shown.stepSeconds = history.stepSeconds;
  shown.under.textContent = "";
  draw(shown.key, SERIES.map(name => points.map(point => point[name])), () => key(points));
  shown.numbers.refill();
  shown.canvas.setAttribute("aria-label", `${figure.querySelector("h2").textContent}: ` + SERIES.map(name =>
    `${count(points.reduce((sum, point) => sum + point[name], 0))} ${name}, ${count(Math.max(0, ...points.map(point => point[name])))} at most in one step`).join("; "));
  plot(shown);
}

function plot(shown) {
  const times = shown.points.map(point => new Date(point.at).getTime() / 1000);
  // Gives the last step a width.
  const data = [[...times, times.at(-1) + shown.stepSeconds], ...SERIES.map(name => {
    const numbers = shown.points.map(point => point[name]);
    return [...numbers, name === "parked" ? null : numbers.at(-1)];
  })];
  if (shown.plot) {
    shown.plot.setData(data);
    return;
  }
  const opts = options(shown.canvas.clientWidth);
  opts.hooks = { setCursor: [({ cursor: { idx } }) => {
    const point = shown.points[idx ?? -1];
    shown.under.textContent = point ? `${at(point)}: ` + SERIES.map(name => `${count(point[name])} ${name}`).join(" · ") : "";
  }] };
  shown.plot = new uPlot(opts, data, shown.canvas);
}

async function look(figure, hours, every) {
  try {
    show(figure, await get(`api/history?hours=${hours}`));
  } catch (failure) {
    const shown = plots.get(figure);
    const words = `No history: ${failure.message}`;
    if (shown) shown.under.textContent = `${words}. This is old.`;
    else if (!figure.querySelector(".nothing")) figure.append(make("p", { class: "nothing" }, words));
  }
  setTimeout(() => look(figure, hours, every), document.hidden ? every * 4 : every);
}

export function preparePlots() {
  look($("plot-hour"), 1, 5000);
  look($("plot-day"), 24, 30000);
  dark.addEventListener("change", () => plots.forEach(shown => {
    shown.plot?.destroy();
    shown.plot = null;
    plot(shown);
  }));
}
