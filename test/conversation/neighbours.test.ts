/** Neighbours that fail or hang: the object, its storage, the bindings. (For WeChat's API see api-faults.test.ts.) */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { type Answer, FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import {
  Broken,
  type CallFault,
  Conversations,
  failsAfterwards,
  hangs,
  late,
  throwing,
} from "../support/neighbours.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { APP_SECRET, appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { eventXml, OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const BUSY = { WECHAT_TEXT_BUSY: "稍后再试" };
/** The budget of deliberate time-outs is used up, or not. */
const USED_UP = { DELIBERATE_TIMEOUTS: { limit: async () => ({ success: false }) } };
const LEFT = { DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) } };
/** On a machine that stalls at times: 400 ms of real time. */
const STALL_MS = 2_000;

function echo(runs: string[] = [], waitMs = 0): Bot {
  const bot = new Bot<{ count?: number }>();
  bot.hears("hang", hangs);
  bot.hears("call", (ctx) => ctx.api.customerService.send(OPENID, "x"));
  bot.hears("silent", () => {});
  bot.hears("plain", (ctx) => ctx.reply("plain answer"));
  bot.hears("slow plain", async (ctx) => {
    await pause(200);
    await ctx.reply("plain answer");
  });
  bot.on(["text", "event"], async (ctx) => {
    runs.push(ctx.message.FromUserName);
    ctx.session.count = (ctx.session.count ?? 0) + 1;
    if (waitMs > 0) await pause(waitMs);
    await ctx.reply(`answer ${ctx.session.count}`);
  });
  return bot;
}

/** Every call fails like that. */
const always = (fault: CallFault): Conversations => new Conversations(() => fault);
/** The first delivery fails like that. */
const once = (fault: CallFault): Conversations =>
  new Conversations((method, n) => (method === "receive" && n === 1 ? fault : undefined));

async function timed(answering: Promise<Answer>): Promise<Answer & { ms: number }> {
  const started = Date.now();
  return { ...(await answering), ms: Date.now() - started };
}

beforeEach(() => fastTime(5));

