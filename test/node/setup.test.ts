/** `npm run setup` on this machine: questions by real key presses, `.dev.vars` as wrangler reads it, WeChat by the simulator. */
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { unstable_getVarsForDev as varsForDev, unstable_readConfig as readConfig } from "wrangler";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import { customDomains, domainFault, readDomain, withCustomDomain } from "../../cli/setup/custom-domain.ts";
import { withVariables } from "../../cli/setup/dev-vars-file.ts";
import { randomEncodingAesKey, randomToken } from "../../cli/setup/random-credentials.ts";
import { importAesKey } from "../../src/protocol/aes.ts";
import { runCommand } from "./support/command.ts";
import { freePorts } from "./support/ports.ts";
import { Keyboard, Recorder, type SetupEnd, SetupFolder } from "./support/setup-folder.ts";

const APP_ID = "wx0123456789abcdef";
const SECRET = "5ecre75ecre75ecre75ecre75ecre7ff";
const OTHER_SECRET = "0ther5ecre70ther5ecre70ther5ecre";
const KEY = "kWxWn9SgXLGYX0JCSjKQZSYD6DDuH1RHoWyBU3dQvTP";

let folder: SetupFolder;
let simulator: SimulatorServer;

beforeAll(async () => {
  folder = await SetupFolder.make();
  const account = {
    id: "default",
    url: "http://localhost:1/wechat",
    token: "token",
    kind: "service",
  } as const;
  simulator = await serveSimulator(
    { accounts: [{ ...account, appId: APP_ID, appSecret: SECRET }] },
    await freePorts(),
  );
});
beforeEach(async () => {
  await folder.reset();
  await control("reset", {});
});
afterAll(() => Promise.all([folder.remove(), simulator.close()]));

async function control(what: string, body: object): Promise<void> {
  const init = { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`${simulator.url}/api/platform/default/${what}`, init);
  expect(response.status, await response.text()).toBe(200);
}

/** The arguments that make WeChat the simulator. */
function atSimulator(secret: string): string[] {
  return ["--kind", "service", "--app-id", APP_ID, "--app-secret", secret, "--api-base", simulator.url];
}

/** Somebody at a terminal. */
class Person {
  readonly keyboard = new Keyboard();
  readonly screen = new Recorder(true);
  readonly errors = new Recorder();
  readonly ended: Promise<number>;

  constructor(args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
    const streams = { stdin: this.keyboard, stdout: this.screen, stderr: this.errors };
    this.ended = folder.run(args, { environment, ...streams }).then(({ code }) => code);
  }

  /** What the screen has shown so far, without colours. */
  get shown(): string {
    return stripVTControlCharacters(this.screen.text);
  }

  /** Waits for a question, then types, and Enter. */
  async answers(question: string, keys: string): Promise<void> {
    await vi.waitFor(() => expect(this.shown).toContain(question), 20_000);
    this.keyboard.write(keys);
    // Keys that come in one piece count as pasted: Enter stands alone.
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    this.keyboard.write(ENTER);
  }

  /** Questions that have been answered, or are open. */
  get questions(): number {
    return QUESTIONS.filter((question) => this.shown.includes(question)).length;
  }
}

const ENTER = "\r";
const DOWN = "\u001B[B";
const CTRL_C = "\u0003";
const KIND_QUESTION = "What kind of account is it?";
const MODE_QUESTION = "How does WeChat encrypt its pushes?";
const APP_ID_QUESTION = "App id · 开发者ID(AppID)";
const SECRET_QUESTION = "AppSecret  (";
const QUESTIONS = [KIND_QUESTION, MODE_QUESTION, APP_ID_QUESTION, SECRET_QUESTION, "Your domain"];

