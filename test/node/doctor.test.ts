/** `npm run doctor` before a real Worker: each seeded fault is named, and no other. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { knockWithin } from "../../cli/doctor/knock.ts";
import { serveSimulator, type SimulatorServer } from "../../cli/simulator-server.ts";
import type { SimulatedAccount } from "../../simulator/account.ts";
import { AES_KEY, APP_ID, OTHER_AES_KEY, TOKEN } from "../support/wechat.ts";
import { certificateFor } from "./support/certificate.ts";
import { runCommand } from "./support/command.ts";
import { type Examined, examined, runTheDoctor } from "./support/doctor-run.ts";
import { type Outgoing, type ProxyFault, startFaultyProxy } from "./support/faulty-proxy.ts";
import { freePorts } from "./support/ports.ts";
import { startWorker, type TestWorker } from "./support/worker.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const OTHER_SECRET = "fedcba9876543210fedcba9876543210";
const OTHER_APP_ID = "wxfedcba9876543210";

let platform: SimulatorServer;
let worker: TestWorker;
let cwd: string;
/** The accounts, as the Worker has them; whoever runs the doctor has the same unless a test says otherwise. */
let env: Record<string, string>;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "wechat-edge-doctor-"));
  await writeFile(join(cwd, "wrangler.toml"), "");
  const sealed = { token: TOKEN, encodingAesKey: AES_KEY, appId: APP_ID };
  const atWechat = (id: string, appId: string): SimulatedAccount => {
    return { ...sealed, id, appId, appSecret: SECRET, kind: "test", url: "http://localhost:9/wechat" };
  };
  const known = [atWechat("default", APP_ID), atWechat("not-listed", "wx00000000000not1")];
  platform = await serveSimulator({ accounts: known }, await freePorts());
  const listed = await fetch(`${platform.url}/api/platform/not-listed/ip-list`, {
    method: "POST",
    body: JSON.stringify({ allowed: ["203.0.114.9"] }),
  });
  expect(listed.status).toBe(200);
  const api = { kind: "test", apiBase: platform.url };
  env = {
    WECHAT_TOKEN: TOKEN,
    WECHAT_ENCODING_AES_KEY: AES_KEY,
    WECHAT_APP_ID: APP_ID,
    WECHAT_APP_SECRET: SECRET,
    WECHAT_ACCOUNT_KIND: "test",
    WECHAT_API_BASE: platform.url,
    ACCOUNTS: JSON.stringify({
      plain: { kind: "test", token: TOKEN, mode: "plain" },
      compatible: { ...sealed, kind: "test", mode: "compatible" },
      bare: { ...sealed, kind: "test" },
      again: { ...sealed, kind: "test" },
      public: { ...sealed, kind: "test" },
      "wrong-secret": { ...sealed, ...api, appSecret: OTHER_SECRET },
      "wrong-app-id": { ...sealed, ...api, appId: OTHER_APP_ID, appSecret: SECRET },
      "not-listed": { ...sealed, ...api, appId: "wx00000000000not1", appSecret: SECRET },
      misconfigured: { ...sealed, kind: "no such kind", appSecret: SECRET },
    }),
  };
  worker = await startWorker({ vars: env });
});
afterAll(async () => {
  await Promise.all([worker.stop(), platform.close(), rm(cwd, { recursive: true, force: true })]);
});

interface Seed {
  readonly fault?: ProxyFault;
  readonly path?: string;
  readonly args?: readonly string[];
  /** What whoever runs the doctor has in place of the Worker's own variables. */
  readonly own?: Readonly<Record<string, string | undefined>> | undefined;
  readonly clock?: () => number;
  /** The push to a slow handler does not reach the Worker: that would take its time. */
  readonly skipsSlow?: boolean;
  /** WeChat's five seconds count. */
  readonly isTimed?: boolean;
}

