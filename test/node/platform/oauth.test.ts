/** Web login: the question, the code, the tokens. */
import { beforeEach, describe, expect, test } from "vitest";
import { APP_ID } from "../../support/wechat.ts";
import { APP_SECRET, objectOf, type Query, SimulatedApi, USER } from "../support/simulated-account.ts";

const AUTHORIZE = "/api/oauth/authorize";
const EXCHANGE = "/sns/oauth2/access_token";
const REFRESH = "/sns/oauth2/refresh_token";
const USER_INFO = "/sns/userinfo";
const CHECK = "/sns/auth";
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

type Scope = "snsapi_base" | "snsapi_userinfo";
type Json = Readonly<Record<string, unknown>>;

const asked = (scope: string = "snsapi_base"): Query => ({
  appid: APP_ID,
  redirect_uri: "http://localhost:8787/login",
  response_type: "code",
  scope,
  state: "abc123",
});

const sns = async (api: SimulatedApi, path: string, query: Query): Promise<Json> =>
  objectOf(await api.request(`${path}?${new URLSearchParams(query).toString()}`));

const grant = async (api: SimulatedApi, question: Query): Promise<Json> =>
  objectOf(
    await api.request(AUTHORIZE, { method: "POST", body: JSON.stringify({ ...question, openid: USER }) }),
  );

const question = async (api: SimulatedApi, query: Query): Promise<Json> =>
  sns(api, AUTHORIZE, { openid: USER, ...query });

async function codeOf(api: SimulatedApi, scope: Scope = "snsapi_base"): Promise<string> {
  const { location } = await grant(api, asked(scope));
  return new URL(String(location)).searchParams.get("code") ?? "";
}

const credentials = (code: string): Query => ({
  appid: APP_ID,
  secret: APP_SECRET,
  code,
  grant_type: "authorization_code",
});

const tokenOf = async (api: SimulatedApi, scope: Scope = "snsapi_base"): Promise<Json> =>
  sns(api, EXCHANGE, credentials(await codeOf(api, scope)));

describe.each(["service", "test"] as const)("web login of kind %s", (kind) => {
  test("goes the whole way for a user who was not asked", async () => {
    const api = new SimulatedApi(kind);
    expect(await question(api, asked())).toEqual({
      account: "default",
      scope: "snsapi_base",
      nickname: expect.any(String),
      asks: false,
    });
    const { location } = await grant(api, asked());
    const { origin, pathname, searchParams } = new URL(String(location));
    expect(origin + pathname).toBe("http://localhost:8787/login");
    expect(Object.fromEntries(searchParams)).toEqual({
      code: expect.stringMatching(/^0[\w-]{31}$/),
      state: "abc123",
    });
    const token = await sns(api, EXCHANGE, credentials(searchParams.get("code") ?? ""));
    expect(token).toEqual({
      access_token: expect.stringMatching(/^\d\d_[\w-]{86}$/),
      expires_in: 7_200,
      refresh_token: expect.stringMatching(/^\d\d_[\w-]{86}$/),
      openid: USER,
      scope: "snsapi_base",
    });
    const query = { access_token: String(token["access_token"]), openid: USER };
    expect(await sns(api, CHECK, query)).toEqual({ errcode: 0, errmsg: "ok" });
    expect(await sns(api, USER_INFO, query)).toEqual({
      errcode: 48001,
      errmsg: expect.stringMatching(/^api unauthorized, rid: [\w-]+$/),
    });
  });

  test("tells name and picture of a user who agreed", async () => {
    const api = new SimulatedApi(kind);
    expect(await question(api, asked("snsapi_userinfo"))).toMatchObject({ asks: true });
    const { access_token, openid, unionid, scope } = await tokenOf(api, "snsapi_userinfo");
    expect({ openid, scope }).toEqual({ openid: USER, scope: "snsapi_userinfo" });
    expect(unionid).toEqual(expect.stringMatching(/^o[\w-]{27}$/));
    const info = await sns(api, USER_INFO, {
      access_token: String(access_token),
      openid: USER,
      lang: "zh_CN",
    });
    expect(info).toEqual({
      openid: USER,
      nickname: expect.stringContaining(USER.slice(-4)),
      sex: 0,
      province: "",
      city: "",
      country: "",
      headimgurl: expect.stringMatching(/^http/),
      privilege: [],
      unionid,
    });
    expect((await api.request(new URL(String(info["headimgurl"])).pathname)).status).toBe(200);
  });
});

