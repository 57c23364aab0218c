/** Deferred work while its neighbours fail: the queue, the consumer, the objects, the Worker that runs it. */
import {
  abortAllDurableObjects,
  createMessageBatch,
  createExecutionContext,
  getQueueResult,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, defer } from "wechat-edge";
import { createApp } from "../../src/app.ts";
import { fastTime, realPause } from "../support/fast-time.ts";
import { doubles, FaultyQueue, forgets, type SendFault } from "../support/faulty-queue.ts";
import { FrontDoor } from "../support/front-door.ts";
import { jobBot, type Notes } from "../support/job-bot.ts";
import { logs } from "../support/logs.ts";
import { hangs } from "../support/neighbours.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { stage } from "../support/stage.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
const DEAD = "wechat-edge-dead";
const JOBS = "wechat-edge-jobs";

let notes: Notes;
const door = (via: "queue" | "worker", vars: object = {}, options: object = {}): FrontDoor =>
  new FrontDoor({ ...platformVars("service"), ...vars }, jobBot(notes, { via, ...options }));

const shows = (...texts: string[]): Promise<void> =>
  vi.waitFor(async () => expect(await shownTexts(service)).toEqual(texts), 15_000);

const letters = () => env.DEAD_LETTERS.getByName("default").list({ v: 1, limit: 10 });

/** Hands messages to our consumer as the runtime does. */
async function deliver(
  bodies: readonly unknown[],
  queue = JOBS,
  attempts = 1,
): ReturnType<typeof getQueueResult> {
  const messages = bodies.map((body, index) => ({
    id: `m${index}`,
    timestamp: new Date(),
    attempts,
    body,
  }));
  const batch = createMessageBatch(queue, messages);
  const ctx = createExecutionContext();
  await createApp(stage.bot).queue(batch, stage.env(env), ctx);
  return getQueueResult(batch, ctx);
}

/** A queue that takes everything and gives it to the test instead of a consumer. */
class KeptQueue {
  readonly bodies: unknown[] = [];
  get binding(): object {
    return {
      sendBatch: (messages: readonly { body: unknown }[]) => {
        this.bodies.push(...messages.map(({ body }) => body));
        return Promise.resolve();
      },
    };
  }
}

