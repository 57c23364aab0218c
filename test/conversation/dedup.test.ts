/** A push that WeChat sends again is handled once and answered alike. */
import { evictAllDurableObjects } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { eventXml, textXml } from "../support/wechat.ts";

function counting(waitMs = 0): { bot: Bot; runs: () => number } {
  let runs = 0;
  const bot = new Bot();
  bot.on(["text", "event"], async (ctx) => {
    const run = ++runs;
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    await ctx.reply(`run ${run}`);
  });
  return { bot, runs: () => runs };
}

describe("a repeated push", () => {
  test("gets the same reply again, and no second run", async () => {
    const { bot, runs } = counting();
    const door = new FrontDoor(SECURE, bot);
    const xml = textXml("x");
    const answers = [await door.push(xml), await door.push(xml), await door.push(xml)];
    expect(answers.map(({ content }) => content)).toEqual(["run 1", "run 1", "run 1"]);
    expect(runs()).toBe(1);
    // Sealed afresh: no two envelopes are alike.
    expect(new Set(answers.map(({ body }) => body)).size).toBe(3);
  });

  test("in another isolate too, and after the object was evicted", async () => {
    const { bot, runs } = counting();
    const xml = textXml("x");
    expect((await new FrontDoor(SECURE, bot).push(xml)).content).toBe("run 1");
    await evictAllDurableObjects();
    expect((await new FrontDoor(SECURE, bot).push(xml)).content).toBe("run 1");
    expect(runs()).toBe(1);
  });

  test("50 at once, while the first run is going on: one run, one answer", async () => {
    const { bot, runs } = counting(300);
    const xml = textXml("x");
    const doors = [1, 2, 3, 4, 5].map(() => new FrontDoor(SECURE, bot));
    const answers = await Promise.all(
      Array.from(
        { length: 50 },
        (_, index) => doors[index % 5]?.push(xml) ?? Promise.reject(new Error("no door")),
      ),
    );
    expect(new Set(answers.map(({ content }) => content))).toEqual(new Set(["run 1"]));
    expect(runs()).toBe(1);
  });

  test("that was handled silently is acknowledged again", async () => {
    const bot = new Bot();
    const handler = vi.fn();
    bot.on("text", handler);
    const door = new FrontDoor(SECURE, bot);
    const xml = textXml("x");
    expect([(await door.push(xml)).body, (await door.push(xml)).body]).toEqual(["success", "success"]);
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("after its time is a new one", async () => {
    const { bot, runs } = counting();
    const door = new FrontDoor({ ...SECURE, DEDUP_SECONDS: "60" }, bot);
    const xml = textXml("x");
    await door.push(xml);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      await new FrontDoor({ ...SECURE, DEDUP_SECONDS: "60" }, bot).push(xml);
    } finally {
      vi.useRealTimers();
    }
    expect(runs()).toBe(2);
  });
});

describe("pushes that are not the same", () => {
  test("another message, another user", async () => {
    const { bot, runs } = counting();
    const door = new FrontDoor(SECURE, bot);
    await door.push(textXml("x", { MsgId: "1" }));
    await door.push(textXml("x", { MsgId: "2" }));
    await door.push(textXml("x", { MsgId: "1", FromUserName: "oSomebodyElse" }));
    expect(runs()).toBe(3);
  });

  test("two events of one second that differ in one field only", async () => {
    const { bot, runs } = counting();
    const door = new FrontDoor(SECURE, bot);
    const event = { CreateTime: String(Math.floor(Date.now() / 1000)), FromUserName: "sys" };
    for (const SpNo of ["1", "2", "1"]) await door.push(eventXml("some_approval", { ...event, SpNo }));
    expect(runs()).toBe(2);
  });

  test("events about no user are told apart as well", async () => {
    const { bot, runs } = counting();
    const door = new FrontDoor(SECURE, bot);
    const event = { CreateTime: String(Math.floor(Date.now() / 1000)), FromUserName: "" };
    for (const Id of ["1", "2", "2"]) await door.push(eventXml("some_service_event", { ...event, Id }));
    expect(runs()).toBe(2);
  });
});

describe("order", () => {
  test("messages of one user are handled one after the other, others at once", async () => {
    const seen: string[] = [];
    const bot = new Bot();
    bot.on("text", async (ctx) => {
      const { Content, FromUserName } = ctx.message;
      seen.push(`+${Content}`);
      await new Promise((resolve) => setTimeout(resolve, FromUserName === "oFast" ? 1 : 60));
      seen.push(`-${Content}`);
      await ctx.reply(Content);
    });
    const door = new FrontDoor(SECURE, bot);
    const answers = await Promise.all([
      door.push(textXml("a")),
      door.push(textXml("b")),
      door.push(textXml("c")),
      door.push(textXml("other", { FromUserName: "oFast" })),
    ]);
    expect(answers.map(({ content }) => content)).toEqual(["a", "b", "c", "other"]);
    expect(seen.filter((one) => !one.endsWith("other"))).toEqual(["+a", "-a", "+b", "-b", "+c", "-c"]);
    expect(seen.indexOf("-other")).toBeLessThan(seen.indexOf("-a"));
  });

  test("a user over the limit is told once, then acknowledged; others are not concerned", async () => {
    const { bot, runs } = counting();
    const door = new FrontDoor({ ...SECURE, WECHAT_TEXT_BUSY: "太快了" }, bot);
    const answers = [];
    for (let i = 0; i < 50; i++) answers.push(await door.push(textXml("x")));
    const refused = answers.filter(({ content }) => content?.startsWith("run") !== true);
    expect(refused.map(({ content, body }) => content ?? body).slice(0, 3)).toEqual([
      "太快了",
      "success",
      "success",
    ]);
    expect(runs()).toBeGreaterThanOrEqual(40);
    expect(logs.named("push_dropped").length).toBe(refused.length);
    expect((await door.push(textXml("x", { FromUserName: "oSomebodyElse" }))).content).toMatch(/^run/);
  });
});
