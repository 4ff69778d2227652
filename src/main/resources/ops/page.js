// The page: asks for the status every two seconds and shows it. Orders of a person go through acts.js.

import { $, ago, count, draw, duration, exact, facts, hide, make, nothing, plural, table, time, word } from "./dom.js";
import { act, confirm, get, outcomeOf, prepareConfirm, say } from "./acts.js";
import { knowLists, prepareContact } from "./contact.js";
import { prepareDeadLetters, showDeadLetters } from "./dead-letters.js";
import { isServed, knowNames, listButtons, listOf, listText, showAsking } from "./lists.js";
import { lookAtPeople, preparePeople } from "./people.js";
import { preparePlots } from "./plots.js";
import { prepareRows, showRows } from "./rows.js";

const EVERY = 2000;
/** As far back as Salesforce can say what was deleted, and an hour of grace. */
const HISTORY = 15 * 86400000 - 3600000;
const LEVELS = {
  green: "All is well",
  amber: "Worth a look",
  red: "Something is wrong",
  unknown: "Health is unknown",
  silent: "The service does not answer",
};

let status = null;
let answeredAt = null;

// ---- asking

async function look() {
  try {
    status = await get("api/status");
    answeredAt = new Date();
    document.body.classList.remove("old");
    show();
  } catch (failure) {
    silent(failure.message);
  }
}

async function lookAgain() {
  await look();
  await lookAtPeople();
  setTimeout(lookAgain, document.hidden ? 5 * EVERY : EVERY);
}

/** Marks what is shown as old, so that nobody takes it for current. */
function silent(why) {
  document.body.classList.add("old");
  $("asked").textContent = answeredAt ? `old: from ${exact(answeredAt)}` : "no answer";
  health("silent", [why, answeredAt ? `Everything below is old: from ${exact(answeredAt)}.` : "Nothing has been read yet."]);
}

// ---- showing

function show() {
  const { stream, delivery, deletions, lists, sweep, reconcile } = status;
  knowNames(lists);
  $("version").textContent = `Version ${status.version}`;
  $("asked").textContent = `as of ${exact(status.knownAt)}`;
  $("mode").hidden = !status.mode;
  $("mode").textContent = word(status.mode);
  $("mode").dataset.state = status.mode;
  health(status.health?.level ?? "unknown", status.health?.reasons ?? []);
  showYou(status.you);
  showGuard();
  showUnseen();
  showMerged();
  showRehearsal();
  showHistory();
  showAsking(lists, look);
  counts(deletions);
  facts($("stream"), [
    ["State", word(stream.state), stream.state === "connected" || stream.state === "standby" ? "good" : "bad"],
    ["Catching up", stream.catchingUp ? "yes: Salesforce is asked about what is due" : null],
    ["Last heard", ago(stream.lastResponseAt)],
    ["Last event", ago(stream.lastEventAt)],
    ["Position", stream.positionSavedAt ? ["saved ", ago(stream.positionSavedAt)] : "none saved yet"],
    ["It expires", stream.positionSavedAt ? `in ${stream.hoursToExpiry} h` : null, stream.hoursToExpiry < 24 ? "bad" : null],
    ["Channel", make("span", { class: "id" }, stream.channel.replace("/data/", ""))],
    ["Error", stream.lastError, "bad"]]);
  facts($("delivery"), [
    ["State", word(delivery.state), delivery.state === "open" ? "good" : "bad"],
    ["Reason", delivery.reason && word(delivery.reason)],
    ["Until", time(delivery.until)],
    ["Waiting", plural(deletions.pending + deletions.claimed, "deletion")],
    ["Oldest", status.oldestPendingSeconds === null ? null : duration(status.oldestPendingSeconds * 1000)],
    ["Guard", status.guard && (status.guard.max === 0 ? "off" : `holds above ${plural(status.guard.max, "contact")} in ${duration(status.guard.windowMs)}`)]]);
  // Sent is what the button says, whatever is so by then.
  $("pause").dataset.order = delivery.state === "paused" ? "resume" : "pause";
  $("pause").textContent = delivery.state === "paused" ? "Resume…" : "Pause";
  $("try-now").hidden = delivery.state !== "waiting";
  showSweep(sweep, reconcile);
  draw($("lists"), [lists, Math.floor(Date.now() / 10000)], showLists);
  draw($("problems"), [status.problems, Math.floor(Date.now() / 60000)], showProblems);
  knowLists(lists.filter(isServed));
  showDeadLetters(status);
}

