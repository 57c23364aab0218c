/** `npm run wechat` against a real simulator and a real Worker. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { apiAccountOf } from "../../src/api/request/api-account.ts";
import { ApiInputError } from "../../src/errors.ts";
import { configuredAccounts } from "../../cli/accounts.ts";
import { ConfigurationError } from "../../cli/configuration-error.ts";
import { developmentValues } from "../../cli/development.ts";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import { UsageError } from "../../cli/usage-error.ts";
import { chosenAccount } from "../../cli/wechat/account.ts";
import { readWechatArguments } from "../../cli/wechat/arguments.ts";
import { COMMANDS } from "../../cli/wechat/commands.ts";
import { helpLines } from "../../cli/wechat/help.ts";
import { diffLines } from "../../cli/wechat/menu-diff.ts";
import { readMenuFile } from "../../cli/wechat/menu-file.ts";
import { Progress } from "../../cli/progress.ts";
import { runWechat } from "../../cli/wechat/run.ts";
import { WorkerTokens } from "../../cli/wechat/worker-tokens.ts";
import { AES_KEY } from "../support/wechat.ts";
import { type CallbackServer, startCallbackServer } from "./support/callback-server.ts";
import { type Finished, runCommand } from "./support/command.ts";
import { freePorts } from "./support/ports.ts";
import { readQrCode } from "./support/read-qr-code.ts";
import { PNG } from "./support/sample-files.ts";
import { startWorker, type TestWorker } from "./support/worker.ts";

const USER = "oCommandLineUser";
const SECRET = "0123456789abcdef0123456789abcdef";

let simulatorPort: number;
let simulator: SimulatorServer;
let worker: TestWorker;
let folder: string;

/** Besides the development accounts: one for each way of getting tokens that is not the usual one. */
function accountsAt(apiBase: string): string {
  const values: { ACCOUNTS?: string } = developmentValues({}, apiBase);
  const more = { apiBase, webBase: apiBase, kind: "service", token: "token" };
  return JSON.stringify({
    ...Object.assign({}, JSON.parse(values.ACCOUNTS ?? "{}")),
    single: { ...more, appId: "wxsingle", appSecret: SECRET, accessTokenSource: "token" },
    shut: { ...more, appId: "wxshut", appSecret: SECRET },
    keyonly: { ...more, appId: "wxkeyonly", encodingAesKey: AES_KEY },
    bare: { ...more, appId: "wxbare" },
    twice: { ...more, appId: "wxtwice", appSecret: SECRET },
  });
}

beforeAll(async () => {
  simulatorPort = await freePorts();
  const url = `http://localhost:${simulatorPort}`;
  const vars = { ...developmentValues({}, url), ACCOUNTS: accountsAt(url) };
  worker = await startWorker({ vars, main: "test/support/dead-letter-worker.ts" });
  const { accounts, faults } = configuredAccounts(vars, worker.url);
  expect(faults).toEqual([]);
  simulator = await serveSimulator({ accounts }, simulatorPort);
  folder = await mkdtemp(join(tmpdir(), "wechat-edge-wechat-"));
  await file("wrangler.toml", "");
});
afterAll(async () => {
  await Promise.all([worker.stop(), simulator.close()]);
  await rm(folder, { recursive: true });
});

type Environment = Readonly<Record<string, string>>;

function environmentOf(more: Environment): Environment {
  return { SIMULATOR_PORT: String(simulatorPort), ACCOUNTS: accountsAt(simulator.url), ...more };
}

/** Runs the command as it runs beside `npm start`, with whatever else the environment has; no `.dev.vars` is read. */
async function wechat(args: readonly string[], env: Environment = {}): Promise<Finished> {
  const [stdout, stderr] = [new Recorder(), new Recorder()];
  const code = await runWechat(args, { environment: environmentOf(env), cwd: folder, stdout, stderr });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** The same, as a process of its own. */
function spawned(args: readonly string[], env: Environment = {}): Promise<Finished> {
  return runCommand("wechat.ts", args, { env: environmentOf(env), cwd: folder });
}

class Recorder {
  text = "";

  write(text: string): void {
    this.text += text;
  }
}

/** Runs it to its good end. */
async function done(args: readonly string[], env: Environment = {}): Promise<string> {
  const { code, stdout, stderr } = await wechat(args, env);
  expect(code, stderr + stdout).toBe(0);
  return stdout;
}

type Json = Readonly<Record<string, unknown>>;

async function json(args: readonly string[], env: Environment = {}): Promise<Json> {
  return JSON.parse(await done([...args, "--json"], env));
}

async function ask(method: string, path: string, body?: object): Promise<Json> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
  const response = await fetch(simulator.url + path, init);
  const answer: Json = await response.json();
  expect(response.status, JSON.stringify(answer)).toBe(200);
  return answer;
}

function control(method: string, what: string, body?: object, account = "default"): Promise<Json> {
  return ask(method, `/api/platform/${account}/${what}`, body);
}

/** A user does something; what WeChat and the Worker make of it. */
function act(action: Json, account = "default"): Promise<Json> {
  return ask("POST", `/api/phone/${account}/${USER}/push`, action);
}

function phone(account = "default"): Promise<Json> {
  return ask("GET", `/api/phone/${account}/${USER}`);
}

/** Paths that were called, without those of tokens. */
async function called(account = "default"): Promise<string[]> {
  const { calls } = await control("GET", "calls", undefined, account);
  const paths = Array.isArray(calls) ? calls.map(({ path }: { path: string }) => path) : [];
  return paths.filter((path) => !path.endsWith("token"));
}