describe("the question", () => {
  const other = (changes: Query): Query => ({ ...asked(), ...changes });

  test.each<[string, Query, number | undefined, string]>([
    ["no appid", other({ appid: "" }), 10012, "appid不能为空"],
    ["an appid of nobody's", other({ appid: "wx0000000000000000" }), undefined, "AppID 参数错误"],
    ["no redirect_uri", other({ redirect_uri: "" }), 10011, "redirect_uri不能为空"],
    [
      "another domain",
      other({ redirect_uri: "http://evil.example/" }),
      10003,
      "redirect_uri域名与后台配置不一致",
    ],
    ["a domain that ends alike", other({ redirect_uri: "http://xlocalhost/" }), 10003, "localhost"],
    ["a user before the host", other({ redirect_uri: "http://localhost@evil.example/" }), 10003, "localhost"],
    ["a script", other({ redirect_uri: "javascript:alert(1)" }), 10003, "localhost"],
    ["no address", other({ redirect_uri: "/login" }), 10003, "localhost"],
    ["no scope", other({ scope: "" }), 10010, "scope不能为空"],
    ["the scope of other products", other({ scope: "snsapi_login" }), 10005, "此公众号并没有这些scope的权限"],
    ["another response_type", other({ response_type: "token" }), undefined, "response_type 必须是 code"],
    ["no response_type", other({ response_type: "" }), undefined, "response_type 必须是 code"],
    ["a long state", other({ state: "a".repeat(129) }), undefined, "128"],
    ["a state with a sign", other({ state: "a=b" }), undefined, "字母和数字"],
  ])("is refused with %s", async (_, query, code, words) => {
    const api = new SimulatedApi();
    for (const answer of [await question(api, query), await grant(api, query)]) {
      expect(answer).toEqual({
        error: expect.stringContaining(words),
        ...(code === undefined ? {} : { code }),
      });
      if (code !== undefined) expect(answer["error"]).toContain(`错误码：${code}`);
    }
  });

  test("is refused with parameters in another order", async () => {
    const api = new SimulatedApi();
    const { appid = "", scope = "", ...others } = asked();
    expect(await question(api, { appid, scope, ...others })).toEqual({
      error: expect.stringContaining("顺序"),
    });
    const { state, ...withoutState } = asked();
    expect(state).toBe("abc123");
    expect(await question(api, withoutState)).toHaveProperty("asks");
  });

  test.each(["personal", "subscription", "service-unverified"] as const)(
    "is refused to an account of kind %s",
    async (kind) => {
      const api = new SimulatedApi(kind);
      expect(await question(api, asked())).toMatchObject({ code: 10005 });
      expect(await grant(api, asked())).toMatchObject({ code: 10005 });
      expect(await sns(api, EXCHANGE, credentials("x"))).toMatchObject({ errcode: 48001 });
    },
  );

  test("is refused to who does not follow a test account, and to nobody else", async () => {
    for (const [kind, code] of [
      ["test", 10006],
      ["service", undefined],
    ] as const) {
      const api = new SimulatedApi(kind);
      await api.act({ action: "unfollow" });
      expect((await grant(api, asked()))["code"]).toBe(code);
    }
  });

  test.each([
    ["http://localhost:8787/login", "http://localhost:8787/login?code=CODE&state=abc123"],
    [
      "http://localhost:8787/login?from=a%20b",
      "http://localhost:8787/login?from=a%20b&code=CODE&state=abc123",
    ],
    ["http://localhost:8787/login?", "http://localhost:8787/login?code=CODE&state=abc123"],
    ["http://localhost:8787/#/login#x", "http://localhost:8787/?code=CODE&state=abc123#/login#x"],
  ])("sends the browser back to %s", async (redirect_uri, location) => {
    const answer = await grant(new SimulatedApi(), { ...asked(), redirect_uri });
    expect(String(answer["location"]).replace(/code=[\w-]+/, "code=CODE")).toBe(location);
  });

  test("needs a user, and JSON", async () => {
    const api = new SimulatedApi();
    for (const body of [JSON.stringify(asked()), JSON.stringify({ ...asked(), openid: "a b" }), "x", "[]"]) {
      const response = await api.request(AUTHORIZE, { method: "POST", body });
      expect(response.status).toBe(400);
      expect(await objectOf(response)).toHaveProperty("error");
    }
  });
});

