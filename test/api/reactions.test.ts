/** Each kind of failure and what is done about it, as the platform sees it. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { BREAKER_FAILURES, BREAKER_PAUSE_MS } from "../../src/api/request/breaker.ts";
import { nextBeijingMidnight } from "../../src/api/request/closures.ts";
import { ERRCODES } from "../../src/api/request/errcodes.ts";
import type { ApiUnreachableError } from "../../src/errors.ts";
import { logs } from "../support/logs.ts";
import { ApiIsolate, apiOf, claimingIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const SEND = "/cgi-bin/message/custom/send";
const IPS = "/cgi-bin/getcallbackip";

beforeEach(async () => {
  await service.reset();
  return () => vi.useRealTimers();
});

async function send(isolate = new ApiIsolate("service"), text = "答复"): Promise<void> {
  await isolate.api.customerService.send(OPENID, text);
}

/** An isolate whose pauses between attempts take no time; they are noted. */
function hurried(vars: Readonly<Record<string, string>> = {}): { isolate: ApiIsolate; pauses: number[] } {
  const isolate = new ApiIsolate("service", vars);
  const pauses: number[] = [];
  Object.assign(isolate.shared, {
    sleep: async (ms: number) => {
      pauses.push(ms);
    },
  });
  return { isolate, pauses };
}

async function shown(): Promise<unknown[]> {
  const { timeline } = await service.phone(OPENID);
  return timeline.filter(({ via }) => via === "customer-service").map(({ reply }) => reply);
}