async function file(name: string, content: object | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

/** Every failure: no stack, in both languages, nothing on standard output. */
function expectFailure({ code, stdout, stderr }: Finished, expected: number, words: RegExp): void {
  expect(code, stderr).toBe(expected);
  expect(stderr).toMatch(words);
  expect(stderr).toMatch(/[\u4e00-\u9fff]/u);
  expect(stderr).not.toContain("    at ");
  expect(stdout).toBe("");
}

afterEach(async () => {
  for (const account of ["default", "single", "shut", "twice"]) await control("POST", "reset", {}, account);
});

describe("token", () => {
  test("check: from where, how long, and not the token itself", async () => {
    const token = (await done(["token", "show"])).trim();
    const stdout = await done(["token", "check"]);
    expect(stdout).toContain(`/cgi-bin/stable_token at ${simulator.url}`);
    expect(stdout).toContain("wxdev0000000000001");
    expect(stdout).toContain(`${token.slice(0, 6)}… (${token.length} characters`);
    expect(stdout).toMatch(/有效期 (?:2 h 0 min 0|1 h 59 min \d+) s/);
    expect(stdout).not.toContain(token.slice(0, 7));
    expect(await control("GET", "tokens")).toMatchObject({ stable: { issued: 1 } });
  });

  test("check for machines tells no more than for people", async () => {
    const checked = await json(["token", "check"]);
    expect(checked).toMatchObject({ account: "default", appId: "wxdev0000000000001" });
    expect(checked["expiresInSeconds"]).toBeGreaterThan(7_000);
    expect(String(checked["token"])).toHaveLength(7);
  });

  test("show prints it alone, so that scripts can call with it", async () => {
    const token = (await done(["token", "show"])).trim();
    const answer = await ask("GET", `/cgi-bin/getcallbackip?access_token=${token}`);
    expect(answer).toEqual({ ip_list: ["127.0.0.1"] });
    expect(await json(["token", "show"])).toEqual({ access_token: token, expires_in: expect.any(Number) });
  });

  test("another account has another token", async () => {
    const shown = await json(["token", "check", "--account", "compatible"]);
    expect(shown).toMatchObject({ account: "compatible", appId: "wxdev0000000000003" });
  });
});

const MENU = {
  button: [
    { name: "今日推荐", type: "click", key: "V1" },
    { name: "更多", sub_button: [{ name: "网站", type: "view", url: "https://example.org/" }] },
  ],
};
const FOR_IPHONES = {
  button: [{ name: "iPhone", type: "click", key: "IPHONE" }],
  matchrule: { client_platform_type: 1 },
};
const FOR_ANDROID = {
  button: [{ name: "Android", type: "click", key: "ANDROID" }],
  matchrule: { client_platform_type: 2 },
};

describe("menu", () => {
  test("push: shows what changes, and the phone has it", async () => {
    const stdout = await done(["menu", "push", await file("menu.json", MENU)]);
    expect(stdout).toContain("    今日推荐 · click · V1");
    expect(stdout).toContain("  - 网站 · view · https://example.com/");
    expect(stdout).toContain("  + 更多\n  +   网站 · view · https://example.org/");
    expect((await phone())["menu"]).toEqual(MENU.button);
  });

  test("push: what is there already is not sent", async () => {
    const path = await file("menu.json", MENU);
    await done(["menu", "push", path]);
    await control("DELETE", "calls");
    expect(await done(["menu", "push", path])).toContain("nothing to change");
    expect(await called()).toEqual(["/cgi-bin/menu/get"]);
  });

  test("push --dry-run: shows it, sends nothing", async () => {
    const before = (await phone())["menu"];
    const stdout = await done(["menu", "push", await file("menu.json", MENU), "--dry-run"]);
    expect(stdout).toContain("+ 更多");
    expect(stdout).toContain("--dry-run");
    expect((await phone())["menu"]).toEqual(before);
    expect(await called()).toEqual(["/cgi-bin/menu/get"]);
  });

  test("push: conditional menus are added and deleted, and the rest is left as it is", async () => {
    const both = { ...MENU, conditionalmenu: [FOR_ANDROID, FOR_IPHONES] };
    const first = await json(["menu", "push", await file("both.json", both)]);
    expect(first["done"]).toHaveLength(3);
    expect((await phone())["menu"]).toEqual(FOR_IPHONES.button);
    await control("DELETE", "calls");
    const one = { ...MENU, conditionalmenu: [FOR_ANDROID] };
    const stdout = await done(["menu", "push", await file("one.json", one)]);
    expect(stdout).toContain("  - iPhone · click · IPHONE");
    expect(stdout).not.toContain("Android");
    expect(await called()).toEqual(["/cgi-bin/menu/get", "/cgi-bin/menu/delconditional"]);
    expect((await phone())["menu"]).toEqual(MENU.button);
  });

  test("push: the order of conditional menus decides, so another order makes them anew", async () => {
    const all = { ...MENU, conditionalmenu: [FOR_ANDROID, FOR_IPHONES] };
    await done(["menu", "push", await file("all.json", all)]);
    const other = { ...MENU, conditionalmenu: [FOR_IPHONES, FOR_ANDROID] };
    await done(["menu", "push", await file("other.json", other)]);
    expect(await json(["menu", "pull"])).toMatchObject({ menu: other });
  });

  test("push: a file that says nothing of conditional menus leaves them alone, and says so", async () => {
    const all = { ...MENU, conditionalmenu: [FOR_IPHONES] };
    await done(["menu", "push", await file("all.json", all)]);
    const { code, stderr } = await wechat(["menu", "push", await file("menu.json", MENU)]);
    expect(code).toBe(0);
    expect(stderr).toContain("1 conditional menu(s) stay");
    expect((await phone())["menu"]).toEqual(FOR_IPHONES.button);
  });

  test("push: what WeChat would refuse costs no call", async () => {
    const long = { button: [{ name: "这个名字太长了", type: "click", key: "V1" }] };
    const failed = await wechat(["menu", "push", await file("long.json", long)]);
    expectFailure(failed, 2, /button\[0\]\.name has 21 bytes/);
    const conditional = { ...MENU, conditionalmenu: [{ ...long, matchrule: { tag_id: 2 } }] };
    const other = await wechat(["menu", "push", await file("conditional.json", conditional)]);
    expectFailure(other, 2, /conditionalmenu\[0\]\.button\[0\]\.name/);
    expect(await called()).toEqual([]);
  });

  test("push: a failure half-way says what has been done", async () => {
    await control("POST", "faults", {
      kind: "errcode",
      errcode: 65316,
      path: "/cgi-bin/menu/addconditional",
    });
    const all = { ...MENU, conditionalmenu: [FOR_IPHONES] };
    const failed = await wechat(["menu", "push", await file("all.json", all)]);
    expectFailure(failed, 1, /✓ the menu is sent[\s\S]*errcode {3}65316/);
    expect((await phone())["menu"]).toEqual(MENU.button);
  });

  test("pull and push: all menus come back as they were", async () => {
    const all = { ...MENU, conditionalmenu: [{ ...FOR_ANDROID, matchrule: { tag_id: "2" } }, FOR_IPHONES] };
    await done(["menu", "push", await file("all.json", all)]);
    const path = join(folder, "pulled.json");
    expect(await done(["menu", "pull", path])).toContain(path);
    expect(JSON.parse(await readFile(path, "utf8"))).toEqual(all);
    await done(["menu", "delete", "--yes"]);
    expect((await phone())["menu"]).toEqual([]);
    await done(["menu", "push", path]);
    expect((await phone())["menu"]).toEqual(FOR_IPHONES.button);
    expect(JSON.parse(await done(["menu", "pull"]))).toEqual(all);
  });

  test("the answer of menu/get is a file as well", async () => {
    await done(["menu", "push", await file("all.json", { ...MENU, conditionalmenu: [FOR_IPHONES] })]);
    const path = await file("get.json", await json(["call", "GET", "/cgi-bin/menu/get"]));
    expect(await done(["menu", "push", path])).toContain("nothing to change");
  });

  test("delete wants to be sure", async () => {
    expectFailure(await spawned(["menu", "delete"]), 2, /--yes/);
    expect(await called()).toEqual([]);
    await done(["menu", "delete", "--yes"]);
    const { code, stdout, stderr } = await wechat(["menu", "pull"]);
    expect(stdout).toBe("");
    expect(stderr).toContain("no menu");
    expect(code).toBe(0);
  });

  describe("that was made in the console", () => {
    let other: SimulatorServer;
    let env: Environment;
    beforeAll(async () => {
      const port = await freePorts();
      const { accounts } = configuredAccounts(developmentValues({}), worker.url);
      other = await serveSimulator({ accounts, menu: [] }, port);
      env = { SIMULATOR_PORT: String(port), ACCOUNTS: "" };
    });
    afterAll(() => other.close());

    test("is pulled as far as the API can make it, and what it cannot is named", async () => {
      const { code, stdout, stderr } = await wechat(["menu", "pull"], env);
      expect(JSON.parse(stdout)).toEqual({
        button: [
          { name: "关于我们", sub_button: [{ type: "view", name: "网站", url: "https://example.com/" }] },
        ],
      });
      expect(stderr).toContain("! 营业时间 · text · 周一至周五 9:00–18:00");
      expect(stderr).toContain("! 最新文章 · news · http://mp.weixin.qq.com/s?");
      expect(stderr.match(/^! /gm)).toHaveLength(5);
      expect(code).toBe(0);
    });

    test("is pulled for an account without a menu API too", async () => {
      const kind = { method: "POST", body: JSON.stringify({ kind: "personal" }) };
      await fetch(`${other.url}/api/platform/default/kind`, kind);
      expect(await json(["menu", "pull"], env)).toMatchObject({
        from: "console",
        menu: { button: [{ name: "关于我们" }] },
      });
      const failed = await wechat(["menu", "push", await file("menu.json", MENU)], env);
      expectFailure(failed, 1, /48001[\s\S]*接口权限/);
      const back = { method: "POST", body: JSON.stringify({ kind: "test" }) };
      await fetch(`${other.url}/api/platform/default/kind`, back);
    });

    test("is not pushed for an account whose configured kind has no menus: WeChat is not asked", async () => {
      const personal = { ...env, WECHAT_ACCOUNT_KIND: "personal" };
      const menu = await file("menu.json", MENU);
      const failed = await wechat(["menu", "push", menu], personal);
      expectFailure(failed, 1, /48001[\s\S]*未向微信发起请求[\s\S]*WECHAT_ACCOUNT_KIND[\s\S]*微信认证/);
      const { stdout } = await wechat(["menu", "push", menu, "--json"], personal);
      expect(JSON.parse(stdout)).toMatchObject({
        error: { errcode: 48001, errmsg: expect.stringContaining('is "personal"'), reaction: "permission" },
      });
    });

    test("is shown before it is replaced", async () => {
      const { stdout, stderr } = await wechat(["menu", "push", await file("menu.json", MENU)], env);
      expect(stdout).toContain("- 营业时间 · text · 周一至周五 9:00–18:00");
      expect(stdout).toContain("-   语音 · voice");
      expect(stdout).toContain("+ 今日推荐 · click · V1");
      expect(stderr).toContain("replaces the menu that was made in the console");
    });
  });
});

describe("callback", () => {
  test("check: what WeChat sees of the Worker", async () => {
    const stdout = await done(["callback", "check"]);
    expect(stdout).toMatch(/DNS[\s\S]*127\.0\.0\.1 {2}CAP[\s\S]*ping[\s\S]*127\.0\.0\.1 +CAP +0% +[\d.]+ms/);
  });

  test("check --action, --operator: as asked", async () => {
    const { ping, dns } = await json(["callback", "check", "--action", "ping", "--operator", "unicom"]);
    expect(ping).toEqual([expect.objectContaining({ from_operator: "UNICOM", package_loss: "0%" })]);
    expect(dns).toBeUndefined();
    expect(await done(["callback", "check", "--action", "dns"])).not.toContain("ping");
  });

  test("ips", async () => {
    expect(await done(["callback", "ips"])).toBe("127.0.0.1\n");
  });
});

/** The modules of a picture as `readQrCode` wants them. */
function squaresOf(png: Buffer): string {
  const width = png.readUInt32BE(16);
  const bytes = 1 + Math.ceil(width / 8);
  const size = png.readUInt32BE(33);
  const pixels = inflateSync(png.subarray(41, 41 + size));
  const squares: string[] = [];
  for (let y = 0; y < width; y += 10) {
    for (let x = 0; x < width; x += 10) {
      const byte = pixels[y * bytes + 1 + (x >> 3)] ?? 0;
      if ((byte & (0x80 >> (x & 7))) === 0) squares.push(`M${x},${y}h10v10h-10z`);
    }
  }
  return squares.join("");
}

describe("qr create", () => {
  test("a code whose scan reaches the Worker with its scene", async () => {
    const { ticket, url, imageUrl, expire_seconds: seconds } = await json(["qr", "create", "login-42"]);
    expect(seconds).toBe(2_592_000);
    const picture = await fetch(String(imageUrl));
    expect(readQrCode(await picture.text())).toBe(url);
    await act({ action: "scan", ticket });
    const { timeline } = await phone();
    expect(timeline).toContainEqual(
      expect.objectContaining({
        push: expect.objectContaining({ Event: "SCAN", EventKey: "login-42", Ticket: ticket }),
      }),
    );
  });

  test("is drawn here, with everything that one may need", async () => {
    const { code, stdout, stderr } = await spawned(["qr", "create", "扫码", "--seconds", "60"]);
    expect(code, stderr).toBe(0);
    const { codes } = await control("GET", "qr-codes");
    expect(codes).toMatchObject([{ scene: "扫码", actionName: "QR_STR_SCENE" }]);
    const [{ ticket, url, imageUrl }] = codes as [Json];
    for (const part of [ticket, url, imageUrl]) expect(stdout).toContain(part);
    expect(stdout.split("\n")[1]).toMatch(/^██ ▄▄▄▄▄ █/);
    expect(stdout).not.toContain("\u001B");
  });

  test("--permanent, into a file of either format", async () => {
    for (const ending of ["svg", "png"]) {
      const out = join(folder, `code.${ending}`);
      const { url } = await json(["qr", "create", "poster", "--permanent", "--out", out]);
      const picture = await readFile(out);
      const svg = ending === "svg" ? picture.toString() : squaresOf(picture);
      expect(readQrCode(svg)).toBe(url);
    }
    const { codes } = await control("GET", "qr-codes");
    expect(codes).toMatchObject([{ scene: "poster", actionName: "QR_LIMIT_STR_SCENE" }]);
  });

  test("a code that was made is told though its picture cannot be written", async () => {
    const failed = await wechat(["qr", "create", "lost", "--out", join(folder, "nowhere", "code.svg")]);
    expectFailure(failed, 2, /✓ the code exists: ticket g[\s\S]*no such file or folder/);
  });
});

describe("user, media, quota, call, send", () => {
  test("user list and user info", async () => {
    await act({ action: "text", Content: "hi" });
    expect(await done(["user", "list"])).toBe(`${USER}\n`);
    const stdout = await done(["user", "info", USER]);
    expect(stdout).toMatch(new RegExp(`^openid +${USER}$`, "m"));
    expect(stdout).toMatch(/^subscribe +1$/m);
    expect(await json(["user", "list"])).toEqual({ total: 1, openid: [USER] });
  });

  test("user list --limit says that there are more", async () => {
    await act({ action: "text", Content: "hi" });
    await ask("POST", "/api/phone/default/oSecondUser/push", { action: "text", Content: "hi" });
    const { stdout, stderr } = await wechat(["user", "list", "--limit", "1"]);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(stderr).toContain("1 of 2");
  });

  test("media upload: the type by the file's name, the bytes as they are", async () => {
    const path = join(folder, "图片 1.png");
    await writeFile(path, PNG);
    const { type, media_id: id } = await json(["media", "upload", path]);
    expect(type).toBe("image");
    const shown = await fetch(`${simulator.url}/media/${String(id)}`);
    expect(new Uint8Array(await shown.arrayBuffer())).toEqual(PNG);
    expect(await done(["media", "upload", path, "--type", "image"])).toContain("media_id");
    expectFailure(await wechat(["media", "upload", path, "--type", "thumb"]), 2, /thumb is a file of \.jpg/);
  });

  test("quota: of one call, and of the usual ones", async () => {
    await control("POST", "quota", { path: "/cgi-bin/message/custom/send", used: 7 });
    expect(await done(["quota", "cgi-bin/message/custom/send"])).toMatch(
      /\/cgi-bin\/message\/custom\/send +50000 +7 +49993/,
    );
    const { quotas } = await json(["quota"]);
    expect(quotas).toContainEqual(expect.objectContaining({ path: "/cgi-bin/menu/create" }));
  });

  test("call: GET with a query, POST with JSON, and with a file", async () => {
    await act({ action: "text", Content: "hi" });
    expect(await json(["call", "get", `cgi-bin/user/info?openid=${USER}&access_token=mine`])).toMatchObject({
      openid: USER,
    });
    const tag = await json(["call", "POST", "/cgi-bin/tags/create", '{"tag":{"name":"广东"}}']);
    expect(tag).toEqual({ tag: { id: expect.any(Number), name: "广东" } });
    const body = await file("tag.json", `\uFEFF{"tag":{"name":"上海"}}`);
    await done(["call", "POST", "/cgi-bin/tags/create", `@${body}`]);
    expect(await done(["call", "GET", "/cgi-bin/tags/get"])).toContain('"name": "上海"');
  });

  test("send: the phone shows it", async () => {
    await act({ action: "text", Content: "hi" });
    await done(["send", USER, "订单", "已发货"]);
    expect((await phone())["timeline"]).toContainEqual(
      expect.objectContaining({
        via: "customer-service",
        reply: expect.objectContaining({ fields: { Content: "订单 已发货" } }),
      }),
    );
  });
});

/** Dead letters as the Worker's jobs leave them; `fields` of each are laid over a usual one. */
async function giveUp(...fields: Json[]): Promise<void> {
  const letters = fields.map((more) => ({
    v: 1,
    time: Date.now(),
    object: `default:${USER}`,
    user: USER,
    key: "m:1",
    name: "report",
    attempts: 3,
    code: "job_failed",
    error: "the printer is on fire",
    requestId: "r1",
    job: "geheim",
    ...more,
  }));
  const init = { method: "POST", body: JSON.stringify(letters) };
  expect((await fetch(`${worker.url}/test/dead-letters/default`, init)).status).toBe(200);
}

describe("dead-letters", () => {
  const at = (...args: string[]): string[] => ["dead-letters", ...args, "--url", worker.url];
  const DAMAGED = { object: "", user: "", name: "", code: "unreadable", attempts: 0 };

  afterEach(() => done(at("drop", "--all")));

  test("nothing was given up", async () => {
    const { code, stdout, stderr } = await wechat(at());
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toBe("There are no dead letters. · 没有死信。\n");
    expect(await json(at())).toEqual({ total: 0, lost: 0, letters: [] });
    for (const action of ["redrive", "drop"]) {
      expect(await json(at(action, "--all"))).toEqual({ action, done: 0, left: 0 });
    }
  });

  test("a table, the newest first; an error of anybody's words breaks no line of it", async () => {
    const time = Date.now() - 60_000;
    const error = `on fire\n\u001B[2J${"很".repeat(60)}`;
    await giveUp({ id: "m:1#1", time }, { ...DAMAGED, id: "dead#1", error });
    const [head = "", ...rows] = (await done(at())).trimEnd().split("\n");
    expect(head).toMatch(/^time · 时间 +name · 名称 +tries · 次数 +code · 代码 +error · 错误 +id$/);
    expect(rows).toEqual([
      expect.stringMatching(/Z {2}– +0 +unreadable +on fire \[2J很{48}… +dead#1$/u),
      expect.stringMatching(/Z {2}report +3 +job_failed +the printer is on fire +m:1#1$/),
    ]);
    expect(rows[1]).toContain(`${new Date(time).toISOString().slice(0, 19)}Z`);
    const { letters } = await json(at());
    expect(letters).toMatchObject([
      { id: "dead#1", error },
      { id: "m:1#1", time, user: USER },
    ]);
    expect(JSON.stringify(letters)).not.toContain("geheim");
  });

  test("fifty, or as many as are asked for", async () => {
    await giveUp(...Array.from({ length: 130 }, (_, n) => ({ id: `n${n}` })));
    const { stdout, stderr } = await wechat(at());
    expect(stdout.trimEnd().split("\n")).toHaveLength(1 + 50);
    expect(stderr).toContain("50 of 130: --limit shows more");
    const { total, letters } = await json(at("--limit", "120"));
    expect(total).toBe(130);
    expect(letters).toHaveLength(120);
    expect(letters).toMatchObject({ 0: { id: "n129" }, 119: { id: "n10" } });
    expect((await json(at("--limit", "1000")))["letters"]).toHaveLength(130);
  });

  test("drop: one, or all of them however many", async () => {
    await giveUp(...Array.from({ length: 130 }, (_, n) => ({ id: `n${n}` })));
    expect(await done(at("drop", "n7"))).toBe("✓ 1 dropped · 已丢弃 1 个\n  left · 剩余 129\n");
    expectFailure(await wechat(at("drop", "n7")), 1, /no such dead letter[\s\S]*List the dead letters/);
    expect(await json(at("drop", "--all"))).toEqual({ action: "drop", done: 129, left: 0 });
  });

  test("the Worker of npm start is asked without --url", async () => {
    await giveUp({ id: "n1" });
    const env = { PORT: String(worker.port) };
    expect(await json(["dead-letters"], env)).toMatchObject({ total: 1 });
    expectFailure(await wechat(["dead-letters"], { PORT: "seven" }), 2, /PORT/);
    const port = String(await freePorts());
    const failed = await spawned(["dead-letters", "drop", "n1"], { PORT: port });
    expectFailure(
      failed,
      4,
      new RegExp(`localhost:${port}: run npm start first[\\s\\S]*Nothing was changed`),
    );
  });

  test("another account has others, and needs its own secret", async () => {
    await giveUp({ id: "n1" });
    expect(await json(at("--account", "plain"))).toMatchObject({ total: 0 });
    expectFailure(await wechat(at("--app-secret", "other")), 3, /does not accept this request/);
    expectFailure(await wechat(at("--account", "bare")), 3, /neither an AppSecret nor/);
  });

  test.each<[string, string[]]>([
    ["neither one nor all", ["dead-letters", "redrive"]],
    ["one and all", ["dead-letters", "drop", "n1", "--all"]],
    ["a limit that is none", ["dead-letters", "--limit", "0"]],
  ])("%s: nobody is asked", async (_, args) => {
    const port = String(await freePorts());
    expectFailure(await wechat(args, { PORT: port }), 2, /--all|--limit/);
  });

  test("redrive: a job that failed is run again, and its reply arrives", async () => {
    await act({ action: "text", Content: "print" });
    const shown = (): Promise<Json> => json(at());
    await vi.waitFor(async () => expect(await shown()).toMatchObject({ total: 1 }), 20_000);
    const { letters } = await shown();
    expect(letters).toMatchObject([
      { name: "print", attempts: 1, error: "the printer is on fire", user: USER },
    ]);
    const { id } = Object(letters)[0];
    expect(await done(at("redrive", id))).toBe("✓ 1 to be run again · 已重新投递 1 个\n  left · 剩余 0\n");
    const printed = expect.objectContaining({
      reply: expect.objectContaining({ fields: { Content: "printed" } }),
    });
    await vi.waitFor(async () => expect((await phone())["timeline"]).toContainEqual(printed), 20_000);
    expect(await shown()).toMatchObject({ total: 0 });
  });

  test("redrive: a job that this Worker does not know is refused, and stays", async () => {
    await giveUp({ id: "n1", job: '{"v":9,"turn":{}}' });
    expectFailure(await wechat(at("redrive", "n1")), 1, /conversation refuses[\s\S]*Deploy the version/);
    expect(await json(at())).toMatchObject({ total: 1 });
  });

  test("an unknown verb is no listing", () => {
    expect(() => readWechatArguments(["dead-letters", "eat"], COMMANDS)).toThrow(UsageError);
  });

  test("redrive: what cannot be run again stays, and it is said why", async () => {
    await giveUp({ ...DAMAGED, id: "dead#1" });
    const failed = await wechat(at("redrive", "dead#1"));
    expectFailure(failed, 1, /nobody can tell whose job[\s\S]*Drop it/);
    const { stdout } = await wechat(at("redrive", "dead#1", "--json"));
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "dead_letter_unreadable" } });
    expectFailure(await wechat(at("redrive", "--all")), 1, /1 stay where they are[\s\S]*dead#1: nobody/);
    expect(await json(at())).toMatchObject({ total: 1 });
  });

  describe("of a Worker that", () => {
    let server: CallbackServer;
    beforeEach(async () => {
      server = await startCallbackServer(() => {});
    });
    afterEach(() => server.close());
    const from = (...args: string[]) => wechat(["dead-letters", ...args, "--url", server.url]);
    const answers = (...bodies: object[]): void => {
      server.answer = (_, response) => {
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify(bodies.shift()));
      };
    };
    const failed = [{ id: "n2", code: "dead_letter_refused", error: "the conversation refuses\u001B" }];

    test("does a part at a time: it is asked to go on where it ended, and everything is told together", async () => {
      const next = { after: 7, through: 9 };
      answers({ done: 5, left: 3, failed, next }, { done: 2, left: 1, failed: [] });
      const told = await from("redrive", "--all");
      expectFailure(
        told,
        1,
        /✓ 7 to be run again[\s\S]*1 stay where[\s\S]*n2: the conversation refuses  ?\(dead_letter_refused\)/,
      );
      expect(server.received.map(({ body }) => JSON.parse(body))).toEqual([
        { action: "redrive", all: true },
        { action: "redrive", all: true, ...next },
      ]);
    });

    test("dies half-way: what was done is told, and that the rest is open", async () => {
      let count = 0;
      server.answer = (_, response) => {
        if (count++ > 0) return response.destroy();
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify({ done: 5, left: 3, failed: [], next: { after: 7, through: 9 } }));
      };
      const told = await from("drop", "--all");
      expectFailure(told, 4, /✓ 5 dropped[\s\S]*may have had its effect[\s\S]*可能已经生效/);
    });

    test("has lost some says so", async () => {
      answers({ total: 1_000, lost: 12, letters: [] });
      expect((await from()).stderr).toMatch(/0 of 1000[\s\S]*12 older ones/);
    });

    test.each<[string, object]>([
      ["no list", { total: 1, lost: 0 }],
      ["no numbers", { total: "1", lost: 0, letters: [] }],
      ["no letter", { total: 1, lost: 0, letters: [null] }],
      ["half a letter", { total: 1, lost: 0, letters: [{ id: "n1", time: 1 }] }],
      ["a list of numbers", { total: 1, lost: 0, letters: [1] }],
      ["a next that is none", { total: 1, lost: 0, letters: [], next: "7" }],
      [
        "a time that is none",
        { total: 1, lost: 0, letters: [{ id: "", time: 9e15, name: "", attempts: 1, code: "", error: "" }] },
      ],
    ])("answers with %s is none of ours", async (_, body) => {
      answers(body);
      expectFailure(await from(), 4, /no answer of a wechat-edge Worker/);
    });

    test.each<[string, object]>([
      ["nothing done", { left: 1, failed: [] }],
      ["a null to go on with", { done: 1, left: 1, failed: [], next: null }],
      ["half a failure", { done: 1, left: 1, failed: [{ id: "n1" }] }],
    ])("answers a decision with %s is none of ours", async (_, body) => {
      answers(body);
      expectFailure(await from("drop", "n1"), 4, /no answer of a wechat-edge Worker/);
    });

    test("refuses without saying why", async () => {
      server.answer = (_, response) => response.writeHead(400).end("{}");
      expectFailure(await from("drop", "n1"), 1, /dead-letters: status 400/);
    });

    test("is older, and has no such resource", async () => {
      server.answer = (_, response) => {
        response.writeHead(404, { "Content-Type": "application/json" }).end('{"error":"not found"}');
      };
      expectFailure(await from(), 3, /no older than this command/);
    });
  });
});

