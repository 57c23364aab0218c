import { describe, expect, test, vi } from "vitest";
import { Bot, Composer, type Context, defer, type Json } from "wechat-edge";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { textXml } from "../support/wechat.ts";

const push = (bot: Bot): Promise<{ body: string }> =>
  new FrontDoor(SECURE, bot).push(textXml("x"), { wait: true });

describe("defer", () => {
  test("acknowledges at once and runs the handler after the answer", async () => {
    const order: string[] = [];
    const bot = new Bot();
    bot.use(async (_ctx, next) => {
      await next();
      order.push("settled");
    });
    bot.on(
      "text",
      defer("slow", async (ctx) => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`deferred ${ctx.message.Content}`);
        order.push(`parts ${(await ctx.reply("late")).parts}`);
      }),
    );
    expect((await push(bot)).body).toBe("success");
    await vi.waitFor(() => expect(order).toEqual(["settled", "deferred x", "parts 1"]));
  });

  test("aborts ctx.signal at its time-out", async () => {
    const bot = new Bot();
    let reason: unknown;
    const slow = defer(
      "slow",
      async ({ signal }: Context) => {
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        reason = signal.reason;
      },
      { timeoutMs: 30 },
    );
    bot.use(slow);
    await push(bot);
    await vi.waitFor(() => expect(String(reason)).toContain("slow"));
    expect(logs.named("deferred_timed_out")).toHaveLength(1);
  });

  test("a deferred handler that throws is logged", async () => {
    const bot = new Bot();
    bot.on(
      "text",
      defer("bad", () => Promise.reject(new Error("deferred fire"))),
    );
    await push(bot);
    await vi.waitFor(() =>
      expect(logs.named("deferred_failed")).toMatchObject([{ name: "bad", error: "Error: deferred fire" }]),
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
      await ctx.enqueue("digest", payload, { delaySeconds: 0.02 });
      payload.list.push(2);
      await ctx.reply("ok");
      expect(seen).toEqual([]);
    });
    await push(bot);
    await vi.waitFor(() => expect(seen).toEqual([{ list: [1] }]));
  });

  test.each<[string, () => [name: string, payload: unknown, options?: object]]>([
    ["job_unknown", () => ["nobody", {}]],
    ["job_payload_not_json", () => ["digest", () => {}]],
    ["job_payload_not_json", () => ["digest", 1n]],
    ["job_delay_too_long", () => ["digest", {}, { delaySeconds: 3600 }]],
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
