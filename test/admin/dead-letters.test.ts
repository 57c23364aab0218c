/** Jobs that were given up: what is kept of them, and what an operator does about them. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { signOperatorRequest } from "../../src/accounts/operator-signature.ts";
import {
  DEAD_LETTER_KEEP_MS,
  type DeadLetter,
  KEPT_DEAD_LETTERS,
} from "../../src/conversation/dead-letters.ts";
import { Bot, defer } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { realPause } from "../support/fast-time.ts";
import { logs } from "../support/logs.ts";
import { Broken, throwing } from "../support/neighbours.ts";
import { testBot } from "../support/test-bot.ts";
import { now, OPENID, textXml } from "../support/wechat.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const PATH = "/api/v1/accounts/default/dead-letters";

let letters: ReturnType<typeof env.DEAD_LETTERS.getByName>;
beforeEach(() => {
  letters = env.DEAD_LETTERS.getByName("default");
});
afterEach(() => {
  vi.useRealTimers();
});

function letter(id: string, more: Partial<DeadLetter> = {}): DeadLetter {
  return {
    v: 1,
    id,
    time: Date.now(),
    object: `default:${OPENID}`,
    user: OPENID,
    key: "m:1",
    name: "report",
    attempts: 3,
    code: "job_failed",
    error: "the printer is on fire",
    requestId: "r1",
    job: '{"payload":"geheim"}',
    ...more,
  };
}

/** Letters `n1`, `n2` … in this order. */
async function addMany(count: number, from = 1): Promise<void> {
  await runInDurableObject(letters, (object) => {
    for (let n = from; n < from + count; n++) object.add(letter(`n${n}`));
  });
}

async function idsOf(call: { before?: number; limit: number }): Promise<string[]> {
  return (await letters.list({ v: 1, ...call })).letters.map(({ id }) => id);
}

describe("dead letters", () => {
  test("are listed from the newest on, page by page, without their content", async () => {
    await addMany(5);
    const first = await letters.list({ v: 1, limit: 2 });
    expect(first).toMatchObject({ v: 1, total: 5, lost: 0, letters: [{ id: "n5" }, { id: "n4" }] });
    const second = await letters.list({ v: 1, limit: 2, before: first.next });
    expect(second.letters.map(({ id }) => id)).toEqual(["n3", "n2"]);
    const last = await letters.list({ v: 1, limit: 2, before: second.next });
    expect(last.letters.map(({ id }) => id)).toEqual(["n1"]);
    expect(last.next).toBeUndefined();
    const { job, ...facts } = letter("n5", { time: expect.any(Number) });
    expect(first.letters[0]).toEqual({ ...facts, seq: expect.any(Number) });
    expect(JSON.stringify(first)).not.toContain("geheim");
    expect(await letters.get("n5")).toEqual({ ...facts, job, seq: first.letters[0]?.seq });
  });

  test("a page that is exactly full is the last one", async () => {
    await addMany(2);
    expect((await letters.list({ v: 1, limit: 2 })).next).toBeUndefined();
  });

  test("there is one of each job: the same id again replaces the old one and becomes the newest", async () => {
    await addMany(2);
    const before = await letters.get("n1");
    await letters.add(letter("n1", { attempts: 9 }));
    expect(await idsOf({ limit: 10 })).toEqual(["n1", "n2"]);
    const after = await letters.get("n1");
    expect(after?.attempts).toBe(9);
    expect(after?.seq).toBeGreaterThan(Number(before?.seq));
  });

  test("the place of one that is gone is never given to another", async () => {
    await addMany(1);
    const seq = (await letters.get("n1"))?.seq;
    expect(await letters.remove("n1")).toBe(true);
    expect(await letters.remove("n1")).toBe(false);
    await addMany(1);
    expect(await letters.remove("n1", seq)).toBe(false);
    expect(await idsOf({ limit: 10 })).toEqual(["n1"]);
    expect(await letters.remove("n1", (await letters.get("n1"))?.seq)).toBe(true);
  });

  test("are 1,000 at most: then the oldest go and are counted, until that is long ago", async () => {
    await addMany(KEPT_DEAD_LETTERS + 3);
    await addMany(1, KEPT_DEAD_LETTERS + 3); // one that is replaced needs no room
    const { total, lost } = await letters.list({ v: 1, limit: 1 });
    expect({ total, lost }).toEqual({ total: KEPT_DEAD_LETTERS, lost: 3 });
    expect(await letters.get("n3")).toBeUndefined();
    expect((await letters.get("n4"))?.id).toBe("n4");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + DEAD_LETTER_KEEP_MS + 1_000 });
    expect(await letters.list({ v: 1, limit: 1 })).toEqual({ v: 1, total: 0, lost: 0, letters: [] });
  });

  test("are kept for 14 days", async () => {
    const age = DEAD_LETTER_KEEP_MS;
    await letters.add(letter("old", { time: Date.now() - age - 1_000 }));
    await letters.add(letter("young", { time: Date.now() - age + 60_000 }));
    expect(await letters.get("old")).toBeUndefined();
    expect(await letters.list({ v: 1, limit: 10 })).toMatchObject({ total: 1, letters: [{ id: "young" }] });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect((await letters.walk({ v: 1, after: 0, limit: 10 })).letters).toEqual([]);
  });

  test("an error's message is cut, but in no character", async () => {
    await letters.add(letter("long", { error: `${"x".repeat(499)}😀` }));
    expect((await letters.get("long"))?.error).toBe(`${"x".repeat(499)}\uFFFD`);
  });

  test("a row of a later version is left alone", async () => {
    await addMany(1);
    await letters.add({ ...letter("later"), v: 2 as never });
    await addMany(1, 2);
    expect(await letters.get("later")).toBeUndefined();
    expect(await letters.list({ v: 1, limit: 10 })).toMatchObject({
      total: 3,
      letters: [{ id: "n2" }, { id: "n1" }],
    });
  });

  test("a walk goes from the oldest on, and meets none that came after its begin", async () => {
    await addMany(3);
    const first = await letters.walk({ v: 1, after: 0, limit: 2 });
    expect(first.letters.map(({ id }) => id)).toEqual(["n1", "n2"]);
    await letters.add(letter("n1"));
    const { through } = first;
    const second = await letters.walk({ v: 1, after: first.letters[1]?.seq ?? 0, through, limit: 2 });
    expect(second.letters.map(({ id }) => id)).toEqual(["n3"]);
  });
});