describe("what WeChat refuses: exit code 1", () => {
  test("40164 names the address and where to allow it", async () => {
    await control("POST", "ip-list", { allowed: ["203.0.113.7"] });
    const failed = await spawned(["token", "check"]);
    expectFailure(failed, 1, /40164[\s\S]*Allow this machine's address 127\.0\.0\.1[\s\S]*IP白名单/);
    const { stdout } = await wechat(["token", "check", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "api_refused", errcode: 40164, reaction: "operator" },
    });
  });

  test.each<[string, string, RegExp]>([
    ["secret", "--app-secret", /40125[\s\S]*Compare WECHAT_APP_SECRET/],
    ["app id", "--app-id", /40013[\s\S]*Compare WECHAT_APP_ID/],
  ])("a wrong %s names its variable", async (_, flag, words) => {
    const own = { WECHAT_APP_ID: "wxtwice", WECHAT_APP_SECRET: SECRET, WECHAT_API_BASE: simulator.url };
    expect(await json(["token", "check"], own)).toMatchObject({ appId: "wxtwice" });
    expectFailure(await wechat(["token", "check", flag, "wrong"], own), 1, words);
  });

  test("and the field of ACCOUNTS for another account", async () => {
    const failed = await wechat(["token", "check", "--account", "twice", "--app-secret", "wrong"]);
    expectFailure(failed, 1, /Compare ACCOUNTS\.twice\.appSecret/);
  });

  test("a closed window, and a number that nobody knows", async () => {
    await act({ action: "text", Content: "hi" });
    for (const errcode of [45015, 99999]) {
      await control("POST", "faults", { kind: "errcode", errcode, path: "/cgi-bin/message/custom/send" });
      const words = errcode === 45015 ? /回复时间超过限制[\s\S]*user must act first/ : /Global_Return_Code/;
      expectFailure(await wechat(["send", USER, "hi"]), 1, words);
    }
  });

  test("a call that does not exist", async () => {
    expectFailure(await wechat(["call", "POST", "/cgi-bin/nonsense", "{}"]), 1, /\/cgi-bin\/nonsense/);
  });
});