describe("what .dev.vars has already", () => {
  const FLAGS = ["--kind", "personal", "--app-id", APP_ID];

  test("the development credentials and an example's make way for random ones", async () => {
    for (const token of ["wechat-edge-development-token", "your-token"]) {
      await folder.write(
        ".dev.vars",
        `WECHAT_TOKEN=${token}\nWECHAT_ENCODING_AES_KEY=WechatEdgeDevelopmentKeyKnownToEverybodyXYZ\n`,
      );
      const { code, stderr } = await folder.run(FLAGS);
      expect(code, stderr).toBe(0);
      expect(await folder.variables()).toMatchObject({
        WECHAT_TOKEN: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
        WECHAT_ENCODING_AES_KEY: expect.not.stringContaining("Development"),
      });
    }
  });

  test("the development app id is no answer of anybody's", async () => {
    await folder.write(".dev.vars", "WECHAT_APP_ID=wxdev0000000000001\n");
    const { code, stderr } = await folder.run(["--kind", "personal"]);
    expect(stderr).toContain("--app-id");
    expect(code).toBe(2);
  });

  test("a key that has lost a letter is told before anything is asked, with the flag for a new one", async () => {
    const text = `WECHAT_TOKEN=mine\nWECHAT_ENCODING_AES_KEY=${KEY.slice(1)}\n`;
    await folder.write(".dev.vars", text);
    const person = new Person();
    expect(await person.ended).toBe(2);
    expect(person.questions).toBe(0);
    expect(person.errors.text).toMatch(/must have 43 characters.*it has 42.*--new-key[^]*--new-key/);
    expect(await folder.read(".dev.vars")).toBe(text);
    const { code, stderr } = await folder.run([...FLAGS, "--new-key"]);
    expect(code, stderr).toBe(0);
    expect((await folder.variables())["WECHAT_ENCODING_AES_KEY"]).toHaveLength(43);
  });
});

describe("the wizard", () => {
  test("asks four questions, the account's kind first; Token and key are made; the secret is never shown", async () => {
    const person = new Person(["--no-check"]);
    await vi.waitFor(() => expect(person.shown).toContain(KIND_QUESTION), 20_000);
    expect(person.questions).toBe(1);
    expect(person.shown).toMatch(/personal · [^\n]*passive replies only · 仅被动回复/);
    expect(person.shown).toMatch(/test · 接口测试号: [^\n]*100 名测试者/);
    await person.answers(KIND_QUESTION, DOWN + DOWN + DOWN);
    await person.answers(MODE_QUESTION, "");
    await person.answers(APP_ID_QUESTION, APP_ID);
    await person.answers(SECRET_QUESTION, SECRET);
    expect(await person.ended, person.errors.text).toBe(0);
    expect(person.questions).toBe(4);
    expect(await folder.variables()).toEqual({
      WECHAT_ACCOUNT_KIND: "service",
      WECHAT_MODE: "secure",
      WECHAT_APP_ID: APP_ID,
      WECHAT_APP_SECRET: SECRET,
      WECHAT_TOKEN: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      WECHAT_ENCODING_AES_KEY: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
    });
    expect(person.shown).not.toContain(SECRET);
    const { WECHAT_TOKEN: token = "", WECHAT_ENCODING_AES_KEY: key = "" } = await folder.variables();
    expect(person.shown).not.toContain(token);
    expect(person.shown).not.toContain(key);
    expect(await folder.permissionsOf(".dev.vars")).toBe("600");
  });

  test("a test account: plain stands first, and app id and secret may be skipped", async () => {
    const person = new Person();
    await person.answers(KIND_QUESTION, DOWN + DOWN + DOWN + DOWN);
    await person.answers(MODE_QUESTION, "");
    await person.answers(APP_ID_QUESTION, "");
    expect(await person.ended, person.errors.text).toBe(0);
    expect(await folder.variables()).toEqual({
      WECHAT_ACCOUNT_KIND: "test",
      WECHAT_MODE: "plain",
      WECHAT_TOKEN: expect.any(String),
    });
    expect(person.questions).toBe(3);
  });

  test("a wrong shape is told at once, and can be mended", async () => {
    const person = new Person(["--kind", "personal", "--mode", "secure"]);
    await person.answers(APP_ID_QUESTION, "gh_0123456789ab");
    await vi.waitFor(() => expect(person.shown).toMatch(/original id[\s\S]*原始 ID/), 20_000);
    const backspaces = "\u007F".repeat("gh_0123456789ab".length);
    await person.answers("original id", backspaces + APP_ID);
    await person.answers(SECRET_QUESTION, "");
    expect(await person.ended, person.errors.text).toBe(0);
    expect(await folder.variables()).toMatchObject({ WECHAT_APP_ID: APP_ID });
    expect(await folder.variables()).not.toHaveProperty("WECHAT_APP_SECRET");
  });

  test("a secret that WeChat refuses is asked for again", async () => {
    const person = new Person([...atSimulator(OTHER_SECRET), "--mode", "secure"]);
    await person.answers("Enter goes on without", SECRET);
    expect(await person.ended, person.errors.text).toBe(0);
    expect(person.shown).toMatch(/40125[\s\S]*Compare WECHAT_APP_SECRET[\s\S]*AppID 与 AppSecret 正确/);
    expect(await folder.variables()).toMatchObject({ WECHAT_APP_SECRET: SECRET });
  });

  test("what is there stands as the first answer: Enter keeps everything", async () => {
    await folder.run(["--no-check", "--kind", "service", "--app-id", APP_ID, "--app-secret", SECRET]);
    const before = await folder.read(".dev.vars");
    const person = new Person(["--no-check"]);
    for (const question of [KIND_QUESTION, MODE_QUESTION, APP_ID_QUESTION, SECRET_QUESTION]) {
      await person.answers(question, "");
    }
    expect(await person.ended, person.errors.text).toBe(0);
    expect(person.shown).toContain("nothing to change · 无需更改");
    expect(await folder.read(".dev.vars")).toBe(before);
  });

  test("--remote asks one question more; who is not logged in is offered to, and no is an answer", async () => {
    const args = ["--remote", "--kind", "test", "--mode", "plain"];
    const person = new Person(args, { PATH: process.env["PATH"] ?? "", HOME: folder.root });
    await person.answers(APP_ID_QUESTION, "");
    await person.answers("Your domain", "me.workers.dev");
    await vi.waitFor(() => expect(person.shown).toContain("不能作为自有域名"), 20_000);
    await person.answers("Your domain", "\u007F".repeat("me.workers.dev".length) + "bot.example.com");
    await person.answers("Log in to Cloudflare now?", "n");
    expect(await person.ended).toBe(1);
    expect(person.errors.text).toMatch(/npx wrangler login[\s\S]*尚未登录/);
    expect(await folder.variables()).toMatchObject({ WECHAT_ACCOUNT_KIND: "test" });
  });

  test("Ctrl-C: nothing is written", async () => {
    const person = new Person();
    await person.answers(KIND_QUESTION, "");
    await vi.waitFor(() => expect(person.shown).toContain(MODE_QUESTION), 20_000);
    person.keyboard.write(CTRL_C);
    expect(await person.ended).toBe(130);
    expect(person.errors.text).toMatch(/nothing was changed[\s\S]*已取消/);
    await expect(folder.read(".dev.vars")).rejects.toThrow("ENOENT");
  });
});

