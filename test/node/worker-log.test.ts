/** What the simulator makes of the Worker's log, and of a Worker that is killed. */
import { describe, expect, test, vi } from "vitest";
import type { AnswerStory } from "../../simulator/answer-story.ts";
import type { SimulatedAccount } from "../../simulator/account.ts";
import { createSimulator, type SimulatorOptions } from "../../simulator/app.ts";
import type { Exchange } from "../../simulator/exchange.ts";
import { WorkerLog } from "../../simulator/worker-log.ts";
import type { WorkerState } from "../../simulator/worker-routes.ts";
import { parsePush } from "../../src/protocol/push.ts";
import { pushKey } from "../../src/protocol/push-key.ts";

const ORIGIN = "http://localhost:8788";
const KEY = "m:24500000000000001";
const account = (id: string): SimulatedAccount => ({
  id,
  url: `http://localhost:8787/wechat/${id}`,
  token: "any",
  mode: "plain",
  kind: "service",
});

/** A line as the Worker writes it, `ms` after its first one. */
function line(ms: number, request: string, message: string, fields: object = {}): string {
  const timestamp = new Date(1_714_036_504_000 + ms).toISOString();
  return JSON.stringify({ timestamp, level: "info", request_id: request, span_id: "s", message, ...fields });
}

const answered = (ms: number, request: string, fields: object): string =>
  line(ms, request, "push_answered", { account: "default", message_key: KEY, duration_ms: 12, ...fields });
const repeated = (ms: number, request: string, attempt: number): string =>
  line(ms, request, "push_repeated", { message_key: KEY, attempt });
const late = (ms: number, route?: string): string =>
  line(ms, "a", "answer_late", { message_key: KEY, route, attempt: 1 });

function told(lines: readonly string[]): AnswerStory {
  const log = new WorkerLog();
  for (const one of lines) log.take(one);
  return log.storyOf("default", KEY);
}