let level = null;

function health(now, reasons) {
  const title = LEVELS[now] ?? now;
  $("health").dataset.level = now;
  $("health-title").textContent = title;
  draw($("reasons"), reasons, lines => lines.map(line => make("li", {}, line)));
  if (now === level) return;
  // Announced when the level changes only: the reasons count seconds and would be announced all the time.
  if (level !== null) $("announced").textContent = [title, ...reasons].join(". ");
  level = now;
  document.title = now === "green" ? "salesforce-talkdesk-sync" : `${title} – salesforce-talkdesk-sync`;
  $("icon").href = `data:image/svg+xml,${encodeURIComponent(icon(now))}`;
}

const icon = now => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="${{ green: "#1f8a54", amber: "#b97700", red: "#c0322b" }[now] ?? "#7a8390"}">`
  + ({ amber: '<path d="M8 1l7.5 14h-15z"/>', red: '<path d="M1 1h14v14h-14z"/>' }[now] ?? '<circle cx="8" cy="8" r="7"/>') + "</svg>";

const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 2 });
const TONES = { parked: "bad", held: "bad", rehearsed: "warn", checking: "warn" };

function counts(deletions) {
  draw($("counts"), deletions, states => Object.entries(states).map(([state, number]) =>
    make("div", { class: number === 0 ? "zero" : null, "data-tone": number > 0 ? TONES[state] : null },
      make("dt", {}, state === "claimed" ? "being sent" : word(state)),
      make("dd", { title: count(number) }, number < 1e6 ? count(number) : short.format(number)))));
}

/** What a viewer may not do is not offered: it would be refused. */
function showYou(you) {
  const looks = you?.mayChange === false;
  document.body.classList.toggle("looks", looks);
  $("looks").hidden = !looks;
  $("looks").textContent = looks ? `You may look, not change: you are ${you.name}, whom ops.viewers names. Ask an operator where something has to be decided.` : "";
}

function showGuard() {
  const guard = status.guard;
  hide($("guard"), !guard || !(guard.tripped || guard.held > 0 || guard.openUntil));
  if ($("guard").hidden) return;
  $("guard").dataset.tone = guard.tripped || guard.held > 0 ? "bad" : "warn";
  $("guard-title").textContent = guard.openUntil ? "The guard is open" : "The guard stopped a mass deletion";
  draw($("guard-words"), guard, () => [
    guard.openUntil ? make("b", {}, `Opened by ${guard.openedBy} until ${exact(guard.openUntil)}: it stops nothing. `) : "",
    guard.held > 0 ? make("b", {}, `${plural(guard.held, "deletion")} ${guard.held === 1 ? "is" : "are"} held`) : "",
    guard.held > 0 && guard.since ? ` since ${exact(guard.since)}` : "",
    guard.held > 0 && !guard.tripped ? ". None of them goes to Talkdesk until you decide." : "",
    guard.tripped ? tripped(guard) : ""]);
  for (const id of ["guard-look", "guard-approve", "guard-reject"]) $(id).hidden = guard.held === 0;
  $("guard-approve").textContent = `Approve ${count(guard.held)}…`;
  $("guard-reject").textContent = `Reject ${count(guard.held)}…`;
  $("guard-open").hidden = guard.max === 0;
  $("guard-open").dataset.order = guard.openUntil ? "shut" : "open";
  $("guard-open").textContent = guard.openUntil ? "Shut it now" : "Open it for an hour…";
}

function tripped(guard) {
  const why = `more than ${plural(guard.max, "contact")} were deleted within ${duration(guard.windowMs)}.`;
  return guard.held > 0
    ? `: ${why} None of them goes to Talkdesk until you decide.`
    : `Nothing is held now, but what comes will be: since ${exact(guard.since)} ${why} It ends once no more count, or you open it.`;
}

