// A dialog with the deletions behind a number, read page by page, each with its failed calls; a person may choose some.

import { $, ago, count, exact, keepFocus, make, nothing, plural, table, word } from "./dom.js";
import { confirm, get, looksOnly, outcomeOf } from "./acts.js";
import { listOf } from "./lists.js";

const PAGE = 200;
/** Rows to begin with; "Show more" continues. */
const FIRST_ROWS = 50;
const MAX_PAGES = 5;

let view = null;

/**
 * @param query of GET /api/deletions
 * @param match which of the rows are shown, when the query cannot express it
 * @param acts what may be done with the chosen rows: {name, past, words, danger, run(send, ids, asOf)} each
 */
export function showRows({ title, words, query, match = () => true, acts = [], done = () => {} }) {
  if (looksOnly()) acts = [];
  view = { query, match, acts, done, rows: [], chosen: new Set(), before: null, ended: false, asOf: null };
  $("rows-title").textContent = title;
  $("rows-words").textContent = words;
  $("rows-table").replaceChildren(nothing("Reading…"));
  $("rows-acts").replaceChildren(...acts.map(act => make("button", { type: "button", class: act.danger ? "danger" : null, onclick: () => perform(act) })));
  label();
  $("rows").showModal();
  $("rows-close").focus();
  return more();
}

async function more() {
  const mine = view;
  $("rows-failed").textContent = "";
  $("rows-more").disabled = true;
  try {
    let found = 0;
    for (let page = 0; page < MAX_PAGES && found < FIRST_ROWS && !mine.ended; page++) {
      const answer = await get(`api/deletions?${new URLSearchParams({ ...mine.query, limit: PAGE, ...(mine.before && { before: mine.before }) })}`);
      const rows = answer.deletions;
      // Of the first page: what came back since is not what was shown there.
      mine.asOf ??= answer.asOf;
      mine.ended = rows.length < PAGE;
      mine.before = rows.at(-1)?.id ?? mine.before;
      const meant = rows.filter(mine.match);
      found += meant.length;
      mine.rows.push(...meant);
    }
  } catch (failure) {
    if (view === mine) $("rows-failed").textContent = `Not read: ${failure.message}`;
  }
  if (view !== mine) return;
  $("rows-more").disabled = false;
  $("rows-more").hidden = mine.ended;
  redraw();
}

function redraw() {
  const chooses = view.acts.length > 0;
  const oneList = view.query.recordList !== undefined;
  const columns = [
    ...(chooses ? [{ name: "Chosen", unseen: true, class: "choose" }] : []),
    { name: "Contact", class: "short" }, ...(oneList ? [] : [{ name: "Record list" }]), { name: "Accepted", class: "short" }, { name: "Origin", class: "short" }, { name: "Message" }, { name: "Failed calls" },
  ];
  const cells = view.rows.map(row => [
    ...(chooses ? [make("input", { type: "checkbox", "aria-label": `Choose ${nameOf(row)}`, checked: view.chosen.has(row.id), onchange: event => choose(row.id, event.target.checked) })] : []),
    make("span", { class: "id" }, nameOf(row)), ...(oneList ? [] : [listOf(row.recordList)]), ago(row.acceptedAt), word(row.origin),
    [row.note, row.message].filter(Boolean).join("; "), row.attempts > 0 ? calls(row) : "0",
  ]);
  $("rows-table").replaceChildren(cells.length > 0 ? table("Deletions", columns, cells) : nothing("There are none."));
}

const nameOf = row => row.externalId ?? row.recordId ?? row.phoneNumber;

/** Read when it is opened. */
function calls(row) {
  const list = make("ul", { class: "calls" });
  return make("details", {
    ontoggle: async event => {
      if (!event.target.open || list.children.length > 0) return;
      try {
        const { attempts } = await get(`api/deletions/${row.id}`);
        list.replaceChildren(...attempts.map(attempt => make("li", {},
          make("b", {}, `${attempt.status || "no answer"} ${word(attempt.code)}`), ` ${attempt.message}`,
          make("small", {}, `${exact(attempt.at)} · call ${attempt.callId}`))));
      } catch (failure) {
        list.replaceChildren(make("li", { class: "failed" }, `Not read: ${failure.message}`));
      }
    },
  }, make("summary", {}, plural(row.attempts, "call")), list);
}

function choose(id, on) {
  view.chosen[on ? "add" : "delete"](id);
  label();
}

function label() {
  [...$("rows-acts").children].forEach((button, index) => {
    button.textContent = `${view.acts[index].name} chosen (${count(view.chosen.size)})…`;
    button.disabled = view.chosen.size === 0;
  });
}

async function perform(act) {
  const mine = view;
  const ids = [...mine.chosen];
  const done = await confirm({
    title: `${act.name} ${plural(ids.length, "deletion")}?`,
    words: act.words,
    yes: `${act.name} ${count(ids.length)}`,
    danger: act.danger,
    run: async send => {
      $("rows-words").textContent = outcomeOf(act.past, await act.run(send, ids, mine.asOf));
    },
  });
  if (!done || view !== mine) return;
  mine.rows = mine.rows.filter(row => !mine.chosen.has(row.id));
  mine.chosen.clear();
  redraw();
  label();
  mine.done();
}

export function prepareRows() {
  $("rows-close").addEventListener("click", () => $("rows").close());
  $("rows-more").addEventListener("click", more);
  $("rows").addEventListener("close", () => {
    view = null;
    keepFocus();
  });
}
