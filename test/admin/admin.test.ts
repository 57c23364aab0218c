import { describe, expect, test } from "vitest";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { type OperatorAsk, operatorAuthorization } from "../support/operator.ts";
import { now } from "../support/wechat.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const PATH = "/api/v1/accounts/default/refusals";

function authorization(secret: string, ask: Partial<OperatorAsk> = {}): string {
  return operatorAuthorization({ target: PATH, secret, appId: SECURE.WECHAT_APP_ID, ...ask });
}

function get(door: FrontDoor, header: string, target = PATH): Promise<{ status: number; body: string }> {
  return door.fetch(new Request(`https://bot.example.com${target}`, { headers: { authorization: header } }));
}

describe("operator requests", () => {
  const door = new FrontDoor({ ...SECURE, WECHAT_APP_SECRET: SECRET });

  test("signed with the AppSecret get the refusals", async () => {
    const { status, body } = await get(door, authorization(SECRET));
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ v: 1, refusals: [], counts: [] });
  });

  test("are signed with the EncodingAESKey where there is no AppSecret", async () => {
    const without = new FrontDoor(SECURE);
    expect((await get(without, authorization(SECURE.WECHAT_ENCODING_AES_KEY))).status).toBe(200);
    expect((await get(without, authorization(SECURE.WECHAT_TOKEN))).status).toBe(404);
  });

  test.each<[string, string, string?]>([
    ["none", ""],
    ["another secret", authorization("f".repeat(32))],
    ["another path", authorization(SECRET, { target: "/api/v1/accounts/other/refusals" })],
    ["another query", authorization(SECRET), `${PATH}?x=1`],
    ["another method", authorization(SECRET, { method: "POST" })],
    ["an old timestamp", authorization(SECRET, { timestamp: String(Number(now()) - 310) })],
    ["another scheme", authorization(SECRET).replace("WE1", "Bearer")],
    ["half a signature", authorization(SECRET).slice(0, -2)],
  ])("with %s are not found", async (_name, header, target) => {
    expect((await get(door, header, target)).status).toBe(404);
  });

  test("with a body that is larger than any of ours are not found, and it is not read", async () => {
    const pieces = 4_096;
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(1_024));
        if (++pulled === pieces) controller.close();
      },
    });
    const init = {
      method: "POST",
      body: endless,
      headers: { authorization: `WE1 ${now()}.${"0".repeat(64)}` },
    };
    const { status } = await door.fetch(new Request(`https://bot.example.com${PATH}`, init));
    expect(status).toBe(404);
    expect(pulled).toBeLessThan(pieces / 8);
  });

  test.each(["1", "secret", "0".repeat(32), "0f".repeat(16)])(
    "signed with an AppSecret that can be none, %s, are not found: then it is the EncodingAESKey that signs",
    async (guessed) => {
      const careless = new FrontDoor({ ...SECURE, WECHAT_APP_SECRET: guessed });
      expect((await get(careless, authorization(guessed))).status).toBe(404);
      expect((await get(careless, authorization(SECURE.WECHAT_ENCODING_AES_KEY))).status).toBe(200);
    },
  );

  test("of an account without any secret are not found", async () => {
    expect((await get(new FrontDoor(PLAIN), authorization("undefined"))).status).toBe(404);
  });
});

describe("/healthz", () => {
  const health = (vars: object): Promise<{ status: number; body: string }> =>
    new FrontDoor(vars).fetch(new Request("https://bot.example.com/healthz"));

  test("is 200 when the configuration holds", async () => {
    expect(await health(SECURE)).toMatchObject({ status: 200, body: '{"status":"ok"}' });
  });

  test("is 503 when it does not", async () => {
    expect(await health({})).toMatchObject({
      status: 503,
      body: '{"status":"misconfigured","faults":["WECHAT_TOKEN is missing"]}',
    });
    expect(logs.named("config_invalid")).toHaveLength(1);
  });
});
