// Whether a contact is gone, since when, and how that is known, in words that claim no more than is known; and receipts to save.

import { $, count, exact, make, plural, word } from "./dom.js";
import { ask, get } from "./acts.js";
import { gets, listOf } from "./lists.js";

/** Talkdesk counted it, or did not find it: any other answer leaves a doubt. */
const CERTAIN = ["exact", "absent"];

let lists = [];

/** The lists that are served. */
export function knowLists(served) {
  lists = served;
}

const receiptsOf = async id => (await get(`api/receipts?${new URLSearchParams({ externalId: id })}`)).receipts;

async function find(typed) {
  const answer = $("answer");
  answer.replaceChildren(make("p", { class: "nothing" }, "Looking…"));
  try {
    const receipts = await receiptsOf(typed);
    // Salesforce sometimes shows ids of 15 characters; the service knows both forms.
    answer.replaceChildren(receipts.length === 0 ? unknown(typed) : receipt(receipts[0].externalId ?? typed, receipts));
  } catch (failure) {
    answer.replaceChildren(make("p", { class: "failed" }, `Not looked up: ${failure.message}`));
  }
}

const unknown = id => make("div", { class: "receipt", "data-tone": "warn" },
  make("h3", {}, "No deletion is known"),
  make("p", {}, `The deletion of ${id} was never requested, or it ended longer ago than ledger.retention.`
    + " This does not say whether the contact is on a record list; the presence check does."));

function receipt(id, receipts) {
  const newest = new Map();
  for (const one of receipts) {
    if (!(newest.get(one.recordList)?.acceptedAt > one.acceptedAt)) newest.set(one.recordList, one);
  }
  const { words, tone } = verdict([...new Set([...lists.filter(list => gets(list, id)).map(list => list.id), ...newest.keys()])].map(list => newest.get(list)));
  return make("article", { class: "receipt", "data-tone": tone, "aria-labelledby": "receipt-title" },
    make("h3", { id: "receipt-title" }, words),
    make("p", { class: "lead" }, `Contact ${id}, as recorded when asked on ${exact(new Date())}. A later import can bring a record back.`),
    make("ol", { class: "receipts" }, receipts.map(line)),
    make("div", { class: "buttons unprinted" },
      make("button", { type: "button", onclick: () => print() }, "Print"),
      ...["csv", "json"].map(format => make("button", { type: "button", onclick: () =>
        download({ externalId: id, format }, `receipt-${id}.${format}`, $("download-said")) }, `Download ${format.toUpperCase()}`))),
    make("p", { id: "download-said", class: "said unprinted", role: "status" }));
}

/** @param newest the newest receipt of each list; undefined where there is none */
function verdict(newest) {
  const done = newest.filter(one => one?.state === "deleted");
  const certain = done.filter(one => CERTAIN.includes(one.confirmation));
  const since = done.map(one => one.settledAt).sort().at(-1);
  const every = newest.length === 1 ? "the record list" : `all ${newest.length} record lists`;
  if (certain.length === newest.length) return { tone: "good", words: `Gone from ${every} since ${exact(since)}` };
  if (done.length === newest.length) {
    return { tone: "warn", words: `Most likely gone from ${every} since ${exact(since)}: Talkdesk accepted each deletion, but left a doubt about ${newest.length - certain.length}` };
  }
  if (done.length > 0) return { tone: "bad", words: `Gone from ${done.length} of ${newest.length} record lists only` };
  return { tone: "bad", words: newest.length === 1 ? "Not gone from the record list" : "Not gone from any record list" };
}

function line(one) {
  const details = [
    ["Origin", word(one.origin)], ["Event", one.eventKey], ["Deleted in Salesforce", one.committedAt && exact(one.committedAt)],
    ["Accepted here", one.acceptedAt && exact(one.acceptedAt)], ["Talkdesk called", one.calledAt && exact(one.calledAt)],
    ["Sign of the deletion", one.sign && word(one.sign)], ["In the list as", one.listedAs],
    ["Ended", one.settledAt && exact(one.settledAt)], ["Confirmation", one.confirmation && word(one.confirmation)],
    ["Failed calls", one.attempts ? count(one.attempts) : null], ["Ordered by", one.orderedBy],
    ["Decided", one.decision && `${word(one.decision)} by ${one.decidedBy}`], ["Let pass by", one.approvedBy], ["Ended by", one.settledBy],
  ].filter(([, value]) => value);
  return make("li", {},
    make("p", {}, make("span", { class: "tag", "data-state": one.state }, word(one.state)), " list ", ...listOf(one.recordList)),
    make("p", {}, one.words),
    make("dl", { class: "small" }, details.map(([name, value]) => make("div", {}, make("dt", {}, `${name}: `), make("dd", {}, value)))));
}

/** Fetched before it is saved, so that a refusal is shown here instead of on a page of its own. */
async function download(query, name, said) {
  said.dataset.tone = "good";
  said.textContent = "Asking…";
  try {
    const file = URL.createObjectURL(await (await ask(`api/receipts?${new URLSearchParams(query)}`, { signal: AbortSignal.timeout(120000) })).blob());
    make("a", { href: file, download: name }).click();
    URL.revokeObjectURL(file);
    said.textContent = `Saved as ${name}.`;
  } catch (failure) {
    said.dataset.tone = "bad";
    said.textContent = `Not saved: ${failure.message}`;
  }
}

export function prepareContact() {
  $("search").addEventListener("submit", event => {
    event.preventDefault();
    find($("contact-id").value.trim());
  });
  $("period").addEventListener("submit", event => {
    event.preventDefault();
    const [from, to, format] = [$("period-from").value, $("period-to").value, event.submitter?.value ?? "csv"];
    download({ from: `${from}T00:00:00Z`, to: `${to}T00:00:00Z`, format }, `receipts-${from}-${to}.${format}`, $("period-said"));
  });
}
