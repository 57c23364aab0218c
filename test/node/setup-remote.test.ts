/** `npm run setup -- --remote`, and `npm run deploy`: the project's own wrangler against a stand-in of Cloudflare's API. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runDoctor } from "../../cli/setup/doctor-run.ts";
import type { SetupSurroundings } from "../../cli/setup/run.ts";
import { wranglerQuietly, type WranglerEnd } from "../../cli/setup/wrangler.ts";
import { startCallbackServer } from "./support/callback-server.ts";
import { CloudflareApi, type DeployedWorker } from "./support/cloudflare-api.ts";
import { cleanEnvironment } from "./support/command.ts";
import { Recorder, type SetupEnd, SetupFolder } from "./support/setup-folder.ts";

const APP_ID = "wx0123456789abcdef";
const SECRET = "5ecre75ecre75ecre75ecre75ecre7ff";
const ACCOUNT = ["--kind", "personal", "--app-id", APP_ID];
const HOST = "bot.example.com";

let api: CloudflareApi;
let folder: SetupFolder;
let home: string;

beforeAll(async () => {
  api = await CloudflareApi.start();
  folder = await SetupFolder.make();
  home = await mkdtemp(join(tmpdir(), "wechat-edge-home-"));
});
beforeEach(async () => {
  api.reset();
  await folder.reset();
});
afterAll(async () => {
  await Promise.all([api.close(), folder.remove(), rm(home, { recursive: true })]);
});

/** The operator's, without any login but the one of the stand-in. */
function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { CLOUDFLARE_API_TOKEN: _, CLOUDFLARE_ACCOUNT_ID: __, ...own } = cleanEnvironment();
  return {
    ...own,
    HOME: home,
    XDG_CONFIG_HOME: home,
    WRANGLER_WRITE_LOGS: "false",
    ...api.environment,
    ...more,
  };
}

function remote(
  args: readonly string[],
  more: Partial<SetupSurroundings> = {},
  stdout = new Recorder(),
): Promise<SetupEnd> {
  const neighbours = { resolves: () => Promise.resolve(false), doctor: () => Promise.resolve(0) };
  return folder.run(["--remote", ...args], { environment: environment(), ...neighbours, ...more }, stdout);
}

/** Somebody reads along. */
const terminal = (): Recorder => new Recorder(true);

/** `npm run deploy`, in the folder. */
function deploy(env = environment()): Promise<WranglerEnd> {
  return wranglerQuietly({ root: folder.root, environment: env, write: undefined }, ["deploy"]);
}

function worker(): DeployedWorker {
  const found = api.workers.get("wechat-edge");
  if (found === undefined) throw new Error("There is no Worker.");
  return found;
}

describe("npm run deploy, from a clone and a login alone", () => {
  test("makes the queues and the namespace, binds everything, consumes both queues; again, it changes the code only", async () => {
    const { code, stdout, stderr } = await deploy();
    expect(code, stdout + stderr).toBe(0);
    expect([...api.queues.keys()].sort()).toEqual(["wechat-edge-dead", "wechat-edge-jobs"]);
    expect([...api.namespaces.values()]).toEqual(["wechat-edge-kv"]);
    expect(
      worker()
        .bindings.map(({ name, type }) => `${type} ${name}`)
        .sort(),
    ).toEqual(BINDINGS);
    expect(api.queues.get("wechat-edge-jobs")?.consumers).toMatchObject([
      {
        script_name: "wechat-edge",
        dead_letter_queue: "wechat-edge-dead",
        settings: { max_wait_time_ms: 0 },
      },
    ]);
    expect(api.queues.get("wechat-edge-dead")?.consumers).toMatchObject([{ settings: { max_retries: 100 } }]);
    expect(worker().workersDev).toBe(true);

    worker().secrets.set("WECHAT_TOKEN", "kept");
    const again = await deploy();
    expect(again.code, again.stdout + again.stderr).toBe(0);
    expect(worker().versions).toBe(2);
    expect(
      worker()
        .bindings.map(({ name, type }) => `${type} ${name}`)
        .sort(),
    ).toEqual(BINDINGS);
    expect(worker().secrets.get("WECHAT_TOKEN")).toBe("kept");
    expect(api.namespaces.size + api.queues.size).toBe(3);
    expect(api.queues.get("wechat-edge-jobs")?.consumers).toHaveLength(1);
  });

  test("a class without a migration is refused, as Cloudflare does", async () => {
    const toml = await folder.read("wrangler.toml");
    await folder.write("wrangler.toml", toml.replaceAll('"DeadLetters", ', ""));
    const { code, stderr } = await deploy();
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/class 'DeadLetters'[\s\S]*10061/);
  });
});