describe("what makes no sense: exit code 2", () => {
  test.each<[string, string[]]>([
    ["nothing", []],
    ["an unknown command", ["dance"]],
    ["half a command", ["menu"]],
    ["an unknown verb", ["menu", "eat"]],
    ["an unknown option", ["token", "check", "--colour"]],
    ["another command's option", ["token", "check", "--seconds", "1"]],
    ["a missing operand", ["menu", "push"]],
    ["an operand too many", ["token", "check", "now"]],
    ["words that are missing", ["send", USER]],
    ["a Worker that is none", ["token", "check", "--url", "ftp://x"]],
    ["a Worker whose token would travel openly", ["token", "check", "--url", "http://bot.example.com"]],
  ])("%s, in both languages", (_, args) => {
    expect(() => readWechatArguments(args, COMMANDS)).toThrow(UsageError);
    expect(() => readWechatArguments(args, COMMANDS)).toThrow(/[\u4e00-\u9fff]/u);
  });

  test("the unknown verb of a known command: its verbs are named", () => {
    expect(() => readWechatArguments(["menu", "eat"], COMMANDS)).toThrow(
      '"menu eat" is no command. There are: menu push, menu pull, menu delete',
    );
  });

  test.each<[string, string[], RegExp]>([
    ["option", ["token", "check", "--colour"], /--colour/],
    ["path of a file", ["menu", "push", "/nowhere/menu.json"], /no such file/],
    ["kind of file", ["media", "upload", `${tmpdir()}/.png/..`], /WeChat takes png/],
    ["action", ["callback", "check", "--action", "look"], /all, dns, ping/],
    ["operator", ["callback", "check", "--operator", "CMCC"], /DEFAULT, CHINANET/],
    ["life of a code", ["qr", "create", "a", "--seconds", "0"], /1 to 2592000/],
    ["life of a code that has none", ["qr", "create", "a", "--permanent", "--seconds", "60"], /no --seconds/],
    ["format of a picture", ["qr", "create", "a", "--out", "a.gif"], /\.png or \.svg/],
    ["limit", ["user", "list", "--limit", "many"], /whole number/],
    ["method", ["call", "PUT", "/cgi-bin/x"], /GET or POST/],
    ["path", ["call", "GET", "https://api.weixin.qq.com/cgi-bin/x"], /is no path/],
    ["body", ["call", "POST", "/cgi-bin/x", "hello"], /must be JSON/],
    ["body of a GET", ["call", "GET", "/cgi-bin/x", "{}"], /no body/],
    ["path of a quota", ["quota", "https://api.weixin.qq.com/cgi-bin/x"], /is no path/],
    ["type of media", ["media", "upload", "a.png", "--type", "song"], /image, voice, video, thumb/],
    ["length of a text", ["send", USER, "长".repeat(683)], /2048 bytes; this one has 2049/],
  ])("a wrong %s costs no call", async (_, args, words) => {
    expectFailure(await wechat(args), 2, words);
    expect(await called()).toEqual([]);
  });

  test("a PORT that is none", async () => {
    expectFailure(await wechat(["token", "check"], { SIMULATOR_PORT: "seven" }), 2, /SIMULATOR_PORT/);
  });

  test("for machines too", async () => {
    const { code, stdout, stderr } = await wechat(["menu", "delete", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "usage" } });
    expect(stderr).toBe("");
    expect(code).toBe(2);
  });
});

