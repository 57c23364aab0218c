/**
 * Models on Workers AI. The binding calls Cloudflare, so an object stands in for it: it answers with real streams of what
 * the binding is documented to send, and fails with the errors of Cloudflare's table.
 */
import { beforeEach, describe, expect, test, vi } from "vitest";
import { Bot } from "wechat-edge";
import { llm } from "wechat-edge/handlers";
import type { ModelMessage } from "../../src/handlers/llm/provider.ts";
import { type AiBinding, WorkersAi, type WorkersAiOptions } from "../../src/handlers/llm/workers-ai.ts";
import { fastTime } from "../support/fast-time.ts";
import { FrontDoor, SECURE } from "../support/front-door.ts";
import { logs } from "../support/logs.ts";
import { pause, within } from "../support/waiting.ts";
import { textXml } from "../support/wechat.ts";

const MODEL = "@cf/test/model";
const QUESTION: readonly ModelMessage[] = [{ role: "user", content: "几点开门" }];

/** A stream of these events, each in a piece of its own. */
function events(...data: readonly unknown[]): ReadableStream<Uint8Array> {
  const lines = data.map((one) => `data: ${typeof one === "string" ? one : JSON.stringify(one)}\n\n`);
  return streamOf(lines.map((line) => new TextEncoder().encode(line)));
}

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

/** Older models' chunks. */
const native = (...texts: readonly unknown[]): object[] => texts.map((response) => ({ response }));
/** Newer models' chunks. */
const delta = (content: string, finish_reason: string | null = null): object => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});

interface Call {
  readonly model: string;
  readonly inputs: Record<string, unknown>;
  readonly signal: AbortSignal | undefined;
}

/** The binding, answering with what `answer` gives. */
class Ai implements AiBinding {
  readonly calls: Call[] = [];
  readonly #answer: (call: Call) => unknown;

  constructor(answer: (call: Call) => unknown) {
    this.#answer = answer;
  }

  async run(
    model: string,
    inputs: Record<string, unknown>,
    options?: { signal?: AbortSignal },
  ): Promise<unknown> {
    const call = { model, inputs, signal: options?.signal };
    this.calls.push(call);
    return this.#answer(call);
  }
}

function asking(answer: (call: Call) => unknown, options: Partial<WorkersAiOptions> = {}) {
  const ai = new Ai(answer);
  return { ai, model: new WorkersAi({ ai, model: MODEL, ...options }) };
}

async function read(
  model: WorkersAi,
  messages = QUESTION,
  signal = new AbortController().signal,
): Promise<string> {
  let text = "";
  for await (const piece of model.ask(messages, signal)) text += piece;
  return text;
}

/** A named error, as the binding throws. */
function failure(message: string, name = "AiError"): Error {
  return Object.assign(new Error(message), { name });
}

describe("an answer", () => {
  test.each([
    [
      "of an older model",
      [...native("九点", "开门", "。"), { response: "", usage: { total_tokens: 9 } }, "[DONE]"],
    ],
    ["with digits that come as numbers", [...native("九点", "开门", "。"), "[DONE]"]],
    ["of a newer model", [delta("九点"), delta("开门。"), delta("", "stop"), "[DONE]"]],
    [
      "of a newer model that thinks first",
      [
        { choices: [{ delta: { reasoning_content: "嗯", content: null } }] },
        delta("九点开门。", "stop"),
        "[DONE]",
      ],
    ],
    ["in both kinds at once", [{ ...delta("九点开门。"), response: "九点开门。" }, "[DONE]"]],
    ["that ends with its reason and no last word", [delta("九点开门。", "stop")]],
  ])("%s is its text", async (_name, chunks) => {
    expect(await read(asking(() => events(...chunks)).model)).toBe("九点开门。");
  });

  test("has digits, though JSON has them as numbers, and characters that come in halves", async () => {
    expect(await read(asking(() => events(...native("早上", 9, "点"), "[DONE]")).model)).toBe("早上9点");
    const bytes = new TextEncoder().encode('data: {"response":"花店"}\n\ndata: [DONE]\n\n');
    const halves = streamOf(Array.from(bytes, (byte) => new Uint8Array([byte])));
    expect(await read(asking(() => halves).model)).toBe("花店");
  });

  test("is asked for once, as a stream, with room for a whole one", async () => {
    const { ai, model } = asking(() => events(...native("好"), "[DONE]"), {
      temperature: 0.3,
      extra: { top_p: 0.9 },
    });
    await read(model, [{ role: "system", content: "你是客服" }, ...QUESTION]);
    expect(ai.calls).toHaveLength(1);
    expect(ai.calls[0]).toMatchObject({
      model: MODEL,
      inputs: {
        messages: [
          { role: "system", content: "你是客服" },
          { role: "user", content: "几点开门" },
        ],
        stream: true,
        max_tokens: 2_048,
        temperature: 0.3,
        top_p: 0.9,
      },
    });
    const short = asking(() => events(...native("好"), "[DONE]"), { maxTokens: 10 });
    await read(short.model);
    expect(short.ai.calls[0]?.inputs["max_tokens"]).toBe(10);
    expect(Object.keys(short.ai.calls[0]?.inputs ?? {})).not.toContain("temperature");
  });

  test("reaches the user by the assistant", async () => {
    const { model } = asking(() => events(...native("九点", "开门"), "[DONE]"));
    const bot = new Bot();
    bot.use(llm({ model: () => model, label: false }));
    expect((await new FrontDoor(SECURE, bot).push(textXml("几点开门"))).content).toBe("九点开门");
  });
});

