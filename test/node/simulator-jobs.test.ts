/** What the simulator shows of the Worker's deferred work, and what it does about dead letters. */
import { describe, expect, test } from "vitest";
import type { SimulatedAccount } from "../../simulator/account.ts";
import { createSimulator, type SimulatorOptions } from "../../simulator/app.ts";
import type { Exchange } from "../../simulator/exchange.ts";
import type { OperatorAnswer, OperatorQuestion } from "../../simulator/worker-jobs.ts";
import { WorkerLog } from "../../simulator/worker-log.ts";
import { parsePush } from "../../src/protocol/push.ts";
import { pushKey } from "../../src/protocol/push-key.ts";

const ORIGIN = "http://localhost:8788";
const SECRET = "0123456789abcdef0123456789abcdef";
const account = (id: string, appSecret?: string): SimulatedAccount => ({
  id,
  url: `http://localhost:8787/wechat/${id}`,
  token: "any",
  mode: "plain",
  kind: "service",
  appSecret,
});
const JOB = { id: "1", name: "research", via: "queue", state: "running", tries: 1 };
const LETTER = {
  v: 1,
  id: "m:1#1",
  seq: 3,
  time: 1_714_036_504_000,
  object: "default:oUser",
  user: "oUser",
  key: "m:1",
  name: "fail",
  attempts: 2,
  code: "handler_failed",
  error: "on fire",
  requestId: "r",
};
const SHOWN = {
  id: "m:1#1",
  time: 1_714_036_504_000,
  name: "fail",
  attempts: 2,
  code: "handler_failed",
  error: "on fire",
};

/** A simulator over a Worker that answers every push with `success`, and operators with what `answer` says. */
class Bench {
  readonly asked: OperatorQuestion[] = [];
  /** Keys of the pushes that came, as the Worker makes them. */
  readonly keys: string[] = [];
  answer: (question: OperatorQuestion) => OperatorAnswer | Promise<OperatorAnswer> = () => ({
    status: 200,
    fields: { v: 1, turns: [] },
  });
  readonly #simulator;

  constructor(options: Partial<SimulatorOptions> = {}) {
    this.#simulator = createSimulator({
      accounts: [account("default", SECRET), account("bare")],
      fetch: async (request) => {
        this.keys.push(pushKey(parsePush(await request.text(), "oa")));
        return new Response("success");
      },
      askWorker: async (question) => {
        this.asked.push(question);
        return await this.answer(question);
      },
      ...options,
    });
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    return read(await this.#simulator.request(ORIGIN + path));
  }

  async post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return read(await this.#simulator.request(ORIGIN + path, { method: "POST", body: text }));
  }

  async say(Content: string, openid = "oUser"): Promise<Exchange> {
    const body = JSON.stringify({ action: "text", Content });
    const url = `${ORIGIN}/api/phone/default/${openid}/push`;
    return (await this.#simulator.request(url, { method: "POST", body })).json();
  }

  /** The stream of changes, read until it has `text`. */
  async hear(text: string, meanwhile: () => unknown): Promise<string> {
    const events = await this.#simulator.request(`${ORIGIN}/api/events`);
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = (await reader?.read())?.value ?? "";
    await meanwhile();
    while (!heard.includes(text)) heard += (await reader?.read())?.value ?? "";
    await reader?.cancel();
    return heard;
  }
}

async function read(response: Response): Promise<{ status: number; body: unknown }> {
  return { status: response.status, body: await response.json() };
}

