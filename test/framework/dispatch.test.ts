import { describe, expect, test } from "vitest";
import { Bot, Composer, SelectorError } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { eventXml, pushXml, textXml } from "../support/wechat.ts";

/** Sends a text and gives back what the handlers noted. */
async function say(bot: Bot, content: string): Promise<string | undefined> {
  return (await new FrontDoor(SECURE, bot).push(textXml(content))).content;
}

describe("matching", () => {
  test("runs every match in order of registration until one does not hand on", async () => {
    const bot = new Bot();
    const order: string[] = [];
    bot.use(async (_ctx, next) => {
      order.push("use in");
      await next();
      order.push("use out");
    });
    bot.hears(/hello/, async (_ctx, next) => {
      order.push("pattern");
      await next();
    });
    bot.hears("hello", async (_ctx, next) => {
      order.push("exact");
      await next();
    });
    bot.on("message", async (_ctx, next) => {
      order.push("message");
      await next();
    });
    bot.on("text", (ctx) => {
      order.push("text");
      return ctx.reply("done");
    });
    bot.on("text", () => void order.push("never"));
    expect(await say(bot, "hello")).toBe("done");
    expect(order).toEqual(["use in", "pattern", "exact", "message", "text", "use out"]);
  });

  test("several handlers of one registration hand on to each other", async () => {
    const bot = new Bot();
    bot.on(
      "text",
      (_ctx, next) => next(),
      async (_ctx, next) => next(),
      (ctx) => ctx.reply("third"),
    );
    expect(await say(bot, "x")).toBe("third");
  });

  test("hears compares whole texts, blanks around aside, and searches for patterns", async () => {
    const bot = new Bot();
    bot.hears(" 菜单 ", (ctx) => ctx.reply("exact"));
    bot.hears(/^天气\s*(.+)$/, (ctx) => ctx.reply(ctx.match[1]));
    expect(await say(bot, "  菜单\n")).toBe("exact");
    expect(await say(bot, "菜单2")).toBeUndefined();
    expect(await say(bot, "天气 上海")).toBe("上海");
    expect(logs.named("push_unhandled")).toHaveLength(1);
  });

  test("a global expression finds the same text twice", async () => {
    const bot = new Bot();
    bot.hears(/天气/g, (ctx) => ctx.reply("found"));
    expect(await say(bot, "天气")).toBe("found");
    expect(await say(bot, "天气")).toBe("found");
  });

  test("hears takes the recognised words of a voice message", async () => {
    const bot = new Bot();
    bot.hears("你好", (ctx) => ctx.reply(ctx.message.MsgType));
    const voice = pushXml({ MsgType: "voice", MediaId: "m", Format: "amr", MsgId: "1", Recognition: "你好" });
    expect((await new FrontDoor(SECURE, bot).push(voice)).content).toBe("voice");
  });

  test("one registration with a text and a pattern runs once", async () => {
    const bot = new Bot();
    let runs = 0;
    bot.hears(["menu", /men/], async (_ctx, next) => {
      runs++;
      await next();
    });
    await say(bot, "menu");
    expect(runs).toBe(1);
  });

  test("match and scene belong to the handler that they were found for", async () => {
    const bot = new Bot();
    const seen: unknown[] = [];
    bot.hears(/(b)/, async (ctx, next) => {
      seen.push(ctx.match[1]);
      await next();
      seen.push(ctx.match[1]);
    });
    bot.on("text", (ctx) => void seen.push(ctx.match));
    await say(bot, "abc");
    expect(seen).toEqual(["b", undefined, "b"]);
  });

  test("scan hears followers and new followers alike", async () => {
    const bot = new Bot();
    bot.scan(/^login-(\d+)$/, (ctx) => ctx.reply(`${ctx.scene}/${ctx.match[1]}`));
    bot.on("event:subscribe", (ctx) => ctx.reply("plain follow"));
    const door = new FrontDoor(SECURE, bot);
    expect((await door.push(eventXml("SCAN", { EventKey: "login-7", Ticket: "t" }))).content).toBe(
      "login-7/7",
    );
    expect((await door.push(eventXml("subscribe", { EventKey: "qrscene_login-8" }))).content).toBe(
      "login-8/8",
    );
    expect((await door.push(eventXml("subscribe"))).content).toBe("plain follow");
  });

  test("filter and the product prefix", async () => {
    const bot = new Bot();
    bot.filter(
      (message) => message["bizmsgmenuid"] === "102",
      (ctx) => ctx.reply("menu item"),
    );
    bot.on("oa/text", (ctx) => ctx.reply("oa only"));
    expect((await new FrontDoor(SECURE, bot).push(textXml("x", { bizmsgmenuid: "102" }))).content).toBe(
      "menu item",
    );
    expect(await say(bot, "x")).toBe("oa only");
  });

  test("Event is matched by case: LOCATION the event is not location the message", async () => {
    const bot = new Bot();
    bot.on("location", (ctx) => ctx.reply("message"));
    bot.on("event:LOCATION", (ctx) => ctx.reply("event"));
    const door = new FrontDoor(SECURE, bot);
    const where = { Latitude: "1", Longitude: "2", Precision: "3" };
    expect((await door.push(eventXml("LOCATION", where))).content).toBe("event");
    expect(
      (
        await door.push(
          pushXml({
            MsgType: "location",
            Location_X: "1",
            Location_Y: "2",
            Scale: "3",
            Label: "",
            MsgId: "1",
          }),
        )
      ).content,
    ).toBe("message");
  });

  test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "a MsgType or Event %s finds no handler",
    async (name) => {
      const bot = new Bot();
      bot.on("text", (ctx) => ctx.reply("text"));
      const door = new FrontDoor(SECURE, bot);
      expect((await door.push(pushXml({ MsgType: name }))).body).toBe("success");
      expect((await door.push(eventXml(name, { EventKey: name }))).body).toBe("success");
    },
  );

  test("ten thousand exact words cost no walk", async () => {
    const bot = new Bot();
    for (let i = 0; i < 10_000; i++) bot.hears(`word-${i}`, (ctx) => ctx.reply(`found ${i}`));
    expect(await say(bot, "word-9999")).toBe("found 9999");
  });
});

