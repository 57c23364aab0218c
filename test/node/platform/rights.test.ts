/** Every call × every kind of account: who gets 48001. The table is the test's own. */
import { describe, expect, test } from "vitest";
import { ENDPOINTS } from "../../../simulator/platform/endpoints.ts";
import { control } from "../support/platform-control.ts";
import { objectOf, SimulatedApi } from "../support/simulated-account.ts";

const KINDS = ["personal", "subscription", "service-unverified", "service", "test"] as const;
const EVERYBODY = KINDS;
const VERIFIED = ["subscription", "service", "test"];
const SERVICE = ["service", "test"];
const WITH_MENU = ["subscription", "service-unverified", "service", "test"];

/** Who may make a call, by path. */
const MAY: readonly [RegExp, readonly string[]][] = [
  [/^\/cgi-bin\/ticket\/getticket$/, EVERYBODY],
  [/^\/cgi-bin\/(getcallbackip|get_api_domain_ip|callback\/check)$/, EVERYBODY],
  [/^\/cgi-bin\/(openapi\/(quota|rid)\/get|clear_quota)$/, EVERYBODY],
  [/^\/cgi-bin\/get_current_(selfmenu|autoreply)_info$/, EVERYBODY],
  [/^\/cgi-bin\/menu\/(create|get|delete)$/, WITH_MENU],
  [/^\/cgi-bin\/menu\/(addconditional|delconditional|trymatch)$/, VERIFIED],
  [/^\/cgi-bin\/message\/custom\//, VERIFIED],
  [/^\/cgi-bin\/(media|material)\//, VERIFIED],
  [/^\/cgi-bin\/user\//, VERIFIED],
  [/^\/cgi-bin\/tags\//, VERIFIED],
  [/^\/cgi-bin\/message\/template\/subscribe$/, VERIFIED],
  [/^\/cgi-bin\/qrcode\//, SERVICE],
  [/^\/cgi-bin\/template\//, SERVICE],
  [/^\/cgi-bin\/message\/template\/send$/, SERVICE],
  [/^\/cgi-bin\/message\/subscribe\/bizsend$/, SERVICE],
  [/^\/wxaapi\/newtmpl\//, SERVICE],
];

const WITH_TOKEN = ENDPOINTS.filter(({ access }) => access === "token");

describe.each(KINDS)("an account of kind %s", (kind) => {
  test.each(WITH_TOKEN.map(({ method, path }) => [method, path] as const))("%s %s", async (method, path) => {
    const rules = MAY.filter(([pattern]) => pattern.test(path));
    expect(rules).toHaveLength(1);
    const api = new SimulatedApi(kind);
    const response = await api.fetch(path, {}, method === "POST" ? { method, body: "{}" } : { method });
    const errcode = response.headers.get("content-type")?.startsWith("application/json")
      ? (await objectOf(response))["errcode"]
      : undefined;
    expect(errcode === 48001).toBe(!rules[0]?.[1].includes(kind));
  });
});

test("an account that becomes another kind gains and loses rights, and its phones the menu", async () => {
  const api = new SimulatedApi("service-unverified");
  const tags = async () => (await api.get("/cgi-bin/tags/get"))["errcode"];
  expect(await tags()).toBe(48001);
  expect(await control(api, "POST", "kind", { kind: "service" })).toEqual({ kind: "service" });
  expect(await tags()).toBeUndefined();
  expect(await api.menu()).toHaveLength(2);
  await control(api, "POST", "kind", { kind: "personal" });
  expect(await tags()).toBe(48001);
  expect(await api.menu()).toEqual([]);
  const { accounts } = await objectOf(await api.request("/api/state"));
  expect(accounts).toMatchObject([{ kind: "personal", can: { menu: false, qr: false } }]);
  expect((await control(api, "POST", "kind", { kind: "verified" }))["error"]).toContain(
    "kind must be one of",
  );
});

test.each([
  ["/cgi-bin/nothing", "GET"],
  ["/sns/nothing", "POST"],
  ["/cgi-bin/message/custom/business/send", "POST"],
])("%s is no call of WeChat's", async (path, method) => {
  const api = new SimulatedApi();
  const answer = await objectOf(await api.fetch(path, {}, { method }));
  expect(answer).toMatchObject({ errcode: 40066, errmsg: expect.stringMatching(/^invalid url rid: /) });
});

test.each(WITH_TOKEN.map(({ method, path }) => [method, path] as const))(
  "%s %s is refused by the other method",
  async (method, path) => {
    const api = new SimulatedApi();
    const other = method === "GET" ? { method: "POST", body: "{}" } : { method: "GET" };
    const answer = await objectOf(await api.fetch(path, {}, other));
    expect(answer).toMatchObject({ errcode: method === "GET" ? 43001 : 43002 });
  },
);
