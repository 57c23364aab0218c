/** Addresses, the check of the callback, and the console's own automatic replies. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSimulator } from "../../../simulator/app.ts";
import { APP_ID, TOKEN } from "../../support/wechat.ts";
import { type CallbackServer, startCallbackServer } from "../support/callback-server.ts";
import { control } from "../support/platform-control.ts";
import { APP_SECRET, objectOf, ORIGIN, SimulatedApi } from "../support/simulated-account.ts";

test("addresses are those of the simulator", async () => {
  const api = new SimulatedApi("personal");
  expect(await api.get("/cgi-bin/getcallbackip")).toEqual({ ip_list: ["127.0.0.1"] });
  expect(await api.get("/cgi-bin/get_api_domain_ip")).toEqual({ ip_list: ["127.0.0.1"] });
});

test("automatic replies are off, or as a test says", async () => {
  const api = new SimulatedApi("personal");
  const info = () => api.get("/cgi-bin/get_current_autoreply_info");
  expect(await info()).toEqual({ is_add_friend_reply_open: 0, is_autoreply_open: 0 });
  const rules = {
    is_add_friend_reply_open: 1,
    is_autoreply_open: 0,
    add_friend_autoreply_info: { type: "text", content: "欢迎" },
  };
  expect(await control(api, "POST", "auto-replies", rules)).toEqual(rules);
  expect(await info()).toEqual(rules);
  expect((await control(api, "POST", "auto-replies", []))["error"]).toMatch(/ · /);
  await control(api, "POST", "reset", {});
  expect(await info()).toMatchObject({ is_add_friend_reply_open: 0 });
});

describe("callback/check", () => {
  let callback: CallbackServer;
  beforeAll(async () => {
    callback = await startCallbackServer((received, response) =>
      response.end(new URL(received.target, "http://x").searchParams.get("echostr")),
    );
  });
  afterAll(() => callback.close());

  /** The check of an account whose callback is at `url`. */
  const check = async (url: string, body: object) => {
    const account = {
      id: "default",
      kind: "personal",
      token: TOKEN,
      appId: APP_ID,
      appSecret: APP_SECRET,
    } as const;
    const app = createSimulator({ accounts: [{ ...account, url }], timeoutMs: 500 });
    const query = `grant_type=client_credential&appid=${APP_ID}&secret=${APP_SECRET}`;
    const { access_token } = await objectOf(await app.request(`${ORIGIN}/cgi-bin/token?${query}`));
    return objectOf(
      await app.request(`${ORIGIN}/cgi-bin/callback/check?access_token=${String(access_token)}`, {
        method: "POST",
        body: JSON.stringify(body),
      }),
    );
  };
  const ALL = { action: "all", check_operator: "DEFAULT" };

  test("really asks the callback", async () => {
    const before = callback.received.length;
    expect(await check(callback.url, ALL)).toEqual({
      dns: [{ ip: "127.0.0.1", real_operator: "CAP" }],
      ping: [
        {
          ip: "127.0.0.1",
          from_operator: "CAP",
          package_loss: "0%",
          time: expect.stringMatching(/^\d+\.000ms$/),
        },
      ],
    });
    expect(callback.received.slice(before)).toMatchObject([
      { method: "GET", target: expect.stringContaining("echostr=") },
    ]);
  });

  test("asks nobody for dns alone, and does what it is told", async () => {
    const before = callback.received.length;
    expect(await check(callback.url, { ...ALL, action: "dns" })).toEqual({ dns: [expect.anything()] });
    expect(callback.received).toHaveLength(before);
    const ping = await check(callback.url, { action: "ping", check_operator: "UNICOM" });
    expect(ping).toEqual({ ping: [expect.objectContaining({ from_operator: "UNICOM" })] });
  });

  test("who does not answer counts as a lost packet; who answers anything at all does not", async () => {
    callback.answer = () => {};
    expect(await check(callback.url, ALL)).toMatchObject({ ping: [{ package_loss: "100%" }] });
    callback.answer = (_, response) => {
      response.statusCode = 403;
      response.end("refused");
    };
    expect(await check(callback.url, ALL)).toMatchObject({ ping: [{ package_loss: "0%" }] });
    expect(await check("http://10.255.255.1.invalid/wechat", ALL)).toMatchObject({
      ping: [{ package_loss: "100%" }],
    });
  });

  test.each<[string, string, object, number]>([
    ["no action", "http://localhost/", { check_operator: "DEFAULT" }, 40202],
    ["another action", "http://localhost/", { ...ALL, action: "trace" }, 40202],
    ["no operator", "http://localhost/", { action: "all" }, 40203],
    ["another operator", "http://localhost/", { ...ALL, check_operator: "X" }, 40203],
    ["no callback URL", "", ALL, 40201],
  ])("refuses %s", async (_, url, body, errcode) => {
    expect(await check(url, body)).toMatchObject({ errcode });
  });
});