/** The doctor's run against the Worker behind a proxy. */
async function diagnosed({
  fault,
  path = "/wechat",
  args = [],
  own = {},
  isTimed = false,
  skipsSlow = false,
  clock = Date.now,
}: Seed): Promise<Examined> {
  const proxy = await startFaultyProxy(worker.url, skipsSlow ? withoutSlow(fault) : fault);
  try {
    const url = `http://localhost:${proxy.port}${path}`;
    const here = Object.entries({ ...env, ...own }).filter(
      (one): one is [string, string] => one[1] !== undefined,
    );
    return await examined({
      cwd,
      env: Object.fromEntries(here),
      args: ["--url", url, ...args],
      clock,
      ...(isTimed ? { knock: knockWithin() } : {}),
    });
  } finally {
    await proxy.close();
  }
}

/** The third push of a run that finds no error is the one to a slow handler: it is acknowledged at once. */
function withoutSlow(fault: ProxyFault = {}): ProxyFault {
  let pushes = 0;
  return {
    ...fault,
    instead: (request) => {
      const own = fault.instead?.(request);
      const isSlow = request.method === "POST" && ++pushes === 3;
      return own ?? (isSlow ? { ...NOTHING, body: "success" } : undefined);
    },
  };
}

const NOTHING: Outgoing = { status: 200, headers: {}, body: "" };
const HTML = { "content-type": "text/html; charset=utf-8" };

function page(status: number, body: string, headers: Readonly<Record<string, string>> = {}): () => Outgoing {
  return () => ({ status, headers: { ...HTML, ...headers }, body: `<!doctype html>${body}` });
}

function redirected(status: number, location: string): () => Outgoing {
  return () => ({ status, headers: { location }, body: "" });
}

/** Alters the bodies of answers to one method. */
function altered(method: string, alter: (body: string) => string): ProxyFault {
  return {
    answer: (answer, request) =>
      request.method === method ? { ...answer, body: alter(answer.body.toString()) } : answer,
  };
}

function withoutQuery(target: string): string {
  return target.replace(/\?.*/, "");
}

/** Everything but `/wechat` is passed on. */
function atCallback(answer: () => Outgoing | "close" | "hang"): ProxyFault {
  return { instead: ({ target }) => (target.startsWith("/wechat") ? answer() : undefined) };
}

/** Passes pushes on but the nth, to which something else is answered. */
function atPush(n: number, alter: (answer: Outgoing) => Outgoing | "hang"): ProxyFault {
  let pushes = 0;
  return {
    instead: ({ method }) =>
      method === "POST" && ++pushes === n && alter(NOTHING) === "hang" ? "hang" : undefined,
    answer: (answer, { method }) => {
      const own = method === "POST" && pushes === n ? alter(answer) : answer;
      return own === "hang" ? answer : own;
    },
  };
}

/** Those of one path are answered so, all others passed on. */
function atPath(part: string, answer: () => Outgoing): ProxyFault {
  return { instead: ({ target }) => (target.includes(part) ? answer() : undefined) };
}

function isStale(target: string): boolean {
  return Number(/timestamp=(\d+)/.exec(target)?.[1]) < Date.now() / 1000 - 1_800;
}

const notFound = (): Outgoing => ({ status: 404, headers: { "content-type": "text/plain" }, body: "nope" });
const withMode = (mode: string | undefined): Seed["own"] => ({ WECHAT_MODE: mode });
const withoutSecret = { WECHAT_APP_SECRET: undefined };

