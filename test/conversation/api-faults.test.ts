/** Late replies while WeChat's API is down, refuses, or leaves it open what has happened. */
import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, defer } from "wechat-edge";
import { fastTime, realPause } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const SEND = "/cgi-bin/message/custom/send";
const TOKEN = "/cgi-bin/stable_token";
const TO = { appId: appIdOf("service") };
const AT_ONCE = 10;
const service = new Platform("service");

/** What a user says is a number: so many replies follow the answer. */
function talkative(): Bot {
  const bot = new Bot();
  bot.hears("x", (ctx) => ctx.reply("answer"));
  bot.on(
    "text",
    defer("talk", async (ctx) => {
      for (let n = 1; n <= Number(ctx.message.Content); n++) await ctx.reply(`late ${n}`);
    }),
  );
  return bot;
}

const door = (): FrontDoor => new FrontDoor(platformVars("service"), talkative());
const stubOf = (user: string) => env.CONVERSATIONS.getByName(`default:${user}`);

/** What WeChat has taken, whether or not we came to know of it. */
async function sent(): Promise<unknown[]> {
  const calls = await service.calls(SEND);
  const taken = calls.filter(({ effect }) => effect);
  return taken.map(({ body }) => Reflect.get(Object(Reflect.get(Object(body), "text")), "content"));
}

/** States of the replies that are kept of a user's pushes. */
async function states(user = OPENID): Promise<string[]> {
  const rows = await runInDurableObject(stubOf(user), (_object, { storage }) =>
    storage.sql.exec<{ body: string }>("SELECT body FROM turn WHERE slot >= 0 ORDER BY slot").toArray(),
  );
  return rows.flatMap(({ body }) => {
    const { replies }: { replies: { state: string }[] } = JSON.parse(body);
    return replies.map(({ state }) => state);
  });
}

