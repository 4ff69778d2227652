// The public npm client of the Pub/Sub API logs in to the simulated org, reads an event, and resumes behind it.
import PubSubApiClient from "salesforce-pubsub-api-client";

const [loginUrl, pubSubEndpoint, clientId, clientSecret, topic] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

async function connected() {
  const client = new PubSubApiClient(
    {
      authType: "oauth-client-credentials",
      loginUrl,
      clientId,
      clientSecret,
      pubSubEndpoint,
      // It trusts a list of authorities of its own, and takes no other one.
      rejectUnauthorizedSsl: false,
    },
    quiet,
  );
  await client.connect();
  return client;
}

/** The next events of a new subscription, as the client gives them. */
async function read(count, subscribe) {
  const client = await connected();
  try {
    return await new Promise((resolve, reject) => {
      const events = [];
      subscribe(client, (subscription, type, data) => {
        if (type === "event") {
          events.push(data);
        } else if (type === "error") {
          reject(data);
        } else if (type === "lastEvent") {
          resolve(events);
        }
      }, count);
    });
  } finally {
    client.close();
  }
}

const first = await read(1, (client, callback, count) => client.subscribeFromEarliestEvent(topic, callback, count));
const rest = await read(2, (client, callback, count) =>
  client.subscribeFromReplayId(topic, callback, count, first[0].replayId));

for (const event of [...first, ...rest]) {
  const header = event.payload.ChangeEventHeader;
  console.log([header.changeType, header.recordIds.join(","), header.commitTimestamp, header.commitNumber].join(" "));
}
// Closed, the client leaves its streams open, and node would wait for them.
process.exit(0);
