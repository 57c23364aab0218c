/** Messages of one user that come while one is being worked on. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot, type Context, defer, type OaText, type Overlap } from "wechat-edge";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor } from "../support/front-door.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { appIdOf } from "../support/platform-accounts.ts";
import { shownTexts } from "../support/shown-texts.ts";
import { pause } from "../support/waiting.ts";
import { OPENID, eventXml, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const TO = { appId: appIdOf("service") };
const WORK_MS = 1_500;
type Where = "object" | "worker" | "queue";

let seen: string[];
beforeEach(async () => {
  seen = [];
  fastTime(5);
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

/** Every message takes a while, and its answer says which ones it stands for. */
function bot(where: Where, overlap: Overlap): Bot {
  const made = new Bot({ overlap });
  const answer = async (ctx: Context<OaText>): Promise<void> => {
    const { signal } = ctx;
    const all = [...ctx.skipped, ctx.message].map(({ Content }) => Content).join("+");
    seen.push(all);
    await pause(WORK_MS);
    if (!signal.aborted) await ctx.reply(`re ${all}`);
  };
  made.interrupt(["停"], async (ctx) => {
    await ctx.cancel();
    await ctx.reply("stopped");
  });
  made.on("event", (ctx) => ctx.reply(`event ${ctx.message.Event}`));
  if (where === "object") made.on("text", answer);
  else made.on("text", defer("answer", answer, { via: where }));
  return made;
}

/** What each of several messages is answered with, said `gap` ms after one another; and what is sent besides. */
async function say(
  where: Where,
  overlap: Overlap,
  words: string[],
  gap: number,
): Promise<(string | undefined)[]> {
  const door = new FrontDoor(platformVars("service"), bot(where, overlap));
  const answers: Promise<{ content: string | undefined }>[] = [];
  for (const word of words) {
    answers.push(door.push(word === "CLICK" ? eventXml("CLICK", { EventKey: "k" }) : textXml(word), TO));
    await pause(gap);
  }
  return (await Promise.all(answers)).map(({ content }) => content);
}

describe("queue", () => {
  test.each<Where>(["object", "worker"])("%s: one after the other", async (where) => {
    expect(await say(where, "queue", ["a", "b"], 100)).toEqual(["re a", "re b"]);
    expect(seen).toEqual(["a", "b"]);
  });

  test("a job on the queue keeps no later message waiting", async () => {
    expect(await say("queue", "queue", ["a", "CLICK"], 100)).toEqual([undefined, "event CLICK"]);
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["re a"]), 10_000);
  });
});

describe("burst", () => {
  test.each<Where>(["object", "worker"])("%s: what comes together is answered together", async (where) => {
    expect(await say(where, "burst", ["a", "b", "c"], 100)).toEqual([undefined, undefined, "re a+b+c"]);
    expect(seen).toEqual(["a+b+c"]);
  });

  test("what comes while one is being answered is answered together afterwards", async () => {
    const answers = await say("object", "burst", ["a", "", "b", "c"].filter(Boolean), 1_100);
    expect(seen).toEqual(["a", "b+c"]);
    expect(answers[0]).toBe("re a");
    expect(answers[1]).toBe(undefined);
    const late = await vi.waitFor(async () => {
      const shown = [...answers, ...(await shownTexts(service))];
      expect(shown).toContain("re b+c");
      return shown;
    }, 10_000);
    expect(late.filter((text) => text === "re b+c")).toHaveLength(1);
  });

  test("via the queue: the last of them is run, and sees the others", async () => {
    await say("queue", "burst", ["a", "b", "c"], 50);
    await vi.waitFor(async () => expect(await shownTexts(service)).toEqual(["re a+b+c"]), 15_000);
    expect(seen).toEqual(["a+b+c"]);
  }, 20_000);

  test("an event is no part of it", async () => {
    const answers = await say("object", "burst", ["CLICK", "a"], 100);
    expect(answers).toEqual(["event CLICK", "re a"]);
  });
});

describe("latest", () => {
  test.each<Where>(["object", "worker"])(
    "%s: the last message ends the work for those before",
    async (where) => {
      expect(await say(where, "latest", ["a", "b", "c"], 300)).toEqual([undefined, undefined, "re c"]);
      await pause(3_000);
      expect(seen).toEqual(["a", "b", "c"]);
      expect(await shownTexts(service)).toEqual([]);
    },
  );
});

describe("an interrupt word", () => {
  test.each<Where>(["object", "worker", "queue"])("%s: ends the work", async (where) => {
    expect(await say(where, "queue", ["a", "停"], 800)).toEqual([undefined, "stopped"]);
    await pause(4_000);
    expect(await shownTexts(service)).toEqual([]);
  });
});