beforeEach(async () => {
  notes = [];
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("the queue's sender", () => {
  const fails: SendFault = () => Promise.reject(new Error("Too Many Requests"));
  const failsAfterwards: SendFault = async (send) => {
    await send();
    throw new Error("a fault that a test ordered");
  };

  test.each<[string, SendFault, string]>([
    ["throws", fails, "success"],
    ["hangs", hangs, "success"],
    ["takes the message and forgets it", forgets, "success"],
    ["sends it twice", doubles, "success"],
    ["sends it and throws", failsAfterwards, "success"],
  ])(
    "%s: the push is answered in time, and the job run once",
    async (_name, fault) => {
      fastTime(20);
      const queue = new FaultyQueue((n) => (n === 1 ? fault : undefined));
      const started = Date.now();
      expect((await door("queue", { JOBS: queue.binding }).push(textXml("work 50 2 a"), TO)).body).toBe(
        "success",
      );
      expect(Date.now() - started).toBeLessThan(4_500);
      await shows("a 1", "a 2");
      await realPause(300);
      expect(notes).toEqual(["begun a", "done a"]);
    },
    20_000,
  );

  test("throws for minutes: the object's alarm sends it in the end", async () => {
    fastTime(20);
    const queue = new FaultyQueue((n) => (n <= 3 ? fails : undefined));
    await door("queue", { JOBS: queue.binding }).push(textXml("work 50 1 a"), TO);
    await shows("a 1");
    expect(queue.batches).toBe(4);
  }, 30_000);

  test("gathers the jobs of several requests in one batch", async () => {
    const queue = new FaultyQueue();
    const one = door("queue", { JOBS: queue.binding });
    await one.push(textXml("warm"), TO);
    const users = Array.from({ length: 8 }, (_, index) => `oBatch${index}`);
    await Promise.all(users.map((FromUserName) => one.push(textXml("later 0 x", { FromUserName }), TO)));
    await vi.waitFor(() => expect(notes).toHaveLength(8), 5_000);
    expect(queue.batches).toBeLessThan(5);
  });
});

describe("the consumer", () => {
  test("run twice at once: one run; the other message comes again later", async () => {
    const kept = new KeptQueue();
    await door("queue", { JOBS: kept.binding }).push(textXml("work 400 1 a"), TO);
    await vi.waitFor(() => expect(kept.bodies).toHaveLength(1));
    const [first, second] = await Promise.all([
      deliver(kept.bodies),
      realPause(100).then(() => deliver(kept.bodies)),
    ]);
    expect(first.explicitAcks).toEqual(["m0"]);
    expect(second.retryMessages).toMatchObject([{ msgId: "m0" }]);
    expect((await deliver(kept.bodies)).explicitAcks).toEqual(["m0"]);
    expect(notes).toEqual(["begun a", "done a"]);
    await shows("a 1");
  });

  test("a message that always fails does not keep the others of its batch from being handled", async () => {
    const kept = new KeptQueue();
    const one = door("queue", { JOBS: kept.binding });
    const users = ["oA", "oB", "oC"];
    for (const FromUserName of users) {
      const text = FromUserName === "oB" ? "fail 9 b" : `later 0 ${FromUserName}`;
      await one.push(textXml(text, { FromUserName }), TO);
    }
    await vi.waitFor(() => expect(kept.bodies).toHaveLength(3));
    const result = await deliver(kept.bodies);
    expect(result.explicitAcks).toEqual(["m0", "m2"]);
    expect(result.retryMessages).toMatchObject([{ msgId: "m1" }]);
    expect(notes.toSorted()).toEqual(["note oA", "note oC", "run b"]);
  });

  test("what it cannot read comes again, and ends among the dead letters", async () => {
    door("queue"); // puts the account on stage
    await door("queue").push(textXml("?"), TO);
    const poison = [{ v: 2, newer: true }, "no JSON at all", null];
    expect((await deliver(poison)).retryMessages).toHaveLength(3);
    expect((await deliver(poison, DEAD, 4)).explicitAcks).toHaveLength(3);
    const { total, letters: kept } = await letters();
    expect(total).toBe(3);
    expect(kept.map(({ code }) => code)).toEqual(Array(3).fill("job_unreadable"));
    expect(await env.DEAD_LETTERS.getByName("default").get("message:m0")).toMatchObject({
      job: '{"v":2,"newer":true}',
    });
  });

  test("a message of a job that nobody knows is acknowledged", async () => {
    await door("queue").push(textXml("?"), TO);
    const nobody = { v: 1, object: `default:${OPENID}`, key: "m:1", job: "1" };
    expect((await deliver([nobody])).explicitAcks).toEqual(["m0"]);
  });

  test("the queue gives a message up whose job was never run: it is run all the same", async () => {
    fastTime(20);
    const kept = new KeptQueue();
    const queue = new FaultyQueue((n) => (n === 1 ? () => kept.binding as never : undefined));
    await door("queue", { JOBS: queue.binding }).push(textXml("work 50 1 a"), TO);
    const ticket = { v: 1, object: `default:${OPENID}`, key: await keyOf(), job: "1" };
    expect((await deliver([ticket], DEAD, 4)).explicitAcks).toEqual(["m0"]);
    await shows("a 1");
    expect(notes).toEqual(["begun a", "done a"]);
  }, 20_000);
});

describe("a handler", () => {
  test("that fails is run again after a while, up to its retries, and then is a dead letter", async () => {
    fastTime(20);
    const apology = { WECHAT_TEXT_APOLOGY: "sorry" };
    await door("queue", apology, { retries: 2 }).push(textXml("fail 9 a"), TO);
    await vi.waitFor(async () => expect((await letters()).total).toBe(1), 20_000);
    expect(notes).toEqual(["run a", "run a", "run a"]);
    expect((await letters()).letters).toMatchObject([
      { name: "fail", attempts: 3, code: "handler_failed", error: "a was told to fail", user: OPENID },
    ]);
    // It has replied, so nothing is apologised for.
    expect(await shownTexts(service)).toEqual(["a 1"]);
    expect(logs.named("handler_failed")).toHaveLength(1);
    expect(logs.named("job_given_up")).toHaveLength(1);
  }, 30_000);

  test("that a redrive runs again goes on where its replies ended", async () => {
    fastTime(20);
    await door("queue", {}, { retries: 0 }).push(textXml("fail 1 a"), TO);
    await vi.waitFor(async () => expect((await letters()).total).toBe(1), 10_000);
    expect(logs.named("handler_failed")).toHaveLength(1);
    expect(logs.named("job_given_up")).toHaveLength(1);
    const [letter] = (await letters()).letters;
    const whole = await env.DEAD_LETTERS.getByName("default").get(letter?.id ?? "");
    const conversation = env.CONVERSATIONS.getByName(whole?.object ?? "");
    expect(await conversation.redrive({ v: 1, job: whole?.job ?? "" })).toMatchObject({ outcome: "queued" });
    expect(await conversation.redrive({ v: 1, job: "{}" })).toMatchObject({ outcome: "refused" });
    expect(await conversation.redrive({ v: 1, job: "nonsense" })).toMatchObject({ outcome: "refused" });
    await shows("a 1", "a 2");
  }, 20_000);

  test("whose isolate has died is run by the queue when its lease is over, and answers once", async () => {
    fastTime(20);
    const worker = door("worker");
    // What the Worker was given leave for, nobody runs: it died with the answer of the object.
    const ticket = { v: 1, account: "default", user: OPENID, key: "m:dead", isLast: false } as const;
    await worker.push(textXml("?"), TO);
    const conversation = env.CONVERSATIONS.getByName(`default:${OPENID}`);
    const progress = await conversation.receive({
      v: 1,
      account: ticket.account,
      user: ticket.user,
      key: ticket.key,
      push: JSON.stringify({
        product: "oa",
        type: "text",
        format: "xml",
        message: {
          MsgType: "text",
          FromUserName: OPENID,
          ToUserName: "gh",
          Content: "work 50 1 a",
          MsgId: "1",
        },
      }),
      requestId: "r",
      spanId: "s",
      deadline: Date.now() + 4_500,
      patienceMs: 1_000,
    });
    expect(progress).toMatchObject({ kind: "pending", grant: { job: "1", attempt: 1 } });
    await shows("a 1");
    expect(notes).toEqual(["begun a", "done a"]);
    expect(logs.named("job_lease_expired")).toHaveLength(1);
  }, 30_000);

  test("whose object dies in mid-run still replies, and its session is saved", async () => {
    const worker = door("worker");
    const answering = worker.push(textXml("work 600 1 a"), TO);
    await realPause(200);
    await abortAllDurableObjects();
    expect((await answering).content).toBe("a 1");
    expect((await worker.push(textXml("?"), TO)).content).toBe("done a");
    expect(notes).toEqual(["begun a", "done a"]);
  });
});

async function keyOf(): Promise<string> {
  const { turns } = await env.CONVERSATIONS.getByName(`default:${OPENID}`).report({ v: 1 });
  return turns[0]?.key ?? "";
}

describe("the session of a run that is made again", () => {
  test("is changed once: what a failed run had changed counts from its replies on, and no more", async () => {
    fastTime(20);
    let runs = 0;
    const bot = new Bot<{ count?: number; tail?: number }>();
    bot.hears(
      "x",
      defer("count", async (ctx) => {
        ctx.session.count = (ctx.session.count ?? 0) + 1;
        await ctx.reply("one");
        ctx.session.tail = (ctx.session.tail ?? 0) + 1;
        if (++runs < 3) throw new Error("a fault that a test ordered");
      }),
    );
    bot.on("text", (ctx) => ctx.reply(JSON.stringify(ctx.session)));
    const one = new FrontDoor(platformVars("service"), bot);
    await one.push(textXml("x"), TO);
    await vi.waitFor(() => expect(runs).toBe(3), 20_000);
    await vi.waitFor(async () => {
      expect((await one.push(textXml("?"), TO)).content).toBe('{"count":1,"tail":1}');
    });
    expect(await shownTexts(service)).toEqual(["one"]);
  }, 30_000);
});
