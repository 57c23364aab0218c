/** Calls that the account's kind does not have are refused before WeChat is asked for anything. */
import { beforeEach, describe, expect, test } from "vitest";
import type { WechatApi } from "../../src/api/client.ts";
import { ApiError } from "../../src/errors.ts";
import { RIGHTS } from "../../simulator/account.ts";
import { ENDPOINTS } from "../../simulator/platform/endpoints.ts";
import { PNG } from "../node/support/sample-files.ts";
import { logs } from "../support/logs.ts";
import { apiOf, ApiIsolate, Platform } from "../support/platform.ts";
import { KINDS, type Kind } from "../support/platform-accounts.ts";
import { OPENID } from "../support/wechat.ts";

const USER_INFO = "/cgi-bin/user/info";
const MENU = "/cgi-bin/menu/get";
const EXCHANGE = "/sns/oauth2/access_token";
const LESS: readonly Kind[] = ["personal", "subscription", "service-unverified"];

const user = { touser: OPENID, template_id: "x" };
const data = { thing1: { value: "x" } };
const page = { redirectUri: "https://example.com/", scope: "snsapi_base", state: "1" } as const;
const oneTime = { templateId: "x", scene: 1, redirectUrl: "https://example.com/" };

/** One call of each family, and who is refused it. */
const REFUSED: readonly [name: string, kinds: readonly Kind[], call: (api: WechatApi) => unknown][] = [
  ["customerService", ["personal", "service-unverified"], (api) => api.customerService.send(OPENID, "x")],
  ["menu", ["personal"], (api) => api.menu.create([{ type: "click", name: "a", key: "a" }])],
  [
    "conditional menus",
    ["personal", "service-unverified"],
    (api) => api.menu.addConditional([{ type: "click", name: "a", key: "a" }], { tag_id: 2 }),
  ],
  ["users", ["personal", "service-unverified"], (api) => api.users.info(OPENID)],
  ["blacklist", ["personal", "service-unverified"], (api) => api.users.blacklist.list()],
  ["tags", ["personal", "service-unverified"], (api) => api.tags.list()],
  ["qrCodes", LESS, (api) => api.qrCodes.createPermanent(1)],
  ["templates", LESS, (api) => api.templates.list()],
  ["webLogin", ["personal", "service-unverified"], (api) => api.webLogin.exchange("x")],
  ["the page of web login", ["personal", "service-unverified"], (api) => api.webLogin.authorizeUrl(page)],
  ["notices", ["personal", "service-unverified"], (api) => api.subscribeMessages.send({ ...user, data })],
  [
    "one-time messages",
    ["personal", "service-unverified"],
    (api) =>
      api.subscribeMessages.sendOneTime({ ...user, scene: 1, title: "x", data: { content: { value: "x" } } }),
  ],
  [
    "the page of one-time messages",
    ["personal", "service-unverified"],
    (api) => api.subscribeMessages.oneTimeUrl(oneTime),
  ],
  [
    "any call of a known path",
    ["personal", "service-unverified"],
    (api) => api.call("GET", "/cgi-bin/tags/get"),
  ],
];

const personal = new Platform("personal");
beforeEach(() => personal.reset());

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe.each(LESS)("%s", (kind) => {
  test.each(REFUSED.filter(([, kinds]) => kinds.includes(kind)))(
    "%s: refused, and WeChat hears nothing of it",
    async (_name, _kinds, call) => {
      const platform = new Platform(kind);
      await platform.reset();
      const error = await errorOf(() => call(apiOf(kind)));
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({
        code: "api_refused",
        errcode: 48001,
        reaction: "permission",
        lacking: true,
        remembered: false,
        message: expect.stringMatching(
          new RegExp(`^/\\S+: WeChat was not asked: WECHAT_ACCOUNT_KIND is "${kind}", .*service, test do$`),
        ),
        hint: expect.stringMatching(/Set WECHAT_ACCOUNT_KIND right[^]*未向微信发起请求[^]*已认证服务号/),
      });
      expect(await platform.calls()).toEqual([]);
      expect(await platform.issued()).toMatchObject({ stable: { issued: 0 }, token: { issued: 0 } });
    },
  );

  test.each(REFUSED.filter(([, kinds]) => !kinds.includes(kind)))(
    "%s: not refused by us",
    async (_name, _kinds, call) => {
      await new Platform(kind).reset();
      expect(await errorOf(() => call(apiOf(kind)))).not.toMatchObject({ lacking: true });
    },
  );
});

