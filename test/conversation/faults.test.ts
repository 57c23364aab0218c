/** Handlers and objects that fail: what WeChat receives, what the user sees, and how often it happened. */
import { abortAllDurableObjects, evictAllDurableObjects } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, defer } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { OPENID, textXml } from "../support/wechat.ts";

interface Count {
  count: number;
}

const SERVICE = { appId: appIdOf("service") };
const service = new Platform("service");
const never = (): Promise<never> => new Promise(() => {});

/** A bot whose session counts the runs that were written down; `seen` counts those that were begun. */
function countingBot(seen: string[]): Bot<Count> {
  const bot = new Bot<Count>({ session: { initial: () => ({ count: 0 }) } });
  bot.use(async (ctx, next) => {
    if (ctx.message.MsgType === "text") seen.push(String(ctx.message.Content));
    await next();
  });
  bot.hears("count", (ctx) => ctx.reply(String(ctx.session.count)));
  return bot;
}

async function shows(...texts: string[]): Promise<void> {
  await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(texts), 8_000);
  await pause(1_000); // long enough for a second one to be sent as well
  expect(await shownTexts(service)).toEqual(texts);
}

beforeEach(async () => {
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("a handler that throws", () => {
  const faults: [string, () => unknown][] = [
    [
      "at once",
      () => {
        throw new Error("on fire");
      },
    ],
    ["later", () => pause(30).then(() => Promise.reject(new TypeError("on fire")))],
    [
      "undefined",
      () => {
        throw undefined;
      },
    ],
  ];
  const table = faults.flatMap(([name, fault]) =>
    [undefined, "出错了"].map((apology) => ({ name, fault, apology, text: apology ?? "no text" })),
  );

  test.each(table)("$name, with $text, is answered alike each time and run once", async (one) => {
    const seen: string[] = [];
    const bot = countingBot(seen);
    bot.on("text", (ctx) => {
      ctx.session.count++;
      return one.fault();
    });
    const door = new FrontDoor({ ...SECURE, WECHAT_TEXT_APOLOGY: one.apology }, bot as never);
    const xml = textXml("x");
    for (let delivery = 1; delivery <= 3; delivery++) {
      const { status, body, content } = await door.push(xml);
      expect([status, one.apology === undefined ? body : content]).toEqual([200, one.apology ?? "success"]);
    }
    expect(seen).toEqual(["x"]);
    expect(logs.named("handler_failed")).toHaveLength(1);
    expect((await door.push(textXml("count"))).content).toBe("1");
  });

  test("after the answer has left, apologises by the API, once", async () => {
    fastTime();
    const bot = new Bot();
    bot.on("text", async () => {
      await pause(6_000);
      throw new Error("on fire");
    });
    const vars = {
      ...platformVars("service"),
      REPLY_DEADLINE_MS: "4000",
      WECHAT_TEXT_APOLOGY: "出错了",
    };
    const door = new FrontDoor(vars, bot);
    expect((await door.push(textXml("x"), SERVICE)).body).toBe("success");
    await shows("出错了");
    expect(logs.named("handler_failed")).toHaveLength(1);
  }, 15_000);
});

describe("a duplicate", () => {
  test("while the run is going on, after it, after eviction, and 50 at once: one effect", async () => {
    const seen: string[] = [];
    const bot = countingBot(seen);
    bot.on("text", async (ctx) => {
      await pause(300);
      await ctx.reply(`run ${++ctx.session.count}`);
    });
    const door = new FrontDoor(SECURE, bot as never);
    const xml = textXml("x");
    const first = door.push(xml);
    await pause(50);
    const contents = [(await door.push(xml)).content, (await first).content, (await door.push(xml)).content];
    await evictAllDurableObjects();
    contents.push((await door.push(xml)).content);
    const doors = [1, 2, 3, 4, 5].map(() => new FrontDoor(SECURE, bot as never));
    const many = await Promise.all(doors.flatMap((one) => Array.from({ length: 10 }, () => one.push(xml))));
    expect(new Set([...contents, ...many.map(({ content }) => content)])).toEqual(new Set(["run 1"]));
    expect(seen).toEqual(["x"]);
    expect((await door.push(textXml("count"))).content).toBe("1");
  });
});

describe("an object that dies in mid-run", () => {
  beforeEach(() => fastTime());

  /** Its first run says two things and never ends; the next ones go through. */
  function dyingBot(seen: string[]): Bot {
    const bot = countingBot(seen);
    let runs = 0;
    bot.on("text", async (ctx) => {
      const run = ++runs;
      ctx.session.count++;
      await ctx.reply("one");
      await ctx.reply("two");
      if (run === 1) await never();
      await ctx.reply("three");
    });
    return bot as never;
  }

  test("aborted: the run is made again within the same delivery, its effects are not", async () => {
    const seen: string[] = [];
    const door = new FrontDoor(platformVars("service"), dyingBot(seen));
    const xml = textXml("x");
    const answering = door.push(xml, SERVICE);
    await vi.waitFor(() => expect(seen).toEqual(["x"]));
    await pause(100);
    await abortAllDurableObjects();
    expect((await answering).content).toBe("one");
    await shows("two", "three");
    expect((await door.push(xml, SERVICE)).content).toBe("one");
    expect(seen).toEqual(["x", "x"]);
    expect(logs.named("run_resumed")).toHaveLength(1);
    expect((await door.push(textXml("count"), SERVICE)).content).toBe("1");
  }, 15_000);

  // An object whose run is under way is not evicted: its timers keep it awake. It can only die.
  test("aborted after the answer has left: WeChat's retry resumes it, and nothing is said twice", async () => {
    const seen: string[] = [];
    const vars = { ...platformVars("service"), REPLY_DEADLINE_MS: "4000" };
    const door = new FrontDoor(vars, dyingBot(seen));
    const xml = textXml("x");
    expect((await door.push(xml, SERVICE)).content).toBe("one");
    await abortAllDurableObjects();
    expect((await door.push(xml, SERVICE)).content).toBe("one");
    await shows("two", "three");
    expect(seen).toEqual(["x", "x"]);
    expect((await door.push(textXml("count"), SERVICE)).content).toBe("1");
    expect(await service.calls("/cgi-bin/message/custom/send")).toHaveLength(2);
  }, 15_000);
});

describe("users", () => {
  test("never see each other's session", async () => {
    const bot = new Bot<{ who?: string[] }>();
    bot.on("text", async (ctx) => {
      await pause(Math.random() * 20);
      const who = [...(ctx.session.who ?? []), ctx.message.FromUserName];
      ctx.session.who = who;
      await pause(Math.random() * 20);
      await ctx.reply(who.join());
    });
    const door = new FrontDoor(SECURE, bot);
    const users = Array.from({ length: 20 }, (_, index) => `oUser${index}`);
    const talk = async (FromUserName: string): Promise<void> => {
      for (let said = 1; said <= 3; said++) {
        const { content } = await door.push(textXml("x", { FromUserName }));
        expect(content).toBe(Array.from({ length: said }, () => FromUserName).join());
      }
    };
    await Promise.all(users.map(talk));
  });

  test("have their messages handled in order, under load", async () => {
    const seen = new Map<string, string[]>();
    const bot = new Bot();
    bot.on("text", async (ctx) => {
      await pause(Math.random() * 15);
      const { FromUserName, Content } = ctx.message;
      seen.set(FromUserName, [...(seen.get(FromUserName) ?? []), Content]);
      await ctx.reply(Content);
    });
    const door = new FrontDoor(SECURE, bot);
    const words = Array.from({ length: 20 }, (_, index) => `word ${index}`);
    const users = Array.from({ length: 8 }, (_, index) => `oUser${index}`);
    const talk = async (FromUserName: string): Promise<void> => {
      const answers = [];
      for (const word of words) {
        answers.push(door.push(textXml(word, { FromUserName })));
        await pause(3);
      }
      expect((await Promise.all(answers)).map(({ content }) => content)).toEqual(words);
    };
    await Promise.all(users.map(talk));
    for (const user of users) expect(seen.get(user), user).toEqual(words);
  });
});

describe("an interrupt word", () => {
  beforeEach(() => fastTime());

  test("gets through at once, and what the cancelled run still says reaches nobody", async () => {
    const ended: string[] = [];
    const bot = new Bot();
    bot.interrupt(["停"], async (ctx) => {
      await ctx.cancel();
      return ctx.reply("stopped");
    });
    bot.on("text", async (ctx) => {
      const { signal } = ctx;
      await pause(4_000);
      const { parts } = await ctx.reply(ctx.message.Content);
      ended.push(`${ctx.message.Content} ${signal.aborted ? "aborted" : "undisturbed"} ${parts}`);
    });
    const door = new FrontDoor(platformVars("service"), bot);
    const story = textXml("story");
    const cancelled = door.push(story, SERVICE);
    await pause(200);
    const started = Date.now();
    expect((await door.push(textXml("停"), SERVICE)).content).toBe("stopped");
    expect(Date.now() - started).toBeLessThan(3_000);
    expect((await cancelled).body).toBe("success");
    expect((await door.push(story, SERVICE)).body).toBe("success");
    expect((await door.push(textXml("next"), SERVICE)).content).toBe("next");
    expect(ended).toEqual(["story aborted 0", "next undisturbed 1"]);
    await shows();
  }, 15_000);
});

test("a cancelled run that never ends does not keep the next message waiting", async () => {
  fastTime();
  const bot = new Bot();
  bot.interrupt(["停"], async (ctx) => {
    await ctx.cancel();
    return ctx.reply("stopped");
  });
  bot.hears("hang", () => never());
  bot.on("text", (ctx) => ctx.reply(ctx.message.Content));
  const door = new FrontDoor(platformVars("service"), bot);
  const hanging = door.push(textXml("hang"), SERVICE);
  await pause(200);
  expect((await door.push(textXml("停"), SERVICE)).content).toBe("stopped");
  expect((await hanging).body).toBe("success");
  expect((await door.push(textXml("next"), SERVICE)).content).toBe("next");
}, 15_000);

test("a run that dies while the Worker waits is made again when the Worker asks", async () => {
  fastTime(5);
  let runs = 0;
  const bot = new Bot();
  bot.on("text", async (ctx) => {
    runs++;
    await pause(runs === 1 ? 60_000 : 50);
    await ctx.reply(`run ${runs}`);
  });
  const answering = new FrontDoor(platformVars("service"), bot).push(textXml("x"), SERVICE);
  await pause(1_500); // between two questions
  await abortAllDurableObjects();
  expect((await answering).content).toBe("run 2");
  expect(logs.named("run_resumed")).toHaveLength(1);
}, 15_000);

describe("replies that the push cannot carry", () => {
  beforeEach(() => fastTime());

  const bot = new Bot();
  bot.hears("three", async (ctx) => {
    for (const word of ["one", "two", "three"]) await ctx.reply(word);
  });
  bot.hears("afterwards", async (ctx) => {
    await ctx.reply("now");
    void pause(500).then(() => ctx.reply("afterwards"));
  });
  bot.hears(
    "deferred",
    defer("speak", async (ctx) => {
      await pause(200);
      await ctx.reply("deferred");
    }),
  );
  bot.on("text", (ctx) => ctx.reply("other"));

  test.each([
    ["three", "one", ["two", "three"]],
    ["afterwards", "now", ["afterwards"]],
    ["deferred", undefined, ["deferred"]],
  ])(
    "%s: are sent by the API, in order and once",
    async (word, passive, pushed) => {
      const door = new FrontDoor(platformVars("service"), bot);
      const xml = textXml(word);
      expect((await door.push(xml, SERVICE)).content).toBe(passive);
      await shows(...pushed);
      expect((await door.push(xml, SERVICE)).content).toBe(passive);
      await shows(...pushed);
    },
    15_000,
  );

  test.each([
    ["three", "one\n\n（未完，发送「继续」查看后文）", "two\n\nthree\n\nother"],
    ["afterwards", "now", "afterwards\n\nother"],
  ])(
    "%s: wait for the next message where there is no API, also over eviction",
    async (word, passive, next) => {
      const door = new FrontDoor(SECURE, bot);
      expect((await door.push(textXml(word))).content).toBe(passive);
      await pause(2_000);
      await evictAllDurableObjects();
      const collecting = textXml("x");
      expect((await door.push(collecting)).content).toBe(next);
      expect((await door.push(collecting)).content).toBe(next);
      expect((await door.push(textXml("x"))).content).toBe("other");
    },
    10_000,
  );
});