const BINDINGS = [
  "durable_object_namespace ACCOUNT_QUOTAS",
  "durable_object_namespace CONVERSATIONS",
  "durable_object_namespace DEAD_LETTERS",
  "durable_object_namespace REFUSAL_LOGS",
  "durable_object_namespace TOKEN_KEEPERS",
  "kv_namespace KV",
  "queue DEAD_JOBS",
  "queue JOBS",
  "ratelimit ACCOUNT_RATE",
  "ratelimit DELIBERATE_TIMEOUTS",
  "ratelimit STRANGERS",
];

describe("setup --remote", () => {
  test("to a domain: deploys, puts the secrets, asks the doctor, keeps the domain; again, it makes nothing anew", async () => {
    const asked: string[] = [];
    const doctor = (url: string): Promise<number> => {
      asked.push(`${url} ${worker().secrets.has("WECHAT_TOKEN") ? "with" : "without"} secrets`);
      return Promise.resolve(0);
    };
    const { code, stdout, stderr } = await remote([...ACCOUNT, "--domain", HOST], { doctor }, terminal());
    expect(code, stderr + stdout).toBe(0);
    expect(worker().domains).toEqual([HOST]);
    expect(worker().workersDev).toBe(false);
    const variables = await folder.variables();
    expect(Object.fromEntries(worker().secrets)).toEqual({ ...variables });
    expect(asked).toEqual([`https://${HOST}/wechat with secrets`]);
    expect(enteredAtWechat(stdout)).toEqual([
      ["服务器地址(URL)", `https://${HOST}/wechat`],
      ["令牌(Token)", variables["WECHAT_TOKEN"]],
      ["消息加解密密钥(EncodingAESKey)", variables["WECHAT_ENCODING_AES_KEY"]],
      ["消息加解密方式", "安全模式（推荐）"],
    ]);
    const toml = await folder.read("wrangler.toml");
    expect(toml).toContain(`\nroutes = [{ pattern = "${HOST}", custom_domain = true }]\n`);

    const again = await remote([], { resolves: () => Promise.resolve(true) }, terminal());
    expect(again.code, again.stderr + again.stdout).toBe(0);
    expect(again.stdout).toContain("nothing to change");
    expect(enteredAtWechat(again.stdout)).toEqual(enteredAtWechat(stdout));
    expect(await folder.read("wrangler.toml")).toBe(toml);
    expect(worker().domains).toEqual([HOST]);
  });

  test("where it is no terminal that reads along, a log for one, secrets are named and not shown", async () => {
    const { code, stdout, stderr } = await remote([...ACCOUNT, "--domain", HOST]);
    expect(code, stderr + stdout).toBe(0);
    const { WECHAT_TOKEN: token = "", WECHAT_ENCODING_AES_KEY: key = "" } = await folder.variables();
    expect(stdout + stderr).not.toContain(token);
    expect(stdout + stderr).not.toContain(key);
    expect(stdout).toMatch(/令牌\(Token\) +WECHAT_TOKEN .*\.dev\.vars/);
    expect(stdout).toMatch(/EncodingAESKey\) +WECHAT_ENCODING_AES_KEY .*\.dev\.vars/);
  });

  test("the URL is handed out only when the secrets are there", async () => {
    api.refusesSecrets = true;
    const { code, stdout, stderr } = await remote([...ACCOUNT, "--domain", HOST]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/secrets could not be put[\s\S]*Secret edit failed[\s\S]*机密变量上传失败/);
    expect(stdout).not.toContain("服务器地址");
  });

  test("secrets travel in one request's body and nowhere else; a relay's go along, other variables when they are named", async () => {
    const own = `MODEL_API_KEY=sk-1\nLOG_LEVEL=debug\nWECHAT_RELAY_SECRET=${"r".repeat(32)}\n`;
    await folder.write(".dev.vars", own);
    const { code, stdout, stderr } = await remote(
      ["--kind", "service", "--domain", HOST, "--no-check", "--secret", "MODEL_API_KEY"],
      {
        environment: environment({
          WECHAT_APP_ID: APP_ID,
          WECHAT_APP_SECRET: SECRET,
          WECHAT_API_BASE: "https://relay.wechat-edge.test",
        }),
      },
    );
    expect(code, stderr + stdout).toBe(0);
    const carriers = api.requests.filter(({ target, body }) => (target + body).includes(SECRET));
    expect(carriers.map(({ method, target }) => `${method} ${target.split("/").at(-1)}`)).toEqual([
      "PATCH secrets-bulk",
    ]);
    expect(stdout + stderr).not.toContain(SECRET);
    expect([...worker().secrets.keys()].sort()).toEqual([
      "MODEL_API_KEY",
      "WECHAT_ACCOUNT_KIND",
      "WECHAT_API_BASE",
      "WECHAT_APP_ID",
      "WECHAT_APP_SECRET",
      "WECHAT_ENCODING_AES_KEY",
      "WECHAT_MODE",
      "WECHAT_RELAY_SECRET",
      "WECHAT_TOKEN",
    ]);
    expect(stdout).toMatch(/left here · 仅在本机: LOG_LEVEL /);
  });

  test("a test account on workers.dev: its own page, with URL and Token only; the simulator's address stays; a warning last", async () => {
    await folder.write(".dev.vars", "WECHAT_API_BASE=http://localhost:8788\n");
    const doctor = (): Promise<number> => Promise.reject(new Error("asked"));
    const args = ["--kind", "test", "--workers-dev", "--no-doctor"];
    const { code, stdout, stderr } = await remote(args, { doctor }, terminal());
    expect(code, stderr + stdout).toBe(0);
    expect(stdout).toContain("debug/cgi-bin/sandbox");
    expect(enteredAtWechat(stdout)).toEqual([
      ["服务器地址(URL)", "https://wechat-edge.me.workers.dev/wechat"],
      ["令牌(Token)", worker().secrets.get("WECHAT_TOKEN")],
    ]);
    expect([...worker().secrets.keys()].sort()).toEqual([
      "WECHAT_ACCOUNT_KIND",
      "WECHAT_MODE",
      "WECHAT_TOKEN",
    ]);
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/workers\.dev 在内地网络/);
    expect(await folder.read("wrangler.toml")).not.toMatch(/^routes/m);
  });
});

