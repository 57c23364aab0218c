/** What a test tells the model server, and asks of it: `/model/control/…`. Not OpenAI's. */
import { Hono } from "hono";
import { readJson } from "../read-json.ts";
import { readSwitch } from "./behaviour.ts";
import { readKeys, type SimulatedModel } from "./simulated-model.ts";

/** Where the routes are. */
export const MODEL_CONTROL_PATH = "/model/control";

/**
 * `GET`, `POST`, `DELETE /model/control/switches`; `GET`, `DELETE …/calls`; `GET`, `POST …/keys`; `POST …/reset`.
 * `GET …/calls?says=…` tells only of calls whose messages have these words.
 */
export function modelControlRoutes(model: SimulatedModel): Hono {
  const app = new Hono().basePath(MODEL_CONTROL_PATH);
  app.get("/switches", (c) => c.json({ switches: model.switches.all }));
  app.post("/switches", async (c) => {
    model.switches.add(readSwitch(await readJson(c.req.raw)));
    return c.json({ switches: model.switches.all });
  });
  app.delete("/switches", (c) => {
    model.switches.clear();
    return c.json({ switches: [] });
  });
  app.get("/calls", (c) => {
    const says = c.req.query("says") ?? "";
    const calls = model.calls.all.filter(({ messages }) => says === "" || hasWords(messages, says));
    return c.json({ counts: model.calls.counts, calls });
  });
  app.delete("/calls", (c) => {
    model.calls.forget();
    return c.json({ counts: model.calls.counts, calls: [] });
  });
  app.get("/keys", (c) => c.json({ keys: model.keys }));
  app.post("/keys", async (c) => {
    model.keys = readKeys(await readJson(c.req.raw));
    return c.json({ keys: model.keys });
  });
  app.post("/reset", (c) => {
    model.reset();
    return c.json({ ok: true });
  });
  return app;
}

function hasWords(messages: readonly unknown[], words: string): boolean {
  return JSON.stringify(messages).includes(JSON.stringify(words).slice(1, -1));
}
