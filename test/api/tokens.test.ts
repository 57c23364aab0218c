/** One token for all: however many ask, whoever else renews it, whatever WeChat says. */
import { evictAllDurableObjects } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { STOP_MS } from "../../src/api/token/token-state.ts";
import { logs } from "../support/logs.ts";
import { ApiIsolate, Platform } from "../support/platform.ts";
import { OPENID } from "../support/wechat.ts";

const service = new Platform("service");
const SEND = "/cgi-bin/message/custom/send";
const STABLE = "/cgi-bin/stable_token";
const IPS = "/cgi-bin/getcallbackip";

beforeEach(async () => {
  await service.reset();
  return () => vi.useRealTimers();
});

/** A clock that a test moves; the objects' own too. */
function travel(ms: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ms });
}

/** Makes `count` calls at once, spread over isolates. */
async function spread(
  isolates: readonly ApiIsolate[],
  count: number,
  call: (isolate: ApiIsolate, index: number) => Promise<unknown>,
): Promise<void> {
  const made = Array.from({ length: count }, (_, index) =>
    isolates
      .slice(index % isolates.length, (index % isolates.length) + 1)
      .map((isolate) => call(isolate, index)),
  );
  await Promise.all(made.flat());
}

function inIsolates(
  isolates: number,
  count: number,
  call: (isolate: ApiIsolate) => Promise<unknown>,
): Promise<void> {
  return spread(
    Array.from({ length: isolates }, () => new ApiIsolate("service")),
    count,
    call,
  );
}

async function userWrote(): Promise<void> {
  await service.act(OPENID, { action: "text", Content: "你好" });
}

describe("a token", () => {
  test("is fetched once for 1,000 callers in many isolates", async () => {
    await inIsolates(20, 1_000, (isolate) => isolate.api.call("GET", IPS));
    expect(await service.issued()).toMatchObject({ stable: { issued: 1 }, token: { issued: 0 } });
    expect(await service.calls(STABLE)).toHaveLength(1);
    expect(await service.calls(IPS)).toHaveLength(1_000);
  }, 60_000);

  test("that has expired is renewed once for 1,000 callers", async () => {
    await new ApiIsolate("service").api.call("GET", IPS);
    await service.tokens("expire");
    await inIsolates(20, 1_000, (isolate) => isolate.api.call("GET", IPS));
    expect(await service.issued()).toMatchObject({ stable: { issued: 2, forced: 0 } });
    const refused = (await service.calls(IPS)).filter(({ errcode }) => errcode === 42001);
    expect(refused.length).toBeGreaterThan(0);
    expect((await service.calls(IPS)).length - refused.length).toBe(1_001);
  }, 60_000);

  test("costs no hop while the isolate's copy is fresh, and is asked for again after a minute", async () => {
    let now = Date.now();
    const isolate = new ApiIsolate("service", {}, () => now);
    const ask = vi.spyOn(isolate.keeper, "get");
    for (let i = 0; i < 5; i++) await isolate.api.call("GET", IPS);
    expect(ask).toHaveBeenCalledTimes(1);
    now += 61_000;
    await isolate.api.call("GET", IPS);
    expect(ask).toHaveBeenCalledTimes(2);
    expect(await service.calls(STABLE)).toHaveLength(1);
  });

  test("outlives its object", async () => {
    await new ApiIsolate("service").api.call("GET", IPS);
    await evictAllDurableObjects();
    await new ApiIsolate("service").api.call("GET", IPS);
    expect(await service.calls(STABLE)).toHaveLength(1);
  });

  test("is renewed in the last five minutes of its life, before it can be refused", async () => {
    await new ApiIsolate("service").api.call("GET", IPS);
    travel(6_800_000);
    await new ApiIsolate("service").api.call("GET", IPS);
    expect(await service.calls(STABLE)).toHaveLength(1);
    travel(110_000);
    await new ApiIsolate("service").api.call("GET", IPS);
    expect(await service.calls(STABLE)).toHaveLength(2);
  });

  test("near its end still serves when renewing fails, without a call for each caller", async () => {
    await new ApiIsolate("service").api.call("GET", IPS);
    travel(6_950_000);
    await service.fault({ kind: "errcode", errcode: 45011, path: STABLE, times: 0 });
    await Promise.all([1, 2, 3].map(() => new ApiIsolate("service").api.call("GET", IPS)));
    await new ApiIsolate("service").api.call("GET", IPS);
    expect((await service.calls(STABLE)).filter(({ errcode }) => errcode === 45011)).toHaveLength(4);
  }, 20_000);

  test("of the plain kind is fetched by GET /cgi-bin/token, renewed once when another program voids it", async () => {
    const isolate = new ApiIsolate("service", { WECHAT_ACCESS_TOKEN_SOURCE: "token" });
    await isolate.api.call("GET", IPS);
    await service.tokens("invalidate", "token");
    await Promise.all([1, 2, 3, 4].map(() => isolate.api.call("GET", IPS)));
    expect((await service.calls("/cgi-bin/token")).length).toBe(2);
    expect(await service.calls(STABLE)).toHaveLength(0);
  });
});