describe("what is not certain is asked", () => {
  test("paths that nobody here knows, and those that every account has", async () => {
    const api = apiOf("personal");
    await expect(api.call("GET", "/cgi-bin/draft/count")).rejects.toMatchObject({ lacking: false });
    await api.menu.current();
    await api.operations.callbackIps();
    expect((await personal.calls()).map(({ path }) => path)).toEqual(
      expect.arrayContaining(["/cgi-bin/draft/count", "/cgi-bin/getcallbackip"]),
    );
  });

  test("media: WeChat's pages name every account, its table does not", async () => {
    const upload = apiOf("personal").media.upload("image", { filename: "a.png", content: PNG });
    await expect(upload).rejects.toMatchObject({ errcode: 48001, lacking: false });
    expect(await personal.calls("/cgi-bin/media/upload")).toHaveLength(1);
  });

  test("logins of another application, by the same path", async () => {
    const query = { appid: "wxwebsite", secret: "x", code: "x", grant_type: "authorization_code" };
    const call = apiOf("personal").call("GET", EXCHANGE, { query, token: false });
    await expect(call).rejects.toMatchObject({ errcode: 40013, lacking: false });
  });

  test("the menu with tokens of a token server: they may be a third-party platform's", () => {
    const vars = {
      WECHAT_ACCESS_TOKEN_SOURCE: "https://tokens.team.test/token",
      WECHAT_ACCESS_TOKEN_AUTHORIZATION: "Bearer s3cret",
    };
    const { api } = new ApiIsolate("personal", vars);
    expect([api.isOpen(MENU), api.isOpen(USER_INFO)]).toEqual([true, false]);
    expect(apiOf("personal").isOpen(MENU)).toBe(false);
  });
});

test("a loop is told once: one warning in the log", async () => {
  const isolate = new ApiIsolate("personal");
  for (let i = 0; i < 3; i++) {
    await expect(isolate.api.users.info(OPENID)).rejects.toMatchObject({ lacking: true });
  }
  const lines = logs.named("api_failed");
  expect(lines.map(({ level }) => level)).toEqual(["warn", "debug", "debug"]);
  expect(lines[0]).toMatchObject({ account: "default", path: USER_INFO, errcode: 48001 });
});

test("nothing is remembered: once the kind is set right, the call is made", async () => {
  const service = new Platform("service");
  await service.reset();
  const wrong = new ApiIsolate("service", { WECHAT_ACCOUNT_KIND: "personal" });
  await expect(wrong.api.tags.list()).rejects.toMatchObject({ lacking: true });
  const right = new ApiIsolate("service");
  await right.api.operations.callbackIps(); // the token comes with what the isolates remember together
  expect(await right.api.tags.list()).toEqual([expect.objectContaining({ id: 2 })]);
});

test("without a kind it is personal", async () => {
  const { api } = new ApiIsolate("service", { WECHAT_ACCOUNT_KIND: "" });
  await expect(api.tags.list()).rejects.toThrow('WECHAT_ACCOUNT_KIND is "personal"');
});

/** Calls that the simulated WeChat, by the table of rights, refuses to a kind, and that are asked all the same. */
const ASKED: Readonly<Record<Kind, RegExp>> = {
  personal: /^\/cgi-bin\/(media|material)\/|^\/sns\/(userinfo|auth)$/,
  "service-unverified": /^\/cgi-bin\/(media|material)\/|^\/sns\/(userinfo|auth)$/,
  subscription: /^\/sns\/|^\/cgi-bin\/message\/subscribe\/bizsend$|^\/wxaapi\/newtmpl\//,
  service: /^$/,
  test: /^$/,
};
/** The picture of a code, which anybody may open that has its ticket. */
const PICTURE = "/cgi-bin/showqrcode";
const CONDITIONAL = /^\/cgi-bin\/menu\/(addconditional|delconditional|trymatch)$/;

test.each(KINDS)("%s: every call of the simulated WeChat is judged as WeChat does", (kind) => {
  const { api } = new ApiIsolate(kind);
  for (const { path, right } of ENDPOINTS.filter((one) => one.path !== PICTURE)) {
    const isRefused = !RIGHTS[kind].has(right) || (CONDITIONAL.test(path) && kind === "service-unverified");
    const isOpen = api.isOpen(`/${path.slice(1)}`);
    expect([path, isOpen]).toEqual([path, !isRefused || ASKED[kind].test(path)]);
  }
});
