/** Tokens: who gets one, how long it lives, and what a dead one is answered. */
import { beforeEach, describe, expect, test } from "vitest";
import { createSimulator } from "../../../simulator/app.ts";
import { APP_ID, TOKEN } from "../../support/wechat.ts";
import { control } from "../support/platform-control.ts";
import { APP_SECRET, objectOf, ORIGIN, type Query, SimulatedApi } from "../support/simulated-account.ts";

const MINUTE_MS = 60_000;
const GOOD = { grant_type: "client_credential", appid: APP_ID, secret: APP_SECRET };

let api: SimulatedApi;
beforeEach(() => {
  api = new SimulatedApi("service");
});

const fetchToken = async (query: Query = GOOD) =>
  objectOf(await api.request(`/cgi-bin/token?${new URLSearchParams(query).toString()}`));
const stableToken = async (body: object = GOOD) =>
  objectOf(await api.request("/cgi-bin/stable_token", { method: "POST", body: JSON.stringify(body) }));
const valueOf = ({ access_token }: Readonly<Record<string, unknown>>): string => String(access_token);
/** What a call with that token is answered; `undefined` when it is let in. */
const use = async (token: string) =>
  (await objectOf(await api.request(`/cgi-bin/getcallbackip?access_token=${token}`)))["errcode"];

describe("who gets a token", () => {
  const { appid, secret, grant_type } = GOOD;
  test.each<[string, object, number, string]>([
    ["no appid", { secret, grant_type }, 41002, "appid missing"],
    ["another appid", { ...GOOD, appid: "wxanother" }, 40013, "invalid appid"],
    ["no secret", { appid, grant_type }, 41004, "appsecret missing"],
    ["no grant_type", { appid, secret }, 40002, "invalid grant_type"],
    ["another grant_type", { ...GOOD, grant_type: "password" }, 40002, "invalid grant_type"],
    ["another secret", { ...GOOD, secret: "wrong" }, 40125, "invalid appsecret"],
  ])("%s is refused by both calls", async (_, body, errcode, errmsg) => {
    const rid = / rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/;
    for (const answer of [await fetchToken({ ...body }), await stableToken(body)]) {
      expect(answer).toEqual({ errcode, errmsg: expect.stringMatching(rid) });
      expect(String(answer["errmsg"]).replace(rid, "")).toBe(errmsg);
    }
  });

  test("an account without an AppSecret gets none", async () => {
    api = new SimulatedApi("service", { appSecret: undefined });
    expect(await fetchToken()).toMatchObject({ errcode: 40125 });
  });

  test("the wrong method, an empty body and one that is no JSON are told apart", async () => {
    expect(await objectOf(await api.request("/cgi-bin/token", { method: "POST" }))).toMatchObject({
      errcode: 43001,
    });
    expect(await objectOf(await api.request("/cgi-bin/stable_token"))).toMatchObject({ errcode: 43002 });
    expect(await objectOf(await api.request("/cgi-bin/stable_token", { method: "POST" }))).toMatchObject({
      errcode: 41002,
    });
  });

  test("an address that is not on the list is refused, and named", async () => {
    await control(api, "POST", "ip-list", { allowed: ["10.0.0.1"] });
    for (const answer of [await fetchToken(), await stableToken()]) {
      expect(answer).toMatchObject({
        errcode: 40164,
        errmsg: expect.stringMatching(
          /^invalid ip 127\.0\.0\.1 ipv6 ::ffff:127\.0\.0\.1, not in whitelist rid: /,
        ),
      });
    }
    await control(api, "POST", "ip-list", { allowed: ["10.0.0.1", "127.0.0.1"] });
    expect(await fetchToken()).toHaveProperty("access_token");
    await control(api, "POST", "ip-list", { allowed: [] });
    expect(await fetchToken()).toMatchObject({ errcode: 40164 });
    await control(api, "POST", "ip-list", { allowed: null });
    expect(await fetchToken()).toHaveProperty("access_token");
  });

  test("the address is the one that whoever serves the simulator says", async () => {
    const app = createSimulator({
      accounts: [
        {
          id: "a",
          kind: "test",
          url: "http://localhost/wechat",
          token: TOKEN,
          appId: APP_ID,
          appSecret: "s",
        },
      ],
      clientIp: (request) => request.headers.get("x-from") ?? "",
    });
    const body = JSON.stringify({ allowed: ["10.0.0.1"] });
    await app.request(`${ORIGIN}/api/platform/a/ip-list`, { method: "POST", body });
    const from = async (ip: string) =>
      objectOf(
        await app.request(
          `${ORIGIN}/cgi-bin/token?${new URLSearchParams({ ...GOOD, secret: "s" }).toString()}`,
          {
            headers: { "x-from": ip },
          },
        ),
      );
    expect(await from("10.0.0.1")).toHaveProperty("access_token");
    expect(await from("fd00::1")).toMatchObject({
      errmsg: expect.stringContaining("invalid ip fd00::1 ipv6 fd00::1,"),
    });
  });

  test.each<["service" | "test", string, number]>([
    ["service", "/cgi-bin/token", 2_000],
    ["test", "/cgi-bin/token", 200],
    ["service", "/cgi-bin/stable_token", 500_000],
  ])("a %s account calls %s %i times a day, and again after midnight in China", async (kind, path, most) => {
    api = new SimulatedApi(kind);
    const ask = () => (path === "/cgi-bin/token" ? fetchToken() : stableToken());
    await control(api, "POST", "quota", { path, used: most - 1 });
    expect(await ask()).toHaveProperty("access_token");
    expect(await ask()).toMatchObject({ errcode: 45009 });
    // The clock of these tests begins at 17:15 in China.
    api.now += 6 * 60 * MINUTE_MS;
    expect(await ask()).toMatchObject({ errcode: 45009 });
    api.now += 60 * MINUTE_MS;
    expect(await ask()).toHaveProperty("access_token");
  });
});

