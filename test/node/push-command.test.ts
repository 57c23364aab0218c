/** `npm run push` against a real Worker, a dead port and a callback that misbehaves. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { developmentValues } from "../../cli/development.ts";
import { readPushArguments } from "../../cli/push-arguments.ts";
import { UsageError } from "../../cli/usage-error.ts";
import { type Exchange, NOTICE } from "../../simulator/exchange.ts";
import { element, OTHER_AES_KEY, sha1 } from "../support/wechat.ts";
import { type CallbackServer, startCallbackServer } from "./support/callback-server.ts";
import { type Finished, runCommand } from "./support/command.ts";
import { freePorts } from "./support/ports.ts";
import { startWorker, type TestWorker } from "./support/worker.ts";

let worker: TestWorker;
let callback: CallbackServer;
let silent: CallbackServer;
/** Takes fifteen seconds, so it runs beside everything else. */
let unanswered: Promise<Finished & { readonly seconds: number }>;
beforeAll(async () => {
  silent = await startCallbackServer(() => {});
  unanswered = timed(runCommand("push.ts", ["text", "a", "--url", silent.url]));
  callback = await startCallbackServer(() => {});
  worker = await startWorker({ vars: developmentValues({}) });
});
afterAll(async () => {
  await worker.stop();
  await Promise.all([callback.close(), silent.close()]);
});

async function timed<T>(work: Promise<T>): Promise<T & { readonly seconds: number }> {
  const startedAt = Date.now();
  return { ...(await work), seconds: (Date.now() - startedAt) / 1000 };
}

