/** The relay, at real servers: what it passes on, what it refuses, and what it says of a call that failed. */
import { createHash, randomBytes } from "node:crypto";
import dns from "node:dns";
import { once } from "node:events";
import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import { connect, createServer as createTcpServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createRelay, LIMITS } from "../../relay/relay.mjs";
import { type CallbackServer, startCallbackServer } from "./support/callback-server.ts";
import { certificateFor } from "./support/certificate.ts";
import { freePorts } from "./support/ports.ts";
import {
  ACCESS_TOKEN,
  answerTo,
  type Call,
  callOf,
  closeServers,
  HOST,
  listen,
  MEGABYTE,
  OTHER_SECRET,
  SECRET,
  send,
  type Sent,
  signed,
  soon,
  startRelay,
  type TestRelay,
} from "./support/relay.ts";

/** Bytes as they are, and the answer up to the end of the connection. */
function talk(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    socket.write(bytes);
  });
}

/** A request by hand, which asks for the connection to be closed. */
function raw(line: string, headers: Readonly<Record<string, string>>): string {
  const all = { Host: "relay", Connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [line, ...lines, "", ""].join("\r\n");
}

/** One call after the other; how many connections it took. */
async function inTurn(port: number, changes: readonly Partial<Call>[]) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  const answers = [];
  for (const change of changes) {
    const call = callOf(change);
    const { method, path } = call;
    const headers = { ...signed(call), "Content-Length": String(Buffer.byteLength(call.body)) };
    const request = http.request({ port, agent, method, path, headers });
    request.once("socket", (socket) => socket.once("data", () => ports.add(socket.localPort)));
    request.end(call.body);
    answers.push(await answerTo(request));
  }
  agent.destroy();
  return { answers, connections: ports.size };
}

let wechat: CallbackServer;
let relay: TestRelay;
const originOf = (server: CallbackServer): string => new URL(server.url).origin;
const answerOk = (_: unknown, response: ServerResponse): void => {
  response.end('{"errcode":0,"errmsg":"ok"}');
};
beforeAll(async () => {
  wechat = await startCallbackServer(answerOk);
  relay = await startRelay(originOf(wechat));
});
afterEach(() => {
  wechat.answer = answerOk;
});
afterAll(async () => {
  await closeServers();
  await wechat.close();
});

