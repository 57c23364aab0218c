/** Moderation, end to end: what a bot says and is told, on every way to the user. */
import { env } from "cloudflare:workers";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, defer, image, music, news, raw, type Reply } from "wechat-edge";
import { HttpModeration } from "../../src/handlers/moderation/http-moderation.ts";
import { moderateMessages, moderateReplies } from "../../src/handlers/moderation/moderation.ts";
import type { ModerationOptions } from "../../src/handlers/moderation/moderator.ts";
import type { ModerationProvider } from "../../src/handlers/moderation/provider.ts";
import { foldText, WordList } from "../../src/handlers/moderation/word-list.ts";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { deliver } from "../support/wechat-delivery.ts";
import { eventXml, OPENID, pushXml, textXml } from "../support/wechat.ts";

const INSTEAD = "（已隐藏）";
const words = ["赌博", "Bad Word", "𠮷野"];
const service = new Platform("service");
const SERVICE = { appId: appIdOf("service") };
const PERSONAL = { appId: appIdOf("personal") };
const NO_API = { ...platformVars("personal"), WECHAT_APP_SECRET: undefined };

type Said = string | Reply | readonly (string | Reply)[] | (() => AsyncIterable<string>);

/** A bot that answers every text alike, moderated. */
function saying(said: Said, options: ModerationOptions = { words }, afterMs = 0): Bot {
  const bot = new Bot();
  bot.outgoing(moderateReplies({ replacement: INSTEAD, ...options }));
  bot.on("text", async (ctx) => {
    if (afterMs > 0) await pause(afterMs);
    if (typeof said === "function") await ctx.reply(said());
    else for (const one of Array.isArray(said) ? said : [said]) await ctx.reply(one as Reply);
  });
  return bot;
}

let users = 0;

/** What one message is answered with. */
async function answer(bot: Bot, says = "x"): Promise<string | undefined> {
  const xml = textXml(says, { FromUserName: `oModerated${++users}` });
  const { content, plain } = await new FrontDoor(SECURE, bot).push(xml);
  return content ?? plain;
}

function pieces(...all: string[]): () => AsyncIterable<string> {
  return async function* () {
    yield* all;
  };
}

const blocked = () => logs.named("reply_blocked");