describe("a busy WeChat", () => {
  beforeEach(() => service.act(OPENID, { action: "text", Content: "x" }));

  test.each([-1, 45011])("%d is asked again after growing pauses, sends too", async (errcode) => {
    await service.fault({ kind: "errcode", errcode, path: SEND, times: 3 });
    const { isolate, pauses } = hurried();
    await send(isolate);
    expect(await service.calls(SEND)).toHaveLength(4);
    expect(await shown()).toHaveLength(1);
    expect(pauses.map((ms, index) => Math.abs(ms / (1_000 * 2 ** index) - 1) <= 0.2)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test("-1 is given up after three more tries", async () => {
    await service.fault({ kind: "errcode", errcode: -1, path: SEND, times: 0 });
    await expect(send(hurried().isolate)).rejects.toMatchObject({ errcode: -1, reaction: "retry" });
    expect(await service.calls(SEND)).toHaveLength(4);
  });

  test("the pause is a real one", async () => {
    await service.fault({ kind: "errcode", errcode: -1, path: SEND });
    const started = Date.now();
    await send();
    expect(Date.now() - started).toBeGreaterThan(750);
  });
});

describe("refusals that end a call", () => {
  const final = [...ERRCODES].filter(
    ([, { reaction }]) => reaction !== "retry" && reaction !== "renew_token",
  );

  test.each(final)("%d is not repeated: $reaction", async (errcode, { reaction }) => {
    await service.act(OPENID, { action: "text", Content: "x" });
    await service.fault({ kind: "errcode", errcode, path: SEND });
    await expect(send()).rejects.toMatchObject({
      name: "ApiError",
      code: "api_refused",
      errcode,
      reaction,
      path: SEND,
      hint: expect.stringContaining(`docs/errcodes.md#${errcode}`),
    });
    expect(await service.calls(SEND)).toHaveLength(1);
    expect(await shown()).toEqual([]);
  });

  test("a number that nobody knows is an error all the same", async () => {
    await service.fault({ kind: "errcode", errcode: 99_999, path: IPS });
    await expect(apiOf("service").call("GET", IPS)).rejects.toMatchObject({
      errcode: 99_999,
      reaction: "input",
    });
  });

  test("the window is closed: 45015, no retry, and the next message of the user opens it", async () => {
    await service.phone(OPENID);
    await expect(send()).rejects.toMatchObject({ errcode: 45015, reaction: "window" });
    await service.act(OPENID, { action: "text", Content: "x" });
    await send();
    expect(await service.calls(SEND)).toHaveLength(2);
  });

  test("five messages and no more: 45047", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    for (let i = 0; i < 5; i++) await send();
    await expect(send()).rejects.toMatchObject({ errcode: 45047, reaction: "window" });
    expect(await shown()).toHaveLength(5);
  });
});

describe("a closed call", () => {
  test("45009 closes it until midnight in Beijing, in every isolate; others go on", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    await service.fault({ kind: "errcode", errcode: 45009, path: SEND, times: 0 });
    const first = new ApiIsolate("service");
    await expect(send(first)).rejects.toMatchObject({ errcode: 45009, reaction: "quota", remembered: false });
    await expect(send(first)).rejects.toMatchObject({ errcode: 45009, remembered: true });
    expect(first.api.isOpen(SEND)).toBe(false);
    const second = new ApiIsolate("service");
    await second.api.call("GET", IPS);
    await expect(send(second)).rejects.toMatchObject({ errcode: 45009, remembered: true });
    expect(await service.calls(SEND)).toHaveLength(1);
    await service.control("DELETE", "faults");
    vi.useFakeTimers({ toFake: ["Date"], now: nextBeijingMidnight(Date.now()) + 1 });
    await service.act(OPENID, { action: "text", Content: "x" });
    await send(new ApiIsolate("service"));
  });

  test("48001 is remembered for a day, when the account is taken for another kind", async () => {
    const personal = new Platform("personal");
    await personal.reset();
    const isolate = claimingIsolate("personal");
    const sending = (): Promise<void> => isolate.api.customerService.send(OPENID, "x");
    await expect(sending()).rejects.toMatchObject({
      errcode: 48001,
      reaction: "permission",
      remembered: false,
    });
    await expect(sending()).rejects.toMatchObject({ errcode: 48001, remembered: true });
    expect(await personal.calls(SEND)).toHaveLength(1);
  });

  test.each([
    ["00:00", Date.UTC(2026, 10, 24, 16, 0), Date.UTC(2026, 10, 25, 16, 0)],
    ["08:00", Date.UTC(2026, 10, 25, 0, 0), Date.UTC(2026, 10, 25, 16, 0)],
    ["23:59", Date.UTC(2026, 10, 25, 15, 59), Date.UTC(2026, 10, 25, 16, 0)],
  ])("a day that is at %s in Beijing ends at its midnight", (_time, now, midnight) => {
    expect(nextBeijingMidnight(now)).toBe(midnight);
  });
});

/** What comes instead of WeChat's answer, and whether a message may have been shown. */
const NO_ANSWERS = [
  { kind: "status", status: 502, code: "api_answer_unreadable" },
  { kind: "html", code: "api_answer_unreadable" },
  { kind: "empty", code: "api_answer_unreadable" },
  { kind: "truncated", code: "api_answer_unreadable" },
  { kind: "not-json", code: "api_answer_unreadable" },
  { kind: "wrong-shape", code: "api_answer_unreadable" },
  { kind: "errcode-text", code: "api_answer_unreadable" },
  { kind: "oversized", code: "api_answer_unreadable" },
  { kind: "redirect", code: "api_answer_unreadable" },
  { kind: "reset", code: "api_unreachable" },
  { kind: "reset-after", code: "api_unreachable" },
] as const;

describe("no answer", () => {
  beforeEach(() => service.act(OPENID, { action: "text", Content: "x" }));

  test.each(NO_ANSWERS)("$kind: a send is unknown, and made once", async ({ code, ...fault }) => {
    await service.fault({ ...fault, path: SEND });
    await expect(send()).rejects.toMatchObject({ name: "ApiUnreachableError", code, outcome: "unknown" });
    expect(await service.calls(SEND)).toHaveLength(1);
    expect((await shown()).length).toBeLessThanOrEqual(1);
  });

  test.each(NO_ANSWERS)("$kind: a call that may be repeated is", async ({ code: _code, ...fault }) => {
    await service.fault({ ...fault, path: IPS, times: 2 });
    const { isolate, pauses } = hurried();
    expect(await isolate.api.call("GET", IPS)).toHaveProperty("ip_list");
    expect(await service.calls(IPS)).toHaveLength(3);
    expect(pauses).toHaveLength(2);
  });

  test.each(NO_ANSWERS)("$kind: of the token call leaves nothing sent", async ({ code: _code, ...fault }) => {
    await service.fault({ ...fault, path: "/cgi-bin/stable_token", times: 0 });
    await expect(send()).rejects.toMatchObject({ name: "ApiUnreachableError", outcome: "not-sent" });
    expect(await service.calls(SEND)).toHaveLength(0);
    expect(await service.calls("/cgi-bin/stable_token")).toHaveLength(3);
  });

  test.each(["hang", "drip"])("%s: is cut off when its time is over", async (kind) => {
    await service.fault({ kind, path: IPS });
    const failed = apiOf("service").call("GET", IPS, { timeoutMs: 300, idempotent: false });
    await expect(failed).rejects.toMatchObject({ code: "api_timed_out", outcome: "unknown" });
  });

  test("slowness within the time is none of our business", async () => {
    await service.fault({ kind: "latency", ms: 400, path: SEND });
    await send();
    expect(await shown()).toHaveLength(1);
  });

  test("a caller may cancel", async () => {
    await service.fault({ kind: "hang", path: IPS });
    const failed = apiOf("service").call("GET", IPS, { signal: AbortSignal.timeout(100) });
    await expect(failed).rejects.toMatchObject({ code: "api_cancelled", outcome: "unknown" });
    const aborted = apiOf("service").call("GET", IPS, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "api_cancelled", outcome: "not-sent" });
  });

  test("nobody listens: the next address is tried, for calls that may be repeated", async () => {
    const platform = new ApiIsolate("service").shared.account.apiBases[0];
    const { isolate } = hurried({ WECHAT_API_BASE: `http://127.0.0.1:9,${platform}` });
    expect(await isolate.api.call("GET", IPS)).toHaveProperty("ip_list");
    await expect(send(isolate)).rejects.toMatchObject({ code: "api_unreachable", outcome: "unknown" });
    expect(await service.calls(SEND)).toHaveLength(0);
  });

  test("no token, address or content of an unreachable call is in its error or its log line", async () => {
    await service.fault({ kind: "reset", path: SEND });
    const error = await send(undefined, "geheim").catch((caught: ApiUnreachableError) => caught);
    const { value } = await new ApiIsolate("service").shared.tokens.current(logs.silent);
    const text = `${JSON.stringify(error)} ${String(error)} ${logs.text}`;
    expect(text).not.toContain(value);
    expect(text).not.toContain("geheim");
    expect(text).toContain(SEND);
  });
});