describe("a rightly signed call", () => {
  test.each<[string, Partial<Call>]>([
    ["a POST", {}],
    ["a POST without a body", { body: "" }],
    ["a GET", { method: "GET", path: "/cgi-bin/token?grant_type=client_credential&appid=wx1", body: "" }],
    ["a path with escapes", { path: "/cgi-bin/menu/addconditional?a=%E4%BD%A0&b=%0d%0aHost:%20evil&c=a+b" }],
    ["raw UTF-8", { body: '{"text":{"content":"你好 😀"}}' }],
    ["bytes that are no text", { body: randomBytes(3_000) }],
    ["the root", { path: "/" }],
  ])("%s arrives as it was, and the answer as it is", async (_, change) => {
    const call = callOf(change);
    const answer = await relay.call(call);
    expect(answer).toMatchObject({ status: 200, body: '{"errcode":0,"errmsg":"ok"}', isCut: false });
    expect(answer.headers["x-relay-outcome"]).toBe("answered");
    const received = wechat.received.at(-1);
    expect(received).toMatchObject({ method: call.method, target: call.path, body: String(call.body) });
    expect(received?.headers.host).toBe(HOST);
  });

  test.each(["api", "api2", "sh.api", "sz.api", "hk.api", "qyapi"])(
    "goes to %s.weixin.qq.com",
    async (name) => {
      const host = `${name}.weixin.qq.com`;
      expect((await relay.call({ host })).status).toBe(200);
      expect(wechat.received.at(-1)?.headers.host).toBe(host);
    },
  );

  test("may be five minutes late or early, and not a second more", async () => {
    const now = 1_800_000_000;
    const fixed = await startRelay(originOf(wechat), { now: () => now * 1_000 });
    for (const [offset, status] of [
      [-300, 200],
      [300, 200],
      [-301, 403],
      [301, 403],
    ] as const) {
      expect((await fixed.call({ timestamp: now + offset })).status).toBe(status);
    }
  });

  test("is answered with WeChat's own status, body, encoding and redirect", async () => {
    const body = gzipSync('{"errcode":0}');
    wechat.answer = (_, response) => {
      response.writeHead(302, { Location: "https://evil.example/", "Content-Encoding": "gzip" }).end(body);
    };
    const before = wechat.received.length;
    const answer = await relay.call({}, { "Accept-Encoding": "gzip" });
    expect(answer).toMatchObject({ status: 302, bytes: body });
    expect(answer.headers).toMatchObject({ location: "https://evil.example/", "content-encoding": "gzip" });
    expect(wechat.received).toHaveLength(before + 1);
  });

  test("is passed on over TLS to the server that holds WeChat's name", async () => {
    const certificate = certificateFor(HOST);
    const server = https.createServer(certificate, (request, response) => {
      response.end(`over TLS: ${request.headers.host}`);
    });
    const secure = await startRelay(`https://127.0.0.1:${await listen(server)}`, { ca: certificate.cert });
    expect(await secure.call()).toMatchObject({ status: 200, body: `over TLS: ${HOST}` });
    expect(await secure.call()).toMatchObject({ status: 200 });
  });

  test("is one of a thousand at once, by 256 connections, and each gets its own answer", async () => {
    let connections = 0;
    const waiting: (() => void)[] = [];
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        waiting.push(() => response.end(`${request.url} ${Buffer.concat(chunks).toString()}`));
        if (connections >= 256) setTimeout(() => waiting.splice(0).forEach((answer) => answer()), 20);
      });
    });
    server.on("connection", () => {
      connections += 1;
    });
    const patient = { connectMs: 30_000, exchangeMs: 60_000 }; // the machine may be busy with other tests
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`, { limits: patient });
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((number) => one.call({ path: `/cgi-bin/get?n=${number}`, body: `body ${number}` })),
    );
    expect(answers.map(({ body }) => body)).toEqual(
      numbers.map((number) => `/cgi-bin/get?n=${number} body ${number}`),
    );
    expect(connections).toBe(256);
  });

  test("leaves by IPv4, whatever the name has", async () => {
    const lookup = vi.spyOn(dns, "lookup");
    const one = await startRelay("https://wechat.invalid");
    expect((await one.call()).status).toBe(502);
    const asked = lookup.mock.calls.filter(([name]) => name === "wechat.invalid");
    expect(asked.map(([, options]) => options)).toMatchObject([{ family: 4 }]);
    lookup.mockRestore();
  });
});

describe("a request that is not rightly signed", () => {
  const good = callOf({ path: `/cgi-bin/message/custom/send?access_token=${ACCESS_TOKEN}&a=1` });
  const headers = signed(good);
  const [scheme = "", token = ""] = headers.Authorization.split(" ");
  const [timestamp = "", nonce = "", mac = ""] = token.split(".");
  const authorization = (text: string): Partial<Sent> => ({ headers: { ...headers, Authorization: text } });
  const flipped = (hex: string): string => hex.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
  const otherHost = { ...headers, "X-Relay-Host": "api2.weixin.qq.com" };

  test.each<[string, Partial<Sent>, string]>([
    ["another method", { method: "GET" }, "mac"],
    ["another path", { path: good.path.replace("send", "typing") }, "mac"],
    ["another query", { path: good.path.replace("a=1", "a=2") }, "mac"],
    ["a query without its end", { path: good.path.replace("&a=1", "") }, "mac"],
    ["another body", { body: '{"touser":"o2","msgtype":"text"}' }, "mac"],
    ["no body", { body: "" }, "mac"],
    ["another of WeChat's hosts", { headers: otherHost }, "mac"],
    ["another time", authorization(`${scheme} ${Number(timestamp) + 1}.${nonce}.${mac}`), "mac"],
    ["another nonce", authorization(`${scheme} ${timestamp}.${flipped(nonce)}.${mac}`), "mac"],
    ["another mac", authorization(`${scheme} ${timestamp}.${nonce}.${flipped(mac)}`), "mac"],
    ["the body said to be streamed", { headers: { ...headers, "X-Relay-Body": "stream" } }, "mac"],
    ["another secret", { headers: signed({ ...good, secret: OTHER_SECRET }) }, "mac"],
    [
      "a mac that is too short",
      authorization(`${scheme} ${timestamp}.${nonce}.${mac.slice(2)}`),
      "authorization",
    ],
    [
      "a mac in capitals",
      authorization(`${scheme} ${timestamp}.${nonce}.${mac.toUpperCase()}`),
      "authorization",
    ],
    [
      "a nonce that is too short",
      authorization(`${scheme} ${timestamp}.${nonce.slice(2)}.${mac}`),
      "authorization",
    ],
    ["a time that is none", authorization(`${scheme} ${timestamp}e0.${nonce}.${mac}`), "authorization"],
    ["a negative time", authorization(`${scheme} -${timestamp}.${nonce}.${mac}`), "authorization"],
    ["another scheme", authorization(`WE1 ${token}`), "authorization"],
    ["more after the mac", authorization(`${scheme} ${token} `.concat("x")), "authorization"],
    ["no authorization", { headers: { "X-Relay-Host": HOST } }, "authorization"],
    ["no host", { headers: { Authorization: headers.Authorization } }, "host"],
    ["a body kind that is unknown", { headers: { ...headers, "X-Relay-Body": "chunked" } }, "body_kind"],
    ["two body kinds", { headers: { ...headers, "X-Relay-Body": ["stream", "stream"] } }, "body_kind"],
  ])("%s: refused, and nothing else", async (_, change, reason) => {
    const before = wechat.received.length;
    const { method, path, body } = good;
    const answer = await send({ port: relay.port, method, path, body, headers, ...change });
    expect(answer).toMatchObject({ status: 403, body: "refused" });
    const names = ["connection", "content-length", "content-type", "date"];
    expect(Object.keys(answer.headers).sort()).toEqual(names);
    expect(wechat.received).toHaveLength(before);
    expect(await relay.logged("request_refused")).toMatchObject({ reason });
  });

  test.each([
    "mp.weixin.qq.com",
    "weixin.qq.com",
    "api3.weixin.qq.com",
    "api.weixin.qq.com.evil.example",
    "evil.example#api.weixin.qq.com",
    "API.weixin.qq.com",
    "api.weixin.qq.com:443",
    "api.weixin.qq.com.",
    "apiXweixin.qq.com",
    "user@api.weixin.qq.com",
    "127.0.0.1",
    "localhost",
    "",
  ])("rightly signed, but for the host %j: refused", async (host) => {
    const before = wechat.received.length;
    expect(await relay.call({ host })).toMatchObject({ status: 403, body: "refused" });
    expect(wechat.received).toHaveLength(before);
    expect(await relay.logged("request_refused")).toMatchObject({ reason: "host" });
  });

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])(
    "rightly signed, but by %s: refused",
    async (method) => {
      expect(await relay.call({ method })).toMatchObject({ status: 403, body: "refused" });
      expect(await relay.logged("request_refused")).toMatchObject({ reason: "method" });
    },
  );

  test.each([
    ["an authority", "//evil.example/cgi-bin/token"],
    ["a whole URL", "http://evil.example/cgi-bin/token"],
    ["a whole URL of WeChat", "https://api.weixin.qq.com/cgi-bin/token"],
    ["a backslash", "/\\evil.example/"],
    ["a backslash further on", "/cgi-bin\\..\\token"],
    ["a fragment", "/cgi-bin/token#/cgi-bin/menu"],
    ["raw bytes beyond ASCII", "/cgi-bin/\u00e9"],
    ["an asterisk", "*"],
  ])("rightly signed, but the target is %s: refused", async (_, path) => {
    const before = wechat.received.length;
    const call = callOf({ method: "GET", path, body: "" });
    const answer = await talk(relay.port, raw(`GET ${path} HTTP/1.1`, signed(call)));
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(wechat.received).toHaveLength(before);
  });

  test.each<[string, (headers: Record<string, string>) => string]>([
    ["a line break in the target", (all) => raw("GET /a\r\nX-Relay-Host: evil HTTP/1.1", all)],
    [
      "a bare line feed in a header",
      (all) => raw("GET / HTTP/1.1", { ...all, "X-A": "1\nX-Relay-Host: evil" }),
    ],
    ["a bare carriage return", (all) => raw("GET / HTTP/1.1", { ...all, "X-A": "1\rX-Relay-Host: evil" })],
    ["two hosts", (all) => raw("GET / HTTP/1.1", { ...all, "x-relay-host": "evil.example" })],
    ["two lengths", (all) => raw("GET / HTTP/1.1", { ...all, "Content-Length": "0", "content-length": "5" })],
    [
      "a length and chunks, to hide a second request",
      (all) =>
        raw("POST / HTTP/1.1", { ...all, "Content-Length": "4", "Transfer-Encoding": "chunked" }) +
        "0\r\n\r\nGET /hidden HTTP/1.1\r\n\r\n",
    ],
  ])("%s: nothing reaches WeChat", async (_, request) => {
    const before = wechat.received.length;
    const answer = await talk(relay.port, request(signed(callOf({ method: "GET", path: "/", body: "" }))));
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(answer).not.toContain("200 OK");
    expect(wechat.received).toHaveLength(before);
  });

  test("refusals are counted, with the address and the end of what proxies saw of it", async () => {
    const one = await startRelay(originOf(wechat));
    const forwarded = { "X-Forwarded-For": `${"1".repeat(5_000)}, 198.51.100.7` };
    for (const refused of [1, 2]) {
      await send({ port: one.port, method: "GET", path: "/", headers: forwarded });
      expect(await one.logged("request_refused")).toEqual({
        level: "warn",
        message: "request_refused",
        ip: "127.0.0.1",
        forwarded_for: `${"1".repeat(86)}, 198.51.100.7`,
        reason: "authorization",
        refused,
      });
    }
  });
});

describe("a nonce", () => {
  test("is accepted once, and not again with another time or body", async () => {
    const call = callOf();
    expect((await relay.call(call)).status).toBe(200);
    const before = wechat.received.length;
    for (const change of [{}, { timestamp: call.timestamp - 1 }, { body: "{}" }, { isStream: true }]) {
      expect(await relay.call({ ...call, ...change })).toMatchObject({ status: 403, body: "refused" });
      expect(await relay.logged("request_refused")).toMatchObject({ reason: "nonce" });
    }
    expect(wechat.received).toHaveLength(before);
  });

  test("of which only a stranger's request made use is still good", async () => {
    const call = callOf();
    expect((await relay.call({ ...call, secret: OTHER_SECRET })).status).toBe(403);
    expect((await relay.call(call)).status).toBe(200);
  });

  test("is remembered as long as its time is good, even one from the future", async () => {
    let now = 1_800_000_000;
    const one = await startRelay(originOf(wechat), { now: () => now * 1_000 });
    const call = callOf({ timestamp: now + LIMITS.windowSeconds });
    expect((await one.call(call)).status).toBe(200);
    now += LIMITS.nonceSeconds;
    expect((await one.call(call)).status).toBe(403);
    expect(await one.logged("request_refused")).toMatchObject({ reason: "nonce" });
    now += 1;
    expect((await one.call(call)).status).toBe(403);
    expect(await one.logged("request_refused")).toMatchObject({ reason: "timestamp" });
  });

  test("is forgotten for no other one: a full memory takes no more, until the oldest are too old", async () => {
    let now = 1_800_000_000;
    const limits = { nonces: 2 };
    const one = await startRelay(originOf(wechat), { now: () => now * 1_000, limits });
    const first = callOf({ timestamp: now });
    expect((await one.call(first)).status).toBe(200);
    expect((await one.call({ timestamp: now })).status).toBe(200);
    const full = await one.call({ timestamp: now });
    expect(full).toMatchObject({ status: 503, body: '{"error":"too_many_nonces"}' });
    expect(full.headers["x-relay-outcome"]).toBe("not-sent");
    expect((await one.call(first)).status).toBe(403);
    now += LIMITS.nonceSeconds + 1;
    expect((await one.call({ timestamp: now })).status).toBe(200);
  });
});

describe("a body", () => {
  test("of one megabyte is checked and passed on", async () => {
    const answer = await relay.call({ body: "x".repeat(MEGABYTE) });
    expect(answer.status).toBe(200);
    expect(wechat.received.at(-1)?.body).toHaveLength(MEGABYTE);
    expect(wechat.received.at(-1)?.headers["content-length"]).toBe(String(MEGABYTE));
  });

  test("that is a byte larger is not sent, and the connection stays good", async () => {
    const before = wechat.received.length;
    const sizes = [5 * MEGABYTE, MEGABYTE + 1, 1];
    const { answers, connections } = await inTurn(
      relay.port,
      sizes.map((size) => ({ body: "x".repeat(size) })),
    );
    expect(answers).toMatchObject([
      { status: 413, body: '{"error":"body_too_large"}', headers: { "x-relay-outcome": "not-sent" } },
      { status: 413, body: '{"error":"body_too_large"}', headers: { "x-relay-outcome": "not-sent" } },
      { status: 200, headers: { "x-relay-outcome": "answered", "keep-alive": "timeout=125" } },
    ]);
    expect(connections).toBe(1);
    expect(wechat.received).toHaveLength(before + 1);
  });

  test.each(["POST", "GET"])(
    "in chunks goes on by %s with its length, which WeChat wants",
    async (method) => {
      const call = callOf({ method, body: "in three chunks" });
      const headers = { ...signed(call), "Transfer-Encoding": "chunked" };
      const request = http.request({ port: relay.port, path: call.path, method, headers });
      for (const part of ["in ", "three ", "chunks"]) request.write(part);
      request.end();
      expect((await answerTo(request)).status).toBe(200);
      const received = wechat.received.at(-1);
      expect(received?.body).toBe("in three chunks");
      expect(received?.headers["content-length"]).toBe("15");
      expect(received?.headers["transfer-encoding"]).toBeUndefined();
    },
  );

  test("that stops coming is given up, and was not sent", async () => {
    const one = await startRelay(originOf(wechat), { limits: { exchangeMs: 1_000 } });
    const before = wechat.received.length;
    const call = callOf({ body: "whole" });
    const headers = { ...signed(call), "Content-Length": "5" };
    const request = http.request({ port: one.port, path: call.path, method: "POST", headers });
    request.write("who");
    const answer = await answerTo(request);
    expect(answer).toMatchObject({ status: 502, body: '{"error":"timeout"}' });
    expect(answer.headers["x-relay-outcome"]).toBe("not-sent");
    request.end("le");
    expect((await one.call({ path: "/after" })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(wechat.received.slice(before).map(({ target }) => target)).toEqual(["/after"]);
  });

  test("whose sender goes away is forgotten", async () => {
    const one = await startRelay(originOf(wechat), { limits: { heldBytes: 1_000 } });
    const before = wechat.received.length;
    const call = callOf();
    const headers = { ...signed(call), "Content-Length": "1000" };
    const request = http.request({ port: one.port, path: call.path, method: "POST", headers });
    request.on("error", () => {});
    request.write("x".repeat(900));
    await soon(async () => (await one.call({ body: "x".repeat(500) })).status === 503);
    const sent = wechat.received.length - before;
    request.destroy();
    await soon(async () => (await one.call({ body: "x".repeat(900) })).status === 200);
    expect(wechat.received).toHaveLength(before + sent + 1);
  });

  test("of a stranger cannot fill the memory: all bodies together have a limit", async () => {
    const one = await startRelay(originOf(wechat), { limits: { heldBytes: 1_000 } });
    const call = callOf({ body: "x".repeat(900) });
    const headers = { ...signed(call), "Content-Length": "900" };
    const first = http.request({ port: one.port, path: call.path, method: "POST", headers });
    const firstAnswer = answerTo(first);
    first.write("x".repeat(899));
    const busy = await soon(async () => {
      const answer = await one.call({ body: "x".repeat(500) });
      return answer.status === 503 && answer;
    });
    expect(busy).toMatchObject({ body: '{"error":"busy"}' });
    expect(busy.headers["x-relay-outcome"]).toBe("not-sent");
    first.end("x");
    expect((await firstAnswer).status).toBe(200);
    expect((await one.call({ body: "x".repeat(900) })).status).toBe(200);
  });
});

describe("a streamed body", () => {
  const UPLOAD = `/cgi-bin/media/upload?access_token=${ACCESS_TOKEN}&type=video`;

  test("of 20 MB arrives whole, with its length", async () => {
    const body = randomBytes(20 * MEGABYTE);
    const digest = createHash("sha256");
    let headers: IncomingHttpHeaders = {};
    const server = http.createServer((request, response) => {
      ({ headers } = request);
      request.on("data", (chunk: Buffer) => digest.update(chunk));
      request.on("end", () => response.end('{"media_id":"1"}'));
    });
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`);
    const type = { "Content-Type": "multipart/form-data; boundary=x" };
    const answer = await one.call({ body, isStream: true, path: UPLOAD }, type);
    expect(answer).toMatchObject({ status: 200, body: '{"media_id":"1"}' });
    expect(digest.digest("hex")).toBe(createHash("sha256").update(body).digest("hex"));
    expect(headers).toMatchObject({
      "content-length": String(body.length),
      "content-type": type["Content-Type"],
    });
    expect(headers["transfer-encoding"]).toBeUndefined();
  });

  test("without a length is not sent, for WeChat takes none", async () => {
    const before = wechat.received.length;
    const call = callOf({ isStream: true });
    const request = http.request({
      port: relay.port,
      path: call.path,
      method: "POST",
      headers: signed(call),
    });
    request.write(call.body);
    request.end();
    const answer = await answerTo(request);
    expect(answer).toMatchObject({ status: 411, body: '{"error":"length_required"}' });
    expect(answer.headers["x-relay-outcome"]).toBe("not-sent");
    expect(wechat.received).toHaveLength(before);
  });

  test("that is too large is not sent", async () => {
    const one = await startRelay(originOf(wechat), { limits: { streamBytes: 10 } });
    const before = wechat.received.length;
    expect((await one.call({ isStream: true, body: "x".repeat(10) })).status).toBe(200);
    const answer = await one.call({ isStream: true, body: "x".repeat(11) });
    expect(answer).toMatchObject({ status: 413, body: '{"error":"body_too_large"}' });
    expect(answer.headers["x-relay-outcome"]).toBe("not-sent");
    expect(wechat.received).toHaveLength(before + 1);
  });

  test("that is not rightly signed is refused, and the sender hears it", async () => {
    const before = wechat.received.length;
    const change = { isStream: true, secret: OTHER_SECRET, body: Buffer.alloc(5 * MEGABYTE) };
    expect(await relay.call(change)).toMatchObject({ status: 403, body: "refused" });
    expect(wechat.received).toHaveLength(before);
  });

  test("that WeChat refuses half-way is answered all the same, and the connection stays good", async () => {
    const server = http.createServer((request, response) => {
      // The rest is read and thrown away, or the caller's own system would throw the answer away.
      request.once("data", () => response.writeHead(413).end("too large")).resume();
    });
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`);
    const body = Buffer.alloc(30 * MEGABYTE);
    const { answers, connections } = await inTurn(one.port, [{ isStream: true, body }, {}]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 413, body: "too large", isCut: false });
      expect(answer.headers["x-relay-outcome"]).toBe("answered");
    }
    expect(connections).toBe(1);
  });

  test("whose sender goes away is not made whole", async () => {
    const server = http.createServer();
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`);
    const call = callOf({ isStream: true });
    const headers = { ...signed(call), "Content-Length": "1000" };
    const request = http.request({ port: one.port, path: call.path, method: "POST", headers });
    request.on("error", () => {});
    request.write("a beginning");
    const [received]: IncomingMessage[] = await once(server, "request");
    request.destroy();
    await new Promise((resolve) => {
      received
        ?.on("error", () => {})
        .resume()
        .once("close", resolve);
    });
    expect(received?.complete).toBe(false);
  });
});

