/** The doctor's own user: answered by a bot of ours through the whole Worker; the owner's bot never hears of it. */
import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { inProcess } from "../../src/framework/in-process.ts";
import { parsePush } from "../../src/protocol/push.ts";
import { pushKey } from "../../src/protocol/push-key.ts";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { stage } from "../support/stage.ts";
import { pause } from "../support/waiting.ts";
import { type Content, eventXml, pushXml, textXml } from "../support/wechat.ts";

const PROBE = "wechat-edge-doctor";
const FROM = { FromUserName: PROBE };
const OBJECT = `default:${PROBE}`;
const TO = { appId: appIdOf("service") };
const ORPHANED_MS = 31_000;

const service = new Platform("service");

/** What of the owner's bot was called. */
const heard: string[] = [];

/** The owner's bot, which would change and record everything. */
function owners(): Bot<{ heard?: number }> {
  const bot = new Bot<{ heard?: number }>({ session: { initial: () => ({ heard: heard.push("session") }) } });
  bot.use((ctx, next) => {
    heard.push(`middleware ${ctx.message.MsgType} ${typeof ctx.session}`);
    return next();
  });
  bot.outgoing((_reply, _ctx, next) => {
    heard.push("outgoing");
    return next({ MsgType: "text", Content: "the owner's" });
  });
  bot.catch(() => void heard.push("catch"));
  bot.on("text", (ctx) => ctx.reply("the owner's"));
  return bot;
}

const probe = (content: string, more: Record<string, Content> = {}): string =>
  textXml(content, { ...FROM, ...more });

beforeEach(() => void heard.splice(0));
afterEach(() => vi.useRealTimers());

describe("a push of the probe user", () => {
  test.each([
    ["plain", PLAIN],
    ["compatible", { ...SECURE, WECHAT_MODE: "compatible" }],
    ["secure", SECURE],
  ] as const)("is echoed in %s mode, and the owner's bot is not asked", async (mode, vars) => {
    const door = new FrontDoor(vars, owners());
    expect((await door.push(probe("echo <你好 & ]]>"), { mode })).content).toBe("<你好 & ]]>");
    expect(heard).toEqual([]);
    expect((await door.push(textXml("echo x"), { mode })).content).toBe("the owner's");
    expect(heard).toEqual(["session", "middleware text object", "outgoing"]);
  });

  test.each([
    ["another text", probe("hello")],
    ["an echo of nothing", probe("echo ")],
    ["slowness without a number", probe("slow down")],
    ["a picture", pushXml({ ...FROM, MsgType: "image", PicUrl: "http://x", MediaId: "m", MsgId: "1" })],
    ["an event", eventXml("subscribe", FROM)],
  ])("that is %s is answered with the name of the project", async (_name, xml) => {
    expect((await new FrontDoor(SECURE, owners()).push(xml)).content).toBe("wechat-edge");
    expect(heard).toEqual([]);
  });

  test("is verified like any other", async () => {
    const door = new FrontDoor(SECURE, owners());
    const refused = await door.push(probe("echo x"), { token: "another" });
    expect([refused.status, refused.body]).toEqual([403, "refused"]);
    expect((await door.push(probe("echo x"), { mode: "plain" })).status).toBe(400);
  });

  test("that comes twice has the same reply, from the record", async () => {
    const door = new FrontDoor(SECURE, owners());
    const xml = probe("echo once");
    expect((await door.push(xml)).content).toBe("once");
    expect((await door.push(xml)).content).toBe("once");
    expect(logs.named("push_repeated")).toHaveLength(1);
  });

  test.each([`${PROBE}s`, `x${PROBE}`, `x:${PROBE}`, PROBE.toUpperCase()])(
    "is of that user alone: %j is not it",
    async (FromUserName) => {
      const door = new FrontDoor(SECURE, owners());
      expect((await door.push(textXml("echo x", { FromUserName }))).content).toBe("the owner's");
    },
  );

  test("is answered by it without objects, too", async () => {
    const bot = owners();
    const door = new FrontDoor(SECURE, bot, { dispatch: inProcess(bot, Date.now) });
    expect((await door.push(probe("echo x"))).content).toBe("x");
    expect(heard).toEqual([]);
    expect((await door.push(textXml("echo x"))).content).toBe("the owner's");
  });
});

