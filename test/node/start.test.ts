/** `npm start` from outside: what it prints, what runs, and that nothing is left of it afterwards. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { isPortFree } from "../../cli/ports.ts";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import type { Exchange } from "../../simulator/exchange.ts";
import type { PhoneView } from "../../simulator/timeline.ts";
import { runCommand } from "./support/command.ts";
import { freePorts } from "./support/ports.ts";
import { start, type Started, untilGone } from "./support/started.ts";

const START = join(PACKAGE_ROOT, "cli", "start.ts");
const MAIN = "main.ts";
const READY = "is up · 已启动";
/** A Worker that starts twice, three attempts of WeChat's, and the alarm after them. */
const SLOW = { timeout: 150_000 };

/** Acts on a phone by the simulator's own interface. */
async function act(simulatorUrl: string, account: string, body: object): Promise<Exchange> {
  const response = await fetch(`${simulatorUrl}/api/phone/${account}/oStart/push`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  return response.json();
}

/** A main file that is the Worker of another one. */
function mainOver(source: string): string {
  const worker = JSON.stringify(join(PACKAGE_ROOT, source));
  return `export * from ${worker};\nexport { default } from ${worker};\n`;
}

/** A project of its own, over the Worker under test. */
async function makeProject(devVars?: string, source = join("test", "worker.ts")): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "wechat-edge-start-"));
  const configuration = await readFile(join(PACKAGE_ROOT, "wrangler.toml"), "utf8");
  await writeFile(join(folder, MAIN), mainOver(source));
  await writeFile(join(folder, "wrangler.toml"), configuration.replace(/^main = .*$/m, `main = "${MAIN}"`));
  if (devVars !== undefined) await writeFile(join(folder, ".dev.vars"), devVars);
  return folder;
}

describe("npm start, as a newcomer runs it", () => {
  let port: number;
  let started: Started;
  beforeAll(async () => {
    port = await freePorts();
    started = start("npm", ["start", "--", "--port", String(port)], { cwd: PACKAGE_ROOT, env: {} });
    await started.says(READY);
  });
  afterAll(() => started.child.kill("SIGTERM"));

  test("says where everything is, and nothing else", () => {
    const lines = started
      .output()
      .split("\n")
      .filter((line) => line.trim() !== "" && !line.startsWith("> "));
    expect(lines[0]).toContain(READY);
    const text = lines.join("\n");
    expect(text).toContain(`http://localhost:${port + 1}\n`);
    expect(text).toContain(`http://localhost:${port}/wechat `);
    expect(text).toContain("src/bot.ts");
    expect(text).toContain(`npm run push -- text 你好 --url http://localhost:${port}/wechat`);
    expect(text).not.toMatch(/warn|error|⛅|⎔|binding/i);
    expect(lines.length).toBeLessThan(10);
  });

  test("the simulator and the Worker agree on every account's credentials", async () => {
    const state: { accounts: { id: string }[] } = await (
      await fetch(`http://localhost:${port + 1}/api/state`)
    ).json();
    expect(state.accounts.map(({ id }) => id)).toEqual(expect.arrayContaining(["default"]));
    for (const { id } of state.accounts) {
      const { outcome } = await act(`http://localhost:${port + 1}`, id, { action: "text", Content: "你好" });
      expect(outcome, id).toMatchObject({ kind: expect.stringMatching(/^(?:reply|silence)$/) });
    }
  });

  test("the page is served on both loopback addresses, and to no other name", async () => {
    for (const host of ["localhost", "127.0.0.1"]) {
      const page = await fetch(`http://${host}:${port + 1}/`);
      expect(page.headers.get("content-type")).toContain("text/html");
      expect(await page.text()).toContain("<html");
    }
    const traversal = await fetch(`http://localhost:${port + 1}/..%2f..%2fpackage.json`);
    expect(traversal.status).toBe(404);
  });

  test("a second one says that the port is taken, and by which variable to choose another", async () => {
    const { code, stderr } = await runCommand("start.ts", ["--port", String(port)]);
    expect(stderr).toContain(`Port ${port} is taken`);
    expect(stderr).toContain(`PORT=${port + 10} npm start`);
    expect(code).toBe(1);
  });

  test("ends with all that it started when npm is terminated", async () => {
    const family = started.family();
    expect(family.length).toBeGreaterThan(3);
    started.child.kill("SIGTERM");
    expect(await untilGone(family, 8_000)).toEqual([]);
    expect(await isPortFree(port)).toBe(true);
    expect(await isPortFree(port + 1)).toBe(true);
  });
});