interface Asked {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/** An operator's request. A text is a body as it is. */
async function ask(
  body?: object | string,
  { query = "", secret = SECRET, vars = {}, clock = Date.now, bot = testBot() } = {},
): Promise<Asked> {
  const door = new FrontDoor({ ...SECURE, WECHAT_APP_SECRET: SECRET, ...vars }, bot, { clock });
  const method = body === undefined ? "GET" : "POST";
  const text = typeof body === "object" ? JSON.stringify(body) : (body ?? "");
  const account = { appId: SECURE.WECHAT_APP_ID, appSecret: secret, encodingAesKeys: [] };
  const request = { method, target: PATH + query, body: text };
  const headers = { authorization: (await signOperatorRequest(account, request, Number(now()))) ?? "" };
  const init = { method, headers, ...(body === undefined ? {} : { body: text }) };
  const { status, body: answer } = await door.fetch(
    new Request(`https://bot.example.com${PATH + query}`, init),
  );
  return { status, json: answer.startsWith("{") ? JSON.parse(answer) : { text: answer } };
}

type Redrive = (object: string, job: string) => Promise<string>;

/** Conversations that have an outcome of their own for a redrive. */
function conversations(redrive: Redrive): { readonly vars: object; readonly jobs: string[] } {
  const jobs: string[] = [];
  const getByName = (object: string): object => ({
    redrive: async ({ v, job }: { v: number; job: string }) => {
      expect(v).toBe(1);
      jobs.push(`${object} ${job}`);
      return { v: 1, outcome: await redrive(object, job) };
    },
  });
  return { vars: { CONVERSATIONS: { getByName } }, jobs };
}

describe("an operator", () => {
  test("sees dead letters without their content, page by page", async () => {
    await addMany(3);
    const { status, json } = await ask(undefined, { query: "?limit=2" });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      v: 1,
      total: 3,
      lost: 0,
      letters: [{ id: "n3", user: OPENID, attempts: 3, code: "job_failed" }, { id: "n2" }],
    });
    expect(JSON.stringify(json)).not.toMatch(/geheim|"job"/);
    const { json: rest } = await ask(undefined, { query: `?limit=2&before=${String(json["next"])}` });
    expect(rest["letters"]).toMatchObject([{ id: "n1" }]);
    expect(rest["next"]).toBeUndefined();
  });

  test("sees fifty of them unless told, and a hundred at most", async () => {
    await addMany(120);
    for (const [query, count] of [
      ["", 50],
      ["?limit=100", 100],
    ] as const) {
      const { json } = await ask(undefined, { query });
      expect(json["letters"]).toHaveLength(count);
    }
  });

  test.each(["?limit=0", "?limit=101", "?limit=many", "?limit=", "?before=0", "?before=-1", "?before=n1"])(
    "is told what is wrong with %s",
    async (query) => {
      const { status, json } = await ask(undefined, { query });
      expect(status).toBe(400);
      expect(json["error"]).toMatch(/^(limit|before) must be/);
    },
  );