describe("a configuration that does not fit: exit code 3", () => {
  test.each<[string, string[], Environment, RegExp]>([
    [
      "a token of your own, and no secret",
      [],
      { WECHAT_TOKEN: "mine", WECHAT_APP_ID: "wx1" },
      /set WECHAT_APP_SECRET/,
    ],
    ["an app id that is missing", [], { WECHAT_APP_SECRET: SECRET }, /set WECHAT_APP_ID/],
    ["another account without a secret", ["--account", "bare"], {}, /set ACCOUNTS\.bare\.appSecret/],
    ["an account that is not there", ["--account", "nobody"], {}, /no account "nobody"/],
    ["a setting that is wrong", [], { WECHAT_ACCESS_TOKEN_SOURCE: "http://x" }, /WECHAT_ACCESS_TOKEN_SOURCE/],
  ])("%s", async (_, args, env, words) => {
    expectFailure(await wechat(["token", "check", ...args], env), 3, words);
  });

  test("a source whose new tokens void the Worker's", async () => {
    const failed = await spawned(["token", "check", "--account", "single"]);
    expectFailure(failed, 3, /ACCOUNTS\.single\.accessTokenSource is "token"[\s\S]*--url/);
    expect(await control("GET", "tokens", undefined, "single")).toMatchObject({ token: { issued: 0 } });
  });
});