describe("the story of an answer", () => {
  test.each<[string, readonly string[], Partial<AnswerStory>]>([
    [
      "in time",
      [answered(20, "a", { route: "passive", outcome: "text" })],
      {
        way: "passive",
        deliveries: [{ number: 1, handled: "first", route: "passive", outcome: "text", durationMs: 12 }],
      },
    ],
    ["nothing to say", [answered(20, "a", { outcome: "none" })], { deliveries: [expect.anything()] }],
    ["held, and not fetched yet", [late(4_200, "hold")], { way: "hold", late: { route: "hold" } }],
    [
      "held, and given to WeChat's retry",
      [
        late(4_200, "hold"),
        repeated(5_000, "b", 2),
        answered(5_500, "a", { route: "hold", outcome: "silence" }),
        answered(6_000, "b", { route: "hold", outcome: "text" }),
      ],
      {
        way: "hold",
        late: { route: "hold" },
        deliveries: [
          { number: 1, handled: "first", route: "hold", outcome: "silence", durationMs: 12 },
          { number: 2, handled: "duplicate", route: "hold", outcome: "text", durationMs: 12 },
        ],
      },
    ],
    [
      "late, by customer-service message, a text meanwhile",
      [late(4_200, "push"), answered(4_210, "a", { route: "text", outcome: "text" })],
      { way: "push", late: { route: "push" } },
    ],
    [
      "late, into the mailbox",
      [late(4_200, "mailbox"), answered(4_210, "a", { route: "text", outcome: "text" })],
      { way: "mailbox", late: { route: "mailbox" } },
    ],
    ["late, and no way open", [late(4_200), answered(4_210, "a", { outcome: "none" })], { late: {} }],
    ["a text of the account's own", [answered(5, "a", { route: "text", outcome: "text" })], { way: "text" }],
    [
      "failed, said before anything that names the push",
      [
        line(10, "a", "handler_failed", { error: "Error: on fire", stack: "…" }),
        answered(12, "a", { outcome: "none" }),
      ],
      { failed: "Error: on fire" },
    ],
    [
      "died, and was run again for the retry; the two streams are out of step",
      [
        line(5_008, "a", "run_resumed", { message_key: KEY, runs: 2 }),
        repeated(5_000, "b", 2),
        answered(8_500, "b", { route: "passive", outcome: "text" }),
      ],
      { runs: 2, way: "passive", deliveries: [expect.objectContaining({ number: 2, handled: "resumed" })] },
    ],
    [
      "died, and was run again by the alarm",
      [repeated(5_000, "b", 2), line(30_000, "a", "run_resumed", { message_key: KEY, runs: 3 })],
      { runs: 3, deliveries: [{ number: 2, handled: "duplicate" }] },
    ],
    [
      "late replies in trouble: the last word on each",
      [
        answered(12, "a", { route: "push", outcome: "none" }),
        line(9_000, "a", "reply_delayed", { n: 1, tries: 1, error: "ApiError: 45009" }),
        line(12_000, "a", "reply_refused", { n: 1, error: "ApiError: 45015" }),
        line(12_001, "a", "reply_dropped", { n: 2, type: "text", cause: "no way to the user is open" }),
        line(12_002, "a", "reply_unknown", { n: 3, cause: "the object died while it was sending" }),
      ],
      {
        way: "push",
        troubles: [
          { n: 1, became: "refused", why: "ApiError: 45015" },
          { n: 2, became: "dropped", why: "no way to the user is open" },
          { n: 3, became: "unknown", why: "the object died while it was sending" },
        ],
      },
    ],
    [
      "never ended, and was cut off",
      [
        late(4_200, "push"),
        answered(4_210, "a", { route: "push", outcome: "none" }),
        line(60_000, "a", "run_cut_off", { message_key: KEY, after_ms: 60_000 }),
      ],
      { way: "push", late: { route: "push" }, ended: "cut_off" },
    ],
    ["died too often", [line(5, "a", "run_given_up", { message_key: KEY, runs: 5 })], { ended: "given_up" }],
    [
      "no handler for it",
      [line(5, "a", "push_unhandled", { selector: "text" }), answered(6, "a", { outcome: "none" })],
      { ended: "no_handler" },
    ],
    [
      "too many at once",
      [line(1, "a", "push_dropped", { account: "default", message_key: KEY, cause: "user_rate" })],
      { unhandled: "user_rate" },
    ],
    [
      "the object cannot be reached",
      [line(1, "a", "conversation_unreachable", { message_key: KEY, outcome: "left to WeChat's retry" })],
      { unhandled: "left to WeChat's retry" },
    ],
  ])("%s", (_, lines, story) => {
    expect(told(lines)).toEqual({
      deliveries: [],
      troubles: [],
      ...story,
      ...deliveriesIfUntold(lines, story),
    });
  });

  /** Where a case is not about deliveries, they are what they are. */
  function deliveriesIfUntold(lines: readonly string[], story: Partial<AnswerStory>): Partial<AnswerStory> {
    return story.deliveries ? {} : { deliveries: told(lines).deliveries };
  }

  test("what is no line of the log, or not about a push, is left alone", () => {
    const lines = ["", "{", "[wrangler:info] Ready", "{}", "null", '{"message":"push_answered"}', "{1}"];
    const strange = line(1, "a", "push_answered", { message_key: KEY }).replace(/"timestamp":"[^"]*"/, "$1");
    expect(told([...lines, strange, line(1, "a", "token_renewed", { message_key: KEY })])).toEqual({
      deliveries: [],
      troubles: [],
    });
  });

  test("two accounts may have pushes of the same key", () => {
    const log = new WorkerLog();
    log.take(repeated(0, "x", 3));
    log.take(answered(1, "x", { account: "other", route: "mailbox", outcome: "text" }));
    log.take(answered(2, "a", { route: "passive", outcome: "text" }));
    expect(log.storyOf("default", KEY)).toMatchObject({ way: "passive", deliveries: [{ number: 1 }] });
    expect(log.storyOf("other", KEY)).toMatchObject({ way: "mailbox", deliveries: [{ number: 3 }] });
  });

  test("only the last thousand pushes are kept", () => {
    const log = new WorkerLog();
    const answer = (n: number): string => answered(n, `r${n}`, { message_key: `m:${n}`, route: "passive" });
    for (let n = 0; n <= 1_000; n++) log.take(answer(n));
    expect(log.storyOf("default", "m:0").deliveries).toEqual([]);
    expect(log.storyOf("default", "m:1").deliveries).toHaveLength(1);
    for (let n = 0; n < 100; n++) log.take(repeated(n, `again ${n}`, n + 2));
    expect(log.storyOf("default", KEY).deliveries.length).toBeLessThan(100);
  });
});

/** Simulator with a Worker that logs as told. */
class Bench {
  readonly log = new WorkerLog();
  readonly app;

  constructor(options: Partial<SimulatorOptions> = {}) {
    this.app = createSimulator({
      accounts: [account("default"), account("other")],
      workerLog: this.log,
      fetch: async (request) => {
        const push = parsePush(await request.text(), "oa");
        const id = new URL(request.url).pathname.split("/").at(-1);
        this.log.take(
          line(1, crypto.randomUUID(), "push_answered", {
            account: id,
            message_key: pushKey(push),
            route: "passive",
            outcome: "text",
            duration_ms: 3,
          }),
        );
        return new Response("success");
      },
      ...options,
    });
  }

  async act(body: object, openid = "oUser", id = "default"): Promise<Exchange> {
    return (await this.post(`/api/phone/${id}/${openid}/push`, body)).json();
  }

  async post(path: string, body: object = {}): Promise<Response> {
    return this.app.request(ORIGIN + path, { method: "POST", body: JSON.stringify(body) });
  }

  async get(path: string): Promise<Response> {
    return this.app.request(ORIGIN + path);
  }

  async worker(): Promise<WorkerState> {
    const state: { worker: WorkerState } = await (await this.get("/api/state")).json();
    return state.worker;
  }
}

