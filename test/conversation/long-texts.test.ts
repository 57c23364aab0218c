/** Texts longer than the messages there are, on accounts that put them on a page. */
import { abortAllDurableObjects, evictAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, type Context, defer } from "wechat-edge";
import { signOperatorRequest } from "../../src/accounts/operator-signature.ts";
import { fastTime, realPause, skipTime } from "../support/fast-time.ts";
import { type Answer, FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { APP_SECRET, appIdOf, type Kind } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { linkIn, openPage } from "../support/text-page.ts";
import { pause } from "../support/waiting.ts";
import { eventXml, OPENID, textXml } from "../support/wechat.ts";

const SEND = "/cgi-bin/message/custom/send";
const MORE = "（未完，发送「继续」查看后文）";
const PAGES = { WECHAT_LONG_TEXTS: "page", PUBLIC_URL: "https://bot.example.com" };
const DAY_MS = 86_400_000;
const service = new Platform("service");

/** A text with all kinds of white space at which it may be cut. */
function long(bytes: number, sign = "句"): string {
  const between = ["", " ", "\n", "\n\n", "\n  \n   ", "\n\n\n"];
  let text = `  ${sign}首 <b>&amp; "x"。`;
  for (let n = 1; Buffer.byteLength(text) < bytes; n++) {
    text += `第${n}${sign}：床前明月光，疑是地上霜，举头望明月。${between[n % between.length]}`;
  }
  return `${text}完`;
}

async function* written(text: string, ms: number): AsyncIterable<string> {
  for (let at = 0; at < text.length; at += 97) {
    yield text.slice(at, at + 97);
    await pause(ms);
  }
}

class Door extends FrontDoor {
  readonly #kind: Kind;
  constructor(kind: Kind, bot: Bot, vars: object = {}, more: { clock?: () => number } = {}) {
    super({ ...platformVars(kind), ...PAGES, ...vars }, bot, more);
    this.#kind = kind;
  }
  say(text: string, xml = textXml(text)): Promise<Answer> {
    return this.push(xml, { appId: appIdOf(this.#kind) });
  }
}

/** Answers `long` with a text, and anything else with its echo. */
function saying(answer: (ctx: Pick<Context, "reply">) => unknown): Bot {
  const bot = new Bot();
  bot.hears("long", (ctx) => answer(ctx));
  bot.on("text", (ctx) => ctx.reply(`echo ${ctx.message.Content}`));
  return bot;
}

const replying = (text: string): Bot => saying((ctx) => ctx.reply(text));
const bytesOf = (text: unknown): number => Buffer.byteLength(String(text));
const conversation = () => env.CONVERSATIONS.getByName(`default:${OPENID}`);

function pagesKept(): Promise<number> {
  return runInDurableObject(
    conversation(),
    (_, { storage }) => storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM page").one().count,
  );
}

beforeEach(async () => {
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("an account that can send nothing", () => {
  test("answers with the first part and a link to the whole text; nothing waits for 继续", async () => {
    const text = long(9_000);
    const door = new Door("personal", replying(text));
    const xml = textXml("long");
    const { content = "" } = await door.say("long", xml);
    expect(bytesOf(content)).toBeLessThanOrEqual(2_048);
    expect(content).not.toContain(MORE);
    expect(content.startsWith(text.slice(0, 300))).toBe(true);
    const page = await openPage(door, linkIn(content));
    expect([page.status, page.text]).toEqual([200, text]);
    expect(page.html).not.toContain("refresh");
    await evictAllDurableObjects();
    expect((await door.say("long", xml)).content).toBe(content);
    expect((await openPage(door, linkIn(content))).text).toBe(text);
    expect(await pagesKept()).toBe(1);
    expect((await door.say("继续")).content).toBe("echo 继续");
  });

  test("sends a text that fits as it is, and keeps no page", async () => {
    const door = new Door("personal", replying(long(1_900)));
    expect((await door.say("long")).content).toBe(long(1_900));
    const tables = await runInDurableObject(conversation(), (_, { storage }) =>
      storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'page'").toArray(),
    );
    expect(tables).toEqual([]);
  });

  test("links from the mailbox when the answer was late; what else waits is still asked for", async () => {
    fastTime();
    const text = long(5_000);
    const bot = saying(async (ctx) => {
      await pause(6_000);
      await ctx.reply(text);
      await ctx.reply("second");
    });
    const door = new Door("personal", bot, { WECHAT_LATE_REPLIES: "mailbox", WECHAT_TEXT_PAGE: "看全文" });
    expect((await door.say("long")).content).toContain("继续");
    await pause(3_000);
    await evictAllDurableObjects();
    const { content = "" } = await door.say("继续");
    expect(content).toContain(MORE);
    expect(content).toContain(">看全文</a>");
    expect(bytesOf(content)).toBeLessThanOrEqual(2_048);
    expect((await openPage(door, linkIn(content))).text).toBe(text);
    expect((await door.say("继续")).content).toBe("second");
  }, 15_000);

  test.each(["in the object", "put off"])(
    "links while the text is still being written (%s): the page grows, as moderated",
    async (where) => {
      fastTime();
      const text = long(7_000, "坏");
      const write = (ctx: Pick<Context, "reply">): unknown => ctx.reply(written(text, 200));
      const bot = new Bot();
      bot.outgoing((reply, _ctx, next) =>
        next(reply.MsgType === "text" ? { ...reply, Content: reply.Content.replaceAll("坏", "好") } : reply),
      );
      bot.hears("long", where === "put off" ? defer("write", write, { via: "worker" }) : write);
      const door = new Door("personal", bot, { WECHAT_LATE_REPLIES: "mailbox" });
      const { content = "" } = await door.say("long");
      expect(content).not.toContain(MORE);
      const early = await openPage(door, linkIn(content));
      expect(early.html).toContain('http-equiv="refresh"');
      expect(text.replaceAll("坏", "好").startsWith(early.text)).toBe(true);
      await vi.waitFor(
        async () => expect((await openPage(door, linkIn(content))).text).toBe(text.replaceAll("坏", "好")),
        10_000,
      );
      expect((await openPage(door, linkIn(content))).html).not.toContain("refresh");
      expect(await pagesKept()).toBe(1);
    },
    20_000,
  );

  test("keeps one page for a run that died after its answer and was made again", async () => {
    fastTime();
    const text = long(5_000);
    let runs = 0;
    const bot = saying(async (ctx) => {
      await ctx.reply(text);
      if (++runs === 1) await new Promise(() => {});
    });
    const door = new Door("personal", bot, { REPLY_DEADLINE_MS: "3000" });
    const xml = textXml("long");
    const { content = "" } = await door.say("long", xml);
    await abortAllDurableObjects();
    expect((await door.say("long", xml)).content).toBe(content);
    expect(runs).toBe(2);
    expect((await openPage(door, linkIn(content))).text).toBe(text);
    expect(await pagesKept()).toBe(1);
  }, 15_000);

  test("says 继续 as ever when no page can be kept", async () => {
    const text = long(5_000);
    const door = new Door("personal", replying(text));
    await door.say("hello");
    await runInDurableObject(conversation(), (_, { storage }) => {
      storage.sql.exec("CREATE TABLE page (another TEXT)");
    });
    let { content = "" } = await door.say("long");
    let all = "";
    for (let asked = 0; content.endsWith(MORE) && asked < 5; asked++) {
      all += content.slice(0, -MORE.length);
      content = (await door.say("继续")).content ?? "";
    }
    expect((all + content).replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    expect(logs.named("page_not_kept").length).toBeGreaterThan(0);
    expect(logs.text).not.toContain("床前明月光");
  });
});

describe("an account that sends messages", () => {
  test("sends what WeChat takes, and links in the last one, also when that one is sent again", async () => {
    fastTime();
    const text = long(30_000);
    const door = new Door("service", replying(text));
    await service.fault({ kind: "errcode", errcode: -1, path: SEND, after: 4 });
    const { content } = await door.say("long");
    await vi.waitFor(async () => expect(await shownTexts(service)).toHaveLength(5), 15_000);
    const shown = [content, ...(await shownTexts(service))].map(String);
    expect(shown.map((one) => linkIn(one) !== "")).toEqual([false, false, false, false, false, true]);
    expect(Math.max(...shown.map(bytesOf))).toBeLessThanOrEqual(2_048);
    expect(shown.join("")).not.toContain(MORE);
    expect((await openPage(door, linkIn(shown[5]))).text).toBe(text);
    await realPause(500);
    expect(await service.calls(SEND)).toHaveLength(6);
    expect(await pagesKept()).toBe(1);
    const { turns } = await conversation().report({ v: 1 });
    expect(new Set(turns[0]?.replies.slice(6).map(({ state }) => state))).toEqual(new Set(["paged"]));
  }, 30_000);

  test("sends all of a text that needs no more than that", async () => {
    const text = long(5_000);
    const { content } = await new Door("service", replying(text)).say("long");
    await vi.waitFor(async () => expect(await shownTexts(service)).toHaveLength(2), 10_000);
    const shown = [content, ...(await shownTexts(service))].join("");
    expect(shown.replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
  });

  test("links to a text that is still being written", async () => {
    fastTime();
    const text = long(20_000);
    const bot = new Bot();
    bot.on(
      "text",
      defer("write", (ctx) => ctx.reply(written(text, 50)), { via: "worker" }),
    );
    const door = new Door("service", bot);
    await door.say("long");
    await vi.waitFor(
      async () => expect(linkIn(String((await shownTexts(service)).at(-1)))).not.toBe(""),
      15_000,
    );
    const shown = await shownTexts(service);
    await vi.waitFor(
      async () => expect((await openPage(door, linkIn(String(shown.at(-1))))).text).toBe(text),
      15_000,
    );
    await realPause(500);
    expect(await shownTexts(service)).toEqual(shown);
  }, 40_000);
});

describe("a link", () => {
  const text = long(5_000);

  async function linked(): Promise<{ door: Door; link: string }> {
    const door = new Door("service", replying(text), { WECHAT_LATE_REPLIES: "mailbox" });
    return { door, link: linkIn((await door.say("long")).content) };
  }

  test.each<[string, (link: string) => string]>([
    ["with another page", (link) => link.replace(/.\?/, (end) => (end === "0?" ? "1?" : "0?"))],
    [
      "with another object",
      (link) => link.replace(/(\/t\/\w+\/)./, (_, head) => `${head}${link.includes(`${head}0`) ? "1" : "0"}`),
    ],
    ["of another account", (link) => link.replace("/t/default/", "/t/shop/")],
    ["of no account", (link) => link.replace("/t/default/", "/t/nobody/")],
    ["that lasts longer", (link) => link.replace("?k=1", "?k=2")],
    ["with another signature", (link) => link.replace(/.$/, (end) => (end === "0" ? "1" : "0"))],
    ["without one", (link) => link.replace(/\?.*/, "")],
    ["cut off", (link) => link.slice(0, -1)],
  ])("%s is 404 like any other", async (_name, changed) => {
    const { door, link } = await linked();
    expect(changed(link)).not.toBe(link);
    const vars: Readonly<Record<string, string>> = { ...platformVars("service"), ...PAGES };
    const shop = {
      token: vars["WECHAT_TOKEN"],
      appId: vars["WECHAT_APP_ID"],
      appSecret: APP_SECRET,
      encodingAesKey: vars["WECHAT_ENCODING_AES_KEY"],
      kind: "service",
      longTexts: "page",
    };
    const both = new FrontDoor({ ...vars, ACCOUNTS: JSON.stringify({ shop }) }, new Bot());
    const { status, html, headers } = await openPage(both, changed(link));
    const none = await openPage(door, "https://bot.example.com/t/default/x");
    expect([status, html]).toEqual([404, none.html]);
    expect(headers.get("cache-control")).toBe("no-store");
    expect((await openPage(both, link)).status).toBe(200);
  });

  test("is over after seven days", async () => {
    const { link } = await linked();
    const later = (ms: number) => new Door("service", new Bot(), {}, { clock: () => Date.now() + ms });
    expect((await openPage(later(6.9 * DAY_MS), link)).status).toBe(200);
    expect((await openPage(later(7.1 * DAY_MS), link)).status).toBe(404);
  });

  test("lets a browser run nothing, load nothing, and tell nobody", async () => {
    const { door, link } = await linked();
    const { headers, html } = await openPage(door, link);
    const style = /<style>([^]*)<\/style>/.exec(html)?.[1] ?? "";
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; style-src 'sha256-${Buffer.from(digest).toString("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(headers.get("content-type")).toBe("text/html; charset=UTF-8");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-robots-tag")).toContain("noindex");
    expect(html).toContain('name="viewport"');
  });

  test("to an object that cannot be reached says so, and is not 404", async () => {
    const { link } = await linked();
    const namespace = {
      idFromString: (id: string) => id,
      get: () => ({ page: () => Promise.reject(new Error("a fault that a test ordered")) }),
    };
    const door = new Door("service", new Bot(), { CONVERSATIONS: namespace });
    expect((await openPage(door, link)).status).toBe(503);
    expect(logs.named("page_not_shown")).toHaveLength(1);
  });
});

describe("what is kept", () => {
  const text = long(5_000);
  const doorOf = (): Door => new Door("service", replying(text), { WECHAT_LATE_REPLIES: "mailbox" });

  /** Names of the tables that the user's object has, and how many pushes and pages there are. */
  function kept(): Promise<{ tables: number; turns: number; pages: number }> {
    return runInDurableObject(conversation(), (_, { storage }) => {
      const names = storage.sql.exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE name IN ('turn', 'page')",
      );
      const tables = names.toArray().map(({ name }) => name);
      const count = (name: string): number =>
        tables.includes(name)
          ? storage.sql.exec<{ count: number }>(`SELECT count(*) AS count FROM ${name}`).one().count
          : 0;
      return { tables: tables.length, turns: count("turn"), pages: count("page") };
    });
  }

  test("is erased with the conversation, at the operator's request; the link then leaves nothing behind", async () => {
    const door = doorOf();
    const link = linkIn((await door.say("long")).content);
    const path = `/api/v1/accounts/default/conversations/${OPENID}`;
    const credentials = { appId: appIdOf("service"), appSecret: APP_SECRET, encodingAesKeys: [] };
    const request = { method: "DELETE", target: path, body: "" };
    const authorization = await signOperatorRequest(credentials, request, Math.floor(Date.now() / 1000));
    const erasing = new Request(`https://bot.example.com${path}`, {
      method: "DELETE",
      headers: { authorization: authorization ?? "" },
    });
    expect((await door.fetch(erasing)).status).toBe(200);
    expect((await openPage(door, link)).status).toBe(404);
    expect(await kept()).toEqual({ tables: 0, turns: 0, pages: 0 });
  });

  test("is forgotten when the user leaves", async () => {
    const door = doorOf();
    const link = linkIn((await door.say("long")).content);
    await door.say("", eventXml("unsubscribe"));
    expect((await openPage(door, link)).status).toBe(404);
    expect(await kept()).toMatchObject({ turns: 1, pages: 0 });
  });

  test("of a user who is silent is the page alone after a day, and nothing after a week", async () => {
    fastTime();
    const door = doorOf();
    const link = linkIn((await door.say("long")).content);
    const alarm = (): Promise<void> => runInDurableObject(conversation(), (one) => one.alarm());
    skipTime(1.2 * DAY_MS);
    await alarm();
    expect(await kept()).toMatchObject({ turns: 0, pages: 1 });
    expect((await openPage(door, link)).text).toBe(text);
    skipTime(6 * DAY_MS);
    await alarm();
    expect(await kept()).toEqual({ tables: 0, turns: 0, pages: 0 });
  });

  test("is bounded: of very many pages the oldest goes", async () => {
    fastTime();
    const door = doorOf();
    const links: string[] = [];
    for (let n = 0; n < 66; n++) {
      links.push(linkIn((await door.say("long")).content));
      skipTime(2_000);
    }
    expect(await pagesKept()).toBe(64);
    const seen = await Promise.all(links.map((link) => openPage(door, link)));
    expect(seen.map(({ status }) => status)).toEqual([404, 404, ...Array.from({ length: 64 }, () => 200)]);
  }, 30_000);
});