describe("no answer: exit code 4", () => {
  test("the simulator is meant, and does not run", async () => {
    const port = await freePorts();
    const failed = await spawned(["user", "list"], { SIMULATOR_PORT: String(port), ACCOUNTS: "" });
    expectFailure(failed, 4, /ECONNREFUSED[\s\S]*run npm start first[\s\S]*Nothing was changed/);
  });

  test("a cut connection: whether a message was sent is open", async () => {
    await act({ action: "text", Content: "hi" });
    await control("POST", "faults", { kind: "reset-after", path: "/cgi-bin/message/custom/send" });
    expectFailure(await wechat(["send", USER, "once"]), 4, /may have had its effect[\s\S]*可能已经生效/);
    await control("POST", "faults", { kind: "reset", path: "/cgi-bin/message/custom/send" });
    const { stdout } = await wechat(["send", USER, "twice", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "api_unreachable", outcome: "unknown" } });
  });

  test("a cut connection of a call that only reads: nothing is open", async () => {
    await control("POST", "faults", { kind: "reset", path: "/cgi-bin/getcallbackip", times: 3 });
    expectFailure(await wechat(["callback", "ips"]), 4, /Nothing was changed/);
  });

  test("something else answers", async () => {
    await control("POST", "faults", { kind: "html", path: "/cgi-bin/stable_token", times: 3 });
    expectFailure(await wechat(["token", "check"]), 4, /not JSON[\s\S]*Something else than expected/);
  });
});