/** Label and value of each line that is to be copied, in their order. */
function enteredAtWechat(stdout: string): (string | undefined)[][] {
  const page = stdout.slice(stdout.indexOf("Now enter this"));
  const labels =
    /^ {2}(服务器地址\(URL\)|令牌\(Token\)|消息加解密密钥\(EncodingAESKey\)|消息加解密方式) +(\S+)$/gm;
  return [...page.matchAll(labels)].map(([, label, value]) => [label, value]);
}

describe("what Cloudflare refuses", () => {
  test("nobody is logged in: says how, asks nothing of Cloudflare", async () => {
    const { CLOUDFLARE_API_TOKEN: _, ...without } = environment();
    const { code, stderr } = await remote([...ACCOUNT, "--domain", HOST], { environment: without });
    expect(code).toBe(1);
    expect(stderr).toMatch(/npx wrangler login[\s\S]*尚未登录 Cloudflare/);
    expect(api.requests).toEqual([]);
  });

  test("a wrong API token is told apart from none", async () => {
    const wrong = environment({ CLOUDFLARE_API_TOKEN: "wrong" });
    const { code, stderr } = await remote([...ACCOUNT, "--domain", HOST], { environment: wrong });
    expect(code).toBe(1);
    expect(stderr).toMatch(/could not be asked who is logged in[\s\S]*Authentication error/);
    expect(api.workers.size).toBe(0);
  });

  test("a domain whose zone is not in the account: wrangler.toml stays as it was, no URL is handed out", async () => {
    const toml = await folder.read("wrangler.toml");
    const { code, stdout, stderr } = await remote([...ACCOUNT, "--domain", "bot.example.org"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/zone_not_found[\s\S]*10083/);
    expect(stderr).toMatch(/Is the zone of bot\.example\.org in this Cloudflare account/);
    expect(stdout).not.toContain("服务器地址");
    expect(await folder.read("wrangler.toml")).toBe(toml);
  });

  test("a token without the right to queues: the queue is missing", async () => {
    api.mayUseQueues = false;
    const { code, stdout } = await remote([...ACCOUNT, "--domain", HOST]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/Queue wechat-edge-jobs not found[\s\S]*11000/);
    expect(api.workers.size).toBe(0);
  });

  test("no workers.dev name yet, and nobody to choose one", async () => {
    api.workersDevSubdomain = undefined;
    const { code, stdout } = await remote([...ACCOUNT, "--workers-dev"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/register a workers\.dev subdomain/);
  });
});

describe("a domain that has a DNS record already", () => {
  const resolves = (): Promise<boolean> => Promise.resolve(true);

  test("is not taken over unasked: without a terminal wrangler would replace the record", async () => {
    api.records.add(HOST);
    const { code, stderr } = await remote([...ACCOUNT, "--domain", HOST], { resolves });
    expect(code).toBe(1);
    expect(stderr).toMatch(/has a DNS record already[\s\S]*--replace-dns[\s\S]*已有 DNS 记录/);
    expect(api.records.has(HOST)).toBe(true);
    expect(api.workers.size).toBe(0);
  });

  test("is taken over with --replace-dns; a doctor that finds something makes the exit code 1, and the rest is printed", async () => {
    api.records.add(HOST);
    const doctor = (): Promise<number> => Promise.resolve(1);
    const args = [...ACCOUNT, "--domain", HOST, "--replace-dns"];
    const { code, stdout } = await remote(args, { resolves, doctor });
    expect(code).toBe(1);
    expect(stdout).toMatch(/doctor is not content[\s\S]*服务器地址/);
    expect(api.records.has(HOST)).toBe(false);
    expect(worker().domains).toEqual([HOST]);
  });
});

test("the doctor runs as a process of its own, once the address answers", async () => {
  const server = await startCallbackServer((_, response) => response.writeHead(503).end());
  try {
    const file = join(home, "doctor.mjs");
    await writeFile(file, "console.log(process.argv.slice(2).join(' ')); process.exitCode = 1;");
    const said: string[] = [];
    const write = (text: string): void => {
      said.push(text);
    };
    const run = { file, url: server.url, root: folder.root, environment: environment(), write };
    expect(await runDoctor(run)).toBe(1);
    expect(said.join("")).toBe(`--url ${server.url}\n`);
    expect(server.received).toHaveLength(1);
    expect(await runDoctor({ ...run, file: join(home, "none.mjs") })).toBeUndefined();
    expect(await runDoctor({ ...run, url: "http://127.0.0.1:1/wechat", readyTimeoutMs: 1 })).toBe(1);
    expect(said.join("").match(/no answer yet; a new domain may take some minutes/g)).toHaveLength(1);
  } finally {
    await server.close();
  }
});
