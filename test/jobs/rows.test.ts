/** What a deferred push costs: rows, calls of the object and its time, messages of the queue and their deliveries. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, defer, type DeferOptions } from "wechat-edge";
import { ConversationObject } from "../../src/conversation/conversation.ts";
import { fastTime } from "../support/fast-time.ts";
import { type Answer, FrontDoor } from "../support/front-door.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { RowCounter } from "../support/row-counter.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
/** No other test has used up its deliberate time-outs. */
const HOLDS = {
  WECHAT_LATE_REPLIES: "hold,push",
  DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) },
};
const FACTOR = 4;
/** The object never waits for a deferred handler: what it spends is no share of the handler's time. In real time. */
const shareOf = (handlerMs: number): number => handlerMs / FACTOR / 4;
/** A timer that fires a millisecond early makes the Worker ask once more. */
const MORE_ASKS = 2;
/** One that comes early finds nothing due yet. */
const MORE_ALARMS = 2;
/** What a machine that stalls has done a second time costs more: the counts hold where nothing was. */
const UNDISTURBED = { retry: 5 };
/** All of a burst must come in by then, on a machine that stalls too; the queue waits for it in whole, real seconds. */
const BURST_MS = 1_900;
const BURST_FACTOR = 2;
/** A late reply is sent 400 ms after its answer. */
const SENDING_MS = 4_000;

const METHODS = ["receive", "ask", "claim", "record", "renew", "settle", "abandon"] as const;
type Methods = Record<(typeof METHODS)[number], (...args: unknown[]) => Promise<unknown>>;
type Calls = Partial<Record<(typeof METHODS)[number], number>>;

/** Calls of conversations, and the time that they spend on them, in real milliseconds. */
class CallMeter {
  calls: Calls = {};
  ms = 0;

  start(): void {
    const prototype = ConversationObject.prototype as unknown as Methods;
    for (const name of METHODS) {
      const method = prototype[name];
      const run = async (self: unknown, args: unknown[]): Promise<unknown> => {
        this.calls[name] = (this.calls[name] ?? 0) + 1;
        const began = performance.now();
        try {
          return await Reflect.apply(method, self, args);
        } finally {
          this.ms += performance.now() - began;
        }
      };
      vi.spyOn(prototype, name).mockImplementation(function (this: unknown, ...args) {
        return run(this, args);
      });
    }
  }
}

/** The queue as its senders see it. */
class CountedQueue {
  batches = 0;
  messages = 0;
  readonly binding = {
    sendBatch: (messages: readonly MessageSendRequest[]): Promise<unknown> => {
      this.batches++;
      this.messages += messages.length;
      return env.JOBS.sendBatch(messages);
    },
  };
}

/** `ended` hears of every run that has come to its end. */
function bot(options: DeferOptions, ended: () => void): Bot {
  const made = new Bot({ burstMs: BURST_MS });
  let failures = 0;
  made.hears(
    /^work (\d+)$/,
    defer(
      "work",
      async (ctx) => {
        await pause(Number(ctx.match[1]));
        await ctx.reply("worked");
        ended();
      },
      options,
    ),
  );
  made.hears(
    "fail once",
    defer(
      "fail",
      async (ctx) => {
        if (failures++ === 0) throw new Error("was told to fail");
        await ctx.reply("worked");
        ended();
      },
      options,
    ),
  );
  made.hears("later", async (ctx) => {
    await ctx.enqueue("silent", {});
    await ctx.reply("on record");
  });
  made.job("silent", ended);
  made.on("text", (ctx) => ctx.reply("plain"));
  return made;
}

interface Case {
  readonly options: DeferOptions;
  readonly says: readonly string[];
  readonly vars?: object;
}

interface Cost {
  readonly answers: readonly Answer[];
  readonly rows: number;
  readonly alarms: number;
  readonly calls: Calls;
  readonly batches: number;
  readonly messages: number;
  /** Time that the object has spent on calls, in real milliseconds. */
  readonly objectMs: number;
}

/** Counts from the first push of a user who has said something before, until the work is done and its answer sent. */
async function costOf({ options, says, vars = {} }: Case): Promise<Cost> {
  let runs = 0;
  const queue = new CountedQueue();
  const all = { ...platformVars("service"), ...vars, JOBS: queue.binding };
  const door = new FrontDoor(
    all,
    bot(options, () => runs++),
  );
  await door.push(textXml("plain"), TO);
  const rows = new RowCounter();
  const meter = new CallMeter();
  await rows.start();
  meter.start();
  const answering: Promise<Answer>[] = [];
  for (const one of says) {
    answering.push(door.push(textXml(one), TO));
    if (answering.length < says.length) await pause(100);
  }
  const answers = await Promise.all(answering);
  await vi.waitFor(() => expect(runs).toBe(1), 10_000);
  await pause(SENDING_MS);
  const { batches, messages } = queue;
  return { answers, ...rows.take(), calls: meter.calls, batches, messages, objectMs: meter.ms };
}

const contents = ({ answers }: Cost): string[] => answers.map(({ content, body }) => content ?? body);