describe("a failure", () => {
  test.each([
    ["5007: No such model @cf/test/model or task", "model_refused", 400, "catalog"],
    [
      "InferenceUpstreamError: AiError: 5016: User has not agreed to the terms",
      "model_refused",
      403,
      "catalog",
    ],
    ["3006: Request is too large", "model_refused", 413, "catalog"],
    ["3036: You have used up your daily free allocation of 10,000 neurons.", "model_busy", 429, "neurons"],
    ["4006: you have used up your daily free allocation of 10,000 neurons", "model_busy", 429, "neurons"],
    ["3040: Capacity temporarily exceeded, please try again.", "model_busy", 429, "overloaded"],
    ["3007: Request timeout", "model_stalled", 408, "too long"],
  ])("of the table says what it is: %s", async (message, code, status, hint) => {
    const { ai, model } = asking(() => {
      throw failure(message);
    });
    await expect(read(model)).rejects.toMatchObject({ code, status, hint: expect.stringContaining(hint) });
    expect(ai.calls).toHaveLength(1);
  });

  test.each([
    ["InferenceUpstreamError", "model_busy"],
    ["AiInternalError", "model_busy"],
    ["Error", "model_unreachable"],
  ])("of no number is told by its name: %s", async (name, code) => {
    const { model } = asking(() => Promise.reject(failure("something went wrong", name)));
    await expect(read(model)).rejects.toMatchObject({ code, isStarted: true });
  });

  test.each<[string, () => unknown, string]>([
    ["nothing but an end", () => events("[DONE]"), "model_empty"],
    ["nothing at all", () => events(), "model_empty"],
    ["an answer without its end", () => events(...native("九点")), "model_stalled"],
    ["what is no JSON", () => events("<html>"), "model_unreadable"],
    ["an error instead of a chunk", () => events({ error: { message: "overloaded" } }), "model_busy"],
    ["an answer that is no stream", () => ({ response: "九点" }), "model_unreadable"],
    ["no answer", () => undefined, "model_unreadable"],
  ])("is %s", async (_name, answer, code) => {
    await expect(read(asking(answer).model)).rejects.toMatchObject({ code, isStarted: true });
  });

  test("in mid-answer comes behind what there was", async () => {
    const broken = new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode('data: {"response":"前半句"}\n\n'));
        await pause(20);
        controller.error(new Error("connection lost"));
      },
    });
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const piece of asking(() => broken).model.ask(QUESTION, new AbortController().signal)) {
        pieces.push(piece);
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "model_stalled" });
    expect(pieces).toEqual(["前半句"]);
  });

  test("is one line in the log and a polite text", async () => {
    const { model } = asking(() =>
      Promise.reject(failure("3036: You have used up your daily free allocation")),
    );
    const bot = new Bot();
    bot.use(llm({ model: () => model }));
    expect((await new FrontDoor(SECURE, bot).push(textXml("几点开门"))).content).toContain("有点多");
    expect(logs.named("model_failed")).toMatchObject([{ code: "model_busy", status: 429 }]);
  });

  test("to bind it is said at once", () => {
    expect(() => new WorkersAi({ ai: undefined as never, model: MODEL })).toThrow(/binding = "AI"/);
  });
});

