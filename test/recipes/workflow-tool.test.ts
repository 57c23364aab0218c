/** docs/recipes/workflow-tool.md, carried out: a tool that checks the signature, and one that speaks as Dify does. */
import { createHmac } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { fastTime } from "../support/fast-time.ts";
import { logs } from "../support/logs.ts";
import { pause } from "../support/waiting.ts";
import dify from "./bots/workflow-dify.ts";
import bot from "./bots/workflow-tool.ts";
import { type Site, WeChat } from "./wechat.ts";

const TOOL = "https://tool.example.com";
const SECRET = "a-secret-of-the-tool-and-the-bot";
const VARS = {
  WORKFLOW_URL: `${TOOL}/webhook/wechat`,
  WORKFLOW_SECRET: SECRET,
  WECHAT_TEXT_APOLOGY: "抱歉，出了点问题。",
};

/** What the tool is told. */
interface Question {
  readonly id: string;
  readonly account: string;
  readonly user: string;
  readonly text: string;
}

/** Reads a question as the recipe says that a tool should. */
async function verified(request: Request): Promise<Question> {
  const body = await request.text();
  const timestamp = request.headers.get("X-Timestamp") ?? "";
  const signature = createHmac("sha256", SECRET).update(`${timestamp}.${body}`).digest("hex");
  expect(request.headers.get("X-Signature")).toBe(signature);
  expect(Math.abs(Date.now() / 1000 - Number(timestamp))).toBeLessThan(300);
  return JSON.parse(body);
}

/** A tool that answers so, and what it was asked. */
function tool(answer: (question: Question, n: number) => Response | Promise<Response>) {
  const asked: Question[] = [];
  const signals: AbortSignal[] = [];
  const site: Site = async (request) => {
    const question = await verified(request);
    asked.push(question);
    signals.push(request.signal);
    return answer(question, asked.length);
  };
  return { asked, signals, wechat: new WeChat(bot, { vars: VARS, sites: { [TOOL]: site } }) };
}

describe("a workflow tool", () => {
  test.each([
    ["an object", (text: string) => Response.json({ answer: text })],
    ["n8n's list of items", (text: string) => Response.json([{ answer: text }])],
    ["plain text", (text: string) => new Response(`${text}\n`)],
  ])("is asked, signed, and its answer given: %s", async (_name, answer) => {
    const { asked, wechat } = tool(({ text }) => answer(`回答：${text}`));
    expect(await wechat.say("oAnna", "订单 42 到哪了")).toBe("回答：订单 42 到哪了");
    expect(asked).toMatchObject([{ account: "default", user: "oAnna", text: "订单 42 到哪了" }]);
  });

  test("that takes eight seconds answers late, and is asked once", async () => {
    fastTime();
    const { asked, wechat } = tool(async () => {
      await pause(8_000);
      return Response.json({ answer: "久等了" });
    });
    await wechat.say("oAnna", "慢的问题");
    await vi.waitFor(async () => expect(await wechat.shown("oAnna")).toEqual(["久等了"]), 10_000);
    expect(asked).toHaveLength(1);
  });

  test("that fails is asked again with the same id, and its answer comes late", async () => {
    fastTime();
    const { asked, wechat } = tool((_question, n) =>
      n === 1 ? new Response("", { status: 503 }) : Response.json({ answer: "第二次成功" }),
    );
    await wechat.say("oAnna", "你好");
    await vi.waitFor(async () => expect(await wechat.shown("oAnna")).toEqual(["第二次成功"]), 20_000);
    expect(asked.map(({ id }) => id)).toEqual([asked[0]?.id, asked[0]?.id]);
    expect(logs.named("job_attempt_failed")).toHaveLength(1);
  }, 30_000);

  test.each([
    ["refuses", () => new Response("no", { status: 404 })],
    ["leads elsewhere", () => Response.redirect("https://elsewhere.example.com/", 302)],
    ["has nothing to say", () => Response.json({ output: "x" })],
  ])("that %s: the user is told, once", async (_name, answer) => {
    const { asked, wechat } = tool(answer);
    expect(await wechat.say("oAnna", "你好")).toBe("这个问题我暂时回答不了。");
    expect(asked).toHaveLength(1);
    expect(logs.named("workflow_no_answer")).toHaveLength(1);
  });

  test("that hangs: its call is ended after 25 s, and the user is told", async () => {
    fastTime(20);
    const { asked, signals, wechat } = tool(() => new Promise(() => {}));
    await wechat.say("oAnna", "你好");
    await vi.waitFor(async () => expect(await wechat.shown("oAnna")).toEqual(["抱歉，出了点问题。"]), 20_000);
    expect(asked).toHaveLength(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(logs.named("job_given_up")).toMatchObject([{ code: "job_timed_out" }]);
  }, 30_000);
});

/** What Dify is asked. */
interface DifyQuestion {
  readonly query: string;
  readonly user: string;
  readonly conversation_id: string;
  readonly response_mode: string;
}

const DIFY = "https://api.dify.ai";
const DIFY_VARS = { DIFY_BASE_URL: `${DIFY}/v1`, DIFY_API_KEY: "app-key" };

/** A stream of Dify's, in pieces that end anywhere. */
function stream(events: readonly object[]): Response {
  const text = `event: ping\n\n${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}`;
  const bytes = new TextEncoder().encode(text);
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.slice(at, at + 7));
      controller.close();
    },
  });
  return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
}