/** Failures: in both languages, without a stack, and nothing was written. */
async function expectFailure({ code, stderr }: SetupEnd, expected: number, words: RegExp): Promise<void> {
  expect(code, stderr).toBe(expected);
  expect(stderr).toMatch(words);
  expect(stderr).toMatch(/[\u4e00-\u9fff]/u);
  expect(stderr).not.toContain("    at ");
  await expect(folder.read(".dev.vars")).rejects.toThrow("ENOENT");
}

describe("where nobody sits", () => {
  test("all missing flags are named together", async () => {
    const words = /--kind personal\|subscription\|[a-z-|]+, --app-id[\s\S]*请在命令行给出/;
    await expectFailure(await folder.run(["--yes"]), 2, words);
    await expectFailure(await folder.run(["--remote", "--kind", "test"]), 2, /--domain HOST/);
  });

  test("a person's terminal with --yes is asked nothing either", async () => {
    const person = new Person(["--yes"]);
    expect(await person.ended).toBe(2);
    expect(person.questions).toBe(0);
  });

  test.each<[string, string[], RegExp]>([
    ["kind", ["--kind", "company"], /--kind must be one of personal/],
    ["mode", ["--kind", "test", "--mode", "open"], /--mode must be one of/],
    ["app id", ["--kind", "personal", "--app-id", "wx1"], /--app-id: an app id has 18/],
    ["secret", ["--kind", "personal", "--app-secret", "short"], /--app-secret: an AppSecret has 32/],
    ["token", ["--kind", "test", "--token", "a-b"], /--token: a Token has 3 to 32 letters and digits/],
    ["key", ["--kind", "test", "--aes-key", "short"], /--aes-key: WECHAT_ENCODING_AES_KEY must have 43/],
    ["value of an example", ["--kind", "test", "--token", "changeme"], /example value[\s\S]*示例值/],
    ["API's address", ["--kind", "test", "--api-base", "http://relay.test"], /must be https/],
    ["domain", ["--kind", "test", "--remote", "--domain", "1.2.3.4"], /--domain: that is no domain/],
    ["pair of flags", ["--remote", "--domain", "a.example.com", "--workers-dev"], /contradict/],
    ["flag without --remote", ["--domain", "a.example.com"], /--domain needs --remote/],
    ["flag", ["--colour"], /--colour/],
  ])("a wrong %s", async (_, args, words) => {
    await expectFailure(await folder.run(["--yes", ...args]), 2, words);
  });

  test("a variable of .dev.vars that the Worker would refuse is named, and the file stays", async () => {
    const own = "WECHAT_LATE_REPLIES=pigeon\n";
    await folder.write(".dev.vars", own);
    const { code, stderr } = await folder.run(["--kind", "test"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/WECHAT_LATE_REPLIES must list/);
    expect(await folder.read(".dev.vars")).toBe(own);
  });

  test("the environment answers as well, and a flag beats it", async () => {
    const environment = { WECHAT_ACCOUNT_KIND: "service", WECHAT_APP_ID: APP_ID, WECHAT_TOKEN: "abc123" };
    expect((await folder.run(["--kind", "test"], { environment })).code).toBe(0);
    expect(await folder.variables()).toMatchObject({
      WECHAT_ACCOUNT_KIND: "test",
      WECHAT_APP_ID: APP_ID,
      WECHAT_TOKEN: "abc123",
    });
  });

  test("as a process of its own: --help, and a closed standard input", async () => {
    const help = await runCommand("setup.ts", ["--help"], { cwd: folder.root });
    expect(help).toMatchObject({ code: 0, stderr: "" });
    for (const flag of [
      "--kind",
      "--mode",
      "--app-id",
      "--app-secret",
      "--token",
      "--aes-key",
      "--api-base",
    ]) {
      expect(help.stdout).toContain(flag);
    }
    const { code, stderr } = await runCommand("setup.ts", [], { cwd: folder.root });
    await expectFailure({ code: code ?? -1, stdout: "", stderr }, 2, /--kind/);
  });
});

describe("the AppSecret is tried at WeChat", () => {
  test("a right one", async () => {
    const { code, stdout, stderr } = await folder.run(atSimulator(SECRET));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("✓ WeChat knows this app id and AppSecret");
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test("a wrong one: 40125, nothing is written", async () => {
    await expectFailure(await folder.run(atSimulator(OTHER_SECRET)), 1, /40125[\s\S]*WECHAT_APP_SECRET/);
  });

  test("a wrong app id: 40013, nothing is written", async () => {
    const args = [...atSimulator(SECRET), "--app-id", "wxffffffffffffffff"];
    await expectFailure(await folder.run(args), 1, /40013[\s\S]*WECHAT_APP_ID/);
  });

  test("40164: names the address, explains the relay, and goes on", async () => {
    await control("ip-list", { allowed: ["203.0.113.7"] });
    const { code, stdout } = await folder.run(atSimulator(SECRET));
    expect(code).toBe(0);
    expect(stdout).toMatch(/40164[\s\S]*127\.0\.0\.1[\s\S]*relay\/README\.md[\s\S]*AppID 与 AppSecret 正确/);
    expect(await folder.variables()).toMatchObject({ WECHAT_APP_SECRET: SECRET });
  });

  test("nobody answers: says so, and goes on", async () => {
    const nowhere = `http://localhost:${await freePorts()}`;
    const { code, stdout } = await folder.run([...atSimulator(SECRET), "--api-base", nowhere]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ECONNREFUSED[\s\S]*could not be tried; go on[\s\S]*不影响继续/);
    expect(stdout).not.toMatch(/✗|Nothing was changed/);
  });

  test("--no-check asks nobody", async () => {
    expect((await folder.run([...atSimulator(OTHER_SECRET), "--no-check"])).code).toBe(0);
  });
});

/** `.dev.vars` as wrangler reads it. */
function asWranglerReads(): Readonly<Record<string, unknown>> {
  const vars = varsForDev(join(folder.root, "wrangler.toml"), undefined, {}, undefined, true);
  return Object.fromEntries(Object.entries(vars).map(([name, { value }]) => [name, value]));
}

const OWN = `# mine
export LOG_LEVEL=debug   # for now

ACCOUNTS='{
WECHAT_TOKEN=inside
}'
WECHAT_TOKEN=old1
  WECHAT_MODE = "compatible" # why
WECHAT_TOKEN=old2
EMPTY=
`;

describe(".dev.vars", () => {
  test("every line that was not asked about stays, and the assignment that counts is changed", async () => {
    await folder.write(".dev.vars", OWN);
    const args = [
      "--kind",
      "service",
      "--mode",
      "secure",
      "--app-id",
      APP_ID,
      "--token",
      "new3",
      "--aes-key",
      KEY,
    ];
    const { code, stdout, stderr } = await folder.run(args);
    // What ACCOUNTS holds is no JSON: that is not the default account's fault.
    expect(code, stderr).toBe(0);
    expect(await folder.read(".dev.vars")).toBe(
      OWN.replace('WECHAT_MODE = "compatible" # why', "WECHAT_MODE=secure # why").replace("old2", "new3") +
        `WECHAT_ACCOUNT_KIND=service\nWECHAT_APP_ID=${APP_ID}\nWECHAT_ENCODING_AES_KEY=${KEY}\n`,
    );
    expect(asWranglerReads()).toMatchObject({
      WECHAT_TOKEN: "new3",
      WECHAT_MODE: "secure",
      LOG_LEVEL: "debug",
    });
    expect(stdout).toContain("~ WECHAT_MODE: compatible → secure");
    expect(stdout).toMatch(/~ WECHAT_TOKEN$/m);
    expect(await folder.permissionsOf(".dev.vars")).toBe("600");
  });

  test("again: the same bytes; another kind changes one line; --new-token and --new-key change theirs", async () => {
    await folder.run(["--kind", "personal", "--app-id", APP_ID]);
    const first = await folder.read(".dev.vars");
    await folder.run([]);
    expect(await folder.read(".dev.vars")).toBe(first);
    await folder.run(["--kind", "subscription"]);
    expect(await folder.read(".dev.vars")).toBe(first.replace("=personal", "=subscription"));
    const before = await folder.variables();
    await folder.run(["--new-token", "--new-key"]);
    const after = await folder.variables();
    for (const name of ["WECHAT_TOKEN", "WECHAT_ENCODING_AES_KEY"])
      expect(after[name]).not.toBe(before[name]);
    expect(after["WECHAT_APP_ID"]).toBe(APP_ID);
  });

  test("lines of Windows, a missing end of line, and a link keep their ways", async () => {
    await folder.write("elsewhere", "A=1\r\nB=2");
    await symlink(join(folder.root, "elsewhere"), join(folder.root, ".dev.vars"));
    expect((await folder.run(["--kind", "test", "--token", "abc"])).code).toBe(0);
    expect(await folder.read("elsewhere")).toBe(
      "A=1\r\nB=2\r\nWECHAT_ACCOUNT_KIND=test\r\nWECHAT_MODE=plain\r\nWECHAT_TOKEN=abc\r\n",
    );
    expect(asWranglerReads()).toMatchObject({ A: "1", B: "2", WECHAT_TOKEN: "abc" });
  });

  test("what a run that was stopped left behind, or somebody has put there, is not written through", async () => {
    await folder.write("elsewhere", "untouched");
    await symlink(join(folder.root, "elsewhere"), join(folder.root, ".dev.vars.new"));
    expect((await folder.run(["--kind", "test", "--token", "abc"])).code).toBe(0);
    expect(await folder.read("elsewhere")).toBe("untouched");
    expect(await folder.variables()).toMatchObject({ WECHAT_TOKEN: "abc" });
    expect(await folder.permissionsOf(".dev.vars")).toBe("600");
  });

  test("any value is read back by wrangler as it was written, whatever stood there before", async () => {
    const value = fc
      .string({ unit: fc.constantFrom(..."aZ9 #$\\'\"`=\n{}/:;%!é微") })
      .filter((text) => text !== "");
    await fc.assert(
      fc.asyncProperty(value, value, async (one, two) => {
        let text: string;
        try {
          text = withVariables(withVariables(`${OWN}A=b\n`, { A: one, B: two }), { A: two, C: one });
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          return;
        }
        await folder.write(".dev.vars", text);
        expect(asWranglerReads()).toMatchObject({ A: two, B: two, C: one, WECHAT_TOKEN: "old2", EMPTY: "" });
      }),
      { numRuns: 300 },
    );
  });

  test("what has no way to be written is refused: all quotes at once", () => {
    expect(() => withVariables("", { A: "'`\" " })).toThrow(RangeError);
    expect(withVariables("", { A: "it's $HOME" })).toContain("A=`it's $HOME`\n");
  });
});

test("random credentials: no two alike, in the console's shape, the key's last bits zero", async () => {
  const keys = Array.from({ length: 200 }, randomEncodingAesKey);
  const tokens = Array.from({ length: 200 }, randomToken);
  expect(new Set([...keys, ...tokens]).size).toBe(400);
  for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9]{32}$/);
  for (const key of keys) {
    expect(key).toMatch(/^[A-Za-z0-9]{43}$/);
    expect(Buffer.from(`${key}=`, "base64").toString("base64")).toBe(`${key}=`);
  }
  await expect(importAesKey(keys[0] ?? "")).resolves.toBeDefined();
});

describe("the custom domain", () => {
  test.each([
    ["bot.example.com", "bot.example.com"],
    [" https://Bot.Example.com/wechat ", "bot.example.com"],
    [
      "公众号.example.com",
      "xn--55qx5d8y0bd0a.example.com".replace(
        /^[^.]+/,
        new URL("https://公众号.test").hostname.split(".")[0] ?? "",
      ),
    ],
  ])("%s is read", (text, host) => {
    expect(readDomain(text)).toBe(host);
    expect(domainFault(text)).toBeUndefined();
  });

  test.each([
    "",
    "bot",
    "1.2.3.4",
    "[::1]",
    "bot.example.com:8443",
    "a b.com",
    "bot_1.example.com",
    "https://",
  ])("%s is none", (text) => {
    expect(domainFault(text)?.[0]).toContain("no domain");
  });

  test.each(["me.workers.dev", "x.trycloudflare.com", "bot.local"])("%s is nobody's own", (text) => {
    expect(domainFault(text)?.[0]).toContain("cannot be a domain of your own");
  });

  test("its line in wrangler.toml: read by wrangler, once, and everything else stays", async () => {
    const toml = await folder.read("wrangler.toml");
    const one = withCustomDomain(toml, "bot.example.com") ?? "";
    expect(one.split("\n").filter((line) => !toml.split("\n").includes(line))).toEqual([
      'routes = [{ pattern = "bot.example.com", custom_domain = true }]',
    ]);
    expect(withCustomDomain(one, "bot.example.com")).toBe(one);
    const two = withCustomDomain(one, "wx.example.com") ?? "";
    expect(customDomains(two)).toEqual(["bot.example.com", "wx.example.com"]);
    await folder.write("wrangler.toml", two);
    const config = readConfig({ config: join(folder.root, "wrangler.toml") }, { hideWarnings: true });
    expect(config.routes).toEqual([
      { pattern: "bot.example.com", custom_domain: true },
      { pattern: "wx.example.com", custom_domain: true },
    ]);
    expect(config.durable_objects.bindings.length).toBeGreaterThan(0);
  });

  test.each([
    [
      "several lines",
      'name = "a"\nroutes = [\n  { pattern = "a.example.com/*", zone_name = "example.com" },\n]\n',
    ],
    ["a single route", 'name = "a"\nroute = "a.example.com/*"\n'],
    ["tables", 'name = "a"\n[[routes]]\npattern = "a.example.com"\ncustom_domain = true\n'],
  ])("routes as %s are left to a person", (_, toml) => {
    expect(withCustomDomain(toml, "bot.example.com")).toBeUndefined();
  });

  test("routes of a table are none of the file's own", () => {
    const toml = 'name = "a"\n[env.x]\nroutes = [{ pattern = "x.example.com", custom_domain = true }]\n';
    expect(customDomains(toml)).toEqual([]);
    expect(withCustomDomain(toml, "bot.example.com")).toMatch(/^name = "a"\nroutes = \[\{ pattern = "bot/);
  });
});
