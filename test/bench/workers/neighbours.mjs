// Stands in for KV and Queues, which a bare workerd reaches by HTTP. Values live in memory; messages go nowhere.
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

export const queue = {
  async fetch(request) {
    await request.arrayBuffer();
    return Response.json({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
  },
};