describe("mistakes are said", () => {
  test("an unknown selector throws with those that may have been meant", () => {
    // @ts-expect-error -- misspelt on purpose: it must not compile either
    expect(() => new Bot().on("event:CLIK", () => {})).toThrow(SelectorError);
    // @ts-expect-error -- likewise
    expect(() => new Bot().on("event:subscrib", () => {})).toThrow(/event:subscribe/);
  });

  test("calling next twice fails the handler", async () => {
    const bot = new Bot();
    bot.on("text", async (_ctx, next) => {
      await next();
      await next();
    });
    await say(bot, "x");
    expect(logs.named("handler_failed")).toMatchObject([{ code: "next_called_twice" }]);
  });

  test("a group cannot be mounted into itself", () => {
    const outer = new Composer();
    const inner = new Composer();
    outer.use(inner);
    expect(() => inner.use(outer)).toThrow(expect.objectContaining({ code: "composer_cycle" }));
    expect(() => outer.use(outer)).toThrow(expect.objectContaining({ code: "composer_cycle" }));
  });

  test.each([undefined, null, 42, {}, ""])("ctx.reply(%o) fails with the reason", async (x) => {
    const bot = new Bot();
    bot.on("text", (ctx) => ctx.reply(x as never));
    await say(bot, "x");
    expect(logs.named("handler_failed")[0]?.["code"]).toMatch(/^reply_/);
  });
});

describe("groups", () => {
  test("run in the place where they were mounted", async () => {
    const group = new Composer();
    const bot = new Bot();
    bot.use(group);
    bot.on("text", (ctx) => ctx.reply("after"));
    group.hears("hi", (ctx) => ctx.reply("group"));
    expect(await say(bot, "hi")).toBe("group");
    expect(await say(bot, "other")).toBe("after");
  });

  test("are added and removed while running, wherever they hang", async () => {
    const inner = new Composer();
    const outer = new Composer().use(inner);
    const bot = new Bot().use(outer);
    bot.on("text", (ctx) => ctx.reply("fallback"));
    expect(await say(bot, "hi")).toBe("fallback");
    const remove = inner.register({
      supports: (message) => message.Content === "hi",
      handle: (ctx) => ctx.reply("registered"),
    });
    expect(await say(bot, "hi")).toBe("registered");
    remove();
    remove();
    expect(await say(bot, "hi")).toBe("fallback");
    const unmount = inner.register(new Composer().hears("hi", (ctx) => ctx.reply("mounted")));
    expect(await say(bot, "hi")).toBe("mounted");
    unmount();
    expect(await say(bot, "hi")).toBe("fallback");
  });
});

describe("outgoing", () => {
  test("changes, splits and drops replies, in order of registration", async () => {
    const bot = new Bot();
    bot.outgoing(async (reply, _ctx, next) => {
      if (reply.MsgType === "text" && reply.Content.includes("secret")) return;
      await next(reply);
    });
    bot.outgoing((reply, ctx, next) =>
      next(
        reply.MsgType === "text" ? { ...reply, Content: `[${ctx.message.MsgType}] ${reply.Content}` } : reply,
      ),
    );
    const parts: number[] = [];
    bot.on("text", async (ctx) => {
      const receipt = await ctx.reply(ctx.message.Content);
      parts.push(receipt.parts);
    });
    expect(await say(bot, "hello")).toBe("[text] hello");
    expect(await say(bot, "a secret")).toBeUndefined();
    expect(parts).toEqual([1, 0]);
  });

  test("the account's fixed texts do not pass it", async () => {
    const bot = new Bot();
    bot.outgoing(() => {});
    bot.on("text", () => {
      throw new Error("x");
    });
    const door = new FrontDoor({ ...SECURE, WECHAT_TEXT_APOLOGY: "sorry" }, bot);
    expect((await door.push(textXml("x"))).content).toBe("sorry");
    expect(logs.named("handler_failed")).toHaveLength(1);
  });
});

describe("catch", () => {
  test("sees the error and may reply", async () => {
    const bot = new Bot();
    bot.catch((error, ctx) => ctx.reply(`caught ${error instanceof Error ? error.message : "?"}`));
    bot.on("text", () => {
      throw new Error("boom");
    });
    expect(await say(bot, "x")).toBe("caught boom");
    expect(logs.named("handler_failed")).toHaveLength(1);
  });

  test("may fail itself", async () => {
    const bot = new Bot();
    bot.catch(() => {
      throw new Error("again");
    });
    bot.on("text", () => {
      throw new Error("boom");
    });
    expect(await say(bot, "x")).toBeUndefined();
    expect([logs.named("handler_failed"), logs.named("error_handler_failed")]).toMatchObject([[{}], [{}]]);
  });
});
