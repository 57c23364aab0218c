/** What an operator sees of a conversation, and decides. */
import { evictAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { FrontDoor } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { operatorRequest } from "../support/operator.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { APP_SECRET, appIdOf } from "../support/platform-accounts.ts";
import { eventXml, OPENID, textXml } from "../support/wechat.ts";

const service = new Platform("service");
const SEND = "/cgi-bin/message/custom/send";
const PATH = `/api/v1/accounts/default/conversations/${OPENID}`;

beforeEach(async () => {
  await service.reset();
  await service.act(OPENID, { action: "text", Content: "x" });
});

const bot = new Bot();
bot.on("text", async (ctx) => {
  await ctx.reply("one");
  await ctx.reply("two");
});
const door = (): FrontDoor => new FrontDoor(platformVars("service"), bot);

async function ask(
  body?: object,
  secret = APP_SECRET,
  method = body === undefined ? "GET" : "POST",
): Promise<{ status: number; json: Record<string, unknown> }> {
  const text = body === undefined ? "" : JSON.stringify(body);
  const { status, body: answer } = await door().fetch(
    operatorRequest({ target: PATH, secret, appId: appIdOf("service"), method, body: text }),
  );
  return { status, json: status === 404 ? {} : JSON.parse(answer) };
}

async function stateOfSecond(): Promise<unknown> {
  const { json } = await ask();
  return Reflect.get(Object(json["turns"]), "0")?.replies[1]?.state;
}

describe("an operator", () => {
  test("sees what became of each reply, and no content", async () => {
    await door().push(textXml("geheim", { MsgId: "77" }), { appId: appIdOf("service") });
    await vi.waitFor(async () => expect(await stateOfSecond()).toBe("sent"), 5_000);
    const { status, json } = await ask();
    expect(status).toBe(200);
    expect(json["turns"]).toMatchObject([
      {
        key: "m:77",
        state: "done",
        answer: "passive",
        replies: [
          { n: 1, type: "text", state: "passive" },
          { n: 2, type: "text", state: "sent", tries: 1 },
        ],
      },
    ]);
    expect(JSON.stringify(json)).not.toMatch(/geheim|"two"/);
    expect((await ask(undefined, "f".repeat(32))).status).toBe(404);
  });

  test.each([
    ["resend", "sent", 2],
    ["drop", "dropped", 1],
  ])("decides about an unknown reply: %s", async (action, state, calls) => {
    await service.fault({ kind: "reset-after", path: SEND });
    await door().push(textXml("x", { MsgId: "78" }), { appId: appIdOf("service") });
    await vi.waitFor(async () => expect(await stateOfSecond()).toBe("unknown"), 5_000);
    expect((await ask({ key: "m:78", n: 2, action })).status).toBe(200);
    await vi.waitFor(async () => expect(await stateOfSecond()).toBe(state), 5_000);
    expect(await service.calls(SEND)).toHaveLength(calls);
    expect((await ask({ key: "m:78", n: 2, action })).status).toBe(409);
    expect(logs.named("reply_unknown")).toHaveLength(1);
  });

  test.each([[{ key: "m:1" }], [{ key: "m:1", n: 1, action: "burn" }], [[]]])(
    "is told what %j lacks",
    async (body) => {
      expect((await ask(body)).status).toBe(400);
    },
  );

  test("has everything forgotten that is kept of a user", async () => {
    const one = door();
    const to = { appId: appIdOf("service") };
    await one.push(textXml("geheim", { MsgId: "79" }), to);
    await vi.waitFor(async () => expect(await stateOfSecond()).toBe("sent"), 5_000);
    expect(await ask(undefined, APP_SECRET, "DELETE")).toMatchObject({ status: 200, json: { turns: 1 } });
    const rows = await runInDurableObject(
      env.CONVERSATIONS.getByName(`default:${OPENID}`),
      (_, { storage }) => storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'turn'").toArray(),
    );
    expect(rows).toEqual([]);
    expect((await ask()).json["turns"]).toEqual([]);
    expect((await one.push(textXml("again"), to)).content).toBe("one");
  });
});

describe("a user who leaves", () => {
  test("is forgotten: the session and all pushes but the one that says so, which is still known", async () => {
    const forgetful = new Bot<{ name?: string }>();
    forgetful.on("event:unsubscribe", (ctx) => ctx.log.info("left", { name: ctx.session.name }));
    forgetful.on("text", async (ctx) => {
      ctx.session.name ??= ctx.message.Content;
      await ctx.reply(ctx.session.name);
    });
    const one = new FrontDoor(platformVars("service"), forgetful);
    const to = { appId: appIdOf("service") };
    await one.push(textXml("geheim"), to);
    const leaving = eventXml("unsubscribe");
    expect((await one.push(leaving, to)).body).toBe("success");
    expect(logs.named("left")).toMatchObject([{ name: "geheim" }]);
    const kept = await runInDurableObject(
      env.CONVERSATIONS.getByName(`default:${OPENID}`),
      (_, { storage }) => storage.sql.exec<{ body: string }>("SELECT body FROM turn").toArray(),
    );
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain("geheim");
    await evictAllDurableObjects();
    expect((await one.push(leaving, to)).body).toBe("success");
    expect(logs.named("left")).toHaveLength(1);
    expect((await one.push(textXml("wieder da"), to)).content).toBe("wieder da");
  });
});
