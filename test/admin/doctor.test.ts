/** What the Worker tells its operator of itself: every finding has a cause that is made here. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, inject, test } from "vitest";
import {
  type DoctorReport,
  type FindingCode,
  FINDINGS,
  type FindingLevel,
} from "../../src/accounts/doctor-findings.ts";
import { version } from "../../package.json";
import { FrontDoor, PLAIN, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { operatorRequest } from "../support/operator.ts";
import { Platform, platformVars } from "../support/platform.ts";
import { APP_SECRET, appIdOf, RELAY_SECRET } from "../support/platform-accounts.ts";
import { AES_KEY, APP_ID, checkRequest, OTHER_AES_KEY, TOKEN } from "../support/wechat.ts";

const TARGET = "/api/v1/accounts/default/doctor";
const TOKEN_CALL = "/cgi-bin/stable_token";
const CHECK = "/cgi-bin/callback/check";
const QUOTA = "/cgi-bin/openapi/quota/get";
const SEND = "/cgi-bin/message/custom/send";

const service = new Platform("service");
beforeEach(() => service.reset());

/** Signs with the secret and app id that the variables have. */
async function ask(
  vars: Record<string, unknown>,
  target = TARGET,
): Promise<{ status: number; body: string }> {
  const secret = String(vars["WECHAT_APP_SECRET"] ?? vars["WECHAT_ENCODING_AES_KEY"]);
  const appId = String(vars["WECHAT_APP_ID"] ?? "");
  return new FrontDoor(vars).fetch(operatorRequest({ target, secret, appId }));
}

async function reportOf(vars: Record<string, unknown>): Promise<DoctorReport> {
  const { status, body } = await ask(vars);
  expect(status).toBe(200);
  const report: DoctorReport = JSON.parse(body);
  for (const { code, level, facts } of report.findings) fitsTheList(code, level, facts);
  return report;
}

/** What the command line has texts for, and nothing else. */
function fitsTheList(code: FindingCode, level: FindingLevel, facts: object): void {
  const { levels, facts: names }: { levels: readonly FindingLevel[]; facts: readonly string[] } =
    FINDINGS[code];
  expect(levels, code).toContain(level);
  const given = Object.keys(facts);
  expect(
    names.map((name) => name.replace("?", "")),
    code,
  ).toEqual(expect.arrayContaining(given));
  expect(given, code).toEqual(expect.arrayContaining(names.filter((name) => !name.endsWith("?"))));
}

/** The findings of some codes, as `[code, level, facts]`. */
async function found(
  vars: Record<string, unknown>,
  ...codes: FindingCode[]
): Promise<[string, string, object][]> {
  const { findings } = await reportOf(vars);
  return findings
    .filter(({ code }) => codes.includes(code))
    .map(({ code, level, facts }) => [code, level, facts]);
}

/** Everything that is not in order. */
async function troubles(vars: Record<string, unknown>): Promise<string[]> {
  const { findings } = await reportOf(vars);
  return findings
    .filter(({ level }) => level === "error" || level === "warning")
    .map(({ code, level }) => `${level} ${code}`);
}

describe("the report", () => {
  test("of an account in order says what it is and that everything answers", async () => {
    const { findings, ...rest } = await reportOf(platformVars("service"));
    expect(rest).toEqual({
      v: 1,
      version,
      account: {
        id: "default",
        product: "oa",
        kind: "service",
        mode: "secure",
        appIdTail: "vice",
        lateReplies: ["push", "mailbox"],
        hasAppSecret: true,
        hasPreviousToken: false,
        hasPreviousKey: false,
        apiBases: 1,
        relay: false,
        tokenSource: "stable_token",
      },
    });
    expect(findings.map(({ code }) => code)).toEqual([
      "configuration_ok",
      "aes_key_loose_bits",
      "token_ok",
      "callback_check_dns",
      "callback_check_ping",
      "quota",
      "quota",
      "server_ips",
      "object_ok",
      "queue_ok",
      "kv_ok",
      "object_ok",
      "no_refusals",
    ]);
    // Nobody listens at the simulated account's callback URL.
    expect(await troubles(platformVars("service"))).toEqual(["warning callback_check_ping"]);
  });

  test("tells no secret, no token and not the app id", async () => {
    const { body } = await ask({
      ...platformVars("service"),
      WECHAT_PREVIOUS_TOKEN: "previous-token",
      WECHAT_PREVIOUS_ENCODING_AES_KEY: OTHER_AES_KEY,
      WECHAT_RELAY_SECRET: RELAY_SECRET,
    });
    const secrets = [APP_SECRET, TOKEN, AES_KEY, OTHER_AES_KEY, "previous-token", RELAY_SECRET];
    for (const secret of [...secrets, appIdOf("service")]) expect(body).not.toContain(secret);
    expect(JSON.parse(body)).toMatchObject({
      account: { hasPreviousToken: true, hasPreviousKey: true, relay: true },
    });
  });

  test.each<[string, object]>([
    ["another secret", { secret: "f".repeat(32) }],
    ["the Token", { secret: TOKEN }],
    ["an old timestamp", { timestamp: "1700000000" }],
    ["another account's path", { target: "/api/v1/accounts/other/doctor" }],
  ])("is not found with %s", async (_name, change) => {
    const request = operatorRequest({
      target: TARGET,
      secret: APP_SECRET,
      appId: appIdOf("service"),
      ...change,
    });
    expect((await new FrontDoor(platformVars("service")).fetch(request)).status).toBe(404);
  });

  test("is for GET alone", async () => {
    const request = operatorRequest({
      target: TARGET,
      secret: APP_SECRET,
      appId: appIdOf("service"),
      method: "POST",
    });
    expect((await new FrontDoor(platformVars("service")).fetch(request)).status).toBe(404);
  });
});