describe("a call that takes too long", () => {
  /** Never says anything more; knows whether it was cancelled. */
  function silent(...first: readonly object[]): {
    stream: ReadableStream<Uint8Array>;
    cancelled: Promise<void>;
  } {
    const cancelled = Promise.withResolvers<void>();
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of first) {
          controller.enqueue(new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`));
        }
      },
      cancel: () => cancelled.resolve(),
    });
    return { stream, cancelled: cancelled.promise };
  }

  test("is ended before its first word, though the binding does not look at the signal", async () => {
    const { ai, model } = asking(() => new Promise(() => {}), { firstByteMs: 30 });
    await expect(read(model)).rejects.toMatchObject({ code: "model_stalled", isStarted: true });
    expect(ai.calls[0]?.signal?.aborted).toBe(true);
  });

  test("is ended in mid-answer, and the stream with it", async () => {
    const { stream, cancelled } = silent(...native("前半句"));
    const { model } = asking(() => stream, { idleMs: 30 });
    await expect(read(model)).rejects.toMatchObject({ code: "model_stalled" });
    expect(
      await within(
        cancelled.then(() => "cancelled"),
        1_000,
      ),
    ).toBe("cancelled");
  });

  test("is ended by its caller, as the caller says", async () => {
    const { stream, cancelled } = silent(...native("前半句"));
    const ending = new AbortController();
    const reading = read(asking(() => stream).model, QUESTION, ending.signal);
    reading.catch(() => {});
    await pause(20);
    ending.abort(new DOMException("the user said stop", "AbortError"));
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
    expect(
      await within(
        cancelled.then(() => "cancelled"),
        1_000,
      ),
    ).toBe("cancelled");
  });

  test("is not begun when its caller has ended it before", async () => {
    const { ai, model } = asking(() => Promise.reject(new Error("too late to matter")));
    await expect(read(model, QUESTION, AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
    expect(ai.calls).toEqual([]);
  });

  test("is cancelled when its reader has enough", async () => {
    const { stream, cancelled } = silent(...native("前半句"));
    for await (const piece of asking(() => stream).model.ask(QUESTION, new AbortController().signal)) {
      expect(piece).toBe("前半句");
      break;
    }
    expect(
      await within(
        cancelled.then(() => "cancelled"),
        1_000,
      ),
    ).toBe("cancelled");
  });

  test("says what there is of an answer to the user", async () => {
    fastTime(20);
    const { stream } = silent(...native("前半句。后半句。"));
    const { model } = asking(() => stream, { idleMs: 1_000 });
    const bot = new Bot();
    bot.use(llm({ model: () => model }));
    const { content } = await new FrontDoor(SECURE, bot).push(textXml("问题"));
    expect(content).toContain("前半句");
    expect(content).toContain("回答中断");
    expect(logs.named("model_failed")).toMatchObject([{ code: "model_stalled" }]);
  });
});

describe("a picture", () => {
  const pictured = (url: string): readonly ModelMessage[] => [
    {
      role: "user",
      content: [
        { type: "text", text: "这是什么花" },
        { type: "image", url },
      ],
    },
  ];
  const answered = () => asking(() => events(delta("玫瑰", "stop"), "[DONE]"));
  const serve = (response: Response) => vi.spyOn(globalThis, "fetch").mockResolvedValue(response);
  const jpeg = (bytes: number, type = "image/jpeg"): Response =>
    new Response(new Uint8Array(bytes).fill(255), { headers: { "Content-Type": type } });

  beforeEach(() => vi.restoreAllMocks());

  test("is passed on as data, which is all that Workers AI takes", async () => {
    const fetched = serve(jpeg(3));
    const { ai, model } = answered();
    expect(await read(model, pictured("https://mmbiz.qpic.cn/x"))).toBe("玫瑰");
    expect(fetched).toHaveBeenCalledOnce();
    expect(ai.calls[0]?.inputs["messages"]).toEqual([
      {
        role: "user",
        content: [
          { type: "text", text: "这是什么花" },
          { type: "image_url", image_url: { url: "data:image/jpeg;base64,////" } },
        ],
      },
    ]);
  });

  test("that is data already stays as it is", async () => {
    const fetched = serve(jpeg(3));
    const { ai, model } = answered();
    await read(model, pictured("data:image/png;base64,AAAA"));
    expect(JSON.stringify(ai.calls[0]?.inputs)).toContain("data:image/png;base64,AAAA");
    expect(fetched).not.toHaveBeenCalled();
  });

  test.each<[string, () => Response, string]>([
    ["is gone", () => new Response("", { status: 404 }), "model_refused"],
    ["is none", () => jpeg(3, "text/html"), "model_refused"],
    ["is too large", () => jpeg(4_194_305), "model_refused"],
  ])("that %s costs no call of the model", async (_name, response, code) => {
    serve(response());
    const { ai, model } = answered();
    await expect(read(model, pictured("https://mmbiz.qpic.cn/x"))).rejects.toMatchObject({
      code,
      isStarted: false,
    });
    expect(ai.calls).toEqual([]);
  });

  test("that cannot be fetched costs no call of the model", async () => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("connection refused"));
    const { ai, model } = answered();
    await expect(read(model, pictured("https://mmbiz.qpic.cn/x"))).rejects.toMatchObject({
      code: "model_unreachable",
    });
    expect(ai.calls).toEqual([]);
  });
});
