// Requests and orders to the service, and the confirmation in between.

import { $, count, keepFocus, plural } from "./dom.js";

/** A refusal of the service, or that it could not be reached; the message is for the person. */
export class Failure extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { signal: AbortSignal.timeout(15000), ...options });
  } catch (failure) {
    throw new Failure(failure.name === "TimeoutError" ? "no answer within 15 s" : "it cannot be reached");
  }
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Failure(problem.detail ?? `the answer was ${answer.status}`, answer.status);
}

export const get = async path => (await ask(path)).json();

/** Whether the person may look and not change. */
export const looksOnly = () => document.body.classList.contains("looks");

/** A key for an order: the same order sent again with it does nothing twice. */
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map(byte => byte.toString(16).padStart(2, "0")).join("");

/** After these, and where there is no answer, an order may have been carried out all the same. */
const SAYS_NOTHING = [500, 502, 503, 504];
/** What the service still does not know after so many looks did not reach it. */
const MAX_UNKNOWN = 10;

/**
 * Sends an order and waits until it is known what became of it: also where no answer came, or one of a proxy in between, and where it is
 * worked off in steps.
 *
 * @param notYet is told in words while it is not known
 */
async function post(path, order, key, notYet) {
  const looking = why => notYet(`Not known yet whether it was done (${why}). Looking…`);
  try {
    const answer = await ask(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": key },
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(60000),
    });
    const result = await answer.json();
    if (!(answer.status === 202 && answer.headers.has("Location"))) return result;
  } catch (failure) {
    const refused = failure instanceof Failure && failure.status !== undefined && !SAYS_NOTHING.includes(failure.status);
    if (refused) throw failure;
    looking(failure instanceof Failure ? failure.message : "the answer was cut off");
  }
  return outcome(key, notYet, looking);
}

async function outcome(key, notYet, looking) {
  for (let unknown = 0; unknown < MAX_UNKNOWN;) {
    await new Promise(resolve => setTimeout(resolve, 1000));
    let order;
    try {
      order = await get(`api/orders/${key}`);
    } catch (failure) {
      if (failure.status === 404) unknown++;
      else looking(failure.message);
      continue;
    }
    unknown = 0;
    if (order.state === "done") return order.answer ?? { count: order.count, left: order.left };
    if (order.state === "not_done") throw new Failure("the service ended before it had changed anything");
    notYet(order.count === null ? "It is being done…" : `It is being done: ${plural(order.count, "deletion")} until now…`);
  }
  throw new Failure("the service knows nothing of this order");
}

/** What became of an order over deletions: "Approved 20 deletions." */
export function outcomeOf(past, answer) {
  const done = answer.count === null || answer.count === undefined ? `${past}: done.` : `${past} ${plural(answer.count, "deletion")}.`;
  return answer.left > 0 ? `${done} ${count(answer.left)} more came since, or were not shown, and stay as they are.` : done;
}

let saidUntil = 0;

/** Shows the result of an act in words; a failure stays until the next act. */
export function say(words, tone = "good") {
  $("said").dataset.tone = tone;
  $("said").textContent = words;
  clearTimeout(saidUntil);
  if (tone !== "bad") saidUntil = setTimeout(() => $("said").replaceChildren(), 20000);
}

/** An act that needs no confirmation. @param run is given what sends an order: send(path, order) */
export async function act(button, run) {
  button.disabled = true;
  const key = newKey();
  let sent = 0;
  try {
    await run((path, order = {}) => post(path, order, `${key}-${sent++}`, words => say(words, "warn")));
  } catch (failure) {
    say(`Not done: ${failure.message}`, "bad");
  }
  button.disabled = false;
}

let answered = null;

/**
 * Asks the person; yes runs the act. The dialog stays while it runs and shows the reason when it fails, so that nobody
 * takes it for done.
 *
 * @param run is given what sends an order: send(path, order). Yes pressed again sends the same orders under the same keys
 * @returns whether it was done
 */
export function confirm({ title, words, yes, danger, run }) {
  const dialog = $("confirm");
  $("confirm-title").textContent = title;
  $("confirm-words").textContent = words;
  $("confirm-failed").textContent = "";
  $("confirm-yes").textContent = yes;
  $("confirm-yes").className = danger ? "danger primary" : "primary";
  dialog.showModal();
  $("confirm-no").focus();
  return new Promise(resolve => {
    answered = { run, resolve, key: newKey() };
  });
}

/** @param look shows what is so now, after an order that was not carried out */
export function prepareConfirm(look) {
  const dialog = $("confirm");
  const busy = on => {
    $("confirm-yes").disabled = on;
    $("confirm-yes").setAttribute("aria-busy", on);
  };
  $("confirm-no").addEventListener("click", () => dialog.close());
  $("confirm-yes").addEventListener("click", async () => {
    const asked = answered;
    busy(true);
    $("confirm-failed").textContent = "";
    // Closed with Escape meanwhile, the dialog may ask something else by now.
    const notYet = words => {
      if (answered === asked) $("confirm-failed").textContent = words;
      else say(words, "warn");
    };
    let sent = 0;
    try {
      await asked.run((path, order = {}) => post(path, order, `${asked.key}-${sent++}`, notYet));
      asked.resolve(true);
      if (answered === asked) dialog.close();
    } catch (failure) {
      if (answered === asked) $("confirm-failed").textContent = `Not done: ${failure.message}`;
      else say(`Not done: ${failure.message}`, "bad");
      look();
    }
    if (answered === asked || answered === null) busy(false);
  });
  dialog.addEventListener("close", () => {
    busy(false);
    answered?.resolve(false);
    answered = null;
    keepFocus();
  });
}