describe("a refused token", () => {
  test("in the middle of 200 sends: all are delivered, with one renewal", async () => {
    const openids = Array.from({ length: 200 }, (_, index) => `oUser${String(index).padStart(23, "0")}`);
    await Promise.all(
      openids.map((openid) =>
        service
          .act(openid, { action: "follow-again" })
          .catch(() => service.act(openid, { action: "text", Content: "x" })),
      ),
    );
    const isolates = Array.from({ length: 10 }, () => new ApiIsolate("service"));
    const send = (isolate: ApiIsolate, index: number): Promise<void> =>
      isolate.api.customerService.send(openids[index] ?? "", `to ${index}`);
    await spread(isolates, 100, send);
    await service.tokens("invalidate");
    await spread(isolates, 100, (isolate, index) => send(isolate, index + 100));
    const sends = await service.calls(SEND);
    expect(sends.filter(({ effect }) => effect)).toHaveLength(200);
    expect(new Set(sends.filter(({ effect }) => effect).map(({ openid }) => openid)).size).toBe(200);
    expect(sends.filter(({ errcode }) => errcode === 40001).length).toBeGreaterThan(0);
    expect(await service.calls(STABLE)).toHaveLength(2);
  }, 60_000);

  test("that comes back the same is renewed by force, once", async () => {
    const isolate = new ApiIsolate("service");
    await isolate.api.call("GET", IPS);
    await service.fault({ kind: "errcode", errcode: 40001, path: IPS });
    await isolate.api.call("GET", IPS);
    expect(await service.issued()).toMatchObject({ stable: { forced: 1 } });
  });

  test("is not renewed by force again within 30 s: the caller is told", async () => {
    const isolate = new ApiIsolate("service");
    await isolate.api.call("GET", IPS);
    await service.fault({ kind: "errcode", errcode: 40001, path: IPS, times: 3 });
    await expect(isolate.api.call("GET", IPS)).rejects.toMatchObject({
      errcode: 40001,
      reaction: "renew_token",
    });
    await expect(isolate.api.call("GET", IPS)).rejects.toMatchObject({ errcode: 40001 });
    expect(await service.issued()).toMatchObject({ stable: { forced: 1 } });
    expect(logs.named("api_failed").length).toBe(2);
  });

  test("that somebody has renewed already is noticed by comparing", async () => {
    const [first, second] = [new ApiIsolate("service"), new ApiIsolate("service")];
    await Promise.all([first.api.call("GET", IPS), second.api.call("GET", IPS)]);
    await service.tokens("invalidate");
    await first.api.call("GET", IPS);
    await second.api.call("GET", IPS);
    expect(await service.calls(STABLE)).toHaveLength(2);
  });

  test("is renewed twice a minute at most, however often it is refused; then nothing is fetched for five minutes", async () => {
    const isolate = new ApiIsolate("service", { WECHAT_ACCESS_TOKEN_SOURCE: "token" });
    await service.fault({ kind: "errcode", errcode: 40001, path: IPS, times: 0 });
    for (let i = 0; i < 6; i++) {
      await expect(isolate.api.call("GET", IPS)).rejects.toMatchObject({ errcode: 40001 });
    }
    expect(await service.calls("/cgi-bin/token")).toHaveLength(3);
    await service.control("DELETE", "faults");
    travel(STOP_MS + 1_000);
    await new ApiIsolate("service", { WECHAT_ACCESS_TOKEN_SOURCE: "token" }).api.call("GET", IPS);
  });
});