describe("a call of the object", () => {
  test.each<[string, CallFault]>([
    ["throws", throwing()],
    ["throws a fault that may be tried again", throwing({ retryable: true })],
    ["hangs", hangs],
    ["succeeds, and fails then", failsAfterwards],
    ["succeeds, and tells too late", late(1_600)],
  ])("that %s once is made again: one run, one answer", async (_, fault) => {
    const runs: string[] = [];
    const objects = once(fault);
    const door = new FrontDoor({ ...SECURE, CONVERSATIONS: objects.binding }, echo(runs));
    const xml = textXml("x");
    const answers = [await timed(door.push(xml)), await timed(door.push(xml))];
    expect(answers.map(({ content }) => content)).toEqual(["answer 1", "answer 1"]);
    expect(answers[0]?.ms).toBeLessThan(4_500);
    expect(objects.calls).toEqual({ receive: 3, ask: 0 });
    expect(runs).toHaveLength(1);
    expect(logs.named("conversation_call_failed")).toHaveLength(1);
    await pause(600); // until the late one has come home as well
    expect((await door.push(textXml("x"))).content).toBe("answer 2");
  });

  test("that hangs while a run is going on does not cost the run's answer", async () => {
    const objects = new Conversations((method, n) => (method === "ask" && n === 1 ? hangs : undefined));
    const door = new FrontDoor({ ...SECURE, CONVERSATIONS: objects.binding }, echo([], 1_500));
    expect((await timed(door.push(textXml("x")))).content).toBe("answer 1");
    expect(objects.calls.ask).toBeGreaterThan(1);
  });

  test.each<[string, CallFault, number]>([
    ["throws", throwing(), 2],
    ["hangs", hangs, 2],
    ["says that it is overloaded, which is not asked again", throwing({ overloaded: true }), 1],
  ])(
    "that %s for good, and the queue fails: users read that we are busy, events are lost",
    async (_, fault, calls) => {
      const objects = always(fault);
      const JOBS = new Broken(throwing()).binding;
      const vars = { ...SECURE, ...BUSY, ...USED_UP, CONVERSATIONS: objects.binding, JOBS };
      const door = new FrontDoor(vars, echo());
      const [text, event] = await Promise.all([
        timed(door.push(textXml("x"))),
        timed(door.push(eventXml("CLICK", { EventKey: "V1" }))),
      ]);
      expect([text.content, event.body]).toEqual(["稍后再试", "success"]);
      expect(Math.max(text.ms, event.ms)).toBeLessThan(4_500);
      expect(objects.calls.receive).toBe(2 * calls);
      const outcomes = logs.named("conversation_unreachable").map(({ outcome }) => outcome);
      expect(new Set(outcomes)).toEqual(new Set(["busy text", "lost"]));
      expect(logs.named("push_not_queued")).toHaveLength(2);
    },
  );

  test.each<[string, CallFault]>([
    ["throws", throwing()],
    ["hangs", hangs],
  ])(
    "that %s for minutes: the queue delivers the push later, and its answer is sent",
    async (_, fault) => {
      fastTime();
      await service.reset();
      await service.act(OPENID, { action: "text", Content: "x" });
      let isDown = true;
      const runs: string[] = [];
      const objects = new Conversations(() => (isDown ? fault : undefined));
      const vars = { ...platformVars("service"), ...BUSY, ...USED_UP, CONVERSATIONS: objects.binding };
      const door = new FrontDoor(vars, echo(runs));
      const xml = textXml("x");
      const answer = await timed(door.push(xml, { appId: appIdOf("service") }));
      expect([answer.body, answer.ms < 4_500]).toEqual(["success", true]);
      expect(logs.named("conversation_unreachable")).toMatchObject([
        { kept: true, outcome: "left to the queue" },
      ]);
      isDown = false;
      await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["answer 1"]), 15_000);
      expect((await door.push(xml, { appId: appIdOf("service") })).body).toBe("success");
      expect(runs).toHaveLength(1);
    },
    20_000,
  );

  test("that fails for good is left to WeChat's retry, while the budget lasts", async () => {
    let isDown = true;
    const runs: string[] = [];
    const objects = new Conversations(() => (isDown ? throwing() : undefined));
    const door = new FrontDoor({ ...SECURE, ...BUSY, ...LEFT, CONVERSATIONS: objects.binding }, echo(runs));
    const xml = textXml("x");
    const first = timed(door.push(xml));
    await pause(5_000);
    isDown = false;
    expect((await door.push(xml)).content).toBe("answer 1");
    expect((await first).ms).toBeGreaterThan(5_000); // nobody listens any more
    expect(runs).toHaveLength(1);
    expect(logs.named("conversation_unreachable")).toHaveLength(1);
  }, 15_000);
});

describe("whatever hangs for ever", () => {
  const hung = (): object => new Broken(hangs).binding;
  const hungObjects = (): object => new Broken(hangs).namespace;
  const asksHang = (): object =>
    new Conversations((method) => (method === "ask" ? hangs : undefined)).binding;
  const deniedAndHung = { ...USED_UP, CONVERSATIONS: always(hangs).binding };
  test.each<[string, object, string]>([
    ["the object", deniedAndHung, "x"],
    [
      "the object, and the budget",
      { CONVERSATIONS: always(hangs).binding, DELIBERATE_TIMEOUTS: hung() },
      "x",
    ],
    ["the object in mid-run", { ...USED_UP, CONVERSATIONS: asksHang() }, "hang"],
    [
      "the object in mid-run, and the budget",
      { CONVERSATIONS: asksHang(), DELIBERATE_TIMEOUTS: hung() },
      "hang",
    ],
    ["the budget", { DELIBERATE_TIMEOUTS: hung() }, "hang"],
    ["the handler", USED_UP, "hang"],
    [
      "the token keeper",
      { ...USED_UP, TOKEN_KEEPERS: hungObjects(), WECHAT_ACCOUNT_KIND: "service" },
      "call",
    ],
    ["KV", { ...USED_UP, KV: hung() }, "x"],
    ["the queue", { ...USED_UP, JOBS: hung() }, "x"],
    ["the log of refusals", { ...USED_UP, REFUSAL_LOGS: hungObjects() }, "x"],
  ])("%s: every push is answered in time", async (_, vars, says) => {
    const all = {
      ...SECURE,
      WECHAT_APP_SECRET: APP_SECRET,
      ...BUSY,
      REPLY_DEADLINE_MS: "1500",
      JOBS: hung(),
      ...vars,
    };
    const door = new FrontDoor(all, echo());
    const users = Array.from({ length: 10 }, (_user, index) => `oUser${index}`);
    const answers = await Promise.all(
      users.map((FromUserName) => timed(door.push(textXml(says, { FromUserName })))),
    );
    const inTime = answers.filter(({ status, ms }) => status === 200 && ms < 1_500 + STALL_MS);
    expect(inTime.length / answers.length).toBe(1);
    logs.named("conversation_unreachable");
  });
});

