import { describe, expect, test } from "vitest";
import { readAccounts } from "../../src/accounts/definitions.ts";
import { AccountRegistry } from "../../src/accounts/registry.ts";
import { AES_KEY } from "../support/wechat.ts";

function account(env: object, id = "default"): unknown {
  const entry = readAccounts(env).entries.get(id);
  return entry?.ok ? entry.definition : entry?.faults;
}

describe("the default account", () => {
  test("is in plain mode without a key, in secure mode with one", () => {
    expect(account({ WECHAT_TOKEN: "t" })).toMatchObject({ mode: "plain", kind: "personal", product: "oa" });
    expect(
      account({ WECHAT_TOKEN: "t", WECHAT_APP_ID: "wx1", WECHAT_ENCODING_AES_KEY: AES_KEY }),
    ).toMatchObject({ mode: "secure" });
  });

  test("has the late replies of its kind unless others are listed", () => {
    expect(account({ WECHAT_TOKEN: "t" })).toMatchObject({ lateReplies: ["hold", "mailbox"] });
    expect(account({ WECHAT_TOKEN: "t", WECHAT_ACCOUNT_KIND: "service" })).toMatchObject({
      lateReplies: ["push", "mailbox"],
    });
    expect(account({ WECHAT_TOKEN: "t", WECHAT_LATE_REPLIES: "hold, push" })).toMatchObject({
      lateReplies: ["hold", "push"],
    });
    expect(account({ WECHAT_TOKEN: "t", WECHAT_LATE_REPLIES: "later" })).toEqual([
      expect.stringContaining("WECHAT_LATE_REPLIES"),
    ]);
  });

  test("names every fault at once", () => {
    expect(
      account({ WECHAT_MODE: "safe", WECHAT_ACCOUNT_KIND: "x", WECHAT_ENCODING_AES_KEY: "short" }),
    ).toHaveLength(5);
  });

  test("has its texts", () => {
    expect(
      account({ WECHAT_TOKEN: "t", WECHAT_TEXT_APOLOGY: "sorry", WECHAT_TEXT_WAIT: "wait" }),
    ).toMatchObject({
      texts: { apology: "sorry", wait: "wait" },
    });
  });
});

describe("ACCOUNTS", () => {
  const shop = {
    token: "t",
    encodingAesKey: AES_KEY,
    appId: "wx1",
    kind: "service",
    lateReplies: ["push"],
    texts: { busy: "忙" },
    replyDeadlineMs: 3000,
  };

  test.each([
    ["text", JSON.stringify({ shop })],
    ["object", { shop }],
  ])("may be given as %s", (_name, ACCOUNTS) => {
    expect(account({ ACCOUNTS }, "shop")).toMatchObject({
      id: "shop", mode: "secure", kind: "service", tokens: ["t"], lateReplies: ["push"], texts: { busy: "忙" }, replyDeadlineMs: 3000,
    }); // prettier-ignore
  });

  test.each([
    ["not JSON", "{", /ACCOUNTS is not JSON/],
    ["a list", "[]", /must be an object/],
    ["an account that is no object", '{"a":1}', /ACCOUNTS.a must be an object/],
    ["an id with a slash", '{"a/b":{"token":"t"}}', /no id/],
    ["the id default", '{"default":{"token":"t"}}', /no id/],
    ["a prototype as id", '{"__proto__":{"token":"t"}}', /^$/],
  ])("%s is a fault", (_name, ACCOUNTS, fault) => {
    const { entries, faults } = readAccounts({ ACCOUNTS });
    expect(faults.join()).toMatch(fault);
    expect(entries.get("a/b")).toBeUndefined();
    expect(({} as { token?: string }).token).toBeUndefined();
  });

  test("may stand alone: without any credentials of its own the default account is no fault", () => {
    const registry = (env: object): string[] => new AccountRegistry(env).faults;
    expect(registry({ ACCOUNTS: { shop } })).toEqual([]);
    expect(registry({ ACCOUNTS: { shop }, WECHAT_APP_ID: "wx1" })).toEqual(["WECHAT_TOKEN is missing"]);
    expect(registry({})).toEqual(["WECHAT_TOKEN is missing"]);
  });

  test("faults name the field of the account, never a value", () => {
    const faults = account(
      { ACCOUNTS: { shop: { ...shop, encodingAesKey: "wrong-value", product: "wecom-app" } } },
      "shop",
    );
    expect(faults).toEqual([
      expect.stringContaining("ACCOUNTS.shop.encodingAesKey"),
      expect.stringContaining("ACCOUNTS.shop.product"),
    ]);
    expect(JSON.stringify(faults)).not.toContain("wrong-value");
  });
});