describe("a call that fails", () => {
  /** The origin of a server that does with each connection as it is told. */
  async function tcpOrigin(scheme: string, treat: (socket: Socket) => void): Promise<string> {
    const server = createTcpServer((socket) => {
      socket.on("error", () => {});
      treat(socket);
    });
    return `${scheme}://127.0.0.1:${await listen(server)}`;
  }
  async function tlsOrigin(host: string): Promise<string> {
    const server = https.createServer(certificateFor(host), (_, response) => response.end("never"));
    return `https://127.0.0.1:${await listen(server)}`;
  }
  const limits = { connectMs: 1_000, exchangeMs: 1_500 };

  test.each<[string, () => Promise<string>, RegExp]>([
    ["nobody listens", async () => `http://127.0.0.1:${await freePorts()}`, /^ECONNREFUSED$/],
    ["the name is unknown", async () => "http://wechat.invalid", /^(?:ENOTFOUND|EAI_AGAIN)$/],
    ["the handshake hangs", () => tcpOrigin("https", () => {}), /^connect_timeout$/],
    ["the handshake is cut", () => tcpOrigin("https", (socket) => socket.destroy()), /^ECONNRESET$/],
    [
      "it speaks no TLS",
      () => tcpOrigin("https", (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")),
      /SSL|EPROTO/,
    ],
    ["nobody vouches for the certificate", () => tlsOrigin(HOST), /CERT/],
  ])("because %s: it was not sent", async (_, origin, error) => {
    const one = await startRelay(await origin(), { limits });
    const answer = await one.call();
    expect(answer.status).toBe(502);
    expect(answer.headers).toMatchObject({
      "x-relay-outcome": "not-sent",
      "content-type": "application/json",
    });
    expect(JSON.parse(answer.body)).toEqual({ error: expect.stringMatching(error) });
    expect(await one.logged("call_relayed")).toMatchObject({ level: "warn", outcome: "not-sent" });
  });

  test("before a large upload: the caller hears of it, and the connection stays good", async () => {
    const one = await startRelay(`http://127.0.0.1:${await freePorts()}`);
    const body = Buffer.alloc(20 * MEGABYTE);
    const { answers, connections } = await inTurn(one.port, [{ isStream: true, body }, {}]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 502, body: '{"error":"ECONNREFUSED"}' });
    }
    expect(connections).toBe(1);
  });

  test("because the certificate is another server's: it was not sent", async () => {
    const certificate = certificateFor("evil.example");
    let requests = 0;
    const server = https.createServer(certificate, (_, response) => {
      requests += 1;
      response.end();
    });
    const origin = `https://127.0.0.1:${await listen(server)}`;
    const answer = await (await startRelay(origin, { ca: certificate.cert })).call();
    expect(answer).toMatchObject({ status: 502, body: '{"error":"ERR_TLS_CERT_ALTNAME_INVALID"}' });
    expect(answer.headers["x-relay-outcome"]).toBe("not-sent");
    expect(requests).toBe(0);
  });

  test.each<[string, Partial<Call>]>([
    ["a small body", {}],
    ["a streamed body", { isStream: true, body: Buffer.alloc(3 * MEGABYTE) }],
  ])("because WeChat hangs, after %s: whether it had an effect is unknown", async (_, change) => {
    const server = http.createServer((request) => request.resume());
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`, { limits });
    const answer = await one.call(change);
    expect(answer).toMatchObject({ status: 504, body: '{"error":"timeout"}' });
    expect(answer.headers["x-relay-outcome"]).toBe("unknown");
  });

  test("because WeChat cuts the connection: whether it had an effect is unknown, also on a used connection", async () => {
    let requests = 0;
    const server = http.createServer((request, response) => {
      requests += 1;
      if (requests === 2) request.socket.destroy();
      else response.end("ok");
    });
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`);
    expect((await one.call()).status).toBe(200);
    const answer = await one.call();
    expect(answer).toMatchObject({ status: 502, body: '{"error":"ECONNRESET"}' });
    expect(answer.headers["x-relay-outcome"]).toBe("unknown");
    expect((await one.call()).status).toBe(200);
    expect(requests).toBe(3);
  });

  test("because WeChat's answer is no HTTP: whether it had an effect is unknown", async () => {
    const origin = await tcpOrigin("http", (socket) =>
      socket.once("data", () => socket.end("hello\r\n\r\n")),
    );
    const answer = await (await startRelay(origin)).call();
    expect(answer.status).toBe(502);
    expect(answer.headers["x-relay-outcome"]).toBe("unknown");
  });

  test.each<[string, string, (response: ServerResponse) => void]>([
    ["is cut", "ECONNRESET", (response) => response.socket?.destroy()],
    ["hangs", "timeout", () => {}],
  ])("in the middle of an answer that %s: the caller does not take it for whole", async (_, error, end) => {
    const server = http.createServer((__, response) => {
      response.write('{"errcode":');
      setTimeout(() => end(response), 50);
    });
    const one = await startRelay(`http://127.0.0.1:${await listen(server)}`, { limits });
    const answer = await one.call();
    expect(answer).toMatchObject({ status: 200, body: '{"errcode":', isCut: true });
    expect(answer.headers["x-relay-outcome"]).toBe("answered");
    expect(await one.logged("call_relayed")).toMatchObject({ level: "warn", outcome: "answered", error });
  });

  test("because the caller goes away: WeChat's side ends too", async () => {
    wechat.answer = () => {};
    const call = callOf();
    const headers = { ...signed(call), "Content-Length": Buffer.byteLength(call.body) };
    const request = http.request({ port: relay.port, path: call.path, method: "POST", headers });
    request.on("error", () => {});
    request.end(call.body);
    const before = wechat.received.length;
    const received = await soon(() => wechat.received[before]);
    request.destroy();
    expect(await received.cut).toBe(true);
    await soon(() => relay.lines.at(-1)?.includes("client_gone"));
  });
});