function showUnseen() {
  const unseen = status.held?.not_visible ?? 0;
  hide($("unseen"), unseen === 0);
  if (unseen === 0) return;
  $("unseen-words").textContent = `A presence check missed the contacts of ${plural(unseen, "record")} in Salesforce, and found no sign that they were deleted: `
    + "perhaps the user just does not see them (View All). None of them goes to Talkdesk until you decide.";
  $("unseen-approve").textContent = `Approve ${count(unseen)}…`;
  $("unseen-reject").textContent = `Reject ${count(unseen)}…`;
}

function showMerged() {
  const merged = status.held?.merge ?? 0;
  hide($("merged"), merged === 0);
  if (merged === 0) return;
  $("merged-words").textContent = `${plural(merged, "deletion")} ${merged === 1 ? "is of a contact that was" : "are of contacts that were"} merged into another one in Salesforce, `
    + "who lives on as far as Salesforce tells. None of them goes to Talkdesk until you decide.";
  $("merged-approve").textContent = `Approve ${count(merged)}…`;
  $("merged-reject").textContent = `Reject ${count(merged)}…`;
}

function showRehearsal() {
  const rehearsed = status.deletions.rehearsed;
  const dry = status.mode === "dry-run";
  const dryLists = status.lists.filter(list => list.dryRun).length;
  hide($("rehearsal"), !dry && rehearsed === 0 && dryLists === 0);
  if ($("rehearsal").hidden) return;
  const what = `${plural(rehearsed, "deletion")} would have been sent.`;
  $("rehearsal-title").textContent = dry ? "Dry run: nothing is deleted in Talkdesk" : "What was rehearsed";
  $("rehearsal-words").textContent = what + (dry
    ? " To send them, set delivery.mode to live and restart; then go live here."
    : dryLists > 0 ? ` ${plural(dryLists, "record list")} ${dryLists === 1 ? "is" : "are"} in a dry run (delivery.dry-run-lists, or joined so).` : " The service is live, and can send them now.");
  $("rehearsal-look").hidden = rehearsed === 0;
  $("go-live").hidden = dry || rehearsed === 0;
  $("go-live").textContent = `Go live with ${count(rehearsed)}…`;
  $("rehearsal-discard").hidden = rehearsed === 0;
  $("rehearsal-discard").textContent = `Discard ${count(rehearsed)}…`;
}

const openLists = () => status.lists.filter(list => list.historyOpen).map(list => list.id);

function showHistory() {
  const open = status.lists.filter(list => list.historyOpen);
  hide($("history"), open.length === 0);
  if (open.length === 0) return;
  draw($("history-words"), open, lists => [
    `Nobody has looked yet at what was deleted before ${lists.length === 1 ? "this record list was" : `these ${count(lists.length)} record lists were`} there. `,
    ...lists.flatMap((list, at) => [at === 0 ? "" : ", ", ...listOf(list.id), list.joined ? ` (joined ${exact(list.joined)}, is looked at by itself)` : ""])]);
}

const lostSight = () => status.sight.filter(sight => sight.state === "lost").map(sight => sight.entity);

const working = (words, bar = {}) => [make("p", { class: "work" }, words), make("progress", { "aria-label": words, ...bar })];

function showSweep(sweep, reconcile) {
  draw($("sweep-work"), [sweep.running, sweep.found, sweep.added], () => sweep.running
    ? working(`Running: ${count(sweep.found ?? 0)} found, ${count(sweep.added ?? 0)} new`) : []);
  facts($("sweep"), [
    ["Proven until", ago(sweep.coveredUntil)],
    ["Last run", ago(sweep.lastAt)],
    ["It found", sweep.running || sweep.found === null || sweep.found === undefined ? null : `${count(sweep.found)}, ${count(sweep.added)} new`],
    ["Due", sweep.owed],
    ["Unproven", sweep.unproven && `${exact(sweep.unproven.from)} to ${exact(sweep.unproven.until)}`, "bad"],
    ["Error", sweep.lastError, "bad"]]);
  $("confirm-unproven").hidden = !sweep.unproven;
  $("sweep-withdraw").hidden = !sweep.ordered;
  $("confirm-sight").hidden = lostSight().length === 0;
  const waiting = reconcile.waiting ?? [];
  draw($("presence-work"), [reconcile.running, reconcile.checked, reconcile.missing, reconcile.recordList], () => reconcile.running
    ? [...working(`Running: ${count(reconcile.checked)} checked, ${count(reconcile.missing ?? 0)} missing`), make("p", {}, ...listOf(reconcile.recordList))] : []);
  facts($("presence"), [
    ["State", reconcile.running ? "running" : reconcile.lastAt ? "done" : "not run yet"],
    ["Last run", ago(reconcile.lastAt)],
    ["It checked", reconcile.running || !reconcile.lastAt ? null : `${count(reconcile.judged ?? 0)} of ${plural(reconcile.seen ?? 0, "record")}`],
    ["Missing", reconcile.running || !reconcile.missing ? null : `${count(reconcile.missing)}, ${count(reconcile.notVisible ?? 0)} of them without a sign of their deletion`],
    ["Not judged", reconcile.running || !(reconcile.foreign || reconcile.otherProvider) ? null
      : `${plural(reconcile.foreign, "foreign id")}, ${count(reconcile.otherProvider)} of another provider`],
    ["Whole", reconcile.whole === false && !reconcile.running ? "no: not all of the list was seen" : null, "bad"],
    ["Next", waiting.length > 0 ? plural(waiting.length, "list") : null],
    ["Error", reconcile.lastError, "bad"]]);
}