describe("credentials of your own", () => {
  let folder: string;
  let port: number;
  let started: Started;
  beforeAll(async () => {
    folder = await makeProject("WECHAT_TOKEN=mine\nWECHAT_ACCOUNT_KIND=service\n");
    port = await freePorts();
    // A shell in between, as npm has one, that does not pass signals on.
    const script = `"${process.execPath}" "${START}"; exit 3`;
    started = start("sh", ["-c", script], {
      cwd: folder,
      env: { PORT: String(port), npm_lifecycle_event: "start" },
    });
    await started.says(READY);
  });
  afterAll(async () => {
    started.child.kill("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  });

  test("of .dev.vars are not mixed with a development key: the account is in plain mode", async () => {
    const url = `http://localhost:${port + 1}`;
    const state: { accounts: unknown[] } = await (await fetch(`${url}/api/state`)).json();
    expect(state.accounts[0]).toMatchObject({
      id: "default",
      mode: "plain",
      kind: "service",
      can: { menu: true, qr: true },
    });
    expect((await act(url, "default", { action: "click", EventKey: "V1" })).outcome).toMatchObject({
      kind: "reply",
      reply: { fields: { Content: "click V1 -" } },
    });
    expect((await act(url, "compatible", { action: "text", Content: "hi" })).outcome).toMatchObject({
      kind: "reply",
    });
  });

  test("npm run push reads the same ones", async () => {
    const { code, stdout } = await runCommand("push.ts", ["text", "hi"], {
      cwd: folder,
      env: { PORT: String(port) },
    });
    expect(stdout).toContain("echo: hi");
    expect(code).toBe(0);
  });

  test("a change of .dev.vars asks for a new start", async () => {
    await writeFile(join(folder, ".dev.vars"), "WECHAT_TOKEN=mine\nWECHAT_ACCOUNT_KIND=test\n");
    await started.says(".dev.vars has changed: run npm start again");
  });

  test("the Worker's log and compile errors are passed on, without wrangler's decoration", async () => {
    await act(`http://localhost:${port + 1}`, "default", { action: "text", Content: "throw" });
    await started.says('"message":"handler_failed"');
    await vi.waitFor(() => {
      const lines = started.output().split("\n");
      const line = lines.find((one) => one.includes("handler_failed")) ?? "";
      expect(JSON.parse(line)).toMatchObject({ level: "error" });
    });
    expect(started.output()).not.toContain("[wrangler:info]");
    await writeFile(join(folder, MAIN), "export default {");
    await started.says(`${MAIN}:1`);
  });

  test("a Worker that throws while it loads says why, and comes back when it is mended", async () => {
    const main = join(folder, MAIN);
    const sound = mainOver(join("test", "worker.ts"));
    const framework = JSON.stringify(join(PACKAGE_ROOT, "src", "framework", "index.ts"));
    await writeFile(main, `import { Bot } from ${framework};\nnew Bot().on("txt", () => {});\n${sound}`);
    await started.says('✗ The Worker does not load: SelectorError: "txt" is no selector');
    const url = `http://localhost:${port + 1}`;
    expect((await fetch(url)).status).toBe(200);
    await writeFile(main, sound);
    await started.says("The Worker is up again");
    expect((await act(url, "default", { action: "text", Content: "hi" })).outcome).toMatchObject({
      reply: { fields: { Content: "echo: hi" } },
    });
  });

  test("nothing is left when only the shell in between dies", async () => {
    const family = started.family();
    process.kill(started.child.pid ?? 0, "SIGKILL");
    expect(await untilGone(family, 8_000)).toEqual([]);
    expect(await isPortFree(port)).toBe(true);
    expect(await isPortFree(port + 1)).toBe(true);
  });
});

describe("the Worker's process is killed", () => {
  let folder: string;
  let port: number;
  let started: Started;
  beforeAll(async () => {
    folder = await makeProject(undefined, join("src", "index.ts"));
    port = await freePorts();
    started = start(process.execPath, [START], { cwd: folder, env: { PORT: String(port) } });
    await started.says(READY);
  });
  afterAll(async () => {
    started.child.kill("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  });

  const get = async (path: string): Promise<unknown> =>
    (await fetch(`http://localhost:${port + 1}${path}`)).json();

  test("while a handler runs: it is back with its state, and the push is answered, once", SLOW, async () => {
    const url = `http://localhost:${port + 1}`;
    const before = started.family();
    const acting = act(url, "default", { action: "text", Content: "慢 4" });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const killed = await fetch(`${url}/api/worker/kill`, { method: "POST" });
    expect(await killed.json()).toMatchObject({ isDown: false });
    const after = started.family();
    expect(before.filter((pid) => after.includes(pid))).toEqual([started.child.pid]);
    const { id, attempts, outcome } = await acting;
    expect(attempts[0]?.reason).toBe("timeout");
    expect(attempts.length).toBeGreaterThan(1);
    // On a busy machine WeChat may have given up before the Worker is back: then the alarm finds the run.
    const said = async (): Promise<readonly string[]> => {
      const { timeline } = (await get("/api/phone/default/oStart")) as PhoneView;
      return timeline.flatMap((entry) =>
        entry.from === "account" ? [String(entry.reply.fields["Content"])] : [],
      );
    };
    await expect.poll(said, { timeout: 60_000 }).toEqual(["等了 4 秒的答案。"]);
    const story = await get(`/api/phone/default/oStart/log?exchange=${id}`);
    expect(story).toMatchObject({ runs: 2 });
    if (outcome.kind !== "notice") {
      expect(story).toMatchObject({
        way: expect.stringMatching(/^(?:passive|push)$/),
        deliveries: expect.arrayContaining([expect.objectContaining({ handled: "resumed" })]),
      });
    }
    expect(started.output()).toContain("已结束 Worker 进程");
    expect(started.output()).toContain("The Worker is up again");
  });

  test("npm start goes on, and ends with all that it started", async () => {
    const exchange = await act(`http://localhost:${port + 1}`, "default", {
      action: "text",
      Content: "在吗",
    });
    expect(exchange.outcome).toMatchObject({ reply: { fields: { Content: "echo: 在吗" } } });
    const story = await vi.waitUntil(async () => {
      const told = await get(`/api/phone/default/oStart/log?exchange=${exchange.id}`);
      return JSON.stringify(told).includes("passive") && told;
    });
    expect(story).toMatchObject({ way: "passive", deliveries: [{ number: 1, handled: "first" }] });
    const family = started.family();
    started.child.kill("SIGTERM");
    expect(await untilGone(family, 8_000)).toEqual([]);
    expect(await isPortFree(port)).toBe(true);
    expect(await isPortFree(port + 1)).toBe(true);
  });
});

describe("what can go wrong", () => {
  test("a key that has a blank is named, and what is proposed works all the same", async () => {
    const key = "WechatEdge evelopmentKeyOfNobodyInParticular1".slice(0, 43);
    const folder = await makeProject(
      `WECHAT_TOKEN=mine1\nWECHAT_APP_ID=wx0\nWECHAT_ENCODING_AES_KEY=${key}\n`,
    );
    const port = await freePorts();
    const started = start(process.execPath, [START], { cwd: folder, env: { PORT: String(port) } });
    try {
      await started.says("请修改 .dev.vars，然后重新运行 npm start");
      expect(started.output()).toMatch(/WECHAT_ENCODING_AES_KEY must .*it has 43, and a blank/);
      expect(started.output()).not.toContain("/healthz");
      const [, proposed = ""] = /npm run push -- (text .*)/.exec(started.output()) ?? [];
      expect(proposed).toContain("--account plain");
      const { code, stdout, stderr } = await runCommand("push.ts", proposed.split(" "), { cwd: folder });
      expect(stdout, stderr).toContain("你好");
      expect(code).toBe(0);
    } finally {
      started.child.kill("SIGTERM");
      await started.ended;
      await rm(folder, { recursive: true, force: true });
    }
  });

  test("wrangler gives up: its reason is shown, and the simulator ends too", async () => {
    const folder = await makeProject();
    await writeFile(join(folder, "wrangler.toml"), "this is no TOML");
    const port = await freePorts();
    const { code, stderr } = await runCommand("start.ts", [], { cwd: folder, env: { PORT: String(port) } });
    expect(stderr).toContain("wrangler.toml");
    expect(stderr).toContain("wrangler dev has ended");
    expect(code).toBe(1);
    expect(await isPortFree(port + 1)).toBe(true);
    await rm(folder, { recursive: true });
  });

  test("the simulator's port is taken", async () => {
    const port = await freePorts();
    const other = createServer();
    await new Promise<void>((resolve) => {
      other.listen(port + 1, "127.0.0.1", resolve);
    });
    const { code, stderr } = await runCommand("start.ts", [], { env: { PORT: String(port) } });
    await new Promise((resolve) => other.close(resolve));
    expect(stderr).toContain(`Port ${port + 1} is taken`);
    expect(stderr).toContain("SIMULATOR_PORT=");
    expect(code).toBe(1);
  });

  test.each<[string, string[], Record<string, string>]>([
    ["a port that is none", ["--port", "seven"], {}],
    ["a PORT that is none", [], { PORT: "70000" }],
    ["one port for both", [], { PORT: "18787", SIMULATOR_PORT: "18787" }],
    ["an unknown option", ["--colour"], {}],
  ])("%s", async (_, args, env) => {
    const { code, stderr } = await runCommand("start.ts", args, { env });
    expect(stderr.trim()).not.toBe("");
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(1);
  });

  test("--help", async () => {
    const { code, stdout } = await runCommand("start.ts", ["--help"]);
    expect(stdout).toContain("SIMULATOR_PORT");
    expect(code).toBe(0);
  });
});