describe("a slow push of the probe user", () => {
  const limit = vi.fn(() => Promise.resolve({ success: true }));
  const vars = { ...platformVars("service"), DELIBERATE_TIMEOUTS: { limit } };

  beforeEach(async () => {
    limit.mockClear();
    await service.reset();
  });

  test.each(["push", "hold,push", "hold"])(
    "is answered in time, and its answer collected by the next: never sent, never held (late replies %s)",
    async (WECHAT_LATE_REPLIES) => {
      fastTime(10);
      const door = new FrontDoor({ ...vars, WECHAT_LATE_REPLIES }, owners());
      const started = Date.now();
      const hint = await door.push(probe("slow 8000"), TO);
      expect(hint.content).toContain("继续");
      expect(Date.now() - started).toBeLessThan(8_000);
      await pause(9_000);
      expect((await door.push(probe("echo next"), TO)).content).toBe("slow 8000\n\nnext");
      expect(await service.calls()).toEqual([]);
      expect(limit).not.toHaveBeenCalled();
      expect(heard).toEqual([]);
    },
  );

  test("that is quick enough is its own answer", async () => {
    const door = new FrontDoor(vars, owners());
    expect((await door.push(probe("slow 300"), TO)).content).toBe("slow 300");
  });

  test("takes 30 s at most", async () => {
    fastTime(20);
    const door = new FrontDoor(vars, owners());
    expect((await door.push(probe("slow 99999"), TO)).content).toContain("继续");
    await pause(33_000);
    expect((await door.push(probe("echo next"), TO)).content).toBe("slow 99999\n\nnext");
  });

  test("past the account's rate is handled by the queue, by the same bot", async () => {
    const over = { ...vars, ACCOUNT_RATE: { limit: () => Promise.resolve({ success: false }) } };
    const door = new FrontDoor(over, owners());
    expect((await door.push(probe("echo queued"), TO)).content).toContain("继续");
    const unlimited = new FrontDoor(vars, owners());
    await vi.waitFor(
      async () => expect((await unlimited.push(probe("echo next"), TO)).content).toContain("queued"),
      { timeout: 15_000, interval: 500 },
    );
    expect(await service.calls()).toEqual([]);
    expect(heard).toEqual([]);
  });

  test("whose run died is run again by the alarm, by the same bot", async () => {
    fastTime(5);
    stage.set(vars, owners());
    const push = parsePush(probe("slow 500"), "oa");
    await env.CONVERSATIONS.getByName(OBJECT).receive({
      v: 1,
      account: "default",
      user: PROBE,
      key: pushKey(push),
      push: JSON.stringify(push),
      requestId: "dead-worker",
      spanId: "dead-worker",
      deadline: Date.now() + 4_500,
      patienceMs: 100,
    });
    await abortAllDurableObjects();
    for (const ms of [ORPHANED_MS, 1_000, 60_000]) {
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
      await runDurableObjectAlarm(env.CONVERSATIONS.getByName(OBJECT));
      await pause(1_500);
    }
    vi.useRealTimers();
    expect(logs.named("run_resumed")).toHaveLength(1);
    const { content } = await new FrontDoor(vars, owners()).push(probe("echo next"), TO);
    expect(content).toBe("slow 500\n\nnext");
    expect(await service.calls()).toEqual([]);
    expect(heard).toEqual([]);
  });

  test("is answered even where no object is to be had: nothing is left unanswered on purpose", async () => {
    const CONVERSATIONS = {
      idFromName: () => "id",
      get: () => ({ receive: () => Promise.reject(new Error("gone")) }),
    };
    const door = new FrontDoor({ ...vars, CONVERSATIONS }, owners());
    expect((await door.push(probe("echo x"), TO)).body).toBe("success");
    expect(limit).not.toHaveBeenCalled();
    expect(logs.named("conversation_unreachable")).toHaveLength(1);
  });
});