beforeEach(async () => {
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("a word of the list", () => {
  test.each([
    ["as it is", "来赌博吧"],
    ["in other letters", "a bAD wORD"],
    ["in full width", "ＢＡＤ　ＷＯＲＤ"],
    ["with several blanks, or a new line", "bad \n word"],
    ["with what nobody sees in between", "赌\u200b\u200d\ufeff\u00ad\u2060博"],
    ["struck through", "赌\u0336博\u0336"],
    ["in circles", "ⓑⓐⓓ ⓦⓞⓡⓓ"],
    ["beyond the first 65,536 characters", "𠮷野家"],
    ["behind a link", '赌<a href="https://example.com">博</a>'],
    ["inside of a link's address", '<a href="https://example.com/赌博">好</a>'],
    ["as entities", "&#36172;&#x535a;"],
  ])("is found %s", async (_name, said) => {
    expect(await answer(saying(said))).toBe(INSTEAD);
    expect(blocked()).toMatchObject([{ reason: "word_list", source: "words", type: "text" }]);
    expect(logs.text).not.toContain(said);
  });

  test.each(["赌一把，博一下", "bad, word", "赌气", "b a d word", "野𠮷"])("is not %s", async (said) => {
    expect(await answer(saying(said))).toBe(said);
    expect(blocked()).toEqual([]);
  });

  test.each<[string, ModerationOptions]>([
    ["an empty list", { words: [] }],
    ["no list", {}],
    ["a list of nothing to see", { words: ["", " ", "\u200b", "\u0336"] }],
  ])("%s blocks nothing", async (_name, options) => {
    for (const said of ["赌博", "\u200b", "x"]) expect(await answer(saying(said, options))).toBe(said);
  });

  test.each([
    [
      "a card",
      news({
        Title: "好",
        Description: "赌博",
        PicUrl: "https://example.com/a.png",
        Url: "https://example.com",
      }),
    ],
    ["music", music({ ThumbMediaId: "m", Title: "赌博" })],
    ["a body of its own", raw({ text: "赌博" })],
  ])("is found in %s, too", async (_name, reply) => {
    expect(await answer(saying(reply))).toBe(INSTEAD);
  });

  test("a picture has none; nor is what a handler does besides replying touched", async () => {
    expect(await answer(saying(image("赌博")))).toContain("赌博");
    expect(await answer(saying(raw("赌博"), { words: ["赌 博"] }))).toContain("赌博");
  });

  test("is found as a plain search finds it, for any words and texts", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "A", "中", "文", "𠮷", "😀", " ", "\u0301") });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), word, (list, text) => {
        const plain = list.map((one) => foldText(one).trim()).filter((one) => one !== "");
        const folded = foldText(text);
        expect(new WordList(list).isIn(folded)).toBe(plain.some((one) => folded.includes(one)));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text));
      }),
    );
  }, 30_000);

  test("is looked for in a time that does not grow with the list", () => {
    const list = new WordList(Array.from({ length: 20_000 }, (_, n) => `词${n.toString(7)}`));
    const text = foldText("词语".repeat(20_000));
    const started = performance.now();
    expect(list.isIn(text)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("on every way to the user", () => {
  test("the answer of the push", async () => {
    expect(await answer(saying("来赌博吧"))).toBe(INSTEAD);
    const plain = await new FrontDoor(PLAIN, saying("来赌博吧")).push(textXml("x"), { mode: "plain" });
    expect(plain.content).toBe(INSTEAD);
  });

  test("what is sent later: replaced once, and then it is over", async () => {
    const bot = saying(["第一句", "来赌博吧", "赌博赌博", "第四句"]);
    expect((await new FrontDoor(platformVars("service"), bot).push(textXml("x"), SERVICE)).content).toBe(
      "第一句",
    );
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual([INSTEAD]), 5_000);
    expect(blocked().map(({ source }) => source)).toEqual(["words", "run", "run"]);
    await pause(600);
    expect(await shownTexts(service)).toEqual([INSTEAD]);
    expect(JSON.stringify(await service.calls())).not.toContain("赌博");
  });

  test("what WeChat's third request is answered with", async () => {
    fastTime();
    const vars = { ...NO_API, DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) } };
    const door = new FrontDoor(vars, saying("来赌博吧", { words }, 12_000));
    const { attempts, answer: last } = await deliver(door, textXml("x"), PERSONAL);
    expect([attempts, last?.content]).toEqual([3, INSTEAD]);
  }, 20_000);

  test("what the next message fetches", async () => {
    const door = new FrontDoor(NO_API, saying(["第一句", "来赌博吧"]));
    const from = { FromUserName: `oMailbox${++users}` };
    expect((await door.push(textXml("x", from), PERSONAL)).content).toContain("第一句");
    expect((await door.push(textXml("继续", from), PERSONAL)).content).toBe(INSTEAD);
  });

  test.each(["worker", "queue"] as const)(
    "what a deferred handler says, via %s",
    async (via) => {
      const bot = new Bot();
      bot.outgoing(moderateReplies({ words, replacement: INSTEAD }));
      bot.on(
        "text",
        defer("later", (ctx) => ctx.reply("来赌博吧"), { via }),
      );
      const { content } = await new FrontDoor(platformVars("service"), bot).push(textXml("x"), SERVICE);
      if (content === undefined) {
        await vi.waitFor(async () => expect(await shownTexts(service)).toEqual([INSTEAD]), 10_000);
      } else expect(content).toBe(INSTEAD);
      expect(blocked()).toHaveLength(1);
    },
    20_000,
  );

  test("nothing, where nothing is to be said instead", async () => {
    expect(await answer(saying("来赌博吧", { words, replacement: false }))).toBe("success");
    expect(blocked()).toHaveLength(1);
  });

  test("says something of its own where it is given no text", async () => {
    const bot = new Bot();
    bot.outgoing(moderateReplies({ words }));
    bot.on("text", (ctx) => ctx.reply("来赌博吧"));
    expect(await answer(bot)).toContain("无法显示");
  });
});

