/** What an account's handlers share. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { textXml } from "../support/wechat.ts";

function bot(name: string): Bot {
  const made = new Bot();
  made.hears(/^set (.+)$/, async (ctx) => {
    await ctx.shared.set(name, { hours: ctx.match[1] });
    await ctx.reply("set");
  });
  made.hears("forget", async (ctx) => {
    await ctx.shared.delete(name);
    await ctx.reply("gone");
  });
  made.on("text", async (ctx) => {
    const value = await ctx.shared.get<{ hours: string }>(name);
    await ctx.reply(value === undefined ? "nothing" : value.hours);
  });
  return made;
}

const say = async (
  name: string,
  words: string,
  vars: object = SECURE,
  user = "oUser",
): Promise<string | undefined> =>
  (await new FrontDoor(vars, bot(name)).push(textXml(words, { FromUserName: user }))).content;

describe("shared values", () => {
  test("are the account's, for all of its users", async () => {
    expect(await say("a", "?")).toBe("nothing");
    expect(await say("a", "set 9-18")).toBe("set");
    expect(await say("a", "?", SECURE, "oOther")).toBe("9-18");
    expect(await env.KV.get("shared:default:a", "json")).toEqual({ hours: "9-18" });
    expect(await say("a", "forget")).toBe("gone");
    expect(await say("a", "?")).toBe("nothing");
  });

  test("are read from the isolate's copy for a minute", async () => {
    await say("b", "set 9-18");
    await env.KV.put("shared:default:b", JSON.stringify({ hours: "10-20" }));
    expect(await say("b", "?")).toBe("9-18");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      expect(await say("b", "?")).toBe("10-20");
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ["throws", () => Promise.reject(new Error("KV is down"))],
    ["hangs", () => new Promise(() => {})],
  ])("a KV that %s costs nothing but the new value", async (name, get) => {
    fastTime();
    await say(name, "set 9-18");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    try {
      const faulty = { ...SECURE, KV: { get } };
      expect(await say(name, "?", faulty, "oAnother")).toBe("9-18");
      expect(await say(`${name} of nobody`, "?", faulty, "oThird")).toBe("nothing");
    } finally {
      vi.useRealTimers();
    }
    expect(logs.named("shared_context_failed").length).toBe(2);
  });
});