describe("what a text does not need", () => {
  test.each(["KV", "TOKEN_KEEPERS", "JOBS", "DELIBERATE_TIMEOUTS", "REFUSAL_LOGS", "STRANGERS"])(
    "%s may throw: it is not even asked",
    async (name) => {
      const broken = new Broken(throwing());
      const binding = name === "TOKEN_KEEPERS" || name === "REFUSAL_LOGS" ? broken.namespace : broken.binding;
      const door = new FrontDoor({ ...SECURE, [name]: binding }, echo());
      expect((await door.push(textXml("x"))).content).toBe("answer 1");
      expect((await door.push(textXml("x"))).content).toBe("answer 2");
      expect(broken.uses).toBe(0);
    },
  );

  test("a budget that throws allows no time-out: the next way is taken, in time", async () => {
    const DELIBERATE_TIMEOUTS = new Broken(throwing()).binding;
    const vars = { ...SECURE, REPLY_DEADLINE_MS: "1500", WECHAT_TEXT_MAILBOX: "hint", DELIBERATE_TIMEOUTS };
    expect((await new FrontDoor(vars, echo()).push(textXml("hang"))).content).toBe("hint");
  });
});

describe("storage that fails to write", () => {
  const HANDLED = [
    ["at once, with a session", "x", 0, "answer 2"],
    ["after a while, with a session", "x", 200, "answer 2"],
    ["at once, without a session", "plain", 0, "plain answer"],
    ["after a while, without a session", "slow plain", 200, "plain answer"],
    ["silently", "silent", 0, "success"],
  ] as const;

  /** From now on writes fail, so often; `after` so many that do not. */
  async function failWrites(times: number, after = 0): Promise<{ mockRestore: () => void }> {
    const stub = env.CONVERSATIONS.getByName(`default:${OPENID}`);
    let [passing, failing] = [after, times];
    return runInDurableObject(stub, (_object, { storage }) => {
      const prototype: SqlStorage = Object.getPrototypeOf(storage.sql);
      const exec: SqlStorage["exec"] = Reflect.get(prototype, "exec");
      return vi.spyOn(prototype, "exec").mockImplementation(function (this: SqlStorage, query, ...values) {
        if (query.startsWith("INSERT") && passing-- <= 0 && failing-- > 0) throw new Error("disk I/O error");
        return exec.call(this, query, ...values);
      });
    });
  }

  test.each(HANDLED)(
    "for good: a push that is handled %s is not acknowledged until it is well again",
    async (_, says, waitMs, answer) => {
      const JOBS = new Broken(throwing()).binding;
      const door = new FrontDoor({ ...SECURE, ...BUSY, ...USED_UP, JOBS }, echo([], waitMs));
      expect((await door.push(textXml("x"))).content).toBe("answer 1");
      const failing = await failWrites(Infinity);
      const xml = textXml(says);
      expect((await timed(door.push(xml))).content).toBe("稍后再试");
      expect((await timed(door.push(xml))).content).toBe("稍后再试");
      expect(logs.named("conversation_unreachable")).toHaveLength(2);
      failing.mockRestore();
      const { content, body } = await door.push(xml);
      expect(content ?? body).toBe(answer);
    },
    15_000,
  );

  test.each(HANDLED)(
    "once: a push that is handled %s is handled again, and answered",
    async (_, says, waitMs, answer) => {
      const door = new FrontDoor({ ...SECURE, ...BUSY, ...USED_UP }, echo([], waitMs));
      expect((await door.push(textXml("x"))).content).toBe("answer 1");
      await failWrites(1);
      const xml = textXml(says);
      const { content, body } = await door.push(xml);
      expect(content ?? body).toBe(answer);
      expect(logs.named("conversation_call_failed")).toHaveLength(1);
    },
  );

  test("between a run's two rows: neither of them is kept", async () => {
    const door = new FrontDoor({ ...SECURE, ...BUSY, ...USED_UP }, echo());
    expect((await door.push(textXml("x"))).content).toBe("answer 1");
    await failWrites(1, 1);
    expect((await door.push(textXml("x"))).content).toBe("answer 2");
    expect(logs.named("conversation_call_failed")).toHaveLength(1);
  });
});