describe("headers", () => {
  const caller = {
    "CF-Connecting-IP": "203.0.113.9",
    "CF-Ray": "1",
    "CF-Worker": "example.com",
    "CDN-Loop": "cloudflare",
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "203.0.113.9",
    "True-Client-IP": "203.0.113.9",
    Forwarded: "for=203.0.113.9",
    Via: "1.1 example",
    TE: "trailers",
    Connection: "keep-alive, X-Hop",
    "X-Hop": "1",
    "Proxy-Authorization": "Basic eDp5",
    "X-Relay-Note": "1",
  };

  test("of the connection and of the caller stay here; the rest go to WeChat", async () => {
    const kept = { "Content-Type": "application/json", Accept: "*/*", "User-Agent": "wechat-edge" };
    await relay.call({ body: "{}" }, { ...caller, ...kept });
    const { connection, ...received } = wechat.received.at(-1)?.headers ?? {};
    expect(received).toEqual({
      host: HOST,
      "content-length": "2",
      "content-type": "application/json",
      accept: "*/*",
      "user-agent": "wechat-edge",
    });
    expect(connection).toBe("keep-alive");
  });

  test("of WeChat's connection stay there; what it says of the outcome is not believed", async () => {
    wechat.answer = (_, response) => {
      response.writeHead(200, {
        ...caller,
        "X-Relay-Outcome": "not-sent",
        "Content-Type": "image/jpeg",
        "Content-Disposition": 'attachment; filename="a.jpg"',
        "Set-Cookie": ["a=1", "b=2"],
      });
      response.end("image");
    };
    const { headers } = await relay.call();
    const { date, connection, "transfer-encoding": encoding, ...rest } = headers;
    expect(rest).toEqual({
      "x-relay-outcome": "answered",
      "content-type": "image/jpeg",
      "content-disposition": 'attachment; filename="a.jpg"',
      "set-cookie": ["a=1", "b=2"],
    });
    expect([typeof date, connection, encoding]).toEqual(["string", "close", "chunked"]);
  });
});