describe("the jobs of a phone's pushes", () => {
  const JOBS = "/api/phone/default/oUser/jobs";

  test("stand with the exchange that ordered them; those of others and of the past are left out", async () => {
    const bench = new Bench();
    const [first, second] = [await bench.say("one"), await bench.say("two")];
    const other = await bench.say("three", "oOther");
    const [one, two, three] = bench.keys;
    const dead = { ...JOB, id: "2", state: "dead", code: "job_timed_out" };
    const turns = [
      { key: two, at: 1, state: "done", replies: [], jobs: [JOB, dead] },
      { key: one, at: 1, state: "done", replies: [], jobs: [] },
      { key: "m:before", at: 1, state: "done", replies: [], jobs: [JOB] },
      { key: three, at: 1, state: "done", replies: [], jobs: [JOB] },
    ];
    bench.answer = () => ({ status: 200, fields: { v: 1, decided: false, turns } });
    const answer = await bench.get(JOBS);
    expect(answer).toEqual({
      status: 200,
      body: { exchanges: [{ exchange: second.id, jobs: [JOB, dead] }] },
    });
    expect(JSON.stringify(answer)).not.toContain(first.id);
    expect(JSON.stringify(answer)).not.toContain(other.id);
    expect(bench.asked).toEqual([
      { account: account("default", SECRET), method: "GET", resource: "conversations/oUser" },
    ]);
  });

  test("a report of another version is read as far as it goes", async () => {
    const bench = new Bench();
    const { id: exchange } = await bench.say("one");
    const turns = [null, 7, { key: bench.keys[0], jobs: ["?", { id: "1", name: "x", newer: true }] }, {}];
    bench.answer = () => ({ status: 200, fields: { turns } });
    const jobs = [{ id: "1", name: "x", via: "", state: "", tries: 0 }];
    expect((await bench.get(JOBS)).body).toEqual({ exchanges: [{ exchange, jobs }] });
    bench.answer = () => ({ status: 200, fields: {} });
    expect((await bench.get(JOBS)).body).toEqual({ exchanges: [] });
  });

  test("502 and why, when the Worker does not answer, or not as one of ours does", async () => {
    const bench = new Bench();
    bench.answer = () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ECONNREFUSED" } }));
    expect(await bench.get(JOBS)).toEqual({
      status: 502,
      body: { error: expect.stringMatching(/did not answer \(fetch failed\) · .*没有应答/) },
    });
    bench.answer = () => ({ status: 500, fields: {} });
    expect(await bench.get(JOBS)).toMatchObject({
      status: 502,
      body: { error: expect.stringContaining("500") },
    });
    bench.answer = () => ({ status: 200, fields: [] });
    expect((await bench.get(JOBS)).status).toBe(502);
  });

  test("400 for what is no openid, 404 for an unknown account: the Worker is not asked", async () => {
    const bench = new Bench();
    expect((await bench.get("/api/phone/default/o%2F..%2Fx/jobs")).status).toBe(400);
    expect((await bench.get("/api/phone/nobody/oUser/jobs")).status).toBe(404);
    expect(bench.asked).toEqual([]);
  });

  test("404 where nobody can ask, or there is nothing to sign with; the state says whom it concerns", async () => {
    const bench = new Bench();
    const refused = { status: 404, body: { error: expect.stringMatching(/npm start can.* · .*npm start/) } };
    expect(await bench.get("/api/phone/bare/oUser/jobs")).toEqual(refused);
    expect(await bench.get("/api/worker/dead-letters/bare")).toEqual(refused);
    expect(bench.asked).toEqual([]);
    expect((await bench.get("/api/state")).body).toMatchObject({ jobs: ["default"] });
    const silent = new Bench({ askWorker: undefined });
    expect(await silent.get(JOBS)).toEqual(refused);
    expect((await silent.get("/api/state")).body).toMatchObject({ jobs: [] });
  });
});

