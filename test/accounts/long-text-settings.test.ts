import { describe, expect, test } from "vitest";
import { readAccounts } from "../../src/accounts/definitions.ts";
import { openPageLink, pageLinkText } from "../../src/accounts/page-link.ts";
import { readSettings } from "../../src/config.ts";

const BASE = "https://bot.example.com";
const SECRET = "0123456789abcdef0123456789abcdef";

/** What an account of that id makes of long texts, or its faults. */
function read(env: object, id = "default"): unknown {
  const entry = readAccounts({ WECHAT_TOKEN: "t", WECHAT_APP_SECRET: SECRET, ...env }).entries.get(id);
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

  test("need a secret that cannot be guessed: a link that a Token had signed would let its reader try Tokens", async () => {
    const page = { WECHAT_LONG_TEXTS: "page", PUBLIC_URL: BASE };
    expect(read({ ...page, WECHAT_APP_SECRET: undefined })).toEqual([
      expect.stringMatching(
        /^WECHAT_APP_SECRET is missing: WECHAT_LONG_TEXTS=page .*WECHAT_ENCODING_AES_KEY/,
      ),
    ]);
    const key = "kWxWn9SgXLGYX0JCSjKQZSYD6DDuH1RHoWyBU3dQvTP";
    const keyed = { WECHAT_APP_SECRET: undefined, WECHAT_ENCODING_AES_KEY: key, WECHAT_MODE: "plain" };
    expect(read({ ...page, ...keyed })).toEqual({ kind: "page", base: BASE });

    // An old link's account may have lost its secret meanwhile.
    const account = {
      id: "default",
      appId: "",
      appSecret: undefined,
      encodingAesKeys: [],
      tokens: ["weixin"],
      longTexts: { kind: "page", base: BASE },
      texts: {},
    } as const;
    const link = { account: "default", id: "0".repeat(32), until: 1_900_000_000 };
    const text = await pageLinkText(account, "0".repeat(64), link);
    expect(text).toBe("");
    expect(await openPageLink(account, "0".repeat(96), `1900000000.${"0".repeat(64)}`, 0)).toBeUndefined();
  });

  test("are each account's own matter, at the Worker's address or one of its own", () => {
    const shop = { token: "t", appSecret: SECRET, longTexts: "page" };
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
