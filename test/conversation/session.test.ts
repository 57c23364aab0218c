/** What is remembered of a user. */
import { evictAllDurableObjects } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { Bot, Flow } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { textXml } from "../support/wechat.ts";

interface Counter {
  count: number;
  note?: string;
}

function counter(idleSeconds?: number): Bot<Counter> {
  const bot = new Bot<Counter>({
    session: { initial: () => ({ count: 0 }), ...(idleSeconds === undefined ? {} : { idleSeconds }) },
  });
  bot.hears("bad", (ctx) => {
    ctx.session.count = 99;
    Reflect.set(ctx.session, "when", new Date());
    return ctx.reply("said");
  });
  bot.hears("slow", async (ctx) => {
    ctx.session.note = "by slow";
    await new Promise((resolve) => setTimeout(resolve, 200));
    await ctx.reply("slow done");
  });
  bot.interrupt(["now"], (ctx) => {
    ctx.session.count += 10;
    return ctx.reply("now");
  });
  bot.hears("show", (ctx) => ctx.reply(JSON.stringify(ctx.session)));
  bot.on("text", (ctx) => ctx.reply(String(++ctx.session.count)));
  return bot;
}

describe("a session", () => {
  test("begins with its initial value, is the user's own, and survives eviction", async () => {
    const door = new FrontDoor(SECURE, counter() as never);
    expect((await door.push(textXml("x"))).content).toBe("1");
    expect((await door.push(textXml("x", { FromUserName: "oOther" }))).content).toBe("1");
    await evictAllDurableObjects();
    expect((await door.push(textXml("x"))).content).toBe("2");
    expect((await door.push(textXml("x", { FromUserName: "oOther" }))).content).toBe("2");
  });

  test("begins anew after its idle time", async () => {
    const door = new FrontDoor(SECURE, counter(60) as never);
    await door.push(textXml("x"));
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      const later = new FrontDoor(SECURE, counter(60) as never);
      expect((await later.push(textXml("x"))).content).toBe("1");
    } finally {
      vi.useRealTimers();
    }
  });

  test("two runs at once keep each other's keys", async () => {
    const door = new FrontDoor(SECURE, counter() as never);
    const slow = door.push(textXml("slow"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await door.push(textXml("now"))).content).toBe("now");
    expect((await slow).content).toBe("slow done");
    expect(JSON.parse((await door.push(textXml("show"))).content ?? "")).toEqual({
      count: 10,
      note: "by slow",
    });
  });

  test("a value that is not JSON costs that run's changes, not the reply", async () => {
    const door = new FrontDoor(SECURE, counter() as never);
    expect((await door.push(textXml("bad"))).content).toBe("said");
    expect(logs.named("session_not_saved")).toMatchObject([{ code: "session_not_json" }]);
    expect((await door.push(textXml("x"))).content).toBe("1");
  });
});

describe("a flow", () => {
  function booking(): Bot {
    const bot = new Bot();
    const flow = new Flow("booking", { timeoutSeconds: 60 })
      .ask("day", "哪一天？", { check: (day) => /^\d+$/.test(day) || "请输入数字" })
      .ask("people", ({ day }) => `${day} 号，几位？`)
      .end((ctx, { day, people }) => ctx.reply(`${day} 号 ${people} 位`));
    bot.use(flow);
    bot.hears("订位", (ctx) => flow.start(ctx));
    bot.on("text", (ctx) => ctx.reply("other"));
    return bot;
  }
  const talk = async (words: string[], between: () => Promise<void> = async () => {}): Promise<unknown[]> => {
    const answers = [];
    for (const word of words) {
      answers.push((await new FrontDoor(SECURE, booking()).push(textXml(word))).content);
      await between();
    }
    return answers;
  };

  test("asks, checks, goes on, and ends; evicted between any two messages", async () => {
    const answers = await talk(["12", "订位", "很快", "12", "3", "12"], () => evictAllDurableObjects());
    expect(answers).toEqual(["other", "哪一天？", "请输入数字", "12 号，几位？", "12 号 3 位", "other"]);
  });

  test("is cancelled by a word", async () => {
    expect(await talk(["订位", "取消", "12"])).toEqual(["哪一天？", "已取消。", "other"]);
  });

  test("ends when the user takes too long", async () => {
    expect(await talk(["订位"])).toEqual(["哪一天？"]);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect(await talk(["12"])).toEqual(["other"]);
    } finally {
      vi.useRealTimers();
    }
  });
});
