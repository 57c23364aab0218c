/** Runs that nobody asks about any more: the Worker and the object have died, and WeChat has given up. */
import { env } from "cloudflare:workers";
import { abortAllDurableObjects, runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Bot, defer } from "wechat-edge";
import { parsePush } from "../../src/protocol/push.ts";
import { pushKey } from "../../src/protocol/push-key.ts";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { logs } from "../support/logs.ts";
import { stage } from "../support/stage.ts";
import { pause } from "../support/waiting.ts";
import { OPENID, textXml } from "../support/wechat.ts";

const ORPHANED_MS = 31_000;
const service = new Platform("service");

function slowBot(runs: number[]): Bot {
  const bot = new Bot();
  bot.hears("slow", async (ctx) => {
    runs.push(runs.length + 1);
    await pause(300);
    await ctx.reply("the answer");
  });
  bot.on("text", (ctx) => ctx.reply("here"));
  return bot;
}

/** A Worker that dies before it has asked for the answer. */
async function deliverAndDie(kind: "service" | "personal", runs: number[], xml: string): Promise<void> {
  const push = parsePush(xml, "oa");
  stage.set(platformVars(kind), slowBot(runs));
  const progress = await env.CONVERSATIONS.getByName(`default:${OPENID}`).receive({
    v: 1,
    account: "default",
    user: OPENID,
    key: pushKey(push),
    push: JSON.stringify(push),
    requestId: "dead-worker",
    spanId: "dead-worker",
    deadline: Date.now() + 4_500,
    patienceMs: 100,
  });
  expect(progress).toEqual({ v: 1, kind: "pending" });
  await abortAllDurableObjects();
}

async function shown(): Promise<unknown[]> {
  const { timeline } = await service.phone(OPENID);
  return timeline
    .filter(({ via }) => via === "customer-service")
    .map(({ reply }) => Reflect.get(Object(Reflect.get(Object(reply), "fields")), "Content"));
}

/** What the alarm does when so much more time has passed. The clock stands still then; runs go on. */
async function later(ms: number): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
  await runDurableObjectAlarm(env.CONVERSATIONS.getByName(`default:${OPENID}`));
  await pause(1_500);
}

beforeEach(async () => {
  fastTime(5);
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});
afterEach(() => vi.useRealTimers());

test("the alarm makes the run again, and its answer goes out by the customer-service API, once", async () => {
  const runs: number[] = [];
  await deliverAndDie("service", runs, textXml("slow"));
  for (const ms of [ORPHANED_MS, 1_000, 1_000, 1_000, 60_000]) await later(ms);
  expect(await shown()).toEqual(["the answer"]);
  expect(runs).toEqual([1, 2]);
}, 15_000);

test("where there is no API, the answer waits for the user's next message", async () => {
  const runs: number[] = [];
  await deliverAndDie("personal", runs, textXml("slow"));
  for (const ms of [ORPHANED_MS, 1_000]) await later(ms);
  expect(runs).toEqual([1, 2]);
  const door = new FrontDoor(platformVars("personal"), slowBot(runs));
  const { content } = await door.push(textXml("x"), { appId: appIdOf("personal") });
  expect(content).toBe("the answer\n\nhere");
}, 15_000);

test.each([3, 13])(
  "an alarm after %i s leaves the answer to WeChat's retry",
  async (seconds) => {
    const runs: number[] = [];
    const xml = textXml("slow");
    await deliverAndDie("service", runs, xml);
    await later(seconds * 1_000);
    const door = new FrontDoor(platformVars("service"), slowBot(runs));
    expect((await door.push(xml, { appId: appIdOf("service") })).content).toBe("the answer");
    expect(runs).toEqual([1, 2]);
    await pause(1_500);
    expect(await shown()).toEqual([]);
  },
  15_000,
);

test("a push that was held when its object died waits for WeChat's last request, which is told where the answer will be", async () => {
  const xml = textXml("very slow");
  const bot = new Bot();
  const answer = defer(
    "slow",
    async (ctx) => {
      await pause(20_000);
      await ctx.reply("the answer");
    },
    { via: "worker" },
  );
  bot.hears("very slow", answer);
  bot.on("text", (ctx) => ctx.reply("here"));
  const door = new FrontDoor(
    { ...platformVars("personal"), DELIBERATE_TIMEOUTS: { limit: async () => ({ success: true }) } },
    bot,
  );
  const to = { appId: appIdOf("personal") };
  await door.push(xml, to); // silent for 5.5 s: nobody listens any more
  expect(logs.named("answer_late")).toMatchObject([{ route: "hold", attempt: 1 }]);
  await pause(1_500);
  await abortAllDurableObjects(); // and with it what was known of the second request
  await pause(3_500);
  expect((await door.push(xml, to)).content).toContain("继续");
  expect(logs.named("answer_late")).toMatchObject([{ route: "hold" }, { route: "mailbox" }]);
}, 20_000);