describe("the circuit breaker", () => {
  test(`opens after ${BREAKER_FAILURES} calls without an answer, and lets one through per ${BREAKER_PAUSE_MS} ms`, async () => {
    let now = Date.now();
    const isolate = new ApiIsolate("service", {}, () => now);
    const call = (): Promise<unknown> => isolate.api.call("GET", IPS, { idempotent: false });
    await call();
    await service.fault({ kind: "reset", path: IPS, times: 0 });
    for (let i = 0; i < BREAKER_FAILURES; i++)
      await expect(call()).rejects.toMatchObject({ outcome: "unknown" });
    for (let i = 0; i < 3; i++) {
      await expect(call()).rejects.toMatchObject({ code: "api_paused", outcome: "not-sent" });
    }
    expect(await service.calls(IPS)).toHaveLength(1 + BREAKER_FAILURES);
    now += BREAKER_PAUSE_MS;
    await expect(call()).rejects.toMatchObject({ code: "api_unreachable" });
    await expect(call()).rejects.toMatchObject({ code: "api_paused" });
    now += BREAKER_PAUSE_MS;
    await service.control("DELETE", "faults");
    await call();
    await call();
  });

  test("an error number of WeChat's is an answer", async () => {
    const isolate = new ApiIsolate("service");
    await service.fault({ kind: "errcode", errcode: 40035, path: IPS, times: 0 });
    for (let i = 0; i < BREAKER_FAILURES + 2; i++) {
      await expect(isolate.api.call("GET", IPS)).rejects.toMatchObject({ errcode: 40035 });
    }
  });
});

describe("what goes out", () => {
  test("is raw UTF-8: no escapes, no halves of emoji, no control characters", async () => {
    await service.act(OPENID, { action: "text", Content: "x" });
    await send(undefined, `中文 😀 "引号" \\ \u2028 \u0007\u001b 换行\n\ttab 半个\ud83d`);
    const [call] = await service.calls(SEND);
    expect(call?.body).toMatchObject({
      text: { content: `中文 😀 "引号" \\ \u2028  换行\n\ttab 半个\ufffd` },
    });
    expect(await shown()).toMatchObject([
      { fields: { Content: `中文 😀 "引号" \\ \u2028  换行\n\ttab 半个\ufffd` } },
    ]);
  });

  test("numbers beyond 2^53 in an answer keep their digits", async () => {
    await service.fault({ kind: "errcode", errcode: 0, errmsg: "ok", path: IPS });
    expect(await apiOf("service").call("GET", IPS)).toMatchObject({ errcode: 0 });
  });
});

describe("an address that is not allowed", () => {
  test("ends a call that had its token already, for five minutes, and is named", async () => {
    const isolate = new ApiIsolate("service");
    await isolate.api.call("GET", IPS);
    await service.control("POST", "ip-list", { allowed: [] });
    for (const remembered of [false, true, true]) {
      await expect(isolate.api.call("GET", IPS)).rejects.toMatchObject({
        errcode: 40164,
        remembered,
        hint: expect.stringContaining("127.0.0.1"),
      });
    }
    expect(await service.calls(IPS)).toHaveLength(2);
  });
});