describe("WeChat's API", () => {
  test("is not tried without an AppSecret, nor without an app id", async () => {
    expect(await found(SECURE, "no_app_secret", "token_ok")).toEqual([
      ["no_app_secret", "note", { missing: "appSecret" }],
    ]);
    expect(await found({ ...PLAIN, WECHAT_APP_SECRET: APP_SECRET }, "no_app_secret", "token_ok")).toEqual([
      ["no_app_secret", "note", { missing: "appId" }],
    ]);
    expect(await service.calls()).toEqual([]);
  });

  test("refuses a wrong AppSecret", async () => {
    const vars = { ...platformVars("service"), WECHAT_APP_SECRET: "0f1e2d3c".repeat(4) };
    expect(await found(vars, "token_ok", "token_refused")).toEqual([
      ["token_refused", "error", { errcode: 40125, errmsg: expect.any(String), path: TOKEN_CALL }],
    ]);
  });

  test("refuses an address, names it, and is asked again when that may be mended", async () => {
    const vars = platformVars("service");
    await service.control("POST", "ip-list", { allowed: ["203.0.113.9"] });
    const refused = [
      ["ip_not_allowed", "error", { ip: "127.0.0.1", errcode: 40164, errmsg: expect.any(String) }],
    ];
    expect(await found(vars, "token_ok", "ip_not_allowed", "token_refused")).toEqual(refused);
    expect(await found(vars, "token_ok", "ip_not_allowed", "token_refused")).toEqual(refused);
    await service.control("POST", "ip-list", { allowed: null });
    // The token's object remembers a refusal for five minutes: the doctor must not repeat old news.
    expect(await found(vars, "token_ok", "ip_not_allowed", "token_refused")).toEqual([
      ["token_ok", "ok", { source: "stable_token" }],
    ]);
  });

  test("cannot be reached", async () => {
    const vars = { ...platformVars("service"), WECHAT_API_BASE: "http://localhost:9" };
    expect(await found(vars, "api_unreachable", "token_ok")).toEqual([
      ["api_unreachable", "error", { call: "token", code: "api_unreachable", message: expect.any(String) }],
    ]);
  });

  test("does not answer: the report comes all the same", async () => {
    await service.fault({ kind: "hang", path: TOKEN_CALL, times: 0 });
    expect(await found(platformVars("service"), "api_unreachable", "object_ok")).toEqual([
      ["api_unreachable", "error", { call: "token", code: "api_timed_out", message: expect.any(String) }],
      ["object_ok", "ok", { binding: "CONVERSATIONS" }],
      ["object_ok", "ok", { binding: "REFUSAL_LOGS" }],
    ]);
  });

  test("cannot be reached behind a relay that has another secret", async () => {
    const vars = {
      ...platformVars("service"),
      WECHAT_API_BASE: inject("relayUrl"),
      WECHAT_RELAY_SECRET: `${RELAY_SECRET}x`,
    };
    expect(await troubles(vars)).toContain("error relay_refused");
  });

  test("checks the callback URL: a line for each look-up and echo", async () => {
    expect(await found(platformVars("service"), "callback_check_dns", "callback_check_ping")).toEqual([
      ["callback_check_dns", "ok", { ip: "127.0.0.1", operator: "CAP" }],
      [
        "callback_check_ping",
        "warning",
        { ip: "127.0.0.1", operator: "CAP", loss: "100%", time: expect.stringMatching(/ms$/) },
      ],
    ]);
  });

  test("has no callback URL to check", async () => {
    await service.fault({ kind: "errcode", errcode: 40201, path: CHECK });
    expect(await found(platformVars("service"), "callback_check_unavailable", "callback_check_dns")).toEqual([
      ["callback_check_unavailable", "warning", { errcode: 40201, errmsg: expect.any(String) }],
    ]);
  });

  test.each([
    [0, "ok"],
    [450_000, "warning"],
    [500_000, "error"],
  ])("has a quota: after %d calls it is %s", async (used, level) => {
    await service.control("POST", "quota", { path: SEND, used });
    expect((await found(platformVars("service"), "quota"))[1]).toEqual([
      "quota",
      level,
      { path: SEND, used, limit: 500_000, remain: 500_000 - used },
    ]);
  });

  test("does not tell the quota", async () => {
    await service.fault({ kind: "errcode", errcode: 76021, path: QUOTA, times: 0 });
    const [first] = await found(platformVars("service"), "quota", "quota_unavailable");
    expect(first).toEqual([
      "quota_unavailable",
      "note",
      { path: TOKEN_CALL, errcode: 76021, errmsg: expect.any(String) },
    ]);
  });
});

