/** Scripted faults: each kind is caused and seen, in memory and over a real connection. */
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { serveSimulator, type SimulatorServer } from "../../../cli/simulator-server.ts";
import { APP_ID, TOKEN } from "../../support/wechat.ts";
import { callsOf, control, timelineOf } from "../support/platform-control.ts";
import { freePorts } from "../support/ports.ts";
import { APP_SECRET, objectOf, SimulatedApi, USER } from "../support/simulated-account.ts";

const SEND = "/cgi-bin/message/custom/send";
const MESSAGE = JSON.stringify({ touser: USER, msgtype: "text", text: { content: "a" } });

let api: SimulatedApi;
/** Asked for before any fault is ordered. */
let token: string;
beforeEach(async () => {
  api = new SimulatedApi("service");
  token = await api.token();
  await api.act({ action: "text", Content: "a" });
});

const order = (fault: object) => control(api, "POST", "faults", fault);
const send = () => api.request(`${SEND}?access_token=${token}`, { method: "POST", body: MESSAGE });
/** How many messages of the account's stand on the phone. */
const shown = async () => (await timelineOf(api, USER)).filter(({ from }) => from === "account").length;

/** What the answer to a message looks like, and whether the message arrived. */
const KINDS: readonly [string, object, boolean, (response: Response) => Promise<unknown>][] = [
  [
    "errcode",
    { errcode: -1 },
    false,
    async (response) =>
      expect(await objectOf(response)).toEqual({
        errcode: -1,
        errmsg: expect.stringMatching(/^system error rid: /),
      }),
  ],
  [
    "errcode",
    { errcode: 48004, errmsg: "api forbidden" },
    false,
    async (response) =>
      expect(await objectOf(response)).toMatchObject({
        errcode: 48004,
        errmsg: expect.stringMatching(/^api forbidden rid: /),
      }),
  ],
  [
    "status",
    {},
    false,
    async (response) => {
      expect(response.status).toBe(502);
      expect(await response.text()).toContain("502 Bad Gateway");
    },
  ],
  ["status", { status: 503 }, false, async (response) => expect(response.status).toBe(503)],
  [
    "html",
    {},
    false,
    async (response) => {
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(await response.text()).toMatch(/^<html>/);
    },
  ],
  [
    "empty",
    {},
    false,
    async (response) => expect([response.status, await response.text()]).toEqual([200, ""]),
  ],
  ["not-json", {}, false, async (response) => expect(await response.text()).toBe("success")],
  ["wrong-shape", {}, false, async (response) => expect(await response.json()).toEqual([])],
  [
    "oversized",
    {},
    false,
    async (response) => {
      const text = await response.text();
      expect(text.length).toBeGreaterThan(10_000_000);
      expect(JSON.parse(text)).toMatchObject({ errcode: 0 });
    },
  ],
  [
    "redirect",
    {},
    false,
    async (response) => {
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toMatch(/^http:\/\/.+\.invalid\//);
    },
  ],
  ["reset", {}, false, (response) => expect(response.text()).rejects.toThrow("cut")],
  ["reset-after", {}, true, (response) => expect(response.text()).rejects.toThrow("cut")],
  [
    "truncated",
    {},
    true,
    async (response) => {
      const text = await response.text();
      expect('{"errcode":0,"errmsg":"ok"}').toContain(text);
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    },
  ],
  [
    "errcode-text",
    {},
    true,
    async (response) => expect(await objectOf(response)).toEqual({ errcode: "0", errmsg: "ok" }),
  ],
  [
    "drip",
    { ms: 1 },
    true,
    async (response) => expect(await objectOf(response)).toMatchObject({ errcode: 0 }),
  ],
];

describe("in memory", () => {
  test.each(KINDS)("%s %o", async (kind, more, effect, check) => {
    await order({ kind, ...more });
    await check(await send());
    expect(await shown()).toBe(effect ? 1 : 0);
    const [call] = (await callsOf(api)).filter(({ path }) => path === SEND);
    expect(call).toMatchObject({ fault: kind, effect });
    expect(await objectOf(await send())).toMatchObject({ errcode: 0 });
    expect(await shown()).toBe(effect ? 2 : 1);
  });

  test("latency delays the call and changes nothing else", async () => {
    await order({ kind: "latency", ms: 150 });
    const startedAt = performance.now();
    expect(await objectOf(await send())).toMatchObject({ errcode: 0 });
    expect(performance.now() - startedAt).toBeGreaterThan(140);
    expect((await callsOf(api)).at(-1)).toMatchObject({ fault: "latency", effect: true, status: 200 });
  });

  test("latency and another fault strike together", async () => {
    await order({ kind: "latency", ms: 100 });
    await order({ kind: "errcode", errcode: 45009 });
    const startedAt = performance.now();
    expect(await objectOf(await send())).toMatchObject({ errcode: 45009 });
    expect(performance.now() - startedAt).toBeGreaterThan(90);
  });

  test("hang never answers, ends with the client, and is recorded at once", async () => {
    await order({ kind: "hang" });
    const client = new AbortController();
    const init = { method: "POST", body: MESSAGE, signal: client.signal };
    const answer = api.request(`${SEND}?access_token=${token}`, init).then(({ status }) => status);
    const winner = await Promise.race([
      answer,
      new Promise((resolve) => {
        setTimeout(resolve, 100, "nobody");
      }),
    ]);
    expect(winner).toBe("nobody");
    expect((await callsOf(api)).at(-1)).toMatchObject({
      path: SEND,
      fault: "hang",
      status: 0,
      effect: false,
    });
    client.abort();
    await expect(answer).rejects.toThrow("gave up");
    expect(await shown()).toBe(0);
  });
});

describe("which calls are struck", () => {
  const errcode = async () => (await objectOf(await send()))["errcode"];

  test("so many, after so many, of one path", async () => {
    await order({ kind: "errcode", errcode: -1, path: SEND, times: 2, after: 1 });
    const ip = async () =>
      (await objectOf(await api.request(`/cgi-bin/getcallbackip?access_token=${token}`)))["errcode"];
    expect([
      await errcode(),
      await ip(),
      await errcode(),
      await ip(),
      await errcode(),
      await errcode(),
    ]).toEqual([0, undefined, -1, undefined, -1, 0]);
    expect((await control(api, "GET", "faults"))["faults"]).toEqual([
      { kind: "errcode", errcode: -1, path: SEND, times: 2, after: 1, fired: 2 },
    ]);
  });

  test("faults strike in the order in which they were ordered", async () => {
    await order({ kind: "errcode", errcode: 1 });
    await order({ kind: "errcode", errcode: 2, times: 2 });
    await order({ kind: "errcode", errcode: 3 });
    expect([await errcode(), await errcode(), await errcode(), await errcode(), await errcode()]).toEqual([
      1, 2, 2, 3, 0,
    ]);
  });

  test("0 times is until they are cleared", async () => {
    await order({ kind: "errcode", errcode: 45009, path: SEND, times: 0 });
    for (let number = 1; number <= 3; number++) expect(await errcode()).toBe(45009);
    expect(await control(api, "DELETE", "faults")).toEqual({ faults: [] });
    expect(await errcode()).toBe(0);
  });

  test("also the calls that give tokens, and calls that would be refused", async () => {
    await order({ kind: "errcode", errcode: 40243, path: "/cgi-bin/stable_token" });
    expect(await api.token()).toBe("undefined");
    await order({ kind: "status", path: SEND });
    const response = await api.request(`${SEND}?access_token=dead`, { method: "POST" });
    expect(response.status).toBe(502);
  });

  test.each<[string, object]>([
    ["no kind", {}],
    ["another kind", { kind: "fire" }],
    ["an errcode that is missing", { kind: "errcode" }],
    ["an errcode that is a text", { kind: "errcode", errcode: "0" }],
    ["a path without a slash", { kind: "reset", path: "cgi-bin/token" }],
    ["a negative number", { kind: "reset", times: -1 }],
    ["half a call", { kind: "reset", after: 0.5 }],
    ["a status that is none", { kind: "status", status: 99 }],
    ["a message that is none", { kind: "errcode", errcode: 1, errmsg: 5 }],
  ])("refuses %s, and says why", async (_, fault) => {
    const answer = await order(fault);
    expect(answer["error"]).toMatch(/ · .*[\u4e00-\u9fff]/u);
    expect(await control(api, "GET", "faults")).toEqual({ faults: [] });
  });
});

describe("over a real connection", () => {
  let server: SimulatorServer;
  let serverToken: string;
  beforeAll(async () => {
    const account = { id: "default", kind: "service", url: "http://localhost:9/wechat" } as const;
    server = await serveSimulator(
      { accounts: [{ ...account, token: TOKEN, appId: APP_ID, appSecret: APP_SECRET }] },
      await freePorts(),
    );
    const query = `grant_type=client_credential&appid=${APP_ID}&secret=${APP_SECRET}`;
    serverToken = String(
      (await objectOf(await fetch(`${server.url}/cgi-bin/token?${query}`)))["access_token"],
    );
    await fetch(`${server.url}/api/phone/default/${USER}/push`, {
      method: "POST",
      body: JSON.stringify({ action: "text", Content: "a" }),
    });
  });
  afterAll(() => server.close());

  const orderOver = (fault: object) =>
    fetch(`${server.url}/api/platform/default/faults`, { method: "POST", body: JSON.stringify(fault) });
  const sendOver = (init: RequestInit = {}) =>
    fetch(`${server.url}${SEND}?access_token=${serverToken}`, { method: "POST", body: MESSAGE, ...init });
  const effects = async () => {
    const { calls } = await objectOf(await fetch(`${server.url}/api/platform/default/calls`));
    const sends = Array.isArray(calls) ? calls.filter(({ path }: { path: string }) => path === SEND) : [];
    return sends.map(({ fault, effect, status }: { fault?: string; effect: boolean; status: number }) => [
      fault,
      effect,
      status,
    ]);
  };

  test("reset and reset-after cut the connection before a byte is answered", async () => {
    await fetch(`${server.url}/api/platform/default/calls`, { method: "DELETE" });
    for (const kind of ["reset", "reset-after"]) {
      await orderOver({ kind });
      const cut = await new Promise<string>((resolve) => {
        const request = httpRequest(
          `${server.url}${SEND}?access_token=${serverToken}`,
          { method: "POST" },
          (response) => resolve(`answered ${response.statusCode ?? 0}`),
        );
        request.once("error", (error) => resolve("code" in error ? String(error.code) : error.message));
        request.end(MESSAGE);
      });
      expect(cut).toBe("ECONNRESET");
    }
    expect(await effects()).toEqual([
      ["reset", false, 0],
      ["reset-after", true, 0],
    ]);
    expect((await sendOver()).status).toBe(200);
  });

  test("hang holds the connection until the client gives up", async () => {
    await orderOver({ kind: "hang" });
    await expect(sendOver({ signal: AbortSignal.timeout(300) })).rejects.toThrow(/aborted|timeout/);
  });

  test("drip sends byte after byte", async () => {
    await orderOver({ kind: "drip", ms: 10 });
    const response = await sendOver();
    const sizes: number[] = [];
    for await (const chunk of response.body ?? []) sizes.push(chunk.length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBe('{"errcode":0,"errmsg":"ok"}'.length);
    expect(sizes.length).toBeGreaterThan(total / 3);
  });

  test("the server ends while calls hang and drip", async () => {
    const other = await serveSimulator(
      {
        accounts: [
          { id: "default", kind: "service", url: "http://localhost:9/wechat", token: TOKEN, appId: APP_ID },
        ],
      },
      await freePorts(),
    );
    for (const kind of ["hang", "drip"]) {
      await fetch(`${other.url}/api/platform/default/faults`, {
        method: "POST",
        body: JSON.stringify({ kind, ms: 10_000 }),
      });
    }
    const hanging = fetch(`${other.url}/cgi-bin/getcallbackip`).then(
      () => "answered",
      () => "cut",
    );
    const dripping = fetch(`${other.url}/cgi-bin/getcallbackip`).then((response) => response.text());
    const caught = dripping.then(
      () => "whole",
      () => "cut",
    );
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
    await other.close();
    expect([await hanging, await caught]).toEqual(["cut", "cut"]);
  });
});
