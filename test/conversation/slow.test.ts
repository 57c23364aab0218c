/** Handlers that are slow, or never end. The first test delivers in real time as WeChat does, all of them at once. */
import { env } from "cloudflare:workers";
import { evictAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause, within } from "../support/waiting.ts";
import { type Delivery, deliver } from "../support/wechat-delivery.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const never = (): Promise<never> => new Promise(() => {});
const TO = { appId: appIdOf("service") };
/** No other test has used up its deliberate time-outs. */
const UNUSED = `a${Date.now()}`;

/** `/wechat` is a service account; `/wechat/<id>` a personal one that is held for, by the same AppID. */
function varsWithHeld(id: string, more: object = {}): object {
  const vars = platformVars("service");
  const held = {
    kind: "personal",
    token: vars["WECHAT_TOKEN"],
    encodingAesKey: vars["WECHAT_ENCODING_AES_KEY"],
    appId: vars["WECHAT_APP_ID"],
    ...more,
  };
  return { ...vars, ACCOUNTS: JSON.stringify({ [id]: held }) };
}

/** `wait 3000` is answered after 3 s, `never` not at all. The session counts what was answered. */
function waitingBot(begun: string[] = []): Bot {
  const bot = new Bot<{ count?: number }>();
  bot.hears(["never", /^wait (\d+)$/], async (ctx) => {
    begun.push(ctx.message.FromUserName);
    await (ctx.match?.[1] === undefined ? never() : pause(Number(ctx.match[1])));
    ctx.session.count = (ctx.session.count ?? 0) + 1;
    await ctx.reply(`answer ${ctx.session.count}`);
  });
  bot.on("text", (ctx) => ctx.reply(`count ${ctx.session.count ?? 0}`));
  return bot;
}

beforeEach(() => service.reset());

/** What a user said, how often WeChat has to ask, what it is answered with, and what comes by the API. */
const SLOW = [
  { kind: "personal", says: "wait 3000", attempts: 1, answer: "answer 1", pushed: [] },
  { kind: "personal", says: "wait 6000", attempts: 2, answer: "answer 1", pushed: [] },
  { kind: "personal", says: "wait 12000", attempts: 3, answer: "answer 1", pushed: [] },
  { kind: "personal", says: "never", attempts: 3, answer: expect.stringContaining("继续"), pushed: [] },
  { kind: "service", says: "wait 3000", attempts: 1, answer: "answer 1", pushed: [] },
  { kind: "service", says: "wait 6000", attempts: 1, answer: "success", pushed: ["answer 1"] },
  { kind: "service", says: "wait 12000", attempts: 1, answer: "success", pushed: ["answer 1"] },
  { kind: "service", says: "never", attempts: 1, answer: "success", pushed: [] },
] as const;

describe("a slow handler", () => {
  test("is held for, or its answer sent later; either way the effect happens once", async () => {
    const begun: string[] = [];
    const held = `${UNUSED}-held`;
    const door = new FrontDoor(varsWithHeld(held), waitingBot(begun));
    const cases = SLOW.map((one, index) => ({
      ...one,
      // An object that was evicted outlives the cleaning after a test: a second attempt must not meet it.
      user: `oSlow${index}-${crypto.randomUUID()}`,
      to: { ...TO, path: one.kind === "personal" ? `/wechat/${held}` : "/wechat" },
    }));
    for (const { user } of cases) await service.act(user, { action: "text", Content: "x" });
    const deliveries = await Promise.all(
      cases.map(({ says, user, to }) => deliver(door, textXml(says, { FromUserName: user }), to)),
    );
    expect(deliveries.map((delivery, index) => told(cases[index]?.user ?? "", delivery))).toEqual(
      cases.map(({ user, attempts, answer }) => ({ user, attempts, answer })),
    );
    // What was not held on purpose was answered before WeChat hung up, and not in the last moment.
    for (const { lastMs } of deliveries) expect(lastMs).toBeLessThan(4_900);
    for (const { user, pushed } of cases) {
      await vi.waitFor(async () => expect(await shownTexts(service, user), user).toEqual(pushed), 3_000);
    }
    expect([...begun].sort()).toEqual(cases.map(({ user }) => user).sort());
    for (const { says, user, to } of cases) {
      if (says === "never") continue;
      expect((await door.push(textXml("count", { FromUserName: user }), to)).content, user).toBe("count 1");
    }
  }, 30_000);

  function told(user: string, { attempts, answer }: Delivery): object {
    return { user, attempts, answer: answer?.content ?? answer?.body };
  }
});

