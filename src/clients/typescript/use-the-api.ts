// The generated client, used against the service.
// Arguments: the URL of that, a file of examples, a contact with a receipt, a record list.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  Configuration,
  DefaultApi,
  FindDeletionsHeldReasonEnum,
  FindDeletionsStateEnum,
  ParkedSelectionStateEnum,
  ResponseError,
} from "./generated/index.js";
import * as models from "./generated/models/index.js";

const [basePath, examplesFile, contact, recordList] = process.argv.slice(2) as [string, string, string, string];

const sent: string[] = [];
const api = new DefaultApi(
  new Configuration({
    basePath,
    middleware: [
      {
        async pre(context) {
          sent.push(String(context.init.body));
        },
      },
    ],
  }),
);

async function refusal(order: Promise<unknown>): Promise<number> {
  try {
    await order;
  } catch (error) {
    if (error instanceof ResponseError) {
      return error.response.status;
    }
    throw error;
  }
  return 0;
}

function nothingBecomesLess(): void {
  const functions = models as unknown as Record<string, ((value: unknown) => unknown) | undefined>;
  const examples = JSON.parse(readFileSync(examplesFile, "utf8")) as Record<string, unknown>;
  for (const [name, example] of Object.entries(examples)) {
    const read = functions[`${name}FromJSON`];
    const write = functions[`${name}ToJSON`];
    assert.ok(read && write, `There is no model ${name}`);
    assert.deepEqual(JSON.parse(JSON.stringify(write(read(example)))), example, name);
  }
}

async function approvesWhatItNames(): Promise<void> {
  const held = async () =>
    (await api.findDeletions({
      state: FindDeletionsStateEnum.Held,
      heldReason: FindDeletionsHeldReasonEnum.Guard,
      limit: 1000,
    })).deletions;
  const before = await held();
  const id = before[0]!.id;
  sent.length = 0;

  const { count } = await api.approveHeld({ heldSelection: { ids: [id] } });

  assert.equal(count, 1);
  assert.deepEqual(sent, [`{"ids":[${id}]}`]);
  const after = await held();
  assert.equal(after.length, before.length - 1);
  assert.ok(!after.some((deletion) => deletion.id === id));
  assert.equal(await refusal(api.approveHeld({ heldSelection: {} })), 400);
  assert.equal(await refusal(api.rejectHeld({ heldSelection: {} })), 400);
  assert.equal(await refusal(api.discardDeletions({ discardSelection: {} })), 400);
  assert.equal(await refusal(api.goLive({ rehearsedSelection: {} })), 400);
  assert.equal((await held()).length, after.length);
}

async function readsAndOrders(): Promise<void> {
  const { receipts } = await api.showReceipts({ externalId: contact });
  assert.equal(receipts[0]!.externalId, contact);
  assert.ok(receipts[0]!.acceptedAt instanceof Date);
  assert.equal((await api.showStatus()).guard.max, 20);
  assert.ok((await api.showHistory({ hours: 1 })).points.length > 0);
  assert.deepEqual((await api.showDeadLetters()).groups, []);
  const [deletion] = (await api.findDeletions({ externalId: contact, limit: 1 })).deletions;
  assert.equal((await api.showDeletion({ id: deletion!.id })).externalId, contact);

  const { ids } = await api.orderDeletions({
    deletionOrderInner: [{ externalProvider: "salesforce", externalId: "003TYPE00000000AAA", recordList }],
  });
  assert.equal(ids.length, 1);
  assert.equal((await api.rejectHeld({ heldSelection: { ids } })).count, 1);
  assert.ok((await api.orderSweep({ orderSweepRequest: {} })) !== null);
  const check = await api.orderPresenceCheck({ orderPresenceCheckRequest: { recordList } });
  assert.deepEqual(check.recordLists, [recordList]);
  assert.ok((await api.openGuard({ openGuardRequest: { _for: "0s" } })).openedBy);
  assert.ok((await api.pauseDelivery({ body: {} })).state);
  assert.ok((await api.resumeDelivery({ body: {} })).state);
  const none = await api.redriveDeletions({ parkedSelection: { state: ParkedSelectionStateEnum.Parked } });
  assert.equal(none.count, 0);
}

nothingBecomesLess();
console.log("no schema becomes less");
await approvesWhatItNames();
console.log("it approves what it names");
await readsAndOrders();
console.log("it reads and orders");
