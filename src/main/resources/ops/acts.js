// Requests and orders to the service, and the confirmation in between.

import { $, keepFocus } from "./dom.js";

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

export const post = async (path, order = {}) => (await ask(path, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(order),
  // A selection of a hundred thousand rows takes long.
  signal: AbortSignal.timeout(120000),
})).json();

let saidUntil = 0;

/** Shows the result of an act in words; a failure stays until the next act. */
export function say(words, tone = "good") {
  $("said").dataset.tone = tone;
  $("said").textContent = words;
  clearTimeout(saidUntil);
  if (tone !== "bad") saidUntil = setTimeout(() => $("said").replaceChildren(), 20000);
}

/** An act that needs no confirmation. */
export async function act(button, run) {
  button.disabled = true;
  try {
    await run();
  } catch (failure) {
    say(failure.message, "bad");
  }
  button.disabled = false;
}

let answered = null;

/**
 * Asks the person; yes runs the act. The dialog stays while it runs and shows the reason when it fails, so that nobody
 * takes it for done.
 *
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
    answered = { run, resolve };
  });
}

export function prepareConfirm() {
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
    try {
      await asked.run();
      asked.resolve(true);
      // Closed with Escape meanwhile, the dialog may ask something else by now.
      if (answered === asked) dialog.close();
    } catch (failure) {
      if (answered === asked) $("confirm-failed").textContent = `Not done: ${failure.message}`;
      else say(`Not done: ${failure.message}`, "bad");
    }
    busy(false);
  });
  dialog.addEventListener("close", () => {
    answered?.resolve(false);
    answered = null;
    keepFocus();
  });
}