  test.each<[object | string]>([
    ["no JSON"],
    ["null"],
    [[]],
    [{}],
    [{ id: "n1" }],
    [{ action: "burn", id: "n1" }],
    [{ action: "drop" }],
    [{ action: "drop", id: "" }],
    [{ action: "drop", id: 1 }],
    [{ action: "drop", all: false }],
    [{ action: "drop", all: "true" }],
    [{ action: "drop", id: "n1", all: true }],
    [{ action: "drop", all: true, after: "n1" }],
    [{ action: "drop", all: true, through: -1 }],
  ])("is told what %j lacks, and nothing happens", async (body) => {
    await addMany(1);
    const { status, json } = await ask(body);
    expect(status).toBe(400);
    expect(json["error"]).toMatch(/^send \{ "action"/);
    expect(await idsOf({ limit: 10 })).toEqual(["n1"]);
  });

  test.each([
    ["GET", undefined],
    ["POST", { action: "drop", all: true }],
  ])("who does not hold the secret finds nothing: %s", async (_method, body) => {
    await addMany(1);
    expect(await ask(body, { secret: "f".repeat(32) })).toEqual({ status: 404, json: { text: "not found" } });
    expect(await idsOf({ limit: 10 })).toEqual(["n1"]);
  });

  test("of another account has letters of another object", async () => {
    await env.DEAD_LETTERS.getByName("other").add(letter("theirs"));
    expect((await ask()).json).toMatchObject({ total: 0, letters: [] });
  });

  test("drops a letter, once", async () => {
    await addMany(2);
    const order = { action: "drop", id: "n1" };
    expect(await ask(order)).toEqual({
      status: 200,
      json: { v: 1, action: "drop", done: 1, failed: [], left: 1 },
    });
    const again = await ask(order);
    expect(again.status).toBe(404);
    expect(again.json).toMatchObject({ code: "dead_letter_unknown", hint: expect.stringContaining("List") });
    expect(await idsOf({ limit: 10 })).toEqual(["n2"]);
  });

  test("drops them all, a hundred at a time, and none that comes meanwhile", async () => {
    await addMany(150);
    const { json: first } = await ask({ action: "drop", all: true });
    expect(first).toMatchObject({ done: 100, failed: [], left: 50 });
    await letters.add(letter("new"));
    const { json: second } = await ask({ action: "drop", all: true, ...Object(first["next"]) });
    expect(second).toEqual({ v: 1, action: "drop", done: 50, failed: [], left: 1 });
    expect(await idsOf({ limit: 10 })).toEqual(["new"]);
  });

  test("with nothing left has nothing to do", async () => {
    const { json } = await ask({ action: "redrive", all: true });
    expect(json).toEqual({ v: 1, action: "redrive", done: 0, failed: [], left: 0 });
  });
});

