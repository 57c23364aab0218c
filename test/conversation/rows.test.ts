/** What a push costs: rows written, and calls of the object. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { type Answer, FrontDoor } from "../support/front-door.ts";
import { Broken, Conversations } from "../support/neighbours.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { RowCounter } from "../support/row-counter.ts";
import { pause } from "../support/waiting.ts";
import { eventXml, OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
const rows = new RowCounter();

function bot(): Bot {
  const one = new Bot<{ count?: number }>();
  one.hears("plain", (ctx) => ctx.reply("plain"));
  one.hears("await", async (ctx) => {
    await Promise.resolve();
    await ctx.reply("awaited");
  });
  one.hears("session", (ctx) => ctx.reply(String((ctx.session.count = (ctx.session.count ?? 0) + 1))));
  one.hears("read", (ctx) => ctx.reply(String(ctx.session.count)));
  one.hears("silent", () => {});
  one.hears("throw", () => Promise.reject(new Error("on fire")));
  one.hears(/^wait (\d+)( and count)?$/, async (ctx) => {
    await pause(Number(ctx.match[1]));
    if (ctx.match[2] !== undefined) ctx.session.count = (ctx.session.count ?? 0) + 1;
    await ctx.reply("waited");
  });
  one.hears("twice", async (ctx) => {
    await ctx.reply("one");
    await ctx.reply("two");
  });
  one.on("event:CLICK", (ctx) => ctx.reply("clicked"));
  return one;
}

/** A Worker whose user has said something before, and whose rows are counted from now on. */
async function door(vars: object = {}): Promise<(says: string, xml?: string) => Promise<Answer>> {
  const one = new FrontDoor({ ...platformVars("service"), ...vars }, bot());
  await one.push(textXml("plain"), TO);
  await rows.start();
  return (says, xml = textXml(says)) => one.push(xml, TO);
}

beforeEach(async () => {
  fastTime(5);
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
  rows.take();
});

describe("rows written", () => {
  test.each([
    ["a text", "plain", 1],
    ["a text whose handler awaits what is there already", "await", 1],
    ["a text whose handler only reads the session", "read", 1],
    ["a text that changes the session", "session", 2],
    ["a push that is not answered", "silent", 1],
    ["a text whose handler waits", "wait 300", 2],
    ["a text whose handler waits, and changes the session", "wait 300 and count", 3],
  ])("%s: %s, %i", async (_, says, expected) => {
    const say = await door();
    for (let n = 1; n <= 3; n++) {
      await say(says);
      expect(rows.take()).toEqual({ rows: expected, alarms: 0 });
    }
  });

  test("an event, 1; a duplicate of anything, 0", async () => {
    const say = await door();
    const xmls = [textXml("plain"), textXml("session"), textXml("silent"), textXml("wait 100")];
    for (const xml of [...xmls, eventXml("CLICK", { EventKey: "V1" })]) {
      await say("", xml);
      rows.take();
      for (let n = 1; n <= 3; n++) await say("", xml);
      expect(rows.take()).toEqual({ rows: 0, alarms: 0 });
    }
    await say("", eventXml("CLICK", { EventKey: "V2" }));
    expect(rows.take()).toEqual({ rows: 1, alarms: 0 });
  });

  test("the mailbox: a hint and its answer 4, the message that collects it 2", async () => {
    const say = await door({ REPLY_DEADLINE_MS: "2000", WECHAT_LATE_REPLIES: "mailbox" });
    expect((await say("wait 4000")).content).toContain("继续");
    await pause(4_000);
    expect(rows.take()).toEqual({ rows: 4, alarms: expect.any(Number) });
    expect((await say("plain")).content).toBe("waited\n\nplain");
    expect(rows.take()).toEqual({ rows: 2, alarms: 0 });
  });

  test("an answer by the API: claim, acknowledgement, intent, end of the run, sending, sent: 6", async () => {
    const say = await door({ REPLY_DEADLINE_MS: "2000" });
    expect((await say("wait 4000")).body).toBe("success");
    await vi.waitFor(
      async () => expect(await service.calls("/cgi-bin/message/custom/send")).toHaveLength(1),
      15_000,
    );
    await pause(1_500);
    expect(rows.take()).toEqual({ rows: 6, alarms: expect.any(Number) });
  });

  test("a second reply, sent by the API: intent, end of the run, sending, sent: 4", async () => {
    const say = await door();
    expect((await say("twice")).content).toBe("one");
    await vi.waitFor(
      async () => expect(await service.calls("/cgi-bin/message/custom/send")).toHaveLength(1),
      15_000,
    );
    await pause(1_500);
    expect(rows.take()).toEqual({ rows: 4, alarms: expect.any(Number) });
  });

  test("an answer that is held for WeChat's second request: claim, hold, end of the run, answer: 4", async () => {
    const say = await door({
      WECHAT_LATE_REPLIES: "hold",
      REPLY_DEADLINE_MS: "2000",
      DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) },
    });
    const xml = textXml("wait 4000");
    const first = say("", xml);
    await pause(5_000);
    expect((await say("", xml)).content).toBe("waited");
    expect(rows.take()).toEqual({ rows: 4, alarms: expect.any(Number) });
    await first;
  }, 10_000);

  test("a user's first push: its own row, and those of the table and the alarm", async () => {
    await rows.start();
    await new FrontDoor(platformVars("service"), bot()).push(textXml("plain", { FromUserName: "oNew" }), TO);
    const { rows: written, alarms } = rows.take();
    expect(written).toBeLessThanOrEqual(4);
    expect(alarms).toBe(1);
  });
});

describe("calls", () => {
  test.each([
    ["plain", 1, 0],
    ["session", 1, 0],
    ["silent", 1, 0],
    ["wait 300", 1, 0],
  ])("%s: %i of the object, no KV, no queue", async (says, receive, ask) => {
    const objects = new Conversations();
    const other = new Broken(() => Promise.reject(new Error("was asked")));
    const vars = { CONVERSATIONS: objects.binding, KV: other.binding, JOBS: other.binding };
    const say = await door(vars);
    objects.calls.receive = 0;
    await say(says);
    expect(objects.calls).toEqual({ receive, ask });
    expect(other.uses).toBe(0);
  });

  test("a handler that waits 3.7 s: no more than eight", async () => {
    fastTime(4);
    const objects = new Conversations();
    const say = await door({ CONVERSATIONS: objects.binding });
    objects.calls.receive = 0;
    expect((await say("wait 3700")).content).toBe("waited");
    expect(objects.calls.receive).toBe(1);
    expect(objects.calls.ask).toBeLessThanOrEqual(7);
  }, 10_000);
});