function showLists([lists]) {
  if (lists.length === 0) return nothing("None is configured.");
  return table("Record lists",
    [{ name: "Record list" }, { name: "State" }, { name: "Pending", class: "number" }, { name: "Parked", class: "number" }, { name: "Last call" }, { name: "Error" }],
    lists.map(list => [
      [list.name ? make("b", {}, list.name) : "", list.name ? make("br") : "", make("span", { class: "id" }, list.id)],
      [make("span", { class: "tag", "data-state": list.state }, word(list.state)), list.dryRun ? make("span", { class: "tag", "data-state": "dry-run" }, "dry run") : "",
        list.state === "stopped" ? goOnButton(list) : "", listButtons(list, () => status, look)],
      count(list.pending), count(list.parked), ago(list.lastCallAt),
      list.presenceError ? [list.lastError ?? "", make("div", {}, `Presence check: ${list.presenceError}`)] : list.lastError]));
}

function goOnButton(list) {
  const button = make("button", { type: "button", class: "order" }, "Go on…");
  button.addEventListener("click", async () => {
    const { asOf } = status;
    await confirm({
      title: `Go on with record list ${listText(list.id)}?`,
      words: `${list.lastError}. Its deletions are sent again. Your name is written to the log.`,
      yes: "Go on", danger: true,
      run: async send => {
        await send("api/record-lists/go-on", { ids: [list.id], asOf });
        say("The record list goes on.");
      },
    });
    await look();
  });
  return button;
}

function showProblems([problems]) {
  if (problems.length === 0) return nothing("None.");
  return make("ul", { class: "problems" }, problems.map(problem => make("li", {},
    make("span", {}, problem.message), make("small", {}, word(problem.kind), " · ", ago(problem.at)))));
}

// ---- acting

const APPROVE = {
  name: "Approve", past: "Approved", path: "api/guard/approve",
  words: "They are sent to Talkdesk, and the records are deleted there. Your name is kept with each.",
};
const REJECT = {
  name: "Reject", past: "Rejected", path: "api/guard/reject", danger: true,
  words: "They are cancelled for good, and nothing more is sent. Your name is kept with each.",
};
const APPROVE_UNSEEN = {
  ...APPROVE, danger: true, more: { heldReason: "not_visible" },
  words: "Whoever of them lives loses their records: they are sent to Talkdesk, and the records are deleted there. Your name is kept with each.",
};
const REJECT_UNSEEN = {
  ...REJECT, danger: false, more: { heldReason: "not_visible" },
  words: "The records stay, and later presence checks do not ask again until there is a newer deletion. Your name is kept with each.",
};
const APPROVE_MERGED = {
  ...APPROVE, more: { heldReason: "merge" },
  words: "They are sent to Talkdesk, and the records of those that were merged are deleted there; the records of those that live on stay. Your name is kept with each.",
};
const REJECT_MERGED = {
  ...REJECT, danger: false, more: { heldReason: "merge" },
  words: "The records stay, and neither a sweep nor a presence check asks for the same merge again. Your name is kept with each.",
};
const GO_LIVE = {
  name: "Go live with", past: "Gone live:", path: "api/go-live", danger: true,
  words: "They are sent to Talkdesk, and the records are deleted there. The guard holds what is above its limit.",
};
const DISCARD_REHEARSED = {
  name: "Discard", past: "Discarded", path: "api/deletions/discard", danger: true,
  words: "They are cancelled for good, and nothing more is sent. Your name is kept with each.",
};

