// The parked deletions, grouped by reason, to look at, redrive or discard; and the progress of a redrive.

import { $, ago, count, draw, make, nothing, plural, table, word } from "./dom.js";
import { confirm, get, outcomeOf, say } from "./acts.js";
import { listOf, listText } from "./lists.js";
import { showRows } from "./rows.js";

const EVERY = 10000;

let groups = [];
/** Of the answer that the groups are from. */
let groupsAsOf = null;
let askedAt = 0;
let parkedThen = null;
let redriven = null;
let trouble = null;

const REDRIVE = {
  name: "Redrive", past: "Redriven:", path: "api/deletions/redrive",
  words: "They are sent to Talkdesk again, now. What is refused again is parked again.",
};
const DISCARD = {
  name: "Discard", past: "Discarded", path: "api/deletions/discard", danger: true,
  words: "They are given up for good, and nothing more is sent. Your name is kept with each.",
};

/** With each new status. */
export async function showDeadLetters(status) {
  progress(status);
  const parked = status.deletions.parked;
  if (parked === parkedThen && Date.now() - askedAt < EVERY) return;
  parkedThen = parked;
  await read();
}

async function read() {
  askedAt = Date.now();
  try {
    ({ groups, asOf: groupsAsOf } = await get("api/dead-letters"));
    trouble = null;
  } catch (failure) {
    trouble = `Not read: ${failure.message}`;
    parkedThen = null;
  }
  redraw();
}

function redraw() {
  const list = $("parked-list");
  const lists = [...new Set(groups.map(group => group.recordList))].sort();
  draw(list, lists, ids => [make("option", { value: "" }, "every list"),
    ...ids.map(id => make("option", { value: id, selected: id === list.value }, listText(id)))]);
  $("parked-filter").hidden = groups.length === 0;
  const shown = filtered();
  draw($("parked"), [shown, groups.length, trouble, Math.floor(Date.now() / 60000)], () => [
    ...(trouble ? [make("p", { class: "failed" }, trouble)] : []),
    ...(shown.length === 0 && !trouble ? [nothing(groups.length === 0 ? "None. Nothing waits for a person." : "None matches the filter.")] : []),
    ...(shown.length === 0 ? [] : [table("Dead letters, grouped",
      [{ name: "Reason" }, { name: "Record list" }, { name: "Count", class: "number" }, { name: "Oldest" }, { name: "What to do", unseen: true, class: "acts" }],
      shown.map(row))]),
    ...(shown.length > 1 ? [make("div", { class: "buttons" }, button(REDRIVE, shown, "all"), button(DISCARD, shown, "all"))] : []),
  ]);
}

function filtered() {
  const reason = $("parked-reason").value.trim().toLowerCase();
  const list = $("parked-list").value;
  return groups.filter(group => (!list || group.recordList === list)
    && `${group.failureCode} ${word(group.failureCode)} ${group.message}`.toLowerCase().includes(reason));
}

function row(group) {
  const key = `${group.recordList} ${group.failureCode}`;
  return [
    [make("b", {}, word(group.failureCode)), make("small", {}, group.message)],
    listOf(group.recordList),
    count(group.count),
    ago(group.oldestAt),
    [make("button", { type: "button", "data-key": `look ${key}`, "aria-label": `Look at ${word(group.failureCode)}`, onclick: () => look(group) }, "Look"),
      button(REDRIVE, [group], key), button(DISCARD, [group], key)],
  ];
}

const total = shown => shown.reduce((sum, group) => sum + group.count, 0);
const selection = group => ({ state: "parked", recordList: group.recordList, failureCode: group.failureCode });

function button(act, shown, key) {
  const of = shown.length > 1 ? `all ${count(total(shown))} shown` : word(shown[0].failureCode);
  return make("button", {
    type: "button", class: act.danger ? "order danger" : "order", "data-key": `${act.name} ${key}`,
    "aria-label": `${act.name} ${of}`, onclick: () => perform(act, shown),
  }, shown.length > 1 ? `${act.name} ${of}…` : `${act.name}…`);
}

async function perform(act, shown) {
  const asOf = groupsAsOf;
  await confirm({
    title: `${act.name} ${plural(total(shown), "deletion")}?`,
    words: `${shown.length > 1 ? `Of ${shown.length} reasons and lists.` : `${word(shown[0].failureCode)}, list ${listText(shown[0].recordList)}.`} ${act.words}`,
    yes: `${act.name} ${count(total(shown))}`,
    danger: act.danger,
    run: async send => report(act, await each(act, shown, asOf, send), shown.length > 1 ? null : shown[0].recordList),
  });
  await read();
}

/** What was parked since stays so; a group of which nothing is parked any more is passed over. */
async function each(act, shown, asOf, send) {
  const done = { count: 0, left: 0 };
  let gone = null;
  for (const group of shown) {
    try {
      const answer = await send(act.path, { ...selection(group), asOf });
      done.count += answer.count ?? group.count;
      done.left += answer.left ?? 0;
    } catch (failure) {
      if (failure.status !== 409) throw failure;
      gone = failure;
    }
  }
  if (done.count === 0 && gone) throw gone;
  return done;
}

function report(act, done, list) {
  say(outcomeOf(act.past, done));
  if (act === REDRIVE) redriven = { count: done.count, list };
}

function look(group) {
  const by = act => ({ ...act, run: async (send, ids, asOf) => {
    const answer = await send(act.path, { ids, asOf });
    if (act === REDRIVE) redriven = { count: answer.count, list: group.recordList };
    return answer;
  } });
  showRows({
    title: `${word(group.failureCode)}: ${plural(group.count, "deletion")}`,
    words: `${group.message} (list ${listText(group.recordList)})`,
    query: { state: "parked", recordList: group.recordList },
    match: deletion => deletion.failureCode === group.failureCode,
    acts: [by(REDRIVE), by(DISCARD)],
    done: read,
  });
}

/** Rows do not record that they were redriven, so this shows how many of them are left at most. */
function progress(status) {
  if (!redriven) return;
  const lists = status.lists.filter(list => !redriven.list || list.id === redriven.list);
  const waiting = lists.reduce((sum, list) => sum + list.pending, 0) + status.deletions.claimed;
  const left = Math.min(redriven.count, waiting);
  draw($("redriven"), [redriven, left], () => [
    make("p", { class: "work", role: left === 0 ? "status" : null },
      left === 0 ? `The redrive is done: all ${count(redriven.count)} were tried.` : `Redrive: at most ${count(left)} of ${count(redriven.count)} are left.`),
    make("progress", { max: redriven.count, value: redriven.count - left, "aria-label": "Redrive" }),
  ]);
  if (left === 0) redriven = null;
}

export function prepareDeadLetters() {
  $("parked-reason").addEventListener("input", redraw);
  $("parked-list").addEventListener("change", redraw);
}
