// People who were deleted or restored: whom to import again, and callbacks whose record is gone. Read apart from the status, less often.

import { $, ago, count, draw, exact, hide, make, plural, table, word } from "./dom.js";
import { ask, get } from "./acts.js";

const EVERY = 20000;
/** Rows that are shown; the API has the others. */
const SHOWN = 50;

let lookedAt = 0;

/** Looks at most once in a while. */
export async function lookAtPeople() {
  if (Date.now() - lookedAt < EVERY) return;
  lookedAt = Date.now();
  try {
    const [late, callbacks] = await Promise.all([get("api/restored-too-late"), get("api/callbacks")]);
    showLate(late);
    showCallbacks(callbacks);
    $("people-failed").textContent = "";
  } catch (failure) {
    $("people-failed").textContent = `Restored contacts and callbacks were not read: ${failure.message}`;
  }
}

function showLate({ restored, more }) {
  hide($("late"), restored.length === 0);
  draw($("late-table"), [restored.slice(0, SHOWN), restored.length, more], () => [
    make("p", { class: "lead" }, `${plural(restored.length, "record")}${more ? " and more" : ""} ${restored.length === 1 ? "is" : "are"} to be imported again: the contacts were restored in Salesforce after the call.`),
    table("Restored too late",
      [{ name: "Contact", class: "short" }, { name: "Record list" }, { name: "Restored", class: "short" }, { name: "Talkdesk called", class: "short" }, { name: "Removed" }],
      restored.slice(0, SHOWN).map(each => [
        make("span", { class: "id" }, each.externalId), make("span", { class: "id" }, each.recordList),
        exact(each.restoredAt), each.calledAt && exact(each.calledAt), each.removed])),
    restored.length > SHOWN ? make("p", {}, `${count(SHOWN)} are shown; the CSV has all.`) : ""]);
}

const NEWS = ["gone", "unseen", "rehearsed", "cancelled", "ended"];

function showCallbacks({ mode, lastAt, lastError, tooMany, counts, callbacks }) {
  hide($("callbacks"), mode === "off");
  if (mode === "off") return;
  const news = callbacks.filter(each => NEWS.includes(each.state)).slice(0, SHOWN);
  draw($("callbacks-table"), [mode, lastError, tooMany, counts, news, lastAt], () => [
    make("p", { class: "lead" }, lastAt ? "Looked at " : "Not looked at yet", lastAt ? ago(lastAt) : "", `: ${count(counts.living)} with a record that lives, ${count(counts.gone)} whose record is gone, `
      + `${count(counts.unseen)} whose record was gone before anybody saw it, ${count(counts.rehearsed)} rehearsed, ${count(counts.cancelled)} cancelled.`),
    tooMany > 0 ? make("p", { class: "failed" }, `${plural(tooMany, "callback")} would be cancelled: more than talkdesk.callbacks.most allows, so none is.`) : "",
    lastError ? make("p", { class: "failed" }, lastError) : "",
    news.length === 0 ? make("p", { class: "nothing" }, "None whose record is gone.") : table("Callbacks",
      [{ name: "Callback" }, { name: "State", class: "short" }, { name: "Contact", class: "short" }, { name: "Record list" }, { name: "Deleted here", class: "short" }, { name: "Since", class: "short" }],
      news.map(each => [
        make("span", { class: "id" }, each.id), make("span", { class: "tag", "data-state": each.state }, word(each.state)),
        each.externalId ? make("span", { class: "id" }, each.externalId) : "not known",
        make("span", { class: "id" }, each.recordList), each.ours ? "yes" : "no", ago(each.endedAt ?? each.goneAt ?? each.foundAt)]))]);
}

/** Fetched before it is saved, so that a refusal is shown here instead of on a page of its own. */
async function saveLate() {
  const said = $("late-said");
  try {
    const answer = await ask("api/restored-too-late", { headers: { Accept: "text/csv" }, signal: AbortSignal.timeout(120000) });
    const file = URL.createObjectURL(await answer.blob());
    make("a", { href: file, download: "restored-too-late.csv" }).click();
    URL.revokeObjectURL(file);
    said.dataset.tone = "good";
    said.textContent = "Saved as restored-too-late.csv.";
  } catch (failure) {
    said.dataset.tone = "bad";
    said.textContent = `Not saved: ${failure.message}`;
  }
}

export function preparePeople() {
  $("late-save").addEventListener("click", saveLate);
}