/** Runs the command with the Worker's port, and whatever else the environment has. */
function push(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string) {
  return runCommand("push.ts", args, {
    env: { PORT: String(worker.port), ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
}

describe("against a real Worker", () => {
  test.each<[string, string[], string]>([
    ["a text", ["text", "你好", "世界"], "echo: 你好 世界"],
    ["a text that looks like a number", ["text", "-5"], "echo: -5"],
    ["hostile text", ["text", "--", "]]><x>&amp;"], "echo: ]]><x>&amp;"],
    ["an account in plain mode", ["text", "a", "--account", "plain"], "echo: a"],
    ["an account in compatible mode", ["text", "a", "--account", "compatible"], "echo: a"],
    ["a place in the south", ["location", "-23.1", "113.3", "here"], "-23.1,113.3"],
    ["a menu button", ["event", "CLICK", "--key", "V1"], "click V1 -"],
    ["somebody who follows", ["event", "subscribe"], "welcome"],
    ["any event's nested fields", ["event", "scancode_push", "--field", "ScanCodeInfo.ScanResult=42"], "42"],
    ["a repeated element", ["event", "pic_sysphoto"], "pictures 2"],
    ["an image as the reply", ["text", "image"], "MediaId: media-1"],
    ["an article as the reply", ["text", "news"], "Title: 标题 <&>"],
  ])("%s: the user sees it", async (_, args, shown) => {
    const { code, stdout, stderr } = await push(args);
    expect(stderr).toBe("");
    expect(stdout).toContain(shown);
    expect(stdout).toMatch(/✓ \d+ ms · the user sees · 用户看到/);
    expect(code).toBe(0);
  });

  test.each<[string, string[]]>([
    ["silence", ["text", "silent"]],
    ["a throwing handler", ["text", "throw"]],
    ["a voice nobody handles", ["voice", "你好"]],
    ["an event that wants no answer", ["event", "MASSSENDJOBFINISH"]],
    ["any other message", ["message", "link", "--field", "Title=标题"]],
  ])("%s: acknowledged, nothing is seen", async (_, args) => {
    const { code, stdout } = await push(args);
    expect(stdout).toContain("the user sees nothing");
    expect(code).toBe(0);
  });

  test("the URL check passes for every account", async () => {
    for (const account of ["default", "plain", "compatible"]) {
      const { code, stdout } = await push(["check", "--account", account]);
      expect(stdout).toContain("would accept");
      expect(code).toBe(0);
    }
  });

  test("a menu event to an account without a menu is sent, with a remark", async () => {
    const remark = "has no menu";
    const personal = { WECHAT_ACCOUNT_KIND: "personal" };
    expect((await push(["event", "CLICK", "--key", "V1"], personal)).stdout).toContain(remark);
    expect((await push(["event", "CLICK", "--key", "V1"])).stdout).not.toContain(remark);
  });

  test.each<[string, string[], RegExp]>([
    [
      "another token",
      ["text", "a", "--token", "other", "--aes-key", OTHER_AES_KEY, "--app-id", "wx1"],
      /status 403[\s\S]*Token/,
    ],
    ["another key", ["text", "a", "--aes-key", OTHER_AES_KEY], /status 400[\s\S]*EncodingAESKey/],
    ["another mode", ["text", "a", "--mode", "plain"], /status 400[\s\S]*--mode/],
    ["another path", ["text", "a", "--url", "/wechat/nobody"], /status 404[\s\S]*\/wechat/],
  ])("%s is refused, with a hint", async (_, args, words) => {
    const { code, stdout } = await push(args.map((one) => (one.startsWith("/") ? worker.url + one : one)));
    expect(stdout).toMatch(words);
    expect(stdout).toContain(NOTICE);
    expect(code).toBe(3);
  });

  test("a URL check that the Worker refuses", async () => {
    const { code, stdout } = await push(["check", "--token", "other"]);
    expect(stdout).toContain("token验证失败");
    expect(code).toBe(3);
  });

  test("the exchange as JSON, and nothing else", async () => {
    const { code, stdout } = await push(["text", "hi", "--json", "--from", "oMe"]);
    const exchange: Exchange = JSON.parse(stdout);
    expect(exchange).toMatchObject({
      account: "default",
      openid: "oMe",
      type: "text",
      outcome: { kind: "reply", reply: { MsgType: "text", fields: { Content: "echo: hi" } } },
    });
    expect(element(exchange.attempts[0]?.request.plain ?? "", "FromUserName")).toBe("oMe");
    expect(code).toBe(0);
  });

  test("requests and responses, decrypted as well", async () => {
    const { stdout } = await push(["text", "hi", "--verbose"]);
    expect(stdout).toMatch(/POST http:\/\/localhost:\d+\/wechat\?signature=/);
    expect(stdout).toContain("<Encrypt>");
    expect(stdout).toContain("<Content><![CDATA[hi]]></Content>");
    expect(stdout).toContain("<Content><![CDATA[echo: hi]]></Content>");
    expect(stdout).toContain("HTTP 200");
  });
});

describe("where credentials come from", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "wechat-edge-vars-"));
    await writeFile(join(folder, "wrangler.toml"), "");
    await writeFile(join(folder, ".dev.vars"), `WECHAT_TOKEN="from file"\nWECHAT_APP_ID=wxfile\n`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const signed = async (
    args: readonly string[],
    env: Readonly<Record<string, string>>,
    cwd: string,
  ): Promise<Exchange> => {
    callback.answer = (_, response) => response.end("success");
    const { stdout } = await push(["text", "a", "--json", "--url", callback.url, ...args], env, cwd);
    return JSON.parse(stdout);
  };
  const tokenIs = ({ attempts }: Exchange, token: string): boolean => {
    const query = new URL(attempts[0]?.request.url ?? "").searchParams;
    return query.get("signature") === sha1(token, query.get("timestamp") ?? "", query.get("nonce") ?? "");
  };

  test("the command line beats the environment, that beats .dev.vars", async () => {
    expect(tokenIs(await signed([], {}, folder), "from file")).toBe(true);
    expect(tokenIs(await signed([], { WECHAT_TOKEN: "from env" }, folder), "from env")).toBe(true);
    const flagged = await signed(["--token", "from flag"], { WECHAT_TOKEN: "from env" }, folder);
    expect(tokenIs(flagged, "from flag")).toBe(true);
  });

  test("a token of your own gets no development key: it stands for plain mode", async () => {
    const { attempts } = await signed([], {}, folder);
    expect(attempts[0]?.request.url).not.toContain("msg_signature");
    expect(developmentValues({ WECHAT_TOKEN: "mine" })).toEqual({
      ACCOUNTS: expect.any(String),
      ACCEPT_DEVELOPMENT_CREDENTIALS: "true",
    });
    expect(Object.keys(developmentValues({ WECHAT_TOKEN: " ", ACCOUNTS: "{}" }))).toEqual([
      "WECHAT_TOKEN",
      "WECHAT_APP_ID",
      "WECHAT_APP_SECRET",
      "WECHAT_ENCODING_AES_KEY",
      "WECHAT_ACCOUNT_KIND",
      "ACCEPT_DEVELOPMENT_CREDENTIALS",
    ]);
    expect(developmentValues({ WECHAT_TOKEN: "mine", ACCOUNTS: "{}" })).toEqual({});
  });

  test("a mode without its key is wrong usage, and names what is missing", async () => {
    const { code, stderr } = await push(["text", "a", "--mode", "secure"], {}, folder);
    expect(stderr).toContain("WECHAT_ENCODING_AES_KEY is missing");
    expect(code).toBe(2);
  });
});

describe("what else can happen", () => {
  test("no connection", async () => {
    const port = await freePorts();
    const { code, stdout } = await push(["text", "a"], { PORT: String(port) });
    expect(stdout).toContain("npm start");
    expect(code).toBe(4);
    const check = await push(["check"], { PORT: String(port) });
    expect(check.code).toBe(4);
  });

  test("no answer: three requests, five seconds apart, then the notice; in real time", async () => {
    const { code, stdout, seconds } = await unanswered;
    expect(stdout).toContain(NOTICE);
    expect(stdout).toContain("no answer within 5000 ms");
    expect(stdout).toContain("Does npm start show a compile error?");
    expect(code).toBe(1);
    expect(silent.received).toHaveLength(3);
    expect(seconds).toBeGreaterThan(14.9);
    expect(seconds).toBeLessThan(25);
  });

  test("an abnormal answer", async () => {
    callback.answer = (_, response) => response.end("{}");
    const { code, stdout } = await push(["text", "a", "--url", callback.url]);
    expect(stdout).toContain("JSON");
    expect(code).toBe(1);
  });

  test.each<[string, string[]]>([
    ["nothing", []],
    ["an unknown command", ["dance"]],
    ["an unknown option", ["text", "a", "--colour"]],
    ["an unknown mode", ["text", "a", "--mode", "safe"]],
    ["an unknown event", ["event", "nonsense"]],
    ["an unknown variant", ["event", "SCAN", "--variant", "x"]],
    ["no words", ["text"]],
    ["a place off the globe", ["location", "91", "0"]],
    ["an address that is none", ["text", "a", "--url", "ftp://x"]],
    ["a field without a value", ["event", "SCAN", "--field", "Ticket"]],
    ["a field with a forbidden name", ["event", "SCAN", "--field", "a b=1"]],
  ])("%s is wrong usage, in both languages", (_, args) => {
    expect(() => readPushArguments(args)).toThrow(UsageError);
    expect(() => readPushArguments(args)).toThrow(/[\u4e00-\u9fff]/u);
  });

  test.each<[string, string[], Record<string, string>]>([
    ["an unknown option", ["text", "a", "--colour"], {}],
    ["an unknown account", ["text", "a", "--account", "nobody"], {}],
    ["a PORT that is none", ["text", "a"], { PORT: "seven" }],
  ])("%s ends with code 2 and no stack", async (_, args, env) => {
    const { code, stdout, stderr } = await push(args, env);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/[\u4e00-\u9fff]/u);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(2);
  });

  test("an event's name in the wrong case is corrected", () => {
    expect(() => readPushArguments(["event", "click"])).toThrow(UsageError);
    expect(() => readPushArguments(["event", "click"])).toThrow("Did you mean: CLICK");
  });

  test("help lists the exit codes", async () => {
    const { code, stdout } = await push(["--help"]);
    expect(stdout).toContain("Exit codes · 退出码");
    expect(code).toBe(0);
  });
});