describe("a text that arrives in pieces", () => {
  /** Fills a part of 2,048 bytes to the last character: the next one begins the next part. */
  const FILLED = "一".repeat(682);

  async function streamed(...all: string[]): Promise<unknown[]> {
    const door = new FrontDoor(platformVars("service"), saying(pieces(...all)));
    const { content } = await door.push(textXml("x"), SERVICE);
    await pause(800);
    return [content, ...(await shownTexts(service))];
  }

  test("passes part by part", async () => {
    const shown = await streamed(FILLED, "二".repeat(100));
    expect(shown).toHaveLength(2);
    expect(shown.join("").replaceAll(/[^一二]/g, "")).toBe(FILLED + "二".repeat(100));
  });

  test("ends with the part that is not allowed", async () => {
    const shown = await streamed(FILLED, "赌博", "三".repeat(2_000));
    expect(shown.join("")).not.toMatch(/赌博|三/);
    expect(shown.at(-1)).toBe(INSTEAD);
    expect(shown.filter((text) => text === INSTEAD)).toHaveLength(1);
  });

  test("a word in pieces is found in the part that it is in", async () => {
    expect(await streamed("来赌", "博吧")).toEqual([INSTEAD]);
  });

  test.each([
    ["without a blank between them", ["一句。赌", "博再来一句。"]],
    ["with one", ["this is bad", "word number one"]],
    ["character by character", ["赌", "\u200b", "博"]],
    ["cut in the middle of a long text", [`${FILLED.slice(1)}赌`, "博"]],
  ])("a word does not slip through between two messages, %s", async (_name, parts) => {
    const bot = saying(parts);
    await new FrontDoor(platformVars("service"), bot).push(textXml("x"), SERVICE);
    await vi.waitFor(async () => expect(await shownTexts(service)).toContain(INSTEAD), 5_000);
    expect(blocked()).toMatchObject([{ source: "words" }]);
  });

  test("the seam is a run's own: another user's message ends no word", async () => {
    const bot = saying(["来赌"]);
    const other = saying(["博吧"]);
    expect([await answer(bot), await answer(other)]).toEqual(["来赌", "博吧"]);
  });

  test("replies that nobody waits for keep their order", async () => {
    const slowThenQuick: ModerationProvider = {
      check: async ({ text }) => {
        await pause(text.startsWith("1") ? 150 : 1);
        return { allowed: true };
      },
    };
    const bot = new Bot();
    bot.outgoing(moderateReplies({ provider: () => slowThenQuick }));
    bot.on("text", async (ctx) => {
      await Promise.all([ctx.reply("1"), ctx.reply("2"), ctx.reply("3")]);
    });
    expect((await new FrontDoor(platformVars("service"), bot).push(textXml("x"), SERVICE)).content).toBe("1");
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["2", "3"]), 5_000);
  });
});

describe("words in ctx.shared", () => {
  const NAME = "blocked-words";
  /** The Worker of an account of its own, for the isolate keeps a copy of what it has read. */
  function listed(account: string, more: ModerationOptions = {}): (value: unknown) => Promise<unknown> {
    const vars = {
      ACCOUNTS: JSON.stringify({
        [account]: {
          token: SECURE.WECHAT_TOKEN,
          appId: SECURE.WECHAT_APP_ID,
          encodingAesKey: SECURE.WECHAT_ENCODING_AES_KEY,
        },
      }),
    };
    const door = new FrontDoor(vars, saying("来赌博吧", { words: { shared: NAME }, ...more }));
    return async (value) => {
      if (value !== undefined) await env.KV.put(`shared:${account}:${NAME}`, JSON.stringify(value));
      const xml = textXml("x", { FromUserName: `oListed${++users}` });
      return (await door.push(xml, { path: `/wechat/${account}` })).content;
    };
  }

  test("are read from KV, each account's own", async () => {
    expect(await listed("gambling")(["赌博"])).toBe(INSTEAD);
    expect(await listed("cooking")(["辣椒"])).toBe("来赌博吧");
    expect(await listed("anything")([])).toBe("来赌博吧");
  });

  test("that change are followed once the copy is a minute old", async () => {
    const say = listed("changing");
    expect(await say([])).toBe("来赌博吧");
    expect(await say(["赌博"])).toBe("来赌博吧");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect(await say(["赌博"])).toBe(INSTEAD);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ["missing", undefined],
    ["no array", { words: [] }],
    ["no array of texts", ["赌博", 7]],
  ])("a list that is %s: nothing passes, or all, as it was chosen", async (name, value) => {
    const id = name.replaceAll(" ", "-");
    expect(await listed(`closed-${id}`)(value)).toBe(INSTEAD);
    expect(await listed(`open-${id}`, { failOpen: true })(value)).toBe("来赌博吧");
    expect(logs.named("moderation_failed").map(({ fails }) => fails)).toEqual(["closed", "open"]);
    expect(blocked()).toMatchObject([{ source: "failure", reason: "not_judged" }]);
  });
});