describe("a redrive", () => {
  test("hands the job to its conversation, and the letter is gone", async () => {
    await addMany(2);
    const { vars, jobs } = conversations(() => Promise.resolve("queued"));
    const { status, json } = await ask({ action: "redrive", id: "n1" }, { vars });
    expect({ status, json }).toEqual({
      status: 200,
      json: { v: 1, action: "redrive", done: 1, failed: [], left: 1 },
    });
    expect(jobs).toEqual([`default:${OPENID} {"payload":"geheim"}`]);
    expect(await idsOf({ limit: 10 })).toEqual(["n2"]);
  });

  test("of a letter that is not there: 404", async () => {
    expect(await ask({ action: "redrive", id: "n1" })).toMatchObject({
      status: 404,
      json: { code: "dead_letter_unknown" },
    });
  });

  test("of what could not be read: 409, and the letter stays", async () => {
    await letters.add(letter("damaged", { object: "", user: "", name: "", code: "unreadable" }));
    expect(await ask({ action: "redrive", id: "damaged" })).toMatchObject({
      status: 409,
      json: { code: "dead_letter_unreadable", error: expect.any(String), hint: expect.any(String) },
    });
    expect(await idsOf({ limit: 10 })).toEqual(["damaged"]);
  });

  test("that the conversation refuses: 409, and the letter stays", async () => {
    await addMany(1);
    const { vars } = conversations(() => Promise.resolve("refused"));
    expect(await ask({ action: "redrive", id: "n1" }, { vars })).toMatchObject({
      status: 409,
      json: { code: "dead_letter_refused" },
    });
    expect(await idsOf({ limit: 10 })).toEqual(["n1"]);
  });

  test("that does not reach the conversation: 503 with the reason, and the letter stays", async () => {
    await addMany(1);
    const vars = { CONVERSATIONS: new Broken(throwing()).namespace };
    const { status, json } = await ask({ action: "redrive", id: "n1" }, { vars });
    expect(status).toBe(503);
    expect(json).toMatchObject({ code: "dead_letter_unreachable" });
    expect(json["error"]).toContain("a fault that a test ordered");
    expect(await idsOf({ limit: 10 })).toEqual(["n1"]);
  });

  test("whose job fails again before the answer is there: its new letter stays", async () => {
    await addMany(1);
    const { vars } = conversations(async () => {
      await letters.add(letter("n1", { attempts: 6 }));
      return "queued";
    });
    expect((await ask({ action: "redrive", id: "n1" }, { vars })).json).toMatchObject({ done: 1, left: 1 });
    expect((await letters.get("n1"))?.attempts).toBe(6);
  });

  test("of all: from the oldest on; those that cannot be run stay and are named; one that fails again is not met twice", async () => {
    await addMany(1);
    await letters.add(letter("damaged", { object: "" }));
    await letters.add(letter("odd", { job: "odd" }));
    await addMany(2, 2);
    const { vars, jobs } = conversations(async (_object, job) => {
      if (job === "odd") return "refused";
      await letters.add(letter(`again${jobs.length}`));
      return "queued";
    });
    const { status, json } = await ask({ action: "redrive", all: true }, { vars });
    expect(status).toBe(200);
    expect(json).toEqual({
      v: 1,
      action: "redrive",
      done: 3,
      failed: [
        { id: "damaged", code: "dead_letter_unreadable", error: expect.any(String) },
        { id: "odd", code: "dead_letter_refused", error: expect.any(String) },
      ],
      left: 5,
    });
    expect(await idsOf({ limit: 10 })).toEqual(["again4", "again3", "again1", "odd", "damaged"]);
  });

  test("of all ends when its time is over, and can be gone on with", async () => {
    await addMany(5);
    let time = Date.now();
    const { vars, jobs } = conversations((_object, job) => {
      time += 6_000;
      return Promise.resolve(job === "" ? "refused" : "queued");
    });
    const { json: first } = await ask({ action: "redrive", all: true }, { vars, clock: () => time });
    expect(first).toMatchObject({ done: 3, left: 2 });
    expect(jobs).toHaveLength(3);
    const next = { action: "redrive", all: true, ...Object(first["next"]) };
    const { json: second } = await ask(next, { vars, clock: () => time });
    expect(second).toEqual({ v: 1, action: "redrive", done: 2, failed: [], left: 0 });
  });

  test("of all passes by what somebody else has dropped meanwhile", async () => {
    await addMany(3);
    const { vars } = conversations(async () => {
      await letters.remove("n2");
      return "queued";
    });
    const { json } = await ask({ action: "redrive", all: true }, { vars });
    expect(json).toEqual({ v: 1, action: "redrive", done: 2, failed: [], left: 0 });
  });
});

describe("a job that was given up", () => {
  test("is a dead letter with its cause; mended and run again, it is done and leaves none", async () => {
    let isBroken = true;
    const runs: string[] = [];
    const bot = new Bot();
    bot.on(
      "text",
      defer(
        "print",
        (ctx) => {
          runs.push(ctx.message.Content);
          if (isBroken) throw new Error("the printer is on fire");
        },
        { retries: 0 },
      ),
    );
    const vars = { ...SECURE, WECHAT_APP_SECRET: SECRET };
    await new FrontDoor(vars, bot).push(textXml("geheim", { MsgId: "77" }), { wait: true });
    const shown = async (): Promise<Asked["json"]> => (await ask(undefined, { bot })).json;
    await vi.waitFor(async () => expect(await shown()).toMatchObject({ total: 1 }), 15_000);
    const { letters: kept } = await shown();
    expect(kept).toMatchObject([
      {
        object: `default:${OPENID}`,
        user: OPENID,
        key: "m:77",
        name: "print",
        attempts: 1,
        code: "handler_failed",
        error: "the printer is on fire",
      },
    ]);
    expect(JSON.stringify(kept)).not.toContain("geheim");
    expect(logs.named("handler_failed")).toHaveLength(1);
    expect(logs.named("job_given_up")).toHaveLength(1);

    isBroken = false;
    const { id } = Object(kept)[0];
    expect(await ask({ action: "redrive", id }, { bot })).toMatchObject({
      status: 200,
      json: { done: 1, left: 0 },
    });
    await vi.waitFor(() => expect(runs).toEqual(["geheim", "geheim"]), 15_000);
    expect((await ask({ action: "redrive", id }, { bot })).status).toBe(404);
    await realPause(1_000);
    expect(runs).toHaveLength(2);
    expect(await shown()).toMatchObject({ total: 0 });
  }, 40_000);
});
