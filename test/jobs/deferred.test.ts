/** Deferred handlers by way of the queue, end to end: the runtime's own queue delivers to our consumer. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, defer } from "wechat-edge";
import { FrontDoor } from "../support/front-door.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };

beforeEach(async () => {
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

/** `slow 300 3`: after 300 ms three replies. */
function bot(via: "queue" | "worker"): Bot<{ jobs?: number }> {
  const made = new Bot<{ jobs?: number }>();
  made.hears(
    /^slow (\d+) (\d+)$/,
    defer(
      "slow",
      async (ctx) => {
        await pause(Number(ctx.match[1]));
        for (let n = 1; n <= Number(ctx.match[2]); n++) await ctx.reply(`${ctx.match[0]}: ${n}`);
        ctx.session.jobs = (ctx.session.jobs ?? 0) + 1;
      },
      { via },
    ),
  );
  made.on("text", (ctx) => ctx.reply(`jobs ${ctx.session.jobs ?? 0}`));
  return made;
}

describe("via the queue", () => {
  test("is acknowledged at once, and answers by the customer-service API, in order", async () => {
    const door = new FrontDoor(platformVars("service"), bot("queue"));
    const started = Date.now();
    expect((await door.push(textXml("slow 50 3"), TO)).body).toBe("success");
    expect(Date.now() - started).toBeLessThan(1_000);
    await vi.waitFor(
      async () => expect(await shownTexts(service)).toEqual(["slow 50 3: 1", "slow 50 3: 2", "slow 50 3: 3"]),
      10_000,
    );
    await vi.waitFor(async () => expect((await door.push(textXml("?"), TO)).content).toBe("jobs 1"));
  });

  test("answers the push itself where the account would wait for WeChat's retries", async () => {
    const door = new FrontDoor({ ...platformVars("service"), WECHAT_LATE_REPLIES: "hold,push" }, bot("queue"));
    expect((await door.push(textXml("slow 50 2"), TO)).content).toBe("slow 50 2: 1");
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["slow 50 2: 2"]), 10_000);
  });
});

describe("via the Worker", () => {
  test("answers the push itself, in time", async () => {
    const door = new FrontDoor(platformVars("service"), bot("worker"));
    const started = Date.now();
    expect((await door.push(textXml("slow 300 2"), TO)).content).toBe("slow 300 2: 1");
    expect(Date.now() - started).toBeLessThan(1_200);
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["slow 300 2: 2"]), 10_000);
    expect((await door.push(textXml("?"), TO)).content).toBe("jobs 1");
  });
});