describe("dead letters", () => {
  const LETTERS = "/api/worker/dead-letters/default";

  test("are listed without what the page has no use for", async () => {
    const bench = new Bench();
    bench.answer = () => ({ status: 200, fields: { v: 1, total: 30, lost: 2, letters: [LETTER], next: 3 } });
    expect(await bench.get(LETTERS)).toEqual({ status: 200, body: { total: 30, lost: 2, letters: [SHOWN] } });
    expect(bench.asked).toMatchObject([{ method: "GET", resource: "dead-letters?limit=20" }]);
  });

  test.each(["redrive", "drop"])(
    "%s: the Worker does it, pages are told, and what is left comes back",
    async (action) => {
      const bench = new Bench();
      bench.answer = ({ method }) =>
        method === "POST"
          ? { status: 200, fields: { v: 1, action, done: 1, failed: [], left: 0 } }
          : { status: 200, fields: { v: 1, total: 0, lost: 0, letters: [] } };
      const heard = await bench.hear('"jobs"', async () => {
        expect(await bench.post(LETTERS, { action, id: LETTER.id })).toEqual({
          status: 200,
          body: { total: 0, lost: 0, letters: [] },
        });
      });
      expect(heard).toContain(`data: ${JSON.stringify({ account: "default", jobs: true })}`);
      const body = { action, id: LETTER.id };
      expect(bench.asked).toMatchObject([
        { method: "POST", resource: "dead-letters", body },
        { method: "GET" },
      ]);
    },
  );

  test.each([
    ["dead_letter_unknown", 404, /gone: .* · .*不在了/],
    ["dead_letter_unreadable", 409, /names no job.* · .*只能丢弃/],
    ["dead_letter_refused", 409, /cannot run it · .*不能运行/],
    ["dead_letter_unreachable", 503, /try again · .*稍后再试/],
    ["something_newer", 418, /something_newer · .*something_newer/],
  ])("409 and why, when the Worker says %s", async (code, status, words) => {
    const bench = new Bench();
    bench.answer = () => ({ status, fields: { code, error: "…" } });
    expect(await bench.post(LETTERS, { action: "redrive", id: "x" })).toEqual({
      status: 409,
      body: { error: expect.stringMatching(words) },
    });
    expect(bench.asked).toHaveLength(1);
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "7"],
    ["no action", { id: "x" }],
    ["another action", { action: "burn", id: "x" }],
    ["no id", { action: "drop" }],
    ["an empty id", { action: "drop", id: "" }],
    ["an id that is no text", { action: "drop", id: 7 }],
  ])("400: %s", async (_what, body) => {
    const bench = new Bench();
    const { status, body: answer } = await bench.post(LETTERS, body);
    expect(status).toBe(400);
    expect(answer).toEqual({ error: expect.stringMatching(/ · /) });
    expect(bench.asked).toEqual([]);
  });
});

describe("the Worker's log", () => {
  const line = (message: string, fields: object = {}): string =>
    JSON.stringify({ timestamp: "2026-11-01T00:00:00.000Z", request_id: "r1", message, ...fields });

  test.each(["job_run", "job_attempt_failed", "job_given_up", "job_dropped", "job_resumed"])(
    "%s says that the jobs of its push have got on, and nothing about the answer",
    async (message) => {
      const workerLog = new WorkerLog();
      const bench = new Bench({ workerLog });
      const { id: exchange } = await bench.say("hi");
      workerLog.take(
        line("push_answered", { account: "default", message_key: bench.keys[0], outcome: "none" }),
      );
      const story = await bench.get(`/api/phone/default/oUser/log?exchange=${exchange}`);
      const heard = await bench.hear('"jobs"', () => workerLog.take(line(message, { name: "x", job: "1" })));
      const change = { exchange, account: "default", openid: "oUser", jobs: true };
      expect(heard).toContain(`data: ${JSON.stringify(change)}`);
      expect(await bench.get(`/api/phone/default/oUser/log?exchange=${exchange}`)).toEqual(story);
    },
  );

  test("a job of a push that is not known is nobody's", () => {
    const workerLog = new WorkerLog();
    const told: string[] = [];
    workerLog.subscribe((key, about) => told.push(`${key} ${about}`));
    workerLog.take(line("job_run"));
    workerLog.take(line("push_repeated", { message_key: "m:1" }));
    workerLog.take(line("job_run"));
    expect(told).toEqual(["m:1 answer", "m:1 jobs"]);
  });
});
