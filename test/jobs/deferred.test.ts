/** Deferred handlers, end to end: the runtime's own queue delivers to our consumer. */
import { evictAllDurableObjects } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { fastTime, realPause } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { jobBot, type Notes } from "../support/job-bot.ts";
import { logs } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { deliver } from "../support/wechat-delivery.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
/** No other test has used up its deliberate time-outs. */
const HOLDS = {
  WECHAT_LATE_REPLIES: "hold,push",
  DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) },
};

let notes: Notes;
const door = (via: "queue" | "worker", vars: object = {}): FrontDoor =>
  new FrontDoor({ ...platformVars("service"), ...vars }, jobBot(notes, { via }));

const shows = (...texts: string[]): Promise<void> =>
  vi.waitFor(async () => expect(await shownTexts(service)).toEqual(texts), 10_000);

beforeEach(async () => {
  notes = [];
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("via the queue", () => {
  test("is acknowledged at once, and answers by the customer-service API, in order and once", async () => {
    const queue = door("queue");
    const xml = textXml("work 50 3 a");
    const started = Date.now();
    expect((await queue.push(xml, TO)).body).toBe("success");
    expect(Date.now() - started).toBeLessThan(1_000);
    await shows("a 1", "a 2", "a 3");
    expect((await queue.push(xml, TO)).body).toBe("success");
    await vi.waitFor(async () => expect((await queue.push(textXml("?"), TO)).content).toBe("done a"));
    expect(notes).toEqual(["begun a", "done a"]);
    expect(await shownTexts(service)).toEqual(["a 1", "a 2", "a 3"]);
  });

  test("says the account's waiting text at once, where it has one", async () => {
    const queue = door("queue", { WECHAT_TEXT_WAIT: "one moment" });
    expect((await queue.push(textXml("work 50 1 a"), TO)).content).toBe("one moment");
    await shows("a 1");
  });

  test("answers the push itself where WeChat's retries would be waited for", async () => {
    expect((await door("queue", HOLDS).push(textXml("work 50 2 a"), TO)).content).toBe("a 1");
    await shows("a 2");
  });

  test("answers WeChat's second request, and is run once", async () => {
    fastTime();
    const delivery = await deliver(door("queue", HOLDS), textXml("work 6000 1 a"), TO);
    expect([delivery.attempts, delivery.answer?.content]).toEqual([2, "a 1"]);
    expect(notes).toEqual(["begun a", "done a"]);
    expect(await shownTexts(service)).toEqual([]);
  });

  test("while it works, the user sees that somebody is typing, until there is a reply", async () => {
    fastTime();
    await door("queue").push(textXml("work 4000 1 a"), TO);
    await shows("a 1");
    expect(await service.calls("/cgi-bin/message/custom/typing")).toMatchObject([
      { effect: true, body: { touser: OPENID, command: "Typing" } },
    ]);
  });

  test("where nothing can be sent, its answer waits for the user's next message", async () => {
    fastTime();
    const queue = door("queue", { WECHAT_LATE_REPLIES: "mailbox", WECHAT_TEXT_MAILBOX: "hint" });
    expect((await queue.push(textXml("work 9000 1 a"), TO)).content).toBe("hint");
    await vi.waitFor(() => expect(notes).toContain("done a"), 5_000);
    await evictAllDurableObjects();
    expect((await queue.push(textXml("?"), TO)).content).toBe("a 1\n\ndone a");
  });
});

test.each(["worker", "queue"] as const)(
  "via %s: a whole answer does not say that there is more",
  async (via) => {
    const personal = { WECHAT_LATE_REPLIES: "hold,mailbox", WECHAT_APP_SECRET: undefined };
    for (let n = 1; n <= 5; n++) {
      const answer = await door(via, personal).push(
        textXml(`work 20 1 a${n}`, { FromUserName: `oUser${n}` }),
        TO,
      );
      expect(answer.content).toBe(`a${n} 1`);
    }
  },
  15_000,
);

describe("via the Worker", () => {
  test("answers the push itself, as soon as it has an answer", async () => {
    const worker = door("worker");
    const started = Date.now();
    expect((await worker.push(textXml("work 300 2 a"), TO)).content).toBe("a 1");
    expect(Date.now() - started).toBeLessThan(1_200);
    await shows("a 2");
    expect((await worker.push(textXml("?"), TO)).content).toBe("done a");
  });

  test("goes on after the answer, and then answers by the API", async () => {
    fastTime();
    const worker = door("worker");
    const xml = textXml("work 12000 1 a");
    const started = Date.now();
    expect((await worker.push(xml, TO)).body).toBe("success");
    expect(Date.now() - started).toBeLessThan(4_900);
    await shows("a 1");
    expect((await worker.push(xml, TO)).body).toBe("success");
    expect(notes).toEqual(["begun a", "done a"]);
  });

  test("answers WeChat's third request where that is held for", async () => {
    fastTime();
    const delivery = await deliver(door("worker", HOLDS), textXml("work 12000 1 a"), TO);
    expect([delivery.attempts, delivery.answer?.content]).toEqual([3, "a 1"]);
    expect(notes).toEqual(["begun a", "done a"]);
  });

  test("ends at its 25 s: the user is told, and it is not run again", async () => {
    fastTime();
    const worker = door("worker");
    expect((await worker.push(textXml("work 40000 1 a"), TO)).body).toBe("success");
    await shows(expect.stringContaining("超时") as never);
    expect(logs.named("job_given_up")).toMatchObject([{ code: "job_timed_out", attempts: 1 }]);
    await realPause(2_500);
    expect(notes).toEqual(["begun a", "unheard a 1", "aborted a"]);
    expect(await shownTexts(service)).toHaveLength(1);
  }, 15_000);

  test("a failed run is made again by the queue: what it has replied is not replied again", async () => {
    fastTime();
    const worker = door("worker");
    expect((await worker.push(textXml("fail 1 a"), TO)).content).toBe("a 1");
    await shows("a 2");
    expect(notes).toEqual(["run a", "run a"]);
    expect(logs.named("job_run")).toMatchObject([
      { via: "worker", outcome: "failed", attempt: 1 },
      { via: "queue", outcome: "done", attempt: 2 },
    ]);
  });

  test("later messages of the user wait for it, as for any handler", async () => {
    const worker = door("worker");
    const first = worker.push(textXml("work 600 1 a"), TO);
    await realPause(100);
    expect((await worker.push(textXml("?"), TO)).content).toBe("done a");
    expect((await first).content).toBe("a 1");
  });
});

describe("ctx.enqueue", () => {
  test("runs a job of its name, whose replies are sent", async () => {
    expect((await door("queue").push(textXml("later 0 a"), TO)).content).toBe("on record");
    await shows("note a");
  });

  test("after a delay, also over eviction", async () => {
    fastTime(20);
    expect((await door("queue").push(textXml("later 20 a"), TO)).content).toBe("on record");
    await evictAllDurableObjects();
    await realPause(400);
    expect(notes).toEqual([]);
    await vi.waitFor(() => expect(notes).toEqual(["note a"]), 30_000);
  }, 40_000);
});