describe("a moderation service", () => {
  const URL = "https://moderation.example.com/v1/check";

  /** What it was asked. */
  const asked: { url: string; redirect: string; headers: Headers; body: Record<string, unknown> }[] = [];
  beforeEach(() => void asked.splice(0));

  function served(
    respond: (body: Record<string, unknown>) => Response | Promise<Response>,
  ): ModerationOptions {
    const fetcher = {
      fetch: async (request: Request): Promise<Response> => {
        const body: Record<string, unknown> = await request.json();
        asked.push({ url: request.url, redirect: request.redirect, headers: request.headers, body });
        return respond(body);
      },
    };
    return { provider: () => new HttpModeration({ url: URL, token: "secret", fetcher }) };
  }

  const judging = served(({ text }) => {
    const allowed = !String(text).includes("坏");
    return Response.json(allowed ? { allowed } : { allowed, reason: "politics" });
  });

  test("is told the text and a pseudonym, and decides", async () => {
    expect(await answer(saying("好话", judging))).toBe("好话");
    expect(await answer(saying("坏话", judging))).toBe(INSTEAD);
    expect(blocked()).toMatchObject([{ source: "provider", reason: "politics" }]);
    const [first, second] = asked;
    expect(first).toMatchObject({ url: URL, redirect: "manual" });
    expect(first?.headers.get("Authorization")).toBe("Bearer secret");
    expect(first?.body).toEqual({
      text: "好话",
      openid: expect.stringMatching(/^[0-9a-f]{64}$/),
      account: "default",
      direction: "outgoing",
    });
    expect(second?.body["openid"]).not.toBe(first?.body["openid"]);
    expect(JSON.stringify(asked)).not.toContain("oModerated");
  });

  test("is not asked about what the words refuse already", async () => {
    expect(await answer(saying("来赌博吧", { ...judging, words }))).toBe(INSTEAD);
    expect(asked).toEqual([]);
  });

  test("reads each part together with the end of the one before", async () => {
    const door = new FrontDoor(platformVars("service"), saying(["前一半，", "后一半。"], judging));
    await door.push(textXml("x"), SERVICE);
    expect(asked.map(({ body }) => body["text"])).toEqual(["前一半，", "前一半，后一半。"]);
  });

  test.each<[string, ModerationOptions, string]>([
    ["500", served(() => new Response("down", { status: 500 })), "answered 500"],
    ["a redirect", served(() => Response.redirect("https://elsewhere.example.com/", 302)), "answered 302"],
    ["a page", served(() => new Response("<html>坏</html>")), "is not"],
    ["no verdict", served(() => Response.json({ allowed: "yes" })), "is not"],
    ["a reason that is none", served(() => Response.json({ allowed: true, reason: 7 })), "is not"],
    ["nothing", served(() => Promise.reject(new Error("connection refused"))), "connection refused"],
    [
      "a token that is not set",
      { provider: () => new HttpModeration({ url: URL, token: "" }) },
      "token is missing",
    ],
    [
      "an address that is none",
      { provider: () => new HttpModeration({ url: "moderation", token: "t" }) },
      "no http",
    ],
  ])("that answers with %s: nothing passes, or all, as it was chosen", async (_name, options, error) => {
    expect(await answer(saying("好话", options))).toBe(INSTEAD);
    expect(await answer(saying("好话", { ...options, failOpen: true }))).toBe("好话");
    const failures = logs.named("moderation_failed");
    expect(failures.map(({ fails }) => fails)).toEqual(["closed", "open"]);
    for (const failure of failures) expect(failure["error"]).toContain(error);
    expect(logs.text).not.toContain("坏");
  });

  test("that does not answer in time is not waited for, and told so", async () => {
    let ended = false;
    const hanging: ModerationProvider = {
      check: (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            ended = true;
            reject(signal.reason);
          });
        }),
    };
    const started = Date.now();
    const options: ModerationOptions = { provider: () => hanging, timeoutMs: 100 };
    expect(await answer(saying("好话", options))).toBe(INSTEAD);
    expect(ended).toBe(true);
    expect(await answer(saying("好话", { ...options, failOpen: true }))).toBe("好话");
    expect(Date.now() - started).toBeLessThan(3_000);
    expect(logs.named("moderation_failed")).toMatchObject([{ fails: "closed" }, { fails: "open" }]);
  });

  test("whose reason may quote the text is logged without it", async () => {
    const quoting = served(() => Response.json({ allowed: false, reason: "says 来赌博吧" }));
    expect(await answer(saying("来赌博吧", quoting))).toBe(INSTEAD);
    expect(blocked()).toMatchObject([{ reason: "unnamed" }]);
    expect(logs.text).not.toContain("赌博");
  });

  test("is called by the global fetch unless told otherwise", async () => {
    const spy = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ allowed: false }));
    const provider = () => new HttpModeration({ url: URL, token: "secret" });
    expect(await answer(saying("好话", { provider }))).toBe(INSTEAD);
    expect(spy).toHaveBeenCalledOnce();
  });

  test("that a bot has none of is not missed", async () => {
    expect(await answer(saying("好话", { provider: () => undefined }))).toBe("好话");
  });
});