function difyApp(answer: (question: DifyQuestion, n: number) => Response) {
  const asked: DifyQuestion[] = [];
  const site: Site = async (request) => {
    expect([new URL(request.url).pathname, request.headers.get("Authorization")]).toEqual([
      "/v1/chat-messages",
      "Bearer app-key",
    ]);
    const question = await request.json<DifyQuestion>();
    asked.push(question);
    return answer(question, asked.length);
  };
  return { asked, wechat: new WeChat(dify, { vars: DIFY_VARS, sites: { [DIFY]: site } }) };
}

const said = (answer: string, conversation = "c1") =>
  stream([
    { event: "workflow_started", conversation_id: conversation },
    ...Array.from(answer, (piece) => ({ event: "message", answer: piece, conversation_id: conversation })),
    { event: "message_end", conversation_id: conversation },
  ]);

describe("an app of Dify", () => {
  test("answers without thoughts and markdown, with the label, and remembers the conversation until 重置", async () => {
    const { asked, wechat } = difyApp(({ query }) =>
      said(`<think>\n很简单\n</think>\n\n**${query}**：12 元`),
    );
    expect(await wechat.say("oAnna", "玫瑰")).toBe("玫瑰：12 元\n\n（内容由 AI 生成）");
    await vi.waitFor(() => expect(logs.named("job_run")).toMatchObject([{ outcome: "done" }]));
    await wechat.say("oAnna", "百合");
    await wechat.say("oAnna", "重置");
    await wechat.say("oAnna", "郁金香");
    expect(asked.map(({ conversation_id: id }) => id)).toEqual(["", "c1", ""]);
    expect(asked[0]).toMatchObject({ user: "oAnna", response_mode: "streaming" });
  });

  test("that has lost the conversation says sorry, and the next question begins another", async () => {
    const { asked, wechat } = difyApp((_question, n) =>
      n === 2 ? Response.json({ code: "not_found" }, { status: 404 }) : said("好", `c${n}`),
    );
    await wechat.say("oAnna", "一");
    await vi.waitFor(() => expect(logs.named("job_run")).toHaveLength(1));
    expect(await wechat.say("oAnna", "二")).toContain("暂时没有应答");
    await vi.waitFor(() => expect(logs.named("job_run")).toHaveLength(2));
    await wechat.say("oAnna", "三");
    expect(asked.map(({ conversation_id: id }) => id)).toEqual(["", "c1", ""]);
    expect([logs.named("handler_failed").length, logs.named("job_given_up").length]).toEqual([1, 1]);
  });

  test("that breaks off: what there is, and that it went wrong; it is not asked again", async () => {
    const { asked, wechat } = difyApp(() =>
      stream([
        { event: "message", answer: "前半句。", conversation_id: "c1" },
        { event: "error", code: "provider_quota_exceeded" },
      ]),
    );
    await wechat.say("oAnna", "你好");
    await vi.waitFor(async () => expect(await wechat.shown("oAnna")).toHaveLength(2), 10_000);
    expect((await wechat.shown("oAnna")).join("\n")).toMatch(/前半句[^]*暂时没有应答/);
    expect(asked).toHaveLength(1);
    expect([logs.named("handler_failed").length, logs.named("job_given_up").length]).toEqual([1, 1]);
  });
});