describe("a handler that takes nine times as long as there is", () => {
  beforeEach(() => fastTime(20));

  test("answers by the API", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    const door = new FrontDoor({ ...platformVars("service"), REPLY_DEADLINE_MS: "3000" }, waitingBot());
    const xml = textXml("wait 27000");
    expect((await door.push(xml, TO)).body).toBe("success");
    await vi.waitFor(async () => expect(await shownTexts(service, OPENID)).toEqual(["answer 1"]), 8_000);
    expect((await door.push(xml, TO)).body).toBe("success");
    expect((await door.push(textXml("count"), TO)).content).toBe("count 1");
    expect(await shownTexts(service, OPENID)).toEqual(["answer 1"]);
  }, 15_000);

  test("answers with the next message where there is no API, also over eviction", async () => {
    const vars = {
      ...platformVars("personal"),
      REPLY_DEADLINE_MS: "3000",
      WECHAT_LATE_REPLIES: "mailbox",
      WECHAT_TEXT_MAILBOX: "请稍后发送任意消息",
    };
    const door = new FrontDoor(vars, waitingBot());
    const to = { appId: appIdOf("personal") };
    const xml = textXml("wait 27000");
    expect((await door.push(xml, to)).content).toBe("请稍后发送任意消息");
    await pause(30_000);
    await evictAllDurableObjects();
    expect((await door.push(xml, to)).content).toBe("请稍后发送任意消息");
    expect((await door.push(textXml("x"), to)).content).toBe("answer 1\n\ncount 1");
  }, 15_000);
});

describe("deliberate time-outs", () => {
  test("are five a minute and account: the sixth held push takes the next way, in time", async () => {
    const account = `${UNUSED}-budget`;
    const users = Array.from({ length: 8 }, (_, index) => `oUser${index}`);
    const untilNextMinute = 60_000 - (Date.now() % 60_000);
    if (untilNextMinute < 3_000) await pause(untilNextMinute);
    // The runtime's own verdicts, asked for beforehand: the Worker waits for one for 100 ms only.
    const verdicts = await Promise.all(users.map(() => env.DELIBERATE_TIMEOUTS.limit({ key: account })));
    const limit = vi.fn(async (_asked: { key: string }) => verdicts.pop() ?? { success: false });
    fastTime(2);
    const held = varsWithHeld(account, { texts: { mailbox: "hint" } });
    const vars = { ...held, DELIBERATE_TIMEOUTS: { limit } };
    const door = new FrontDoor(vars, waitingBot());
    const to = { ...TO, path: `/wechat/${account}` };
    const answering = users.map((FromUserName) => door.push(textXml("never", { FromUserName }), to));
    const early = await Promise.all(answering.map((one) => within(one, 5_000)));
    expect(early.map((answer) => answer?.content).filter((content) => content !== undefined)).toEqual([
      "hint",
      "hint",
      "hint",
    ]);
    expect(limit.mock.calls).toEqual(users.map(() => [{ key: account }]));
    await Promise.all(answering);
  }, 20_000);
});

describe("a handler that never ends", () => {
  test("does not keep the alarm firing", async () => {
    const door = new FrontDoor({ ...platformVars("service"), REPLY_DEADLINE_MS: "300" }, waitingBot());
    expect((await door.push(textXml("never"), TO)).body).toBe("success");
    const stub = env.CONVERSATIONS.getByName(`default:${OPENID}`);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 35_000 });
    try {
      await runDurableObjectAlarm(stub);
      const next = await runInDurableObject(stub, (_, state) => state.storage.getAlarm());
      expect((next ?? Infinity) - Date.now()).toBeGreaterThan(1_000);
    } finally {
      vi.useRealTimers();
    }
  });
});