/** All of a state that the person was shown: what entered it since stays as it is. */
async function decide({ name, past, path, words, danger, more = {} }, state, expected, atMost = false) {
  const { asOf } = status;
  await confirm({
    title: `${name} ${atMost ? "up to " : ""}${plural(expected, "deletion")}?`, words, yes: `${name} ${count(expected)}`, danger,
    run: async send => say(outcomeOf(past, await send(path, { state, asOf, ...more }))),
  });
  await look();
}

async function openGuard(event) {
  if (event.target.dataset.order === "shut") {
    await act(event.target, async send => {
      await send("api/guard/open", { for: "0s" });
      say("The guard is shut again: it counts what comes.");
    });
  } else {
    await confirm({
      title: "Open the guard for an hour?",
      words: "A purge is going on: whatever is deleted in Salesforce within the next hour is deleted in Talkdesk too, however many there are. What is held stays held. Your name is kept with each.",
      yes: "Open it", danger: true,
      run: async send => {
        const { openUntil } = await send("api/guard/open", { for: "1h" });
        say(openUntil ? `The guard is open until ${exact(openUntil)}.` : "The guard is open for an hour.", "warn");
      },
    });
  }
  await look();
}

const chosen = kind => ({ ...kind, run: (send, ids, asOf) => send(kind.path, { ids, asOf, ...kind.more }) });

async function pauseOrResume(event) {
  if (event.target.dataset.order === "pause") {
    await act(event.target, async send => {
      await send("api/pause");
      say("Paused: deletions are accepted, but none is sent until a person resumes, whatever restarts meanwhile.", "warn");
      await look();
    });
    return;
  }
  const { asOf, delivery, deletions } = status;
  await confirm({
    title: "Resume the delivery?",
    words: `${delivery.reason ?? "It is paused"}. Deletions are sent to Talkdesk again, in every process: ${plural(deletions.pending, "deletion")} wait. Your name is written to the log.`,
    yes: "Resume", danger: true,
    run: async send => {
      await send("api/resume", { asOf });
      say("Resumed: deletions are sent again.");
    },
  });
  await look();
}