describe("--url: the Worker's own token", () => {
  test("is the same one, and only one is made", async () => {
    for (const account of ["single", "twice"]) {
      const args = ["token", "show", "--account", account, "--url", worker.url];
      const first = await done(args);
      expect(await done([...args.slice(0, -1), `${worker.url}/wechat/${account}`])).toBe(first);
      const source = account === "single" ? "token" : "stable";
      expect(await control("GET", "tokens", undefined, account)).toMatchObject({ [source]: { issued: 1 } });
      const checked = await done(["token", "check", "--account", account, "--url", worker.url]);
      expect(checked).toContain(`the Worker at ${worker.url}`);
    }
  });

  test.each(["default", "plain", "compatible"])("the Worker of npm start has one for %s", async (account) => {
    const checked = await json(["token", "check", "--account", account, "--url", worker.url]);
    expect(checked).toMatchObject({ account, source: `the Worker at ${worker.url}` });
  });

  test("makes calls, and is renewed by the Worker when WeChat refuses it", async () => {
    const args = ["--account", "compatible", "--url", worker.url];
    const before = await done(["token", "show", ...args]);
    expect(await done(["callback", "ips", ...args])).toBe("127.0.0.1\n");
    await control("POST", "tokens", { action: "invalidate", of: "all" }, "compatible");
    expect(await done(["callback", "ips", ...args])).toBe("127.0.0.1\n");
    const after = await done(["token", "show", ...args]);
    expect(after).not.toBe(before);
    expect(await done(["token", "show", "--account", "compatible"])).toBe(after);
  });

  test("an address that WeChat refuses is the Worker's", async () => {
    await control("POST", "ip-list", { allowed: [] }, "shut");
    const failed = await wechat(["token", "check", "--account", "shut", "--url", worker.url]);
    expectFailure(
      failed,
      1,
      /stable_token[\s\S]*40164 · invalid ip 127\.0\.0\.1[\s\S]*Worker's address 127\.0\.0\.1/,
    );
    expect(failed.stderr).toContain("relay/README.md");
  });

  test.each<[string, string[], number, RegExp]>([
    ["another secret", ["--app-secret", "other"], 3, /does not accept this request[\s\S]*AppSecret/],
    ["an account without an AppSecret", ["--account", "keyonly"], 3, /Worker has no AppSecret/],
    ["an account with nothing to sign by", ["--account", "bare"], 3, /neither an AppSecret nor/],
  ])("%s", async (_, args, code, words) => {
    expectFailure(await wechat(["token", "check", ...args, "--url", worker.url]), code, words);
  });

  test("nobody there", async () => {
    const port = await freePorts();
    const failed = await wechat(["token", "check", "--url", `http://localhost:${port}`]);
    expectFailure(failed, 4, new RegExp(`Nothing answers at http://localhost:${port}: run npm start`));
  });

  describe("and a server that is no Worker of ours", () => {
    let callback: CallbackServer;
    beforeEach(async () => {
      callback = await startCallbackServer(() => {});
    });
    afterEach(() => callback.close());

    const definition = () => {
      const id = { id: "twice", appId: undefined, appSecret: undefined, apiBase: undefined };
      return chosenAccount(id, { ACCOUNTS: accountsAt(simulator.url) }, folder);
    };

    test("answers with a page", async () => {
      callback.answer = (_, response) => response.end("<html>");
      const failed = await wechat(["token", "check", "--url", callback.url]);
      expectFailure(failed, 4, /no answer of a wechat-edge Worker/);
    });

    test("has another time", async () => {
      callback.answer = (_, response) => {
        response.writeHead(404, { Date: new Date(Date.now() + 600_000).toUTCString() }).end();
      };
      const tokens = new WorkerTokens(apiAccountOf(definition()), new URL(callback.url).origin, Date.now);
      await expect(tokens.current()).rejects.toThrow(ConfigurationError);
      await expect(tokens.current()).rejects.toThrow(/clock is (?:599|600) s off[\s\S]*校准时钟/);
    });

    test("gets a request that names neither secret nor token", async () => {
      callback.answer = (_, response) => response.end(JSON.stringify({ access_token: "t", expires_in: 60 }));
      const tokens = new WorkerTokens(apiAccountOf(definition()), new URL(callback.url).origin, Date.now);
      expect((await tokens.current()).value).toBe("t");
      expect(JSON.stringify(callback.received)).not.toContain(SECRET);
    });
  });
});

describe("a token server of your own", () => {
  test("is asked as the Worker would ask it", async () => {
    const server = await startCallbackServer((_, response) => {
      response.end(JSON.stringify({ access_token: "from-elsewhere", expires_in: 600 }));
    });
    const env = {
      WECHAT_TOKEN: "mine",
      WECHAT_ACCESS_TOKEN_SOURCE: server.url,
      WECHAT_ACCESS_TOKEN_AUTHORIZATION: "Bearer key",
    };
    const { origin } = new URL(server.url);
    expect(await done(["token", "check"], env)).toMatch(
      new RegExp(`the token server at ${origin}[\\s\\S]*from-e… \\(14 [\\s\\S]*(?:10 min 0|9 min 59) s`),
    );
    await server.close();
  });
});

describe("which account is meant", () => {
  const nothing = { appId: undefined, appSecret: undefined, apiBase: undefined };

  test("the command line beats the environment, that beats .dev.vars", async () => {
    const project = await mkdtemp(join(tmpdir(), "wechat-edge-vars-"));
    await writeFile(join(project, "wrangler.toml"), "");
    await writeFile(join(project, ".dev.vars"), "WECHAT_APP_ID=wxfile\nWECHAT_APP_SECRET=file\n");
    const of = (env: Environment, flags: { appId?: string } = {}) =>
      chosenAccount({ ...nothing, id: "default", ...flags }, env, project);
    expect(of({})).toMatchObject({ appId: "wxfile", appSecret: "file" });
    expect(of({ WECHAT_APP_ID: "wxenv" })).toMatchObject({ appId: "wxenv", appSecret: "file" });
    expect(of({ WECHAT_APP_ID: "wxenv" }, { appId: "wxflag" })).toMatchObject({ appId: "wxflag" });
    await rm(project, { recursive: true });
  });

  test("the simulator is called for the development accounts only", () => {
    const of = (env: Environment, id = "default") => chosenAccount({ ...nothing, id }, env, folder);
    const played = { apiBases: ["http://localhost:8788"], webBase: "http://localhost:8788" };
    for (const id of ["default", "plain", "compatible"]) expect(of({}, id)).toMatchObject(played);
    expect(of({ PORT: "9000" }).apiBases).toEqual(["http://localhost:9001"]);
    for (const name of ["WECHAT_TOKEN", "WECHAT_APP_SECRET"]) {
      const own = of({ [name]: "mine" });
      expect(own).toMatchObject({ apiBases: [], webBase: undefined, appId: "" });
      expect(of({ [name]: "mine" }, "plain")).toMatchObject(played);
    }
  });

  test("development values: every account has a secret and is played; with a token of your own nothing is invented", () => {
    const base = "http://localhost:1234";
    const values: { ACCOUNTS?: string } = developmentValues({}, base);
    expect(values).toMatchObject({
      WECHAT_APP_SECRET: expect.stringMatching(/^.{32}$/),
      WECHAT_API_BASE: base,
      WECHAT_WEB_BASE: base,
    });
    const accounts: Record<string, Json> = JSON.parse(values.ACCOUNTS ?? "");
    for (const id of ["plain", "compatible"]) {
      expect(accounts[id]).toMatchObject({ appSecret: expect.any(String), apiBase: base, webBase: base });
    }
    const own = developmentValues({ WECHAT_TOKEN: "mine", WECHAT_WEB_BASE: "https://example.com" }, base);
    expect(Object.keys(own).sort()).toEqual([
      "ACCEPT_DEVELOPMENT_CREDENTIALS",
      "ACCOUNTS",
      "WECHAT_API_BASE",
    ]);
  });
});