describe("/cgi-bin/token", () => {
  test("looks like WeChat's and lives two hours", async () => {
    expect(await fetchToken()).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{128,512}$/),
      expires_in: 7200,
    });
  });

  test("every call gives a new one, and the last one dies after five minutes", async () => {
    const first = valueOf(await fetchToken());
    const second = valueOf(await fetchToken());
    expect(second).not.toBe(first);
    api.now += 5 * MINUTE_MS - 1;
    expect(await use(first)).toBeUndefined();
    api.now += 1;
    expect(await use(first)).toBe(40001);
    expect(await use(second)).toBeUndefined();
    api.now += 115 * MINUTE_MS;
    expect(await use(second)).toBe(42001);
  });
});

describe("/cgi-bin/stable_token", () => {
  test("gives the same one until five minutes before its end, then a new one, both valid", async () => {
    const first = await stableToken();
    expect(first).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{128,512}$/),
      expires_in: 7200,
    });
    api.now += 115 * MINUTE_MS - 1_000;
    expect(await stableToken()).toEqual({ access_token: valueOf(first), expires_in: 301 });
    api.now += 1_000;
    const second = await stableToken();
    expect(valueOf(second)).not.toBe(valueOf(first));
    expect(second["expires_in"]).toBe(7200);
    expect(await use(valueOf(first))).toBeUndefined();
    api.now += 5 * MINUTE_MS;
    expect(await use(valueOf(first))).toBe(42001);
    expect(await use(valueOf(second))).toBeUndefined();
  });

  test("force_refresh voids the last one at once", async () => {
    const first = valueOf(await stableToken());
    const second = valueOf(await stableToken({ ...GOOD, force_refresh: true }));
    expect(second).not.toBe(first);
    expect(await use(first)).toBe(40001);
    expect(await use(second)).toBeUndefined();
    expect(valueOf(await stableToken())).toBe(second);
  });

  test("force_refresh: thirty seconds apart, twenty times a day", async () => {
    const force = () => stableToken({ ...GOOD, force_refresh: true });
    expect(await force()).toHaveProperty("access_token");
    api.now += 29_999;
    expect(await force()).toMatchObject({ errcode: 45011 });
    api.now += 1;
    for (let number = 2; number <= 20; number++) {
      expect(await force()).toHaveProperty("access_token");
      api.now += 30_000;
    }
    expect(await force()).toMatchObject({ errcode: 45009 });
    expect(await stableToken()).toHaveProperty("access_token");
    api.now += 7 * 60 * MINUTE_MS;
    expect(await force()).toHaveProperty("access_token");
    expect(await control(api, "GET", "tokens")).toMatchObject({ stable: { forced: 21 } });
  });

  test("neither call knows of the other's tokens", async () => {
    const stable = valueOf(await stableToken());
    const first = valueOf(await fetchToken());
    await fetchToken();
    await stableToken({ ...GOOD, force_refresh: true });
    api.now += 5 * MINUTE_MS;
    expect(await use(stable)).toBe(40001);
    expect(await use(first)).toBe(40001);
    const kept = valueOf(await stableToken());
    await fetchToken();
    api.now += 6 * MINUTE_MS;
    expect(await use(kept)).toBeUndefined();
  });
});

