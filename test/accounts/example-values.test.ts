import { hkdfSync, createHmac, createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAccounts } from "../../src/accounts/definitions.ts";
import { exampleFaults } from "../../src/accounts/example-values.ts";
import { AccountRegistry } from "../../src/accounts/registry.ts";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { now, textXml } from "../support/wechat.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const DEVELOPMENT = {
  WECHAT_TOKEN: "wechat-edge-development-token",
  WECHAT_APP_ID: "wxdev0000000000001",
  WECHAT_APP_SECRET: "00000000development0000000000000",
  WECHAT_ENCODING_AES_KEY: "WechatEdgeDevelopmentKeyKnownToEverybodyXYZ",
};

function faults(vars: object): string[] {
  return new AccountRegistry({ ...SECURE, ...vars }).faults;
}

describe("example values", () => {
  test.each([
    "your-token", "YOUR_TOKEN", "your token", "your-wechat-token", "yourtoken", "my-token", "changeme", "change-me",
    "CHANGE_ME", "replace-me", "placeholder", "example", "xxx", "XXXXXXXX", "<token>", "<your token>", "{{token}}",
    "${WECHAT_TOKEN}", "[token]", "...", "abc…", "你的token", "请填写", "TODO",
  ])("%s is no token", (value) => {
    expect(faults({ WECHAT_TOKEN: value })).toEqual([
      "WECHAT_TOKEN holds an example value: put your own in its place",
    ]);
  }); // prettier-ignore

  test.each([
    ["WECHAT_APP_ID", "wx…"],
    ["WECHAT_APP_ID", "wxxxxxxxxxxxxxxxxx"],
    ["WECHAT_APP_SECRET", "your-app-secret"],
    ["WECHAT_PREVIOUS_TOKEN", "changeme"],
    ["WECHAT_ENCODING_AES_KEY", "x".repeat(43)],
    ["WECHAT_ENCODING_AES_KEY", "your-key"],
    ["WECHAT_API_BASE", "https://relay.example.com"],
    ["WECHAT_API_BASE", "https://a.my-relay.net,https://b.example.com"],
    ["WECHAT_ACCESS_TOKEN_SOURCE", "https://tokens.example/wx"],
    ["WECHAT_ACCESS_TOKEN_AUTHORIZATION", "<header>"],
  ])("%s=%s is a fault", (name, value) => {
    const holds = [expect.stringContaining(`${name} holds an example value`)];
    expect(faults({ WECHAT_APP_SECRET: SECRET, [name]: value })).toEqual(holds);
  });

  test("are told from a value of many words, however many", () => {
    expect(faults({ WECHAT_TOKEN: `my-${"a-".repeat(500)}!` })).toEqual([]);
    expect(faults({ WECHAT_TOKEN: `my-${"a-".repeat(500)}token` })).toHaveLength(1);
  });

  test("are found in ACCOUNTS as well, and never repeated in the fault", () => {
    const found = readAccounts({ ACCOUNTS: { shop: { token: "changeme" } } }).entries.get("shop");
    expect(found).toMatchObject({
      ok: false,
      faults: [expect.stringMatching(/^ACCOUNTS\.shop\.token holds/)],
    });
    expect(JSON.stringify(found)).not.toContain("changeme");
  });

  test("of the model's variables are faults of the Worker, and leave its accounts alone", async () => {
    const vars = { ...SECURE, MODEL_API_KEY: "sk-…", MODEL_BASE_URL: "https://api.example.com/v1" };
    expect(exampleFaults(vars)).toEqual([
      expect.stringMatching(/^MODEL_API_KEY holds an example value/),
      expect.stringMatching(/^MODEL_BASE_URL holds an example value/),
    ]);
    expect((await new FrontDoor(vars).push(textXml("hello"))).content).toBe("echo: hello");
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("a token of somebody's own choice is none, and neither is a random one", () => {
    for (const token of [
      "weixin",
      "token",
      "test-token",
      "mytoken2024",
      "yourname",
      "example1",
      "xx",
      "wx123",
      "t",
    ]) {
      expect(faults({ WECHAT_TOKEN: token }), token).toEqual([]);
    }
    const random = fc.stringMatching(/^[A-Za-z0-9]{32}$/).filter((text) => !/^x+$/i.test(text));
    fc.assert(fc.property(random, (token) => faults({ WECHAT_TOKEN: token }).length === 0));
  });

  test("a relay whose name only looks like an example is none", () => {
    for (const base of ["https://example.com.cn", "https://my-example.com", "https://relay.example.cn"]) {
      expect(faults({ WECHAT_API_BASE: base }), base).toEqual([]);
    }
  });
});

describe("development credentials", () => {
  test("are refused: everybody knows them", async () => {
    const door = new FrontDoor(DEVELOPMENT);
    const options = { token: DEVELOPMENT.WECHAT_TOKEN, key: DEVELOPMENT.WECHAT_ENCODING_AES_KEY };
    const { status } = await door.push(textXml("hello"), { ...options, appId: DEVELOPMENT.WECHAT_APP_ID });
    expect(status).toBe(503);
    const text = JSON.stringify(logs.named("config_invalid"));
    for (const name of ["WECHAT_TOKEN", "WECHAT_APP_SECRET", "WECHAT_ENCODING_AES_KEY"]) {
      expect(text).toContain(`${name} holds a development value`);
    }
    for (const value of Object.values(DEVELOPMENT)) expect(text).not.toContain(value);
  });

  test("are taken where the command line vouches for them, with nothing but true", async () => {
    const door = (accepts: string): FrontDoor =>
      new FrontDoor({ ...DEVELOPMENT, ACCEPT_DEVELOPMENT_CREDENTIALS: accepts });
    const options = { token: DEVELOPMENT.WECHAT_TOKEN, key: DEVELOPMENT.WECHAT_ENCODING_AES_KEY };
    const send = (one: FrontDoor): Promise<{ status: number }> =>
      one.fetch(new Request("https://bot.example.com/healthz"), options);
    expect((await send(door("true"))).status).toBe(200);
    expect((await send(door("yes"))).status).toBe(503);
    expect(logs.named("config_invalid")).toHaveLength(1);
  });

  test("sign no operator request, not even for an account that they are the fault of", async () => {
    const { WECHAT_APP_SECRET } = DEVELOPMENT;
    const door = new FrontDoor({ ...SECURE, WECHAT_APP_SECRET });
    const ask = async (secret: string, path: string): Promise<number> => {
      const timestamp = now();
      const key = Buffer.from(
        hkdfSync("sha256", secret, SECURE.WECHAT_APP_ID, "wechat-edge/operator/v1", 32),
      );
      const digest = createHash("sha256").update("").digest("hex");
      const mac = createHmac("sha256", key).update(`GET\n${path}\n${timestamp}\n${digest}`).digest("hex");
      const headers = { authorization: `WE1 ${timestamp}.${mac}` };
      return (await door.fetch(new Request(`https://bot.example.com${path}`, { headers }))).status;
    };
    for (const resource of ["refusals", "access-token", "doctor"]) {
      expect(await ask(WECHAT_APP_SECRET, `/api/v1/accounts/default/${resource}`), resource).toBe(404);
    }
    expect(logs.named("config_invalid")).toHaveLength(1);
  });
});
