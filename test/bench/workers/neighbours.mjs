// Stands in for KV and Queues, which a bare workerd reaches by HTTP. Values live in memory; messages are delivered when
// none has come for a while, so that what a push costs and what its consumer costs can be counted apart.
import { WorkerEntrypoint } from "cloudflare:workers";

const QUIET_MS = 1_000;
const BATCH_SIZE = 5;
const CONSUMERS = 4;
const values = new Map();

export const kv = {
  async fetch(request) {
    const key = new URL(request.url).pathname;
    if (request.method === "PUT") values.set(key, await request.text());
    else if (request.method === "DELETE") values.delete(key);
    else return values.has(key) ? new Response(values.get(key)) : new Response(null, { status: 404 });
    return new Response(null, { status: 204 });
  },
};

/** Bodies of the producers' requests: read when they are delivered, so that nobody's push pays for it. */
const sent = [];
let lastCameAt = 0;
let isWatched = false;

export class queue extends WorkerEntrypoint {
  async fetch(request) {
    sent.push(await request.text());
    lastCameAt = Date.now();
    if (!isWatched) {
      isWatched = true;
      this.ctx.waitUntil(deliver(this.env.MAIN, this.env.QUEUE));
    }
    return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
  }
}

async function deliver(main, name) {
  while (Date.now() - lastCameAt < QUIET_MS) await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  isWatched = false;
  const timestamp = new Date();
  const messages = sent
    .splice(0)
    .flatMap((text) => JSON.parse(text).messages)
    .map(({ body }, index) => ({ id: `m${index}`, timestamp, attempts: 1, body: JSON.parse(atob(body)) }));
  const consume = async () => {
    for (
      let batch = messages.splice(0, BATCH_SIZE);
      batch.length > 0;
      batch = messages.splice(0, BATCH_SIZE)
    ) {
      const { explicitAcks } = await main.queue(name, batch);
      const left = batch.filter(({ id }) => !explicitAcks.includes(id));
      // All of it is in one process, which hears nothing from outside as long as it is busy with itself.
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (left.length > 0) throw new Error(`${left.length} messages were not acknowledged`);
    }
  };
  await Promise.all(Array.from({ length: CONSUMERS }, consume));
}