function prepareActs() {
  $("guard-approve").addEventListener("click", () => decide(APPROVE, "held", status.guard.held));
  $("guard-reject").addEventListener("click", () => decide(REJECT, "held", status.guard.held));
  $("guard-open").addEventListener("click", openGuard);
  $("guard-look").addEventListener("click", () => showRows({
    title: "Held by the guard", words: "Newest first.", query: { state: "held", heldReason: "guard" }, done: look,
    acts: [chosen(APPROVE), chosen(REJECT)],
  }));
  $("unseen-approve").addEventListener("click", () => decide(APPROVE_UNSEEN, "held", status.held.not_visible));
  $("unseen-reject").addEventListener("click", () => decide(REJECT_UNSEEN, "held", status.held.not_visible));
  $("unseen-look").addEventListener("click", () => showRows({
    title: "Not visible in Salesforce", words: "Newest first.", query: { state: "held", heldReason: "not_visible" }, done: look,
    acts: [chosen(APPROVE_UNSEEN), chosen(REJECT_UNSEEN)],
  }));
  $("merged-approve").addEventListener("click", () => decide(APPROVE_MERGED, "held", status.held.merge));
  $("merged-reject").addEventListener("click", () => decide(REJECT_MERGED, "held", status.held.merge));
  $("merged-look").addEventListener("click", () => showRows({
    title: "Merged in Salesforce", words: "Newest first.", query: { state: "held", heldReason: "merge" }, done: look,
    acts: [chosen(APPROVE_MERGED), chosen(REJECT_MERGED)],
  }));
  $("rehearsal-look").addEventListener("click", () => showRows({
    title: "Rehearsed", words: "What would have been deleted, newest first.", query: { state: "rehearsed" }, done: look,
    acts: status.mode === "dry-run" ? [] : [chosen(GO_LIVE)],
  }));
  // Those of lists in a dry run stay rehearsed; the status does not say how many those are.
  $("go-live").addEventListener("click", () => decide(GO_LIVE, "rehearsed", status.deletions.rehearsed, status.lists.some(list => list.dryRun)));
  $("rehearsal-discard").addEventListener("click", () => decide(DISCARD_REHEARSED, "rehearsed", status.deletions.rehearsed));
  $("pause").addEventListener("click", pauseOrResume);
  $("try-now").addEventListener("click", event => act(event.target, async send => {
    // Not where somebody has paused it meanwhile.
    await send("api/resume", { asOf: status.asOf });
    say("What waits after a failed call is tried now.");
    await look();
  }));
  $("sweep-withdraw").addEventListener("click", event => act(event.target, async send => {
    const { owed } = await send("api/sweep/withdraw");
    say(owed ? `Withdrawn; a sweep is due all the same: ${owed}.` : "Withdrawn.");
    await look();
  }));
  $("sweep-now").addEventListener("click", event => act(event.target, async send => {
    await send("api/sweep");
    say("A sweep is ordered: it asks Salesforce what was deleted.");
    await look();
  }));
  $("confirm-unproven").addEventListener("click", async () => {
    const { asOf, sweep: { unproven: { from, until } } } = status;
    await confirm({
      title: "Was nothing missed?",
      words: `Salesforce no longer knows what was deleted from ${exact(from)} to ${exact(until)}. Confirm only after the presence check, or a comparison by hand. Your name is written to the log.`,
      yes: "Nothing was missed", danger: true,
      run: async send => {
        await send("api/sweep/confirm-unproven", { asOf });
        say("Confirmed.");
      },
    });
    await look();
  });
  $("confirm-sight").addEventListener("click", async () => {
    const { asOf } = status;
    const lost = lostSight().join(", ");
    await confirm({
      title: `Are there no more records of ${lost}?`,
      words: `Salesforce shows the user far fewer records of ${lost} than before. Confirm only where they really are gone: if the user has lost its right to see them, deletions stay unknown from then on. Your name is written to the log.`,
      yes: "There are no more", danger: true,
      run: async send => {
        await send("api/salesforce/confirm-sight", { asOf });
        say("Confirmed: the sweep goes on.");
      },
    });
    await look();
  });
  $("history-look").addEventListener("click", async () => {
    const lists = openLists();
    const since = new Date(Date.now() - HISTORY).toISOString();
    await confirm({
      title: `Look at what lies before, for ${plural(lists.length, "record list")}?`,
      words: "A sweep asks Salesforce what was deleted in the last 15 days, and a presence check compares each list with Salesforce. Records whose contact was deleted are deleted, within the guard; where there is no sign of that, you are asked. Your name is written to the log.",
      yes: "Look", danger: true,
      run: async send => {
        await send("api/sweep", { since });
        for (const recordList of lists) await send("api/reconcile", { recordList });
        say("A sweep and the presence checks are ordered.");
      },
    });
    await look();
  });
  $("history-skip").addEventListener("click", async () => {
    const { asOf } = status;
    const lists = openLists();
    await confirm({
      title: `Decline the look at what lies before, for ${plural(lists.length, "record list")}?`,
      words: "What was deleted in Salesforce before stays on these lists. Your name is kept.",
      yes: "Decline", danger: true,
      run: async send => {
        await send("api/record-lists/skip-history", { ids: lists, asOf });
        say("Declined.");
      },
    });
    await look();
  });
  $("check-presence").addEventListener("click", async () => {
    await confirm({
      title: `Check ${plural(status.lists.filter(isServed).length, "record list")}?`,
      words: "The service reads each list and asks Salesforce which of its contacts live. It deletes records whose contact was deleted, within the guard; where there is no sign of that, you are asked.",
      yes: "Check",
      run: async send => {
        await send("api/reconcile");
        say("The presence check is ordered.");
      },
    });
    await look();
  });
}

// ---- starting

$("zone").textContent = Intl.DateTimeFormat().resolvedOptions().timeZone;
prepareConfirm(look);
prepareRows();
prepareActs();
prepareDeadLetters();
prepareContact();
preparePeople();
preparePlots();
document.addEventListener("visibilitychange", () => document.hidden || look());
lookAgain();