describe("the secret", () => {
  test("may be two, while the old one is being replaced", async () => {
    const one = await startRelay(originOf(wechat), { secret: ` ${OTHER_SECRET} , ${SECRET}` });
    expect((await one.call({ secret: SECRET })).status).toBe(200);
    expect((await one.call({ secret: OTHER_SECRET })).status).toBe(200);
    expect((await one.call({ secret: "c".repeat(32) })).status).toBe(403);
    expect((await one.call({ secret: `${OTHER_SECRET},${SECRET}` })).status).toBe(403);
  });

  test.each(["", "short", "a".repeat(31), `${SECRET},short`, `${SECRET},`, `${SECRET},${SECRET},${SECRET}`])(
    "%j is no secret",
    (secret) => {
      expect(() => createRelay({ secret })).toThrow(/RELAY_SECRET must have 32[^]*RELAY_SECRET 至少要有 32/);
    },
  );
});

test.each<[string, string, number, string]>([
  ["GET", "/healthz", 200, "ok"],
  ["GET", "/healthz?a=1", 403, "refused"],
  ["POST", "/healthz", 403, "refused"],
  ["GET", "/", 403, "refused"],
  ["GET", "/favicon.ico", 403, "refused"],
])("%s %s is answered with %i to anybody", async (method, path, status, body) => {
  expect(await send({ port: relay.port, method, path, headers: {} })).toMatchObject({ status, body });
});

test("the log says what was called and how it went, and holds neither token nor signature", async () => {
  const one = await startRelay(originOf(wechat));
  const call = callOf();
  await one.call(call);
  await one.logged("call_relayed");
  await one.call({ ...call });
  await one.call({ path: `//${ACCESS_TOKEN}?access_token=${ACCESS_TOKEN}` });
  expect(one.lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: "info",
      message: "call_relayed",
      method: "POST",
      host: HOST,
      path: "/cgi-bin/message/custom/send",
      status: 200,
      outcome: "answered",
      duration_ms: expect.any(Number),
    },
    { level: "warn", message: "request_refused", reason: "nonce" },
    { level: "warn", message: "request_refused", reason: "path" },
  ]);
  const text = one.lines.join("\n");
  for (const secret of [ACCESS_TOKEN, SECRET, call.nonce, "touser"]) expect(text).not.toContain(secret);
});