/** Name, seed, the code of its error, and facts that it must have. */
const SEEDS: readonly [name: string, seed: Seed, code: string, facts?: object][] = [
  // ── Who answers ──
  ["a wrong path", { path: "/wechatt" }, "path_wrong", { path: "/wechatt", expected: "/wechat" }],
  ["no path", { path: "" }, "path_wrong", { path: "/", origin: expect.stringMatching(/^http:\/\/localhost:\d+$/) }],
  ["another site: 404 everywhere", { fault: { instead: notFound } }, "worker_not_here"],
  ["a route that takes the callback path away", { fault: atCallback(notFound) }, "path_wrong"],
  ["another site: a page", { fault: { instead: page(200, "<title>Welcome</title>") } }, "page_instead", { title: "Welcome" }],
  ["a redirect to https", { fault: atCallback(redirected(301, "https://localhost/wechat")) }, "redirect", { status: 301 }],
  ["a redirect to a slash", { fault: atCallback(redirected(302, "/wechat/")) }, "redirect", { how: "slash" }],
  ["a challenge page", { fault: { instead: page(403, "Just a moment...", { "cf-mitigated": "challenge" }) } }, "challenge_page"],
  ["a challenge page without a mark", { fault: { instead: page(503, "<title>Just a moment...</title>") } }, "challenge_page"],
  ["a Chinese gateway's challenge", { fault: { instead: page(200, "请完成安全验证") } }, "challenge_page"],
  ["a tunnel's warning page", { fault: { instead: page(200, "ngrok", { "ngrok-error-code": "ERR_NGROK_6024" }) } }, "challenge_page"],
  ["Cloudflare Access", { fault: { instead: redirected(302, "https://team.cloudflareaccess.com/cdn-cgi/access/login/x") } }, "login_page"],
  ["a gateway's login form", { fault: { instead: page(200, '<input type="password">') } }, "login_page"],
  ["basic authentication", { fault: { instead: page(401, "", { "www-authenticate": "Basic" }) } }, "login_page"],
  ["a bad gateway", { fault: { instead: page(502, "Bad Gateway") } }, "server_error", { status: 502, method: "GET" }],
  ["a Worker that throws (1101)", { fault: { instead: page(500, "error code: 1101") } }, "server_error"],
  ["a gateway that refuses", { fault: { instead: page(406, "Not Acceptable") } }, "gateway_refused"],
  ["a closed connection", { fault: { instead: () => "close" } }, "connection_closed"],
  ["no answer in time", { isTimed: true, fault: atCallback(() => "hang") }, "answer_timeout", { method: "GET" }],
  ["too many refusals", { fault: { instead: () => ({ status: 429, headers: { "content-type": "text/plain" }, body: "refused" }) } }, "rate_limited"],
  ["an account that the Worker has not", { path: "/wechat/nobody" }, "account_unknown"],

  // ── The check of the URL ──
  ["a query that is eaten", { fault: { request: (one) => ({ ...one, target: withoutQuery(one.target) }) } }, "query_lost"],
  ["an echostr that is eaten", { fault: { request: (one) => ({ ...one, target: one.target.replace(/&echostr=\d+/, "") }) } }, "query_lost"],
  ["a byte order mark", { fault: altered("GET", (body) => `\uFEFF${body}`) }, "echo_altered", { how: "bom" }],
  ["a line break", { fault: altered("GET", (body) => `${body}\n`) }, "echo_altered", { how: "newline" }],
  ["blanks", { fault: altered("GET", (body) => ` ${body} `) }, "echo_altered", { how: "blanks" }],
  ["quotes", { fault: altered("GET", (body) => JSON.stringify(body)) }, "echo_altered", { how: "quotes" }],
  ["HTML around the echo", { fault: altered("GET", (body) => `<html><body>${body}</body></html>`) }, "echo_altered", { how: "html" }],
  ["no body", { fault: altered("GET", () => "") }, "echo_altered", { how: "empty" }],
  ["half a body", { fault: altered("GET", (body) => body.slice(0, 5)) }, "echo_altered", { how: "cut" }],
  ["a cache's other echo", { fault: altered("GET", () => "12345678901234567890") }, "echo_altered", { how: "other" }],
  ["another Token", { own: { WECHAT_TOKEN: "another-token-of-mine" } }, "token_differs", { accepted: "none" }],
  ["a letter too many", { own: { WECHAT_TOKEN: `${TOKEN}x` } }, "token_differs"],
  ["a Token that was changed here only", { own: { WECHAT_TOKEN: "a-new-one", WECHAT_PREVIOUS_TOKEN: TOKEN } }, "token_differs", { accepted: "previous" }],
  ["another account's path", { path: "/wechat/plain", own: { WECHAT_TOKEN: "another-token-of-mine" } }, "account_path_differs", { expected: "/wechat" }],
  ["something that believes everybody", { fault: { instead: ({ method, target }) => method === "GET" && target.startsWith("/wechat") ? { status: 200, headers: {}, body: /echostr=(\d+)/.exec(target)?.[1] ?? "" } : undefined } }, "forged_accepted"],

  // ── Pushes ──
  ["another key", { own: { WECHAT_ENCODING_AES_KEY: OTHER_AES_KEY } }, "key_differs", { accepted: "none" }],
  ["a key that was changed here only", { own: { WECHAT_ENCODING_AES_KEY: OTHER_AES_KEY, WECHAT_PREVIOUS_ENCODING_AES_KEY: AES_KEY } }, "key_differs", { accepted: "previous" }],
  ["another key, no AppSecret", { path: "/wechat/bare", args: ["--account", "bare", "--aes-key", OTHER_AES_KEY] }, "key_or_app_id_differs"],
  ["another app id", { own: { WECHAT_APP_ID: OTHER_APP_ID } }, "app_id_differs"],
  ["plain here, secure there", { own: withMode("plain") }, "mode_differs", { here: "plain", there: "secure" }],
  ["plain here, secure there, nothing to sign with", { own: { ...withMode("plain"), ...withoutSecret, WECHAT_ENCODING_AES_KEY: undefined } }, "mode_differs", { there: "secure" }],
  ["secure here, plain there", { path: "/wechat/plain", args: ["--account", "plain", "--mode", "secure", "--aes-key", AES_KEY, "--app-id", APP_ID] }, "mode_differs", { here: "secure", there: "plain" }],
  ["compatible here, plain there", { path: "/wechat/plain", args: ["--account", "plain", "--mode", "compatible", "--aes-key", AES_KEY, "--app-id", APP_ID] }, "mode_differs", { here: "compatible", there: "plain" }],
  ["a body that is eaten", { fault: { request: (one) => ({ ...one, body: Buffer.alloc(0) }) } }, "body_lost"],
  ["a body that is eaten, plain mode", { path: "/wechat/plain", args: ["--account", "plain"], fault: { request: (one) => ({ ...one, body: Buffer.alloc(0) }) } }, "body_lost"],
  ["a body that is altered", { fault: { request: (one) => ({ ...one, body: Buffer.from(one.body.toString().replace(/CDATA\[[A-Za-z0-9+/]{4}(?=.{40})/, "CDATA[AAAA")) }) } }, "body_altered"],
  ["a reply that is eaten", { fault: altered("POST", () => "") }, "reply_lost"],
  ["a reply that is altered", { fault: altered("POST", (body) => body.replaceAll("CDATA", "")) }, "reply_altered"],
  ["a byte order mark before the reply", { fault: altered("POST", (body) => `\uFEFF${body}`) }, "reply_altered"],
  ["a gateway that wants no POST", { fault: { instead: ({ method }) => (method === "POST" ? page(405, "Not Allowed")() : undefined) } }, "gateway_refused", { method: "POST" }],
  ["a challenge before a POST", { fault: { instead: ({ method }) => (method === "POST" ? page(403, "captcha")() : undefined) } }, "challenge_page"],
  ["a POST that is never answered", { isTimed: true, fault: { instead: ({ method }) => (method === "POST" ? "hang" : undefined) } }, "answer_timeout", { method: "POST" }],
  ["another reply to the same push", { path: "/wechat/plain", args: ["--account", "plain"], fault: atPush(2, (answer) => ({ ...answer, body: answer.body.toString().replace("echo-", "other-") })) }, "duplicate_differs"],
  ["a slow handler that is not answered", { isTimed: true, path: "/wechat/plain", args: ["--account", "plain"], fault: atPush(3, () => "hang") }, "slow_unanswered"],

  // ── Inside ──
  ["an AppSecret that WeChat does not know", { skipsSlow: true, path: "/wechat/wrong-secret", args: ["--account", "wrong-secret"] }, "token_refused", { errcode: 40125 }],
  ["an app id that WeChat does not know", { skipsSlow: true, path: "/wechat/wrong-app-id", args: ["--account", "wrong-app-id"] }, "token_refused", { errcode: 40013 }],
  ["an address that is not on WeChat's list", { skipsSlow: true, path: "/wechat/not-listed", args: ["--account", "not-listed"] }, "ip_not_allowed", { errcode: 40164 }],
]; // prettier-ignore

describe("seeded faults", () => {
  test.concurrent.each(SEEDS)("%s", async (_, seed, code, facts = {}) => {
    const { code: exitCode, errors, findings } = await diagnosed(seed);
    expect(errors).toEqual([code]);
    expect(findings.find((one) => one.code === code)?.facts).toMatchObject(facts);
    expect(exitCode).toBe(1);
  });

  test("a Worker whose account is not configured right is asked all the same", async () => {
    const here = JSON.parse(env["ACCOUNTS"] ?? "");
    here.misconfigured.kind = "test";
    const { errors } = await diagnosed({
      path: "/wechat/misconfigured",
      args: ["--account", "misconfigured"],
      own: { ACCOUNTS: JSON.stringify(here) },
    });
    expect(errors).toEqual(["worker_misconfigured", "configuration_fault"]);
  });

  test("nobody listens", async () => {
    const { errors, code } = await examined({
      cwd,
      env,
      args: ["--url", `http://localhost:${await freePorts()}/wechat`],
    });
    expect(errors).toEqual(["connection_refused"]);
    expect(code).toBe(1);
  });
});

const BARE = { path: "/wechat/bare", args: ["--account", "bare"] } as const;
const echoed = ({ target }: { target: string }): Outgoing => ({
  ...NOTHING,
  body: /echostr=(\d+)/.exec(target)?.[1] ?? "",
});

/** What is no error: name, seed, and the code that must be there. */
const REMARKS: readonly [name: string, seed: Seed, code: string, facts?: object][] = [
  ["another AppSecret in the Worker: passive replies need none", { own: { WECHAT_APP_SECRET: OTHER_SECRET } }, "secret_differs", { there: true }],
  ["an AppSecret that is only known here", { path: "/wechat/bare", args: ["--account", "bare", "--app-secret", SECRET] }, "secret_differs", { there: false }],
  ["a wrong clock here: the rest is examined by the Worker's", { ...BARE, clock: () => Date.now() - 3_600_000 }, "clock_off"],
  ["a cache that answers old requests", { ...BARE, fault: { instead: (one) => (isStale(one.target) ? echoed(one) : undefined) } }, "stale_accepted"],
  ["a bot that does not know the doctor", { ...BARE, fault: { instead: ({ method }) => (method === "POST" ? { ...NOTHING, body: "success" } : undefined) } }, "probe_unknown", { silent: true }],
  ["compatible here, secure there", { ...BARE, args: ["--account", "bare", "--mode", "compatible"] }, "mode_other", { here: "compatible", there: "secure" }],
  ["another kind here", { own: { WECHAT_ACCOUNT_KIND: "service" } }, "kind_differs", { here: "service", there: "test" }],
  ["an older Worker", { ...BARE, fault: atPath("/doctor", notFound) }, "inside_older"],
  ["a gateway that keeps the API closed", { ...BARE, fault: atPath("/api/v1", page(502, "Bad Gateway")) }, "inside_unreachable"],
  ["another version", { ...BARE, fault: { answer: (answer, { target }) => (target.includes("/doctor") ? { ...answer, body: answer.body.toString().replace(/"version":"[^"]*"/, '"version":"9.9.9"') } : answer) } }, "version_differs", { there: "9.9.9" }],
]; // prettier-ignore

describe("remarks", () => {
  test.concurrent.each(REMARKS)("%s", async (_, seed, code, facts = {}) => {
    const { code: exitCode, errors, findings } = await diagnosed({ ...seed, skipsSlow: true });
    expect(errors).toEqual([]);
    expect(findings.map((one) => one.code)).toContain(code);
    expect(findings.find((one) => one.code === code)?.facts).toMatchObject(facts);
    expect(exitCode).toBe(0);
  });
});

describe("certificates", () => {
  const trusted = getCACertificates();
  const CASES: readonly [string, { from?: string; until?: string }, string, boolean, string][] = [
    ["self-signed", {}, "localhost", false, "tls_self_signed"],
    ["expired", { until: "260101000000Z" }, "localhost", true, "tls_expired"],
    ["not valid yet", { from: "480101000000Z" }, "localhost", true, "tls_not_yet_valid"],
    ["somebody else's", {}, "other.example.com", true, "tls_wrong_name"],
  ];
  afterAll(() => setDefaultCACertificates(trusted));

  test.each(CASES)("%s", async (_, validity, name, isTrusted, code) => {
    const certificate = certificateFor(name, validity);
    setDefaultCACertificates(isTrusted ? [...trusted, certificate.cert] : trusted);
    const proxy = await startFaultyProxy(worker.url, {}, certificate);
    const { errors } = await examined({
      cwd,
      env,
      args: ["--url", `https://localhost:${proxy.port}/wechat`],
    });
    await proxy.close();
    expect(errors).toEqual([code]);
  });

  test("no TLS at all", async () => {
    const proxy = await startFaultyProxy(worker.url);
    const { errors } = await examined({
      cwd,
      env,
      args: ["--url", `https://localhost:${proxy.port}/wechat`],
    });
    await proxy.close();
    expect(errors).toEqual(["tls_failed"]);
  });

  test("one that is about to expire is a warning", async () => {
    const soon = new Date(Date.now() + 5 * 86_400_000).toISOString();
    const until = `${soon.replace(/\D/g, "").slice(2, 14)}Z`;
    const certificate = certificateFor("localhost", { until });
    setDefaultCACertificates([...trusted, certificate.cert]);
    const proxy = await startFaultyProxy(worker.url, { instead: notFound }, certificate);
    const { warnings } = await examined({
      cwd,
      env,
      args: ["--url", `https://localhost:${proxy.port}/wechat`],
    });
    await proxy.close();
    expect(warnings).toEqual(["tls_expires_soon"]);
  });

  test("one that holds lets everything else be tried", async () => {
    const certificate = certificateFor("localhost");
    setDefaultCACertificates([...trusted, certificate.cert]);
    const fault: ProxyFault = { instead: page(502, "Bad Gateway") };
    const proxy = await startFaultyProxy(worker.url, fault, certificate);
    const { codes, errors } = await examined({
      cwd,
      env,
      args: ["--url", `https://localhost:${proxy.port}/wechat`],
    });
    await proxy.close();
    expect(codes).toContain("tls_ok");
    expect(errors).toEqual(["server_error"]);
  });
});

describe("where nothing is wrong", () => {
  const SOUND = ["url_check_ok", "strangers_refused", "push_ok", "duplicate_ok", "slow_ok"];
  test.concurrent.each([
    ["secure", "default", "/wechat"],
    ["plain", "plain", "/wechat/plain"],
    ["compatible", "compatible", "/wechat/compatible"],
    ["secure without an AppSecret", "bare", "/wechat/bare"],
  ])("%s mode: no error, exit code 0", async (_, account, path) => {
    const { code, codes, errors } = await diagnosed({ path, args: ["--account", account] });
    expect(errors).toEqual([]);
    expect(codes).toEqual(expect.arrayContaining(SOUND));
    expect(codes).toContain(account === "plain" ? "inside_unsigned" : "configuration_ok");
    expect(code).toBe(0);
  });

  test.concurrent("run again at once, with the last run's slow answer waiting: the same", async () => {
    const seed = { path: "/wechat/again", args: ["--account", "again"] };
    const first = await diagnosed(seed);
    const second = await diagnosed(seed);
    expect([first.errors, second.errors]).toEqual([[], []]);
    expect([first.code, second.code]).toEqual([0, 0]);
  });

  test.concurrent(
    "a public name in front: its looks and its records are judged, and all the rest is tried",
    async () => {
      const knock = knockWithin(30_000);
      const { codes, errors, warnings } = await examined({
        cwd,
        env,
        args: ["--url", "http://bot.workers.dev/wechat/public", "--account", "public"],
        addresses: ["203.0.114.7"],
        knock: (request) =>
          knock({ ...request, url: request.url.replace("http://bot.workers.dev", worker.url) }),
      });
      expect(errors).toEqual([]);
      expect(warnings).toEqual(expect.arrayContaining(["address_workers_dev", "address_unencrypted"]));
      expect(codes).toEqual(expect.arrayContaining(["dns_ok", ...SOUND]));
    },
  );
});

describe("a hostile server", () => {
  /** What moves a terminal's cursor, colours it, or turns its text around. */
  // oxlint-disable-next-line no-control-regex
  const CONTROLS = /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/;
  const EVIL = "\u001B[2J\u009B31m\u202Eevil\u0007";
  const REPORT = {
    v: 1,
    version: EVIL,
    account: { mode: EVIL, kind: EVIL },
    findings: [
      { code: EVIL, level: "error", facts: {} },
      { code: EVIL, level: "ok", facts: { fact: "1" } },
      { code: "newer_finding", level: "note", facts: { [EVIL]: "2", fine: EVIL } },
      { code: "token_refused", level: "error", facts: { errcode: 40001, errmsg: EVIL, path: EVIL } },
    ],
  };
  const titled = `<html><title>${EVIL}</title></html>`;
  const headers = { "content-type": "text/html", server: "evil\u009B31m", location: "/\u009B31m" };
  const lying: ProxyFault = {
    answer: (answer, { target }) =>
      target.endsWith("/doctor") ? { ...answer, body: JSON.stringify(REPORT) } : answer,
  };
  const FAULTS: readonly [string, () => ProxyFault][] = [
    ["in what it says of itself", () => withoutSlow(lying)],
    ["in a page and its headers", () => ({ instead: () => ({ status: 200, headers, body: titled }) })],
    ["in the headers of a fault", () => ({ instead: () => ({ status: 502, headers, body: EVIL }) })],
    ["in where it leads to", () => ({ instead: () => ({ status: 302, headers, body: "" }) })],
  ];

  test.concurrent.each(FAULTS)("writes nothing but text to the terminal: %s", async (_, faultOf) => {
    const proxy = await startFaultyProxy(worker.url, faultOf());
    try {
      const args = ["--url", `http://localhost:${proxy.port}/wechat`];
      const { stdout, stderr } = await runTheDoctor({ cwd, env, args });
      expect(stdout + stderr).toMatch(/evil|31m/);
      expect(stdout + stderr).not.toMatch(CONTROLS);
      proxy.fault = faultOf();
      const json = await runTheDoctor({ cwd, env, args: [...args, "--json"] });
      expect(JSON.parse(json.stdout).length).toBeGreaterThan(0);
      expect(json.stdout).not.toMatch(CONTROLS);
    } finally {
      await proxy.close();
    }
  });
});

describe("a server that wants to keep the doctor busy", () => {
  const html = { "content-type": "text/html" };

  test.each([
    ["blanks", `x${" ".repeat(262_000)}y`],
    ["tags", `${"<input".repeat(21_000)}${"<title".repeat(21_000)}`],
  ])(
    "does not by %s without end",
    async (_, body) => {
      const { errors } = await diagnosed({
        fault: { instead: () => ({ status: 200, headers: html, body }) },
      });
      expect(errors).toEqual(["page_instead"]);
    },
    15_000,
  );

  test("does not by a clock that runs away whenever it is followed", async () => {
    let asked = 0;
    const instead = (): Outgoing | "close" => {
      const date = new Date(Date.now() + ++asked * 3_600_000).toUTCString();
      if (asked > 40) return "close"; // the doctor would never end
      return { status: 403, headers: { "content-type": "text/plain", date }, body: "refused" };
    };
    expect((await diagnosed({ fault: { instead } })).errors).toEqual(["token_differs"]);
    expect(asked).toBeLessThan(10);
  });
});

describe("the command", () => {
  const here = (): Record<string, string> => ({ ...env, PORT: String(worker.port) });

  test("the Worker of this machine, in words of both languages, each finding with its page", async () => {
    const { code, stdout, stderr } = await runCommand("doctor.ts", ["--token", "another-token-of-mine"], {
      cwd,
      env: here(),
    });
    expect(stderr).toBe("");
    expect(stdout).toContain(`http://localhost:${worker.port}/wechat (default, secure)`);
    expect(stdout).toMatch(
      /^✗ token_differs: The Worker does not accept the Token.* → docs\/messages\/token-verification-failed\.md$/m,
    );
    expect(stdout).toMatch(/^ {2}Worker 不接受本机的 Token.*token-verification-failed\.zh-CN\.md$/m);
    expect(stdout).not.toContain(TOKEN);
    expect(code).toBe(1);
  });

  test("--refused lists what was refused and why, newest first", async () => {
    await runTheDoctor({
      cwd,
      env: here(),
      args: ["--account", "compatible", "--token", "another-token-of-mine"],
    });
    const { code, stdout } = await runTheDoctor({
      cwd,
      env: here(),
      args: ["--account", "compatible", "--refused"],
    });
    expect(stdout).toMatch(/\/wechat\/compatible.*signed with another Token · 签名不匹配/);
    expect(code).toBe(0);
    const json = await runTheDoctor({
      cwd,
      env: here(),
      args: ["--account", "compatible", "--refused", "--json"],
    });
    expect(JSON.parse(json.stdout).refusals[0]).toMatchObject({ path: "/wechat/compatible" });
  });

  test("where something is broken, what nobody can see from here is left for later", async () => {
    const { code, stdout } = await runTheDoctor({
      cwd,
      env,
      args: ["--url", "https://bot.example.com/wechat"],
      addresses: [],
    });
    expect(stdout).toContain("✗ dns_no_address");
    expect(stdout).not.toContain("cannot be seen from here");
    expect(code).toBe(1);
  });

  test("--refused where nothing runs says how to start it", async () => {
    const own = { ...env, PORT: String(await freePorts()) };
    const { code, stderr } = await runTheDoctor({ cwd, env: own, args: ["--refused"] });
    expect(stderr).toMatch(/ECONNREFUSED/);
    expect(stderr).toMatch(/run npm start first\. · .*请先运行 npm start/);
    expect(code).toBe(2);
  });

  test("--refused needs something to sign with", async () => {
    const { code, stderr } = await runTheDoctor({
      cwd,
      env: here(),
      args: ["--account", "plain", "--refused"],
    });
    expect(stderr).toContain("neither an AppSecret nor an EncodingAESKey");
    expect(code).toBe(2);
  });

  test.each<[string, string[], Record<string, string>, RegExp]>([
    ["an option that is none", ["--urll", "x"], {}, /--urll/],
    ["an address without a scheme", ["--url", "bot.example.com/wechat"], {}, /--url must be/],
    ["a mode that is none", ["--mode", "open"], {}, /--mode must be/],
    ["a port that is none", [], { PORT: "x" }, /PORT is no port/],
    ["an account that is none", ["--account", "nobody"], {}, /no account "nobody"/],
    ["a key of 42 characters", ["--aes-key", AES_KEY.slice(1)], {}, /must have 43 characters.*it has 42/],
    [
      "no credentials for another machine",
      ["--url", "https://bot.example.com/wechat"],
      {},
      /no credentials here/,
    ],
  ])("%s: it does not run", async (_, args, more, words) => {
    const own = words.source.includes("credentials") ? {} : here();
    const { code, stderr, stdout } = await runTheDoctor({ cwd, env: { ...own, ...more }, args });
    expect(stderr).toMatch(words);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  test("--help says what it does and what it ends with", async () => {
    const { code, stdout } = await runTheDoctor({ cwd, args: ["--help"] });
    expect(stdout).toContain("Exit codes · 退出码");
    expect(code).toBe(0);
  });
});
