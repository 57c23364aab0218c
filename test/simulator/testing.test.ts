/** `wechat-edge/testing` as a user's own tests in workerd would use it, over every push of the catalog. */
import { describe, expect, test } from "vitest";
import { Bot, type Selector } from "wechat-edge";
import {
  CATALOGUED,
  createPush,
  deliver,
  NOTICE,
  readReply,
  signedPush,
  signedUrlCheck,
  variantsOf,
} from "wechat-edge/testing";
import { readXml } from "../../src/protocol/xml-read.ts";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { AES_KEY, APP_ID, TOKEN } from "../support/wechat.ts";

const CREDENTIALS = { token: TOKEN, encodingAesKey: AES_KEY, appId: APP_ID };
const PUSHES = CATALOGUED.flatMap((selector) =>
  [undefined, ...variantsOf(selector)].map((variant) => ({ selector, variant, name: variant ?? "ordinary" })),
);

/** Every array made a list of one where it is a single value, to compare what repeats with what came once. */
function listed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(listed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, [listed(inner)].flat()]));
}

describe("every catalogued push", () => {
  test.each(PUSHES)(
    "$selector ($name) reaches its handler with all its fields",
    async ({ selector, variant }) => {
      const seen: unknown[] = [];
      const bot = new Bot();
      bot.on(selector as Selector, (ctx) => void seen.push(ctx.message));
      const push = signedPush(createPush(selector, {}, { variant }), {
        ...CREDENTIALS,
        url: "https://bot.example.com/wechat",
      });
      const { url, init, plain } = await push;
      const { status, body } = await new FrontDoor(SECURE, bot).fetch(new Request(url, init));
      expect([status, body]).toEqual([200, "success"]);
      expect(listed(seen[0])).toEqual(listed(readXml(plain)));
    },
  );
});

describe("the round trip", () => {
  test("signedPush → Worker → readReply", async () => {
    const push = createPush("text", { Content: "]]> <b> 😀" });
    const { url, init } = await signedPush(push, CREDENTIALS);
    const { body, headers } = await new FrontDoor().fetch(new Request(url, init));
    const reading = await readReply(new Response(body, { headers }), push, CREDENTIALS);
    expect(reading).toMatchObject({
      kind: "reply",
      sealed: true,
      reply: { MsgType: "text", fields: { Content: "echo: ]]> <b> 😀" } },
    });
  });

  test("signedUrlCheck", async () => {
    const { url, init } = await signedUrlCheck(CREDENTIALS);
    const { body } = await new FrontDoor().fetch(new Request(url, init));
    expect(body).toBe(new URL(url).searchParams.get("echostr"));
  });

  test("deliver repeats what is not answered in time, and says what the user sees", async () => {
    const fetches: string[] = [];
    const exchange = await deliver(createPush("text"), {
      ...CREDENTIALS,
      timeoutMs: 50,
      fetch: async (url) => {
        fetches.push(String(url));
        await new Promise((resolve) => setTimeout(resolve, 200));
        return new Response("success");
      },
    });
    expect(fetches).toHaveLength(3);
    expect(exchange.outcome.kind).toBe("notice");
    expect(NOTICE).toBe("该公众号暂时无法提供服务，请稍后再试");
  });
});
