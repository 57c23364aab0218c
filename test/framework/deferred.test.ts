import { describe, expect, test, vi } from "vitest";
import { Bot, Composer, type Context, defer, type Json } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { pause } from "../support/waiting.ts";
import { eventXml, textXml } from "../support/wechat.ts";

const push = (bot: Bot): Promise<{ body: string }> =>
  new FrontDoor(SECURE, bot).push(textXml("x"), { wait: true });

describe("defer", () => {
  test("runs the handler after the others have settled, with what it was matched by", async () => {
    const order: string[] = [];
    const bot = new Bot();
    bot.use(async (_ctx, next) => {
      await next();
      order.push("settled");
    });
    bot.scan(
      /^table-(\d+)$/,
      defer("seat", async (ctx) => {
        order.push(`${ctx.scene} ${ctx.match[1]}`);
        order.push(`parts ${(await ctx.reply("seated")).parts}`);
      }),
    );
    const scan = eventXml("SCAN", { EventKey: "table-7" });
    expect((await new FrontDoor(SECURE, bot).push(scan)).content).toBe("seated");
    await vi.waitFor(() => expect(order).toEqual(["settled", "table-7 7", "parts 1"]));
  });

  test("aborts ctx.signal at its time-out, says so to the user, and is not run again", async () => {
    const bot = new Bot();
    const reasons: unknown[] = [];
    const slow = defer(
      "slow",
      async ({ signal }: Context) => {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        reasons.push(signal.reason);
      },
      { timeoutMs: 30 },
    );
    bot.use(slow);
    expect((await new FrontDoor(SECURE, bot).push(textXml("x"))).content).toContain("超时");
    expect(String(reasons)).toContain("30 ms");
    expect(logs.named("job_given_up")).toMatchObject([{ name: "slow", code: "job_timed_out", attempts: 1 }]);
    await vi.waitFor(() => expect(logs.named("job_run")).toMatchObject([{ outcome: "timed_out" }]));
    await pause(200);
    expect(reasons).toHaveLength(1);
  });

  test("a deferred handler that has thrown for the last time is logged, and `catch` may still reply", async () => {
    const bot = new Bot();
    bot.on(
      "text",
      defer("bad", () => Promise.reject(new Error("deferred fire")), { retries: 0 }),
    );
    bot.catch((_error, ctx) => ctx.reply("sorry"));
    expect((await new FrontDoor(SECURE, bot).push(textXml("x"))).content).toBe("sorry");
    expect(logs.named("handler_failed")).toMatchObject([{ error: "Error: deferred fire" }]);
    expect(logs.named("job_given_up")).toMatchObject([{ name: "bad", attempts: 1 }]);
  });

  test.each([
    ["worker", 25_001],
    ["queue", 840_001],
    ["queue", 0],
  ] as const)("via %s takes no time-out of %i ms", (via, timeoutMs) => {
    expect(() => defer("x", () => {}, { via, timeoutMs })).toThrow(
      expect.objectContaining({ code: "job_option_invalid" }),
    );
  });

  test("a name is taken once in the whole tree", () => {
    const bot = new Bot();
    const group = new Composer();
    bot.use(group);
    bot.on(
      "text",
      defer("a", () => {}),
    );
    const taken = expect.objectContaining({ code: "job_name_taken" });
    expect(() =>
      bot.on(
        "image",
        defer("a", () => {}),
      ),
    ).toThrow(taken);
    expect(() =>
      group.on(
        "image",
        defer("a", () => {}),
      ),
    ).toThrow(taken);
    expect(() => group.job("a", () => {})).toThrow(taken);
    expect(() =>
      bot.use(
        new Composer().on(
          "text",
          defer("a", () => {}),
        ),
      ),
    ).toThrow(taken);
    const shared = defer("b", () => {});
    expect(() => bot.on("text", shared).on("image", shared)).not.toThrow();
    expect(() => defer("", () => {})).toThrow(expect.objectContaining({ code: "job_name_missing" }));
  });
});

describe("jobs", () => {
  test("run after the answer with a copy of their payload", async () => {
    const bot = new Bot();
    const seen: Json[] = [];
    bot.use(new Composer().job<{ list: number[] }>("digest", (_ctx, payload) => void seen.push(payload)));
    bot.on("text", async (ctx) => {
      const payload = { list: [1] };
      await ctx.enqueue("digest", payload);
      payload.list.push(2);
      await ctx.reply("ok");
      expect(seen).toEqual([]);
    });
    await push(bot);
    await vi.waitFor(() => expect(seen).toEqual([{ list: [1] }]), 5_000);
  });

  test.each<[string, () => [name: string, payload: unknown, options?: object]]>([
    ["job_unknown", () => ["nobody", {}]],
    ["job_payload_not_json", () => ["digest", () => {}]],
    ["job_payload_not_json", () => ["digest", 1n]],
    ["job_payload_too_large", () => ["digest", { text: "字".repeat(87_382) }]],
    ["job_delay_too_long", () => ["digest", {}, { delaySeconds: 2_592_001 }]],
    ["job_delay_too_long", () => ["digest", {}, { delaySeconds: Number.NaN }]],
  ])("%s is thrown at once", async (code, make) => {
    const bot = new Bot();
    bot.job("digest", vi.fn());
    const [name, payload, options] = make();
    bot.on("text", (ctx) => ctx.enqueue(name, payload as never, options));
    await push(bot);
    expect(logs.named("handler_failed")).toMatchObject([{ code }]);
  });
});

describe("the context", () => {
  test("shows the account without a secret, and what it can do", async () => {
    const bot = new Bot();
    let account: unknown;
    bot.on("text", async (ctx) => {
      account = ctx.account;
      expect(ctx.can).toEqual({ push: false, hold: true, typing: false, media: false });
      expect(ctx.skipped).toEqual([]);
      expect(ctx.env.REFUSAL_LOGS).toBeDefined();
      expect(ctx.deadline - Date.now()).toBeGreaterThan(3_000);
      await expect(async () => ctx.api.call("GET", "/cgi-bin/get_api_domain_ip")).rejects.toMatchObject({
        code: "api_not_configured",
      });
      ctx.log.info("from_handler", { answer: 42 });
      await ctx.reply(ctx.requestId);
    });
    const answer = await new FrontDoor(SECURE, bot).push(textXml("x"), {
      headers: { "X-Request-ID": "id-1" },
    });
    expect(answer.content).toBe("id-1");
    expect(account).toEqual({
      id: "default",
      product: "oa",
      kind: "personal",
      appId: SECURE.WECHAT_APP_ID,
      lateReplies: ["hold", "mailbox"],
    });
    expect(logs.named("from_handler")).toMatchObject([{ request_id: "id-1", answer: 42 }]);
  });
});
