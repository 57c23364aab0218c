/** Answers that miss the deadline, by every way that an account may have. */
import { evictAllDurableObjects } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { type Answer, FrontDoor } from "../support/front-door.ts";
import { Platform, platformVars } from "../support/platform.ts";
import type { Kind } from "../support/platform-accounts.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const SEND = "/cgi-bin/message/custom/send";
const service = new Platform("service");

function slow(seconds: number, ...replies: string[]): { bot: Bot; runs: () => number } {
  let runs = 0;
  const bot = new Bot();
  bot.hears("quick", (ctx) => ctx.reply("quick answer"));
  bot.on("text", async (ctx) => {
    runs++;
    await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
    for (const reply of replies) await ctx.reply(reply);
  });
  return { bot, runs: () => runs };
}

class Door extends FrontDoor {
  readonly #kind: Kind;
  constructor(kind: Kind, bot: Bot, vars: Readonly<Record<string, string>> = {}) {
    super({ ...platformVars(kind), ...vars }, bot);
    this.#kind = kind;
  }
  say(text: string, xml = textXml(text)): Promise<Answer> {
    return this.push(xml, { appId: appIdOf(this.#kind) });
  }
}

async function shown(): Promise<unknown[]> {
  const { timeline } = await service.phone(OPENID);
  return timeline
    .filter(({ via }) => via === "customer-service")
    .map(({ reply }) => Reflect.get(Object(reply), "fields"));
}

beforeEach(async () => {
  fastTime();
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("push", () => {
  test("acknowledges in time and sends the answer later, once", async () => {
    const { bot, runs } = slow(6.5, "late answer");
    const door = new Door("service", bot);
    const xml = textXml("x");
    expect((await door.say("x", xml)).body).toBe("success");
    await vi.waitFor(async () => expect(await shown()).toEqual([{ Content: "late answer" }]), 5_000);
    expect((await door.say("x", xml)).body).toBe("success");
    expect(runs()).toBe(1);
    expect(await service.calls(SEND)).toHaveLength(1);
  }, 15_000);

  test("says the account's waiting text where it has one", async () => {
    const { bot } = slow(6, "late answer");
    const door = new Door("service", bot, { WECHAT_TEXT_WAIT: "请稍等" });
    expect((await door.say("x")).content).toBe("请稍等");
    await vi.waitFor(async () => expect(await shown()).toEqual([{ Content: "late answer" }]), 5_000);
  }, 15_000);

  test("keeps the order of several replies: the first answers the push, the others follow", async () => {
    const { bot } = slow(0, "one", "two", "three");
    expect((await new Door("service", bot).say("x")).content).toBe("one");
    await vi.waitFor(
      async () => expect(await shown()).toEqual([{ Content: "two" }, { Content: "three" }]),
      5_000,
    );
  }, 15_000);

  test("falls to the mailbox when the window is closed", async () => {
    await service.fault({ kind: "errcode", errcode: 45015, path: SEND });
    const { bot } = slow(0, "one", "two");
    const door = new Door("service", bot);
    await door.say("x");
    await vi.waitFor(async () => expect(await service.calls(SEND)).toHaveLength(1), 5_000);
    await vi.waitFor(
      async () => expect((await door.say("quick")).content).toBe("two\n\nquick answer"),
      3_000,
    );
  }, 15_000);
});

describe("mailbox", () => {
  test("hints at the deadline; the next message collects, and 继续 reaches no handler", async () => {
    const { bot, runs } = slow(6, "late answer");
    const vars = { WECHAT_LATE_REPLIES: "mailbox" };
    const door = new Door("personal", bot, vars);
    expect((await door.say("x")).content).toContain("继续");
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await evictAllDurableObjects();
    expect((await door.say("继续")).content).toBe("late answer");
    expect(runs()).toBe(1);
    await door.say("继续");
    expect(runs()).toBe(2);
  }, 15_000);
});

describe("hold", () => {
  test("keeps silent until WeChat asks again, and answers the second delivery: one run", async () => {
    const { bot, runs } = slow(6.5, "held answer");
    const door = new Door("personal", bot);
    const xml = textXml("x");
    const started = Date.now();
    const first = door.say("x", xml).then((answer) => ({ answer, ms: Date.now() - started }));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    const second = await door.say("x", xml);
    expect(second.content).toBe("held answer");
    expect((await first).ms).toBeGreaterThan(5_000);
    expect(runs()).toBe(1);
  }, 20_000);
});