describe("the configuration", () => {
  test.each<[string, object, FindingCode, FindingLevel, object]>([
    ["blanks", { WECHAT_TOKEN: ` ${TOKEN}\r` }, "value_trimmed", "note", { variable: "WECHAT_TOKEN" }],
    [
      "a previous token",
      { WECHAT_PREVIOUS_TOKEN: "before" },
      "previous_token_set",
      "note",
      { variable: "WECHAT_PREVIOUS_TOKEN" },
    ],
    [
      "a previous key",
      { WECHAT_PREVIOUS_ENCODING_AES_KEY: OTHER_AES_KEY },
      "previous_key_set",
      "note",
      { variable: "WECHAT_PREVIOUS_ENCODING_AES_KEY" },
    ],
    ["plain mode", { WECHAT_MODE: "plain" }, "mode_plain", "warning", { hasKey: true }],
    ["no kind", {}, "kind_default", "note", { kind: "personal" }],
    ["a key with bits to spare", {}, "aes_key_loose_bits", "ok", { variable: "WECHAT_ENCODING_AES_KEY" }],
    [
      "a wrong setting",
      { LOG_LEVEL: "loud" },
      "setting_fault",
      "warning",
      { fault: expect.stringContaining("LOG_LEVEL") },
    ],
    [
      "a wrong ownership file",
      { WECHAT_OWNERSHIP_FILES: "../x" },
      "setting_fault",
      "warning",
      { fault: expect.stringContaining("WECHAT_OWNERSHIP_FILES") },
    ],
    [
      "an example's model key",
      { MODEL_API_KEY: "sk-…" },
      "example_value",
      "error",
      { fault: expect.stringMatching(/^MODEL_API_KEY holds an example value/) },
    ],
    [
      "an example's token",
      { WECHAT_TOKEN: "your-token" },
      "example_value",
      "error",
      { fault: expect.stringMatching(/^WECHAT_TOKEN holds an example value/) },
    ],
    [
      "what a script left",
      { WECHAT_TOKEN: "undefined" },
      "example_value",
      "error",
      { fault: "WECHAT_TOKEN is not filled in" },
    ],
  ])("%s: %s", async (_name, change, code, level, facts) => {
    expect(await found({ ...SECURE, ...change }, code)).toEqual([[code, level, facts]]);
    expect(logs.named("config_invalid")).toHaveLength(
      level === "ok" || level === "note" || code === "mode_plain" ? 0 : 1,
    );
  });

  test("a key without bits to spare", async () => {
    const vars = { ...SECURE, WECHAT_ENCODING_AES_KEY: `${AES_KEY.slice(0, -1)}A` };
    expect(await found(vars, "aes_key_loose_bits")).toEqual([]);
  });

  test("an account of ACCOUNTS is looked at by the names used there", async () => {
    const shop = { token: ` ${TOKEN}`, appId: APP_ID, encodingAesKey: AES_KEY, kind: "service" };
    const door = new FrontDoor({ ...SECURE, ACCOUNTS: { shop } });
    const target = "/api/v1/accounts/shop/doctor";
    const { body } = await door.fetch(operatorRequest({ target, secret: AES_KEY, appId: APP_ID }));
    expect(JSON.parse(body)).toMatchObject({ account: { id: "shop", kind: "service" } });
    expect(JSON.parse(body).findings).toContainEqual({
      code: "value_trimmed",
      level: "note",
      facts: { variable: "ACCOUNTS.shop.token" },
    });
  });

  test("an account that cannot be used is told why, and its API is not tried", async () => {
    const vars = { ...platformVars("service"), WECHAT_TOKEN: "", WECHAT_MODE: "safe" };
    const codes = await found(vars, "configuration_ok", "configuration_fault", "token_ok", "object_ok");
    expect(codes).toEqual([
      ["configuration_fault", "error", { fault: "WECHAT_TOKEN is missing" }],
      ["configuration_fault", "error", { fault: expect.stringContaining("WECHAT_MODE") }],
      ["object_ok", "ok", { binding: "CONVERSATIONS" }],
      ["object_ok", "ok", { binding: "REFUSAL_LOGS" }],
    ]);
    expect(await service.calls()).toEqual([]);
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("signs with the EncodingAESKey where the AppSecret is missing, faulty or not", async () => {
    expect(await found({ ...SECURE, WECHAT_TOKEN: "" }, "configuration_fault")).toHaveLength(1);
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test.each<[string, object]>([
    ["nothing to sign with", { WECHAT_MODE: "safe" }],
    ["what a script left", { WECHAT_APP_SECRET: "undefined" }],
    ["a placeholder", { WECHAT_APP_SECRET: "your-app-secret" }],
    ["a placeholder of the right shape", { WECHAT_APP_SECRET: "0".repeat(32) }],
    ["the development key", { WECHAT_ENCODING_AES_KEY: "WechatEdgeDevelopmentKeyKnownToEverybodyXYZ" }],
    ["a key that is none", { WECHAT_ENCODING_AES_KEY: "key" }],
    ["a key of one letter", { WECHAT_ENCODING_AES_KEY: "x".repeat(43) }],
  ])("of an account that cannot be used, and has %s, nothing is told", async (_name, vars) => {
    expect((await ask({ WECHAT_TOKEN: "", ...vars })).status).toBe(404);
    expect((await ask({ WECHAT_TOKEN: "", ...vars }, TARGET.replace("doctor", "refusals"))).status).toBe(404);
    expect(logs.named("config_invalid")).toHaveLength(2);
  });

  test("what an unusable account refuses is told, too; nothing else is", async () => {
    const vars = { ...SECURE, WECHAT_TOKEN: "" };
    await new FrontDoor(vars).fetch(checkRequest("echo"), { wait: true });
    const { status, body } = await ask(vars, TARGET.replace("doctor", "refusals"));
    expect([status, JSON.parse(body)]).toEqual([
      200,
      expect.objectContaining({ counts: [{ reason: "account_misconfigured", count: 1 }] }),
    ]);
    expect(await found(vars, "refusals")).toEqual([
      [
        "refusals",
        "note",
        {
          total: 1,
          reason: "account_misconfigured",
          fact: "WECHAT_TOKEN is missing",
          path: "/wechat",
          at: expect.any(Number),
        },
      ],
    ]);
    for (const resource of ["access-token", "dead-letters", "conversations/oUser"]) {
      expect((await ask(vars, TARGET.replace("doctor", resource))).status, resource).toBe(404);
    }
    expect(logs.named("config_invalid")).not.toHaveLength(0);
  });
});

describe("bindings", () => {
  const bindings = Object.entries(env).flatMap(([name, value]) =>
    typeof value === "object" && !name.startsWith("__VITEST") ? [name] : [],
  );

  test("there are some", () => {
    expect(bindings).toEqual(expect.arrayContaining(["CONVERSATIONS", "JOBS", "KV", "STRANGERS"]));
  });

  test.each(bindings)("that are not there are missed: %s", async (binding) => {
    const { findings } = await reportOf({ ...platformVars("service"), [binding]: undefined });
    const code = { JOBS: "queue_missing", KV: "kv_missing" }[binding] ?? "binding_missing";
    const missed = findings.filter((one) => one.code.endsWith("_missing"));
    expect(missed).toEqual([{ code, level: binding === "KV" ? "warning" : "error", facts: { binding } }]);
  });

  test("that fail", async () => {
    const broken = (): never => {
      throw new Error("broken");
    };
    const vars = {
      ...SECURE,
      JOBS: { metrics: broken },
      KV: { get: broken },
      CONVERSATIONS: { getByName: () => ({ report: broken }) },
    };
    expect(await troubles(vars)).toEqual([
      "error object_unreachable",
      "warning queue_unreachable",
      "warning kv_unreachable",
    ]);
  });
});