beforeEach(async () => {
  fastTime(8);
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

describe("WeChat's API is down", () => {
  test("50 late replies of ten users all arrive when it is well, none twice, in order", async () => {
    const users = Array.from({ length: 10 }, (_, index) => `oUser${index}`);
    for (const user of users) await service.act(user, { action: "text", Content: "x" });
    await service.fault({ kind: "errcode", errcode: -1, times: 0 });
    const one = door();
    const answers = await Promise.all(
      users.map((FromUserName) => one.push(textXml("5", { FromUserName }), TO)),
    );
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(["success"]));
    await vi.waitFor(() => expect(logs.named("reply_delayed").length).toBeGreaterThanOrEqual(10), 20_000);
    for (const user of users) expect(await shownTexts(service, user)).toEqual([]);
    await evictAllDurableObjects();
    await service.control("DELETE", "faults");
    const all = ["late 1", "late 2", "late 3", "late 4", "late 5"];
    await vi.waitFor(async () => {
      for (const user of users) expect(await shownTexts(service, user)).toEqual(all);
    }, 15_000);
    await pause(1_000);
    for (const user of users) {
      expect(await shownTexts(service, user)).toEqual(all);
      expect(new Set(await states(user))).toEqual(new Set(["sent"]));
    }
    const texts = await sent();
    expect(texts.filter((text) => !all.includes(String(text)))).toEqual([]);
    expect(texts).toHaveLength(50);
  }, 60_000);

  test("200 late replies while nothing of it can be reached: all arrive after, none twice, none unknown", async () => {
    fastTime(2); // that many calls at once take their time, and each may take five seconds
    const users = Array.from({ length: 40 }, (_, index) => `oUser${index}`);
    for (const user of users) await service.act(user, { action: "text", Content: "x" });
    await service.fault({ kind: "reset", times: 0 });
    const one = door();
    // Forty jobs at once can be more than a machine has time for: they would be made again much later.
    for (let first = 0; first < users.length; first += AT_ONCE) {
      const some = users.slice(first, first + AT_ONCE);
      await Promise.all(some.map((FromUserName) => one.push(textXml("5", { FromUserName }), TO)));
    }
    await pause(5_000);
    expect((await service.calls(SEND)).filter(({ effect }) => effect)).toEqual([]);
    await service.control("DELETE", "faults");
    const all = ["late 1", "late 2", "late 3", "late 4", "late 5"];
    await vi.waitFor(async () => {
      for (const user of users) expect(await shownTexts(service, user)).toEqual(all);
    }, 60_000);
    const texts = await sent();
    expect(texts.filter((text) => !all.includes(String(text)))).toEqual([]);
    expect(texts).toHaveLength(200);
    expect(logs.named("reply_unknown")).toEqual([]);
  }, 100_000);

  test("while it is, users are answered as ever", async () => {
    await service.fault({ kind: "hang", times: 0 });
    const one = door();
    await one.push(textXml("3"), TO);
    await pause(700);
    const started = Date.now();
    expect((await one.push(textXml("x"), TO)).content).toBe("answer");
    expect(Date.now() - started).toBeLessThan(2_000);
    await service.control("DELETE", "faults");
    await vi.waitFor(
      async () => expect(await shownTexts(service)).toEqual(["late 1", "late 2", "late 3"]),
      15_000,
    );
  }, 25_000);
});

describe("a message of which nobody knows whether it arrived", () => {
  /** Time passes, and everything is begun anew: nothing may be sent again. */
  async function weather(): Promise<void> {
    await evictAllDurableObjects();
    await runDurableObjectAlarm(stubOf(OPENID));
    await pause(300);
    await abortAllDurableObjects();
    await runDurableObjectAlarm(stubOf(OPENID));
    expect((await door().push(textXml("x"), TO)).content).toBe("answer");
    await pause(700);
  }

  test("is not sent again; those after it are", async () => {
    await service.fault({ kind: "reset-after", path: SEND });
    await door().push(textXml("2"), TO);
    await vi.waitFor(async () => expect(await states()).toEqual(["unknown", "sent"]), 8_000);
    await weather();
    expect(await shownTexts(service)).toEqual(["late 1", "late 2"]);
    expect((await states()).slice(0, 2)).toEqual(["unknown", "sent"]);
    expect(await sent()).toEqual(["late 1", "late 2"]);
    expect(logs.named("reply_unknown")).toHaveLength(1);
  }, 25_000);

  test("because the object died while it was sending it, is not sent again either", async () => {
    await door().push(textXml("1"), TO); // now there is a token
    await vi.waitFor(async () => expect(await states()).toEqual(["sent"]), 5_000);
    await service.fault({ kind: "latency", ms: 500, path: SEND });
    await door().push(textXml("2"), TO);
    await vi.waitFor(async () => expect(await states()).toEqual(["sent", "sending", "intent"]), 5_000);
    await realPause(100);
    await abortAllDurableObjects();
    expect((await door().push(textXml("x"), TO)).content).toBe("answer");
    await vi.waitFor(async () => {
      expect((await states()).slice(0, 3)).toEqual(["sent", "unknown", "sent"]);
    }, 8_000);
    await weather();
    await realPause(500); // WeChat has taken its time for the one that was cut off, too
    expect((await states()).slice(0, 3)).toEqual(["sent", "unknown", "sent"]);
    expect(await sent()).toEqual(["late 1", "late 1", "late 2"]);
    expect((await shownTexts(service)).filter((text) => text === "late 2")).toHaveLength(1);
    expect(logs.named("reply_unknown")).toHaveLength(1);
  }, 25_000);
});

describe("a message that WeChat refuses", () => {
  test.each([
    [45015, "the user has been silent for too long"],
    [45047, "too many since the user's last message"],
    [48001, "the account has no permission"],
  ])(
    "with %i (%s) waits for the user's next one",
    async (errcode) => {
      await service.fault({ kind: "errcode", errcode, path: SEND });
      await door().push(textXml("1"), TO);
      await vi.waitFor(async () => expect(await states()).toEqual(["boxed"]), 5_000);
      await evictAllDurableObjects();
      const collecting = textXml("x");
      for (const again of [collecting, collecting]) {
        expect((await door().push(again, TO)).content).toBe("late 1\n\nanswer");
      }
      expect((await door().push(textXml("x"), TO)).content).toBe("answer");
      expect(await shownTexts(service)).toEqual([]);
      expect(await service.calls(SEND)).toHaveLength(1);
    },
    15_000,
  );

  test("because somebody has to change a setting at WeChat first (40164) waits for the user's next one", async () => {
    await service.fault({ kind: "errcode", errcode: 40164, path: TOKEN });
    await door().push(textXml("1"), TO);
    await vi.waitFor(async () => expect(await states()).toEqual(["boxed"]), 5_000);
    expect((await door().push(textXml("x"), TO)).content).toBe("late 1\n\nanswer");
    expect(logs.named("reply_refused")).toMatchObject([{ error: expect.stringContaining("40164") }]);
    expect(await service.calls(SEND)).toEqual([]);
  }, 15_000);

  test("for such a reason, where nothing waits for the user, is sent when it has been changed", async () => {
    const vars = { ...platformVars("service"), WECHAT_LATE_REPLIES: "push" };
    await service.fault({ kind: "errcode", errcode: 40013, path: SEND });
    await new FrontDoor(vars, talkative()).push(textXml("1"), TO);
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["late 1"]), 8_000);
    expect(logs.named("reply_delayed")).toHaveLength(1);
  }, 15_000);
});