describe("credentials that WeChat refuses", () => {
  test("a wrong secret is tried twice, then not for five minutes", async () => {
    const wrong = { WECHAT_APP_SECRET: "f".repeat(32) };
    for (let i = 0; i < 5; i++) {
      await expect(new ApiIsolate("service", wrong).api.call("GET", IPS)).rejects.toMatchObject({
        name: "ApiError",
        errcode: 40125,
        reaction: "operator",
        hint: expect.stringContaining("WECHAT_APP_SECRET"),
      });
    }
    expect(await service.calls(STABLE)).toHaveLength(2);
    travel(STOP_MS + 1_000);
    await expect(new ApiIsolate("service", wrong).api.call("GET", IPS)).rejects.toMatchObject({
      errcode: 40125,
    });
    expect(await service.calls(STABLE)).toHaveLength(3);
  });

  test("a corrected secret is tried at once", async () => {
    const wrong = { WECHAT_APP_SECRET: "f".repeat(32) };
    for (let i = 0; i < 3; i++)
      await expect(new ApiIsolate("service", wrong).api.call("GET", IPS)).rejects.toThrow();
    await new ApiIsolate("service").api.call("GET", IPS);
  });

  test("an IP that is not allowed is named, with the page to open; it is tried once in five minutes", async () => {
    await service.control("POST", "ip-list", { allowed: ["203.0.113.7"] });
    for (let i = 0; i < 3; i++) {
      const failed = new ApiIsolate("service").api.call("GET", IPS);
      await expect(failed).rejects.toMatchObject({
        errcode: 40164,
        reaction: "operator",
        hint: expect.stringMatching(
          /the IP 127\.0\.0\.1 .*IP白名单.*relay\/README\.md.*docs\/errcodes\.md#40164/,
        ),
        remembered: i > 0,
      });
    }
    expect(await service.calls(STABLE)).toHaveLength(1);
    expect(logs.named("api_failed")).toHaveLength(3);
  });

  test("none at all: nothing is sent, and the error says what to set", async () => {
    const none = new ApiIsolate("service", { WECHAT_APP_SECRET: "" });
    await expect(none.api.call("GET", IPS)).rejects.toMatchObject({
      name: "ConfigError",
      code: "api_not_configured",
      hint: expect.stringContaining("WECHAT_APP_SECRET"),
    });
    expect(await service.calls()).toHaveLength(0);
  });
});

describe("a ticket for web pages", () => {
  const TICKET = "/cgi-bin/ticket/getticket";

  test("is fetched once and kept", async () => {
    const { tokens } = new ApiIsolate("service").shared;
    const tickets = await Promise.all(Array.from({ length: 50 }, () => tokens.ticket("jsapi")));
    expect(new Set(tickets.map(({ value }) => value)).size).toBe(1);
    await evictAllDurableObjects();
    await new ApiIsolate("service").shared.tokens.ticket("jsapi");
    expect(await service.calls(TICKET)).toHaveLength(1);
  });

  test("is fetched with a renewed token when the old one is refused", async () => {
    await new ApiIsolate("service").api.call("GET", IPS);
    await service.tokens("invalidate");
    const { value } = await new ApiIsolate("service").shared.tokens.ticket("jsapi");
    expect(value).not.toBe("");
    expect(await service.calls(STABLE)).toHaveLength(2);
  });
});

test("a user's message is what opens the window", async () => {
  await userWrote();
  await new ApiIsolate("service").api.customerService.send(OPENID, "ok");
});