describe("what a user says", () => {
  function listening(options: ModerationOptions): { bot: Bot; heard: string[] } {
    const heard: string[] = [];
    const bot = new Bot();
    bot.use(moderateMessages(options));
    bot.on(["message", "event"], (ctx) => {
      heard.push(ctx.message.MsgType);
      return ctx.reply("heard");
    });
    return { bot, heard };
  }

  const push = async (bot: Bot, xml: string): Promise<string | undefined> =>
    (await new FrontDoor(SECURE, bot).push(xml)).content;

  test.each([
    ["a text", textXml("来赌博吧")],
    [
      "a voice message",
      pushXml({ MsgType: "voice", MediaId: "m", Format: "amr", Recognition: "来赌博吧", MsgId: "1" }),
    ],
    [
      "a link",
      pushXml({
        MsgType: "link",
        Title: "好",
        Description: "来赌博吧",
        Url: "https://example.com",
        MsgId: "2",
      }),
    ],
  ])("reaches no handler when it is not allowed: %s", async (_name, xml) => {
    const { bot, heard } = listening({ words, replacement: INSTEAD });
    expect(await push(bot, xml)).toBe(INSTEAD);
    expect(heard).toEqual([]);
    expect(logs.named("message_blocked")).toMatchObject([{ source: "words", reason: "word_list" }]);
    expect(logs.text).not.toContain("赌博");
  });

  test("goes on otherwise; events and pictures are not judged", async () => {
    const { bot, heard } = listening({ words });
    expect(await push(bot, textXml("你好"))).toBe("heard");
    expect(
      await push(
        bot,
        pushXml({ MsgType: "image", MediaId: "赌博", PicUrl: "https://example.com/赌博", MsgId: "3" }),
      ),
    ).toBe("heard");
    expect(await push(bot, eventXml("CLICK", { EventKey: "赌博" }))).toBe("heard");
    expect(heard).toEqual(["text", "image", "event"]);
  });

  test("is answered politely, or not at all", async () => {
    expect(await push(listening({ words }).bot, textXml("来赌博吧"))).toContain("无法回答");
    const { bot } = listening({ words, replacement: false });
    // The object of the user above has its bot already.
    const other = textXml("来赌博吧", { FromUserName: `oSilent${++users}` });
    expect((await new FrontDoor(SECURE, bot).push(other)).body).toBe("success");
  });

  test("is asked about as incoming", async () => {
    const directions: string[] = [];
    const provider: ModerationProvider = {
      check: async ({ direction }) => {
        directions.push(direction);
        return { allowed: false };
      },
    };
    expect(await push(listening({ provider: () => provider }).bot, textXml("x"))).toContain("无法回答");
    expect(directions).toEqual(["incoming"]);
  });

  test("in messages that follow each other is judged as one", async () => {
    const bot = new Bot({ overlap: "burst", burstMs: 300 });
    bot.use(moderateMessages({ words: ["坏"], replacement: INSTEAD }));
    bot.on("text", (ctx) => ctx.reply("heard"));
    const door = new FrontDoor(SECURE, bot);
    const from = { FromUserName: `oBurst${++users}` };
    const answers = await Promise.all([door.push(textXml("坏话", from)), door.push(textXml("好话", from))]);
    expect(answers.map(({ content }) => content).filter((content) => content !== undefined)).toEqual([
      INSTEAD,
    ]);
  });
});

describe("options", () => {
  test.each([
    [{ words: "赌博" }, "words"],
    [{ words: [7] }, "words"],
    [{ words: {} }, "words"],
    [{ timeoutMs: 0 }, "timeoutMs"],
    [{ timeoutMs: Number.POSITIVE_INFINITY }, "timeoutMs"],
  ])("that make no sense are refused at once: %j", (options, named) => {
    for (const make of [moderateReplies, moderateMessages]) {
      expect(() => make(options as never)).toThrow(new RegExp(named));
    }
  });
});
