import { describe, expect, test } from "vitest";
import { readAccounts } from "../../src/accounts/definitions.ts";
import { readSettings } from "../../src/config.ts";

const BASE = "https://bot.example.com";

/** What an account of that id makes of long texts, or its faults. */
function read(env: object, id = "default"): unknown {
  const entry = readAccounts({ WECHAT_TOKEN: "t", ...env }).entries.get(id);
  return entry?.ok ? entry.definition.longTexts : entry?.faults;
}

describe("long texts", () => {
  test("are asked for part by part unless a page is chosen, which needs an address", () => {
    expect(read({})).toEqual({ kind: "more" });
    expect(read({ PUBLIC_URL: BASE })).toEqual({ kind: "more" });
    expect(read({ WECHAT_LONG_TEXTS: "more" })).toEqual({ kind: "more" });
    expect(read({ WECHAT_LONG_TEXTS: "page", PUBLIC_URL: `${BASE}/` })).toEqual({ kind: "page", base: BASE });
    expect(read({ WECHAT_LONG_TEXTS: "page" })).toEqual([expect.stringContaining("PUBLIC_URL is missing")]);
    expect(read({ WECHAT_LONG_TEXTS: "book" })).toEqual([expect.stringContaining("WECHAT_LONG_TEXTS")]);
  });

  test.each(["bot.example.com", "http://bot.example.com", `${BASE}/wechat`, `${BASE}/?a`, 'https://a"b'])(
    "no link can begin with %s",
    (PUBLIC_URL) => {
      expect(read({ PUBLIC_URL })).toEqual([expect.stringContaining("PUBLIC_URL must be https://host")]);
    },
  );

  test("are each account's own matter, at the Worker's address or one of its own", () => {
    const shop = { token: "t", longTexts: "page" };
    const ACCOUNTS = { shop, cafe: { ...shop, publicUrl: "https://cafe.example.com" }, bar: { token: "t" } };
    const env = { ACCOUNTS: JSON.stringify(ACCOUNTS), PUBLIC_URL: BASE };
    expect(read(env)).toEqual({ kind: "more" });
    expect(read(env, "shop")).toEqual({ kind: "page", base: BASE });
    expect(read(env, "cafe")).toEqual({ kind: "page", base: "https://cafe.example.com" });
    expect(read(env, "bar")).toEqual({ kind: "more" });
    expect(read({ ...env, PUBLIC_URL: "" }, "shop")).toEqual([
      expect.stringContaining("ACCOUNTS.shop.longTexts=page"),
    ]);
  });

  test("can be read for a week, or as many days as is said", () => {
    expect(readSettings({}).settings.pageDays).toBe(7);
    expect(readSettings({ PAGE_DAYS: "30" })).toMatchObject({ settings: { pageDays: 30 }, faults: [] });
    expect(readSettings({ PAGE_DAYS: "31" }).faults).toEqual([expect.stringContaining("PAGE_DAYS")]);
  });
});