describe("the tokens", () => {
  let api: SimulatedApi;
  let token: Json;
  let access: Query;
  beforeEach(async () => {
    api = new SimulatedApi();
    token = await tokenOf(api, "snsapi_userinfo");
    access = { access_token: String(token["access_token"]), openid: USER };
  });
  const renewal = (changes: Query = {}): Query => ({
    appid: APP_ID,
    grant_type: "refresh_token",
    refresh_token: String(token["refresh_token"]),
    ...changes,
  });

  test("a code is good for one exchange", async () => {
    const code = await codeOf(api);
    expect(await sns(api, EXCHANGE, credentials(code))).toHaveProperty("access_token");
    expect(await sns(api, EXCHANGE, credentials(code))).toEqual({
      errcode: 40163,
      errmsg: expect.stringMatching(/^code been used, rid: [\w-]+$/),
    });
  });

  test("a code is good for five minutes", async () => {
    const [early, late] = [await codeOf(api), await codeOf(api)];
    api.now += 5 * MINUTE_MS - 1;
    expect(await sns(api, EXCHANGE, credentials(early))).toHaveProperty("access_token");
    api.now += 1;
    expect(await sns(api, EXCHANGE, credentials(late))).toMatchObject({ errcode: 40029 });
  });

  test.each<[string, Query, number]>([
    ["an unknown code", { code: "0unknown" }, 40029],
    ["no code", { code: "" }, 41008],
    ["no appid", { appid: "" }, 41002],
    ["another appid", { appid: "wx0000000000000000" }, 40013],
    ["no secret", { secret: "" }, 41004],
    ["another secret", { secret: "x".repeat(32) }, 40125],
    ["another grant_type", { grant_type: "client_credential" }, 40002],
    ["no grant_type", { grant_type: "" }, 40002],
  ])("an exchange is refused with %s", async (_, changes, errcode) => {
    const code = await codeOf(api);
    expect(await sns(api, EXCHANGE, { ...credentials(code), ...changes })).toMatchObject({ errcode });
    expect(await sns(api, EXCHANGE, credentials(code))).toHaveProperty("access_token");
  });

  test("an exchange is made by GET", async () => {
    expect(await objectOf(await api.request(EXCHANGE, { method: "POST" }))).toMatchObject({ errcode: 43001 });
  });

  test("a token lasts two hours; renewed before, it lasts longer", async () => {
    api.now += 7_200_000 - 1;
    expect(await sns(api, CHECK, access)).toMatchObject({ errcode: 0 });
    expect(await sns(api, REFRESH, renewal())).toEqual({
      access_token: access["access_token"],
      expires_in: 7_200,
      refresh_token: token["refresh_token"],
      openid: USER,
      scope: "snsapi_userinfo",
    });
    api.now += 1;
    expect(await sns(api, USER_INFO, access)).toHaveProperty("nickname");
  });

  test("a token that has expired is replaced", async () => {
    api.now += 7_200_000;
    expect(await sns(api, USER_INFO, access)).toMatchObject({ errcode: 42001 });
    const renewed = await sns(api, REFRESH, renewal());
    expect(renewed["access_token"]).not.toBe(access["access_token"]);
    expect(await sns(api, CHECK, access)).toMatchObject({ errcode: 42001 });
    const query = { access_token: String(renewed["access_token"]), openid: USER };
    expect(await sns(api, USER_INFO, query)).toHaveProperty("nickname");
  });

  test("a token can be renewed for thirty days", async () => {
    api.now += 30 * DAY_MS - 1;
    expect(await sns(api, REFRESH, renewal())).toHaveProperty("access_token");
    api.now += 1;
    expect(await sns(api, REFRESH, renewal())).toMatchObject({ errcode: 42002 });
  });

  test.each<[string, Query, number]>([
    ["an unknown refresh token", { refresh_token: "95_unknown" }, 40030],
    ["no refresh token", { refresh_token: "" }, 41003],
    ["another grant_type", { grant_type: "authorization_code" }, 40002],
    ["no appid", { appid: "" }, 41002],
    ["another appid", { appid: "wx0000000000000000" }, 40013],
  ])("a renewal is refused with %s", async (_, changes, errcode) => {
    expect(await sns(api, REFRESH, renewal(changes))).toMatchObject({ errcode });
  });

  test.each([
    [USER_INFO, 40001],
    [CHECK, 40014],
  ])("%s is refused with a wrong token, none, the API's own, and for another user", async (path, unknown) => {
    expect(await sns(api, path, { ...access, access_token: "95_unknown" })).toMatchObject({
      errcode: unknown,
    });
    expect(await sns(api, path, { ...access, access_token: await api.token() })).toMatchObject({
      errcode: unknown,
    });
    expect(await sns(api, path, { openid: USER })).toMatchObject({ errcode: 41001 });
    expect(await sns(api, path, { ...access, openid: "" })).toMatchObject({ errcode: 41009 });
    expect(await sns(api, path, { ...access, openid: "oSomebodyElse" })).toEqual({
      errcode: 40003,
      errmsg: expect.stringMatching(/^invalid openid, rid: /),
    });
  });

  test("a token opens no other call of the API", async () => {
    const query = new URLSearchParams(access).toString();
    expect(await objectOf(await api.request(`/cgi-bin/menu/get?${query}`))).toMatchObject({
      errcode: expect.toBeOneOf([40001, 40014]),
    });
  });
});