beforeEach(async () => {
  fastTime(FACTOR);
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("via the queue", UNDISTURBED, () => {
  test("answered by the API: acknowledged 1, claimed 1, reply 1, end 1, sending 1, sent 1", async () => {
    const cost = await costOf({ options: {}, says: ["work 300"] });
    expect(contents(cost)).toEqual(["success"]);
    expect(await shownTexts(service)).toEqual(["worked"]);
    expect(cost).toMatchObject({ rows: 6, batches: 1, messages: 1 });
    expect(cost.calls).toEqual({ receive: 1, claim: 1, record: 1, settle: 1 });
    expect(cost.alarms).toBeLessThanOrEqual(3 + MORE_ALARMS);
  });

  test("answering the push that is held for it: put off 1, claimed 1, reply 1, end 1, answer 1", async () => {
    const cost = await costOf({ options: {}, says: ["work 300"], vars: HOLDS });
    expect(contents(cost)).toEqual(["worked"]);
    expect(await shownTexts(service)).toEqual([]);
    expect(cost).toMatchObject({ rows: 5, batches: 1, messages: 1 });
    const { ask, ...others } = cost.calls;
    expect(others).toEqual({ receive: 1, claim: 1, record: 1, settle: 1 });
    expect(ask).toBeLessThanOrEqual(2 + MORE_ASKS);
    expect(cost.alarms).toBeLessThanOrEqual(1 + MORE_ALARMS);
  });

  test("ctx.enqueue without a reply: answer with its job 1, claimed 1, end 1", async () => {
    const cost = await costOf({ options: {}, says: ["later"] });
    expect(contents(cost)).toEqual(["on record"]);
    expect(cost).toMatchObject({ rows: 3, batches: 1, messages: 1 });
    expect(cost.calls).toEqual({ receive: 1, claim: 1, settle: 1 });
    expect(cost.alarms).toBeLessThanOrEqual(1 + MORE_ALARMS);
  });

  test("failed once and made again: a claim and an end more, and the same message delivered twice", async () => {
    const cost = await costOf({ options: {}, says: ["fail once"] });
    expect(await shownTexts(service)).toEqual(["worked"]);
    expect(cost).toMatchObject({ rows: 8, batches: 1, messages: 1 });
    expect(cost.calls).toEqual({ receive: 1, claim: 2, record: 1, settle: 2 });
    expect(cost.alarms).toBeLessThanOrEqual(3 + MORE_ALARMS);
  }, 20_000);

  test("three together: 6 for the one that is run, 2 for each that it takes in, and a message each", async () => {
    fastTime(BURST_FACTOR);
    const says = ["work 1", "work 2", "work 3"];
    const cost = await costOf({ options: { overlap: "burst" }, says });
    expect(contents(cost)).toEqual(["success", "success", "success"]);
    expect(await shownTexts(service)).toEqual(["worked"]);
    expect(cost).toMatchObject({ rows: 10, messages: 3 });
    expect(cost.calls).toEqual({ receive: 3, claim: 3, record: 1, settle: 1 });
    expect(cost.alarms).toBeLessThanOrEqual(3 + MORE_ALARMS);
  });
});

describe("via the Worker", UNDISTURBED, () => {
  test.each([
    ["300 ms", 300, 1],
    ["3 s", 3_000, 5],
  ])("%s, answering the push: begun 1, reply 1, answer 1, end 1; no message", async (_, ms, asks) => {
    const cost = await costOf({ options: { via: "worker" }, says: [`work ${ms}`] });
    expect(contents(cost)).toEqual(["worked"]);
    expect(cost).toMatchObject({ rows: 4, batches: 0 });
    const { ask, ...others } = cost.calls;
    expect(others).toEqual({ receive: 1, record: 1, settle: 1 });
    expect(ask).toBeLessThanOrEqual(asks + MORE_ASKS);
    if (ms >= 3_000) expect(cost.objectMs).toBeLessThan(shareOf(ms));
    expect(cost.alarms).toBeLessThanOrEqual(1 + MORE_ALARMS);
  });

  test("12 s, by the API: begun 1, acknowledged 1, reply 1, end 1, sending 1, sent 1; no message", async () => {
    const cost = await costOf({ options: { via: "worker" }, says: ["work 12000"] });
    expect(contents(cost)).toEqual(["success"]);
    expect(await shownTexts(service)).toEqual(["worked"]);
    expect(cost).toMatchObject({ rows: 6, batches: 0 });
    const { ask, renew, ...others } = cost.calls;
    expect(others).toEqual({ receive: 1, record: 1, settle: 1 });
    expect(ask).toBeLessThanOrEqual(6 + MORE_ASKS);
    expect(renew).toBeLessThanOrEqual(3);
    expect(cost.objectMs).toBeLessThan(shareOf(12_000));
    expect(cost.alarms).toBeLessThanOrEqual(4 + MORE_ALARMS);
  }, 10_000);

  test("failed once: the queue gets one message and makes the run again", async () => {
    const cost = await costOf({ options: { via: "worker" }, says: ["fail once"] });
    expect(contents(cost)).toEqual(["success"]);
    expect(await shownTexts(service)).toEqual(["worked"]);
    expect(cost).toMatchObject({ rows: 8, batches: 1, messages: 1 });
    const { ask, ...others } = cost.calls;
    expect(others).toEqual({ receive: 1, claim: 1, record: 1, settle: 2 });
    expect(ask).toBeLessThanOrEqual(1 + MORE_ASKS);
  }, 20_000);

  test("three together: 4 for the one that is run and 1 for its being put off, 3 for each that it takes in", async () => {
    fastTime(BURST_FACTOR);
    const says = ["work 1", "work 2", "work 3"];
    const cost = await costOf({ options: { via: "worker", overlap: "burst" }, says });
    expect(contents(cost)).toEqual(["success", "success", "worked"]);
    expect(cost).toMatchObject({ rows: 11, batches: 0 });
    const { ask, ...others } = cost.calls;
    expect(others).toEqual({ receive: 3, record: 1, settle: 1 });
    expect(ask).toBeLessThanOrEqual(9 + MORE_ASKS);
  });
});