describe("GET /api/phone/:account/:openid/log", () => {
  test.each([
    ["a message", { action: "text", Content: "你好 ]]> & <b>" }],
    ["an event", { action: "click", EventKey: "V1" }],
    ["an event with children", { action: "scancode_push", EventKey: "k", ScanResult: "42" }],
    ["an event with a list", { action: "event", Event: "pic_weixin", fields: { "SendPicsInfo.Count": "1" } }],
    ["another mode than the account's", { action: "text", Content: "sealed", mode: "compatible" }],
  ])("tells of %s by the key that the Worker gives it", async (_, action) => {
    const bench = new Bench();
    const { id } = await bench.act(action);
    const response = await bench.get(`/api/phone/default/oUser/log?exchange=${id}`);
    expect(await response.json()).toMatchObject({ way: "passive", deliveries: [{ durationMs: 3 }] });
  });

  test("tells who listens that there is something new, and of which exchange", async () => {
    const bench = new Bench();
    const events = await bench.get("/api/events");
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    const heard: string[] = [(await reader?.read())?.value ?? ""];
    const { id } = await bench.act({ action: "text", Content: "hi" });
    while (!heard.join("").includes('"exchange"')) heard.push((await reader?.read())?.value ?? "");
    expect(heard.join("")).toContain(
      `data: ${JSON.stringify({ exchange: id, account: "default", openid: "oUser" })}`,
    );
    await reader?.cancel();
  });

  test("404: another phone's, an unknown one, none, and without a log", async () => {
    const bench = new Bench();
    const { id } = await bench.act({ action: "text", Content: "hi" });
    for (const path of [
      `default/oOther/log?exchange=${id}`,
      `other/oUser/log?exchange=${id}`,
      "default/oUser/log?exchange=nothing",
      "default/oUser/log",
    ]) {
      expect((await bench.get(`/api/phone/${path}`)).status, path).toBe(404);
    }
    const silent = new Bench({ workerLog: undefined });
    const exchange = await silent.act({ action: "text", Content: "hi" });
    const response = await silent.get(`/api/phone/default/oUser/log?exchange=${exchange.id}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringMatching(/log over · .*日志/) });
    expect(await silent.worker()).toEqual({ hasLog: false, canKill: false, isDown: false });
  });
});

describe("POST /api/worker/kill", () => {
  test("404 where nobody can", async () => {
    const response = await new Bench().post("/api/worker/kill");
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: expect.stringContaining("npm start") });
  });

  test("says that the Worker is down until it is back; a second one meanwhile is refused", async () => {
    const back = Promise.withResolvers<void>();
    const bench = new Bench({ onKillWorker: () => back.promise });
    const killing = bench.post("/api/worker/kill");
    expect(await bench.worker()).toEqual({ hasLog: true, canKill: true, isDown: true });
    const second = await bench.post("/api/worker/kill");
    expect(second.status).toBe(409);
    back.resolve();
    expect(await (await killing).json()).toEqual({ hasLog: true, canKill: true, isDown: false });
    expect((await bench.worker()).isDown).toBe(false);
  });

  test("a Worker that does not come back is no longer said to be coming", async () => {
    const bench = new Bench({ onKillWorker: () => Promise.reject(new Error("no port")) });
    await expect(bench.post("/api/worker/kill")).rejects.toThrow("no port");
    expect((await bench.worker()).isDown).toBe(false);
  });

  test("a request that dies with the Worker is one without an answer: WeChat asks again, and not before its time", async () => {
    const dead = Promise.withResolvers<Response>();
    const back = Promise.withResolvers<void>();
    const requests: number[] = [];
    const bench = new Bench({
      timeoutMs: 200,
      onKillWorker: () => back.promise,
      fetch: () => {
        requests.push(requests.length + 1);
        if (requests.length === 1) return dead.promise;
        if (requests.length === 2) throw new TypeError("ECONNREFUSED");
        return new Response("success");
      },
    });
    const pushing = bench.act({ action: "text", Content: "slow" });
    await vi.waitUntil(() => requests.length === 1);
    const killing = bench.post("/api/worker/kill");
    dead.reject(new TypeError("ECONNRESET"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    back.resolve();
    await killing;
    const { attempts, outcome } = await pushing;
    expect(attempts.map(({ reason }) => reason)).toEqual(["timeout", "timeout", undefined]);
    expect(attempts[0]?.durationMs).toBeGreaterThanOrEqual(195);
    expect(outcome).toEqual({ kind: "silence" });
  });

  test("a connection that breaks by itself is said to be broken", async () => {
    const bench = new Bench({
      onKillWorker: () => Promise.resolve(),
      fetch: () => Promise.reject(new TypeError("ECONNREFUSED")),
    });
    await bench.post("/api/worker/kill");
    const { attempts } = await bench.act({ action: "text", Content: "hi" });
    expect(attempts.map(({ reason }) => reason)).toEqual(["connection_failed"]);
  });
});
