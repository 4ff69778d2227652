// Elements and their texts. Data becomes text only: nothing here parses HTML.

export const $ = id => document.getElementById(id);

/** make("td", {class: "number"}, "12"): a key that begins with "on" is a listener; null and false are left out. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

const shown = new WeakMap();

/** Redraws only when the data has changed, so that the focus and a selection stay; data-key finds the focus again. */
export function draw(container, data, build) {
  const now = JSON.stringify(data);
  if (shown.get(container) === now) return;
  shown.set(container, now);
  const focused = container.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  container.replaceChildren(...[build(data)].flat());
  if (focused !== undefined) (container.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? home()).focus({ preventScroll: true });
}

const home = () => $("main");

/** Moves the focus to the content, not to the top of the page, when the element that had it is gone. */
export function keepFocus() {
  if (document.activeElement === document.body) home().focus({ preventScroll: true });
}

export function hide(element, hidden) {
  if (hidden && element.contains(document.activeElement)) home().focus({ preventScroll: true });
  element.hidden = hidden;
}

/** A table, with roles and labels because a narrow screen shows each row as a card. */
export function table(name, columns, rows) {
  return make("table", { role: "table", "aria-label": name },
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, columns.map(column =>
      make("th", { role: "columnheader", scope: "col", class: column.class },
        column.unseen ? make("span", { class: "unseen" }, column.name) : column.name)))),
    make("tbody", { role: "rowgroup" }, rows.map(cells => make("tr", { role: "row" }, cells.map((cell, index) =>
      make("td", { role: "cell", class: columns[index].class, "data-label": columns[index].unseen ? null : columns[index].name },
        make("div", {}, cell === null || cell === undefined || cell === "" ? "–" : cell)))))));
}

/** [name, value, tone] each; rows without a value are left out. */
export function facts(list, rows) {
  list.replaceChildren(...rows.filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([name, value, tone]) => make("div", {}, make("dt", {}, name), make("dd", { class: tone }, ...[value].flat()))));
}

export const nothing = words => make("p", { class: "nothing" }, words);

const numbers = new Intl.NumberFormat("en");
export const count = number => numbers.format(number);
export const plural = (number, one, many = one + "s") => `${count(number)} ${number === 1 ? one : many}`;

const two = number => String(number).padStart(2, "0");
export const clock = at => `${two(at.getHours())}:${two(at.getMinutes())}`;
export const day = at => `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
export const exact = text => {
  const at = new Date(text);
  return `${day(at)} ${clock(at)}:${two(at.getSeconds())}`;
};

export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200 && seconds !== 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86400)} days`;
}

/** "12 s ago", with the exact time as a tooltip. */
export function ago(text) {
  if (!text) return null;
  return make("time", { datetime: text, title: exact(text) }, duration(Date.now() - new Date(text)) + " ago");
}

export const time = text => text ? make("time", { datetime: text, title: text }, exact(text)) : null;

const WORDS = {
  accepted: "accepted by Talkdesk, never confirmed",
  claimed: "being sent",
  gave_up: "given up",
  other_org: "other org",
  "dry-run": "dry run",
};
/** A name of the API as a person reads it. */
export const word = name => WORDS[name] ?? String(name).replaceAll("_", " ");
