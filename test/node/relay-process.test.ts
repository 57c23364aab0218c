/** relay.mjs as a process: how it starts, why it does not, how it ends, and how much memory it wants. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import { certificateFor } from "./support/certificate.ts";
import { cleanEnvironment } from "./support/command.ts";
import { freePorts } from "./support/ports.ts";
import {
  ACCESS_TOKEN,
  answerTo,
  callOf,
  closeServers,
  HOST,
  listen,
  MEGABYTE,
  SECRET,
  send,
  signed,
  soon,
} from "./support/relay.ts";

const certificate = certificateFor(HOST);
/** Whatever the machine's own environment says. */
const NOTHING_SET = { RELAY_SECRET: "", HOST: "127.0.0.1", TLS_CERT: "", TLS_KEY: "", RELAY_LOG: "info" };
const children: ChildProcess[] = [];
let folder = "";
let upstreamPort = 0;
let answerUpstream: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wechat-edge-relay-"));
  const server = https.createServer(certificate, (request, response) => answerUpstream(request, response));
  upstreamPort = await listen(server);
  await writeFile(join(folder, "cert.pem"), certificate.cert);
  await writeFile(join(folder, "key.pem"), certificate.key);
  // The relay itself knows no way to another WeChat: the connection is led elsewhere beneath it.
  await writeFile(
    join(folder, "elsewhere.mjs"),
    `import https from "node:https";
     import tls from "node:tls";
     https.Agent.prototype.createConnection = (options) =>
       tls.connect({ ...options, host: "127.0.0.1", port: ${upstreamPort} });
     let most = 0;
     setInterval(() => { most = Math.max(most, process.memoryUsage.rss()); }, 5).unref();
     process.on("message", () => { process.send(most); most = 0; });`,
  );
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await closeServers();
  await rm(folder, { recursive: true });
});

/** Starts relay.mjs as a person does. */
function run(env: Readonly<Record<string, string>>) {
  const child = fork(join(PACKAGE_ROOT, "relay", "relay.mjs"), [], {
    env: { ...cleanEnvironment(), ...NOTHING_SET, NODE_EXTRA_CA_CERTS: join(folder, "cert.pem"), ...env },
    execArgv: ["--import", join(folder, "elsewhere.mjs")],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  children.push(child);
  const output = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (text: string) => {
      output[stream] += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once("close", (code) => resolve(code));
  });
  const started = () => soon(() => output.stdout.includes("relay_started"));
  return { child, output, ended, started };
}

async function mostMemory(child: ChildProcess): Promise<number> {
  child.send("memory");
  const [bytes]: unknown[] = await once(child, "message");
  return Number(bytes);
}

test.each<[string, Record<string, string>, RegExp]>([
  ["no secret", {}, /RELAY_SECRET must have 32 [^]*RELAY_SECRET 至少要有 32/],
  [
    "a short secret",
    { RELAY_SECRET: "x".repeat(31) },
    /RELAY_SECRET must have 32 [^]*RELAY_SECRET 至少要有 32/,
  ],
  ["a port that is none", { RELAY_SECRET: SECRET, PORT: "none" }, /PORT is no port[^]*PORT 不是/],
  [
    "an unknown log level",
    { RELAY_SECRET: SECRET, RELAY_LOG: "loud" },
    /RELAY_LOG must be[^]*RELAY_LOG 应为/,
  ],
  [
    "a certificate without key",
    { RELAY_SECRET: SECRET, TLS_CERT: "/x" },
    /TLS_CERT and TLS_KEY[^]*要一起设置/,
  ],
  [
    "a certificate that is not there",
    { RELAY_SECRET: SECRET, TLS_CERT: "/no", TLS_KEY: "/no" },
    /ENOENT.*\/no/,
  ],
])("with %s ends at once with exit code 1, and says why", async (_, env, message) => {
  const { output, ended } = run(env);
  expect(await ended).toBe(1);
  expect(output.stderr).toMatch(message);
  expect(output.stderr).not.toMatch(/\n\s+at /);
  expect(output.stdout + output.stderr).not.toContain("x".repeat(31));
});

test("a port that is taken ends it with exit code 1, and says so", async () => {
  const { output, ended } = run({ RELAY_SECRET: SECRET, PORT: String(await listen(http.createServer())) });
  expect(await ended).toBe(1);
  expect(output.stderr).toContain("EADDRINUSE");
});

test("serves HTTPS by itself when it is given a certificate", async () => {
  const port = await freePorts();
  const tls = { TLS_CERT: join(folder, "cert.pem"), TLS_KEY: join(folder, "key.pem") };
  const { child, ended, started } = run({ RELAY_SECRET: SECRET, PORT: String(port), ...tls });
  await started();
  const request = https.get({ port, path: "/healthz", servername: HOST, ca: certificate.cert });
  expect(await answerTo(request)).toMatchObject({ status: 200, body: "ok" });
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test.each(["SIGTERM", "SIGINT"] as const)(
  "on %s finishes what is running, takes no more, and ends",
  async (signal) => {
    const port = await freePorts();
    const { child, output, ended, started } = run({ RELAY_SECRET: SECRET, PORT: String(port) });
    await started();
    const arrived = new Promise<ServerResponse>((resolve) => {
      answerUpstream = (_, response) => resolve(response);
    });
    const call = callOf({ method: "GET", body: "" });
    const agent = new http.Agent({ keepAlive: true });
    const idle = http.get({ port, path: "/healthz", agent });
    await answerTo(idle);
    const running = answerTo(
      http.get({
        port,
        path: call.path,
        headers: signed(call),
        agent: new http.Agent({ keepAlive: true }),
      }),
    );
    const response = await arrived;
    child.kill(signal);
    await soon(() =>
      answerTo(http.get({ port, path: "/healthz", agent: false })).then(
        () => false,
        () => true,
      ),
    );
    const startedAt = performance.now();
    response.end("late, but whole");
    expect(await running).toMatchObject({ status: 200, body: "late, but whole" });
    expect(await ended).toBe(0);
    // Not by the deadline of ten seconds.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(output.stderr).toBe("");
  },
);

test("needs no more memory for a large upload than for a small one, and writes no tokens", async () => {
  const port = await freePorts();
  const { child, output, ended, started } = run({ RELAY_SECRET: SECRET, PORT: String(port) });
  await started();
  let bytes = 0;
  answerUpstream = (request, response) => {
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      // A reader that is slower than the sender: what it does not take yet must wait at the sender's.
      request.pause();
      setImmediate(() => request.resume());
    });
    request.on("end", () => response.end("ok"));
  };
  const upload = async (size: number): Promise<number> => {
    const call = callOf({ isStream: true, body: Buffer.alloc(size) });
    const { method, path, body } = call;
    expect(await send({ port, method, path, body, headers: signed(call) })).toMatchObject({ status: 200 });
    return mostMemory(child);
  };
  const small = await upload(MEGABYTE);
  const large = await upload(96 * MEGABYTE);
  expect(bytes).toBe(97 * MEGABYTE);
  expect((large - small) / MEGABYTE).toBeLessThan(48);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(output.stdout).not.toContain(ACCESS_TOKEN);
  expect(
    output.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).message),
  ).toEqual(["relay_started", "call_relayed", "call_relayed"]);
});
