/** More pushes of an account than it may have handled as they come. */
import { describe, expect, test, vi } from "vitest";
import { Bot, defer } from "wechat-edge";
import { FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { hangs, throwing } from "../support/neighbours.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
const limiter = (limit: () => Promise<unknown>): object => ({ ACCOUNT_RATE: { limit } });
const used = limiter(() => Promise.resolve({ success: false }));

function bot(): Bot<{ count?: number }> {
  const made = new Bot<{ count?: number }>();
  made.hears(
    "slow",
    defer("slow", (ctx) => ctx.reply("slow answer")),
  );
  made.on("text", async (ctx) => {
    ctx.session.count = (ctx.session.count ?? 0) + 1;
    await ctx.reply(`${ctx.message.Content} ${ctx.session.count}`);
  });
  return made;
}

describe("past the account's rate", () => {
  test("a push is put on record, acknowledged and handled by the queue; the answer takes a late way", async () => {
    await service.reset();
    await service.act(OPENID, { action: "text", Content: "x" });
    const door = new FrontDoor({ ...platformVars("service"), ...used }, bot());
    const xml = textXml("a");
    expect((await door.push(xml, TO)).body).toBe("success");
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["a 1"]), 10_000);
    expect((await door.push(xml, TO)).body).toBe("success");
    expect((await door.push(textXml("slow"), TO)).body).toBe("success");
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["a 1", "slow answer"]), 10_000);
    expect(logs.named("push_put_off")).toHaveLength(2);
    const unlimited = new FrontDoor(platformVars("service"), bot());
    expect((await unlimited.push(textXml("b"), TO)).content).toBe("b 2");
  });

  test("a user's pushes are handled one after the other, those that come when it is over included", async () => {
    await service.reset();
    await service.act(OPENID, { action: "text", Content: "x" });
    const words = ["a", "b", "c"];
    const door = new FrontDoor({ ...platformVars("service"), ...used }, bot());
    for (const word of words) await door.push(textXml(word), TO);
    const unlimited = new FrontDoor(platformVars("service"), bot());
    expect((await unlimited.push(textXml("d"), TO)).body).toBe("success");
    await vi.waitFor(
      async () => expect(await shownTexts(service)).toEqual(["a 1", "b 2", "c 3", "d 4"]),
      15_000,
    );
    expect((await unlimited.push(textXml("e"), TO)).content).toBe("e 5");
  }, 20_000);

  test.each([
    ["hangs", limiter(hangs)],
    ["throws", limiter(throwing())],
    ["says yes", limiter(() => Promise.resolve({ success: true }))],
  ])("a limiter that %s limits nothing", async (_name, vars) => {
    const door = new FrontDoor({ ...platformVars("service"), ...vars }, bot());
    expect((await door.push(textXml("a"), TO)).content).toBe("a 1");
  });
});