describe("using a token", () => {
  test("none, a malformed one and one that nobody was given", async () => {
    const { errmsg } = await objectOf(await api.request("/cgi-bin/getcallbackip"));
    expect(errmsg).toMatch(/^access_token missing rid: /);
    expect(await use("")).toBe(41001);
    expect(await use("short")).toBe(40014);
    expect(await use("%E4%BD%A0".repeat(40))).toBe(40014);
    expect(await use("a".repeat(128))).toBe(40001);
  });

  test("another program's token, and a new day, on demand", async () => {
    const [stable, token] = [valueOf(await stableToken()), valueOf(await fetchToken())];
    await control(api, "POST", "tokens", { action: "invalidate", of: "stable" });
    expect(await use(stable)).toBe(40001);
    expect(await use(token)).toBeUndefined();
    const next = valueOf(await stableToken());
    expect(next).not.toBe(stable);
    await control(api, "POST", "tokens", { action: "expire", of: "all" });
    expect(await use(next)).toBe(42001);
    expect(await use(token)).toBe(42001);
    expect(await use(stable)).toBe(40001);
    expect(await control(api, "GET", "tokens")).toEqual({
      stable: { issued: 2, forced: 0 },
      token: { issued: 1 },
    });
  });

  test.each<[string, object]>([
    ["another action", { action: "lose" }],
    ["tokens of another kind", { action: "expire", of: "ticket" }],
  ])("refuses %s, and says why", async (_, body) => {
    expect((await control(api, "POST", "tokens", body))["error"]).toMatch(/ · .*[\u4e00-\u9fff]/u);
  });

  test("a token is one account's, also when two have the same app id", async () => {
    const account = (id: string, appSecret: string) =>
      ({
        id,
        kind: "service",
        url: "http://localhost/wechat",
        token: TOKEN,
        appId: APP_ID,
        appSecret,
      }) as const;
    const app = createSimulator({ accounts: [account("a", "secret-a"), account("b", "secret-b")] });
    const ask = async (secret: string) =>
      objectOf(
        await app.request(`${ORIGIN}/cgi-bin/token?${new URLSearchParams({ ...GOOD, secret }).toString()}`),
      );
    const token = valueOf(await ask("secret-b"));
    await app.request(`${ORIGIN}/cgi-bin/getcallbackip?access_token=${token}`);
    expect(await ask("secret-c")).toMatchObject({ errcode: 40125 });
    const calls = async (id: string) =>
      (await objectOf(await app.request(`${ORIGIN}/api/platform/${id}/calls`)))["calls"];
    expect(await calls("b")).toMatchObject([{ path: "/cgi-bin/token" }, { path: "/cgi-bin/getcallbackip" }]);
    expect(await calls("a")).toMatchObject([{ path: "/cgi-bin/token", errcode: 40125 }]);
    // Nobody's token is nobody's call.
    const stray = await objectOf(
      await app.request(`${ORIGIN}/cgi-bin/getcallbackip?access_token=${"x".repeat(60)}`),
    );
    expect(stray).toMatchObject({ errcode: 40001 });
  });

  test("after a reset the old token is void, and still told as the account's", async () => {
    const token = valueOf(await stableToken());
    await control(api, "POST", "reset", {});
    expect(await use(token)).toBe(40001);
    expect(await control(api, "GET", "tokens")).toEqual({
      stable: { issued: 0, forced: 0 },
      token: { issued: 0 },
    });
    expect((await control(api, "GET", "calls"))["calls"]).toMatchObject([{ errcode: 40001 }]);
  });
});

test("the ticket of web pages is the same one until it ends", async () => {
  const ticket = () => api.get("/cgi-bin/ticket/getticket", { type: "jsapi" });
  const first = await ticket();
  expect(first).toEqual({ errcode: 0, errmsg: "ok", ticket: expect.any(String), expires_in: 7200 });
  api.now += 119 * MINUTE_MS;
  expect(await ticket()).toEqual({ ...first, expires_in: 60 });
  api.now += MINUTE_MS;
  expect((await ticket())["ticket"]).not.toBe(first["ticket"]);
  expect((await api.get("/cgi-bin/ticket/getticket", { type: "wx_card" }))["ticket"]).not.toBe(
    first["ticket"],
  );
  expect(await api.get("/cgi-bin/ticket/getticket", { type: "other" })).toMatchObject({ errcode: 40097 });
});