describe("menu files", () => {
  test.each<[string, string, RegExp]>([
    ["no JSON", "{", /not JSON/],
    ["no object", "[]", /must be a JSON object/],
    ["a member that is none", `{"buttons":[]}`, /"buttons" is no part/],
    ["buttons that are no list", `{"button":{}}`, /button must be a list/],
    ["a button that is none", `{"button":[null]}`, /button\[0\] must be a JSON object/],
    [
      "a sub-button that is none",
      `{"button":[{"name":"a","sub_button":[1]}]}`,
      /button\[0\]\.sub_button\[0\] must be a JSON object/,
    ],
    [
      "no rule",
      `{"button":[{"name":"a","type":"click","key":"b"}],"conditionalmenu":[{"button":[{"name":"a","type":"click","key":"b"}]}]}`,
      /conditionalmenu\[0\]\.matchrule needs/,
    ],
    [
      "a rule about sex",
      `{"button":[{"name":"a","type":"click","key":"b"}],"conditionalmenu":[{"button":[{"name":"a","type":"click","key":"b"}],"matchrule":{"sex":"1"}}]}`,
      /no menus by sex/,
    ],
    [
      "a rule with a tag that is none",
      `{"button":[{"name":"a","type":"click","key":"b"}],"conditionalmenu":[{"button":[{"name":"a","type":"click","key":"b"}],"matchrule":{"tag_id":"vip"}}]}`,
      /needs a tag_id/,
    ],
    [
      "a rule with a system that is none",
      `{"button":[{"name":"a","type":"click","key":"b"}],"conditionalmenu":[{"button":[{"name":"a","type":"click","key":"b"}],"matchrule":{"tag_id":1,"client_platform_type":4}}]}`,
      /1 iOS, 2 Android/,
    ],
  ])("%s", (_, text, words) => {
    expect(() => readMenuFile(text)).toThrow(UsageError);
    expect(() => readMenuFile(text)).toThrow(words);
  });

  test("no buttons", () => {
    for (const text of ["{}", `{"button":[]}`, `{"button":[{"name":"a"}]}`]) {
      expect(() => readMenuFile(text)).toThrow(ApiInputError);
    }
  });

  test("as WeChat tells rules: the tag as group_id, empty texts for the rest", () => {
    const button = [{ name: "a", type: "click", key: "b", sub_button: [] }];
    const matchrule = { group_id: 2, sex: "", client_platform_type: "3" };
    const read = readMenuFile(JSON.stringify({ menu: { button }, conditionalmenu: [{ button, matchrule }] }));
    const tidy = [{ name: "a", type: "click", key: "b" }];
    expect(read).toEqual({
      button: tidy,
      conditionalmenu: [{ button: tidy, matchrule: { tag_id: "2", client_platform_type: 3 } }],
    });
  });

  test.each<[string[], string[], string[]]>([
    [["a", "b"], ["a", "b"], []],
    [[], ["a"], ["+ a"]],
    [["a"], [], ["- a"]],
    [
      ["a", "b", "c"],
      ["a", "c"],
      ["  a", "- b", "  c"],
    ],
    [
      ["a", "c"],
      ["a", "b", "c"],
      ["  a", "+ b", "  c"],
    ],
    [
      ["a", "b"],
      ["b", "a"],
      ["- a", "  b", "+ a"],
    ],
    [
      ["a", "x", "c"],
      ["a", "y", "c"],
      ["  a", "- x", "+ y", "  c"],
    ],
  ])("%j to %j", (before, after, lines) => {
    expect(diffLines(before, after)).toEqual(lines);
  });
});

describe("what is printed", () => {
  test("--help: everything, or a part", async () => {
    const { code, stdout: all } = await spawned(["--help"]);
    expect(code).toBe(0);
    for (const { name } of COMMANDS) expect(all).toContain(`  ${name}`);
    expect(all).toContain("Exit codes · 退出码");
    const menu = await done(["menu", "--help"]);
    expect(menu).toContain("menu push FILE");
    expect(menu).not.toContain("token check");
    expect(helpLines(["menu", "pull"], COMMANDS).join("\n")).not.toContain("menu push FILE  ");
    expect(() => helpLines(["dance"], COMMANDS)).toThrow(UsageError);
  });

  test("every command is explained in both languages, within the width of a wide terminal", () => {
    for (const { name, summary } of COMMANDS) {
      expect(summary, name).toMatch(/^[^·]+ · [^·]*[\u4e00-\u9fff]/u);
    }
    for (const line of helpLines([], COMMANDS)) expect(line.length).toBeLessThan(125);
  });

  test("--verbose logs calls to standard error, without the token", async () => {
    const token = (await done(["token", "show"])).trim();
    const { stdout, stderr } = await spawned(["callback", "ips", "--json", "--verbose"]);
    expect(JSON.parse(stdout)).toEqual({ ip_list: ["127.0.0.1"] });
    expect(stderr).toContain('"message":"api_called"');
    expect(stderr).not.toContain(token);
  });

  test("progress: on a terminal, when it takes long, and gone afterwards", async () => {
    const written: string[] = [];
    const screen = (isTTY: boolean) => ({ isTTY, write: (text: unknown) => written.push(String(text)) > 0 });
    const slow = () => new Promise<number>((resolve) => setTimeout(resolve, 700, 1));
    await new Progress(screen(true)).during("waiting", Promise.resolve());
    expect(await new Progress(screen(false)).during("waiting", slow())).toBe(1);
    expect(written).toEqual([]);
    expect(await new Progress(screen(true)).during("waiting", slow())).toBe(1);
    expect(written).toEqual(["\r\u001B[2K… waiting", "\r\u001B[2K"]);
  });
});
