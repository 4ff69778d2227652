// Record lists that match by their names, or have vanished: what a person decides about them.

import { $, count, draw, hide, make } from "./dom.js";
import { confirm, say } from "./acts.js";

let names = new Map();

/** Its name, where it is known, and its id. */
export function listOf(id) {
  const label = make("span", { class: "id" }, id);
  return names.has(id) ? [make("b", {}, names.get(id)), " ", label] : [label];
}

/** The same as a text. */
export const listText = id => names.has(id) ? `${names.get(id)} (${id})` : id;

export function knowNames(lists) {
  names = new Map(lists.filter(list => list.name).map(list => [list.id, list.name]));
}

/** Whether deletions go to it. */
export const isServed = list => list.served;

const ENTITIES = { "003": "Contact", "00Q": "Lead", "001": "Account" };

/** Whether the deletion of this record goes to it: of an id whose prefix says nothing, as far as anybody knows. */
export function gets(list, id) {
  const entity = ENTITIES[id.slice(0, 3)];
  return !entity || list.entities.length === 0 || list.entities.includes(entity);
}

const title = list => list.name ? `${list.name} (${list.id})` : list.id;
const size = list => list.recordsCount === null ? "of an unknown size" : `${count(list.recordsCount)} records`;
const kind = list => list.identifierType ?? "unknown";

const JOIN = {
  name: "Join", path: "api/record-lists/join", past: "joins",
  words: list => `It gets the deletions from now on. It is swept for the last 15 days and checked for presence at once: an old file holds people who were deleted long ago. It has ${size(list)}, and its identifier type is ${kind(list)}.`,
};
const DISMISS = {
  name: "Dismiss", path: "api/record-lists/dismiss", past: "is dismissed", danger: true,
  words: () => "It gets no deletions, though its name matches. What waits for it is parked. It may join later.",
};
const FORGET = {
  name: "Forget", path: "api/record-lists/forget", past: "is forgotten", danger: true,
  words: () => "Talkdesk does not show it any more. What waits for it is cancelled for good, and your name is kept with each.",
};
const GO_LIVE = {
  name: "Go live", path: "api/record-lists/go-live", past: "is live", danger: true,
  words: () => "What comes from now on is deleted in Talkdesk. What was rehearsed goes with the order above.",
};

function button(act, list, look) {
  return make("button", {
    type: "button", class: act.danger ? "order danger" : "order", "data-key": `${act.name} ${list.id}`, "aria-label": `${act.name} ${title(list)}`,
    onclick: async () => {
      await confirm({
        title: `${act.name}: record list ${title(list)}?`,
        words: `${act.words(list)} Your name is written to the log.`,
        yes: act.name, danger: act.danger,
        run: async send => {
          await send(act.path, { ids: [list.id] });
          say(`Record list ${title(list)} ${act.past}.`);
        },
      });
      await look();
    },
  }, `${act.name}…`);
}

/** The acts that its state allows. */
export function listButtons(list, status, look) {
  const acts = {
    asks: [JOIN, DISMISS],
    dismissed: [JOIN],
    vanished: [FORGET],
  }[list.state] ?? [];
  const live = list.dryRun && status().mode === "live" && list.state === "active" && list.name ? [GO_LIVE] : [];
  const buttons = [...acts, ...live].map(act => button(act, list, look));
  return buttons.length > 0 ? make("span", { class: "buttons" }, buttons) : "";
}

/** On top of the page: those that wait for a person. */
export function showAsking(lists, look) {
  const asking = lists.filter(list => list.state === "asks");
  hide($("asking"), asking.length === 0);
  draw($("asking-lists"), asking, each => each.map(list => make("li", {},
    make("b", {}, list.name ?? list.id), " ", make("span", { class: "id" }, list.id),
    `, ${size(list)}, identifier type ${kind(list)} `,
    make("span", { class: "buttons" }, button(JOIN, list, look), button(DISMISS, list, look)))));
}
