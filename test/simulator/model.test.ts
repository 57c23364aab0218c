/** The simulated model in OpenAI's dialect: called from workerd over HTTP, and in memory. */
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  createSimulator,
  DEVELOPMENT_MODEL_KEY,
  sentencesIn,
  SPOKEN_SWITCHES,
  writtenText,
} from "wechat-edge/testing";
import { ModelCalls } from "../../simulator/model/model-calls.ts";
import { Model, readStream, streamIn } from "../support/model.ts";

const model = new Model();
beforeEach(() => model.reset());

const STREAM = { stream: true };
const USAGE = { ...STREAM, stream_options: { include_usage: true } };
const PICTURE = "data:image/png;base64,iVBORw0KGgo=";

interface Completion {
  readonly id: string;
  readonly choices: {
    readonly message: {
      readonly content: string | null;
      readonly reasoning_content?: string;
      readonly tool_calls?: { readonly function: { readonly name: string; readonly arguments: string } }[];
    };
    readonly finish_reason: string;
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

const whole = async (content: unknown, body: object = {}): Promise<Completion> =>
  (await model.chat(content, { ...body })).json();
const messageOf = async (content: unknown, body: object = {}) =>
  (await whole(content, body)).choices[0]?.message;
const errorOf = async (response: Response) => [
  response.status,
  (await response.json<{ error: Record<string, unknown> }>()).error,
];
const streamed = async (content: unknown, body: object = {}) =>
  readStream(await model.chat(content, { ...STREAM, ...body }));
const range = (last: number) => Array.from({ length: last }, (_, at) => at + 1);

describe("a chat", () => {
  test("is answered whole, with every field that OpenAI documents", async () => {
    const response = await model.chat("你好");
    expect(response.headers.get("content-type")).toContain("application/json");
    const id = expect.stringMatching(/^chatcmpl-\S{24}$/);
    expect(await response.json()).toEqual({
      id,
      object: "chat.completion",
      created: expect.closeTo(Date.now() / 1000, -2),
      model: "simulated-chat",
      system_fingerprint: "fp_simulated",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "你说：你好\n\n这是我们的第 1 轮对话。", refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: {
        prompt_tokens: 6,
        completion_tokens: 19,
        total_tokens: 25,
        prompt_tokens_details: { cached_tokens: 0 },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    });
    const [call] = await model.calls();
    expect(call).toEqual({
      id,
      at: expect.any(Number),
      endedAt: expect.any(Number),
      key: "ment",
      model: "simulated-chat",
      messages: [{ role: "user", content: "你好" }],
      stream: false,
      status: 200,
      ended: "completed",
      tokensSent: 19,
    });
  });

  test("is streamed in chunks of one id: a role, the text, a reason, the usage, [DONE]", async () => {
    const response = await model.chat("你好", USAGE);
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const { chunks, content, isDone } = await readStream(response);
    expect(content).toBe("你说：你好\n\n这是我们的第 1 轮对话。");
    expect(isDone).toBe(true);
    const choice = { index: 0, logprobs: null, finish_reason: null };
    expect(chunks[0]).toMatchObject({
      object: "chat.completion.chunk",
      choices: [{ ...choice, delta: { role: "assistant", content: "" } }],
      usage: null,
    });
    expect(chunks[1]).toMatchObject({ choices: [{ ...choice, delta: { content: "你说" } }], usage: null });
    expect(chunks.at(-2)).toMatchObject({ choices: [{ delta: {}, finish_reason: "stop" }], usage: null });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 19 } });
    expect(new Set(chunks.map((chunk) => Object(chunk).id)).size).toBe(1);
  });

  test("has no usage in its stream unless it is asked for", async () => {
    const { chunks } = await streamed("你好");
    expect(chunks.filter((chunk) => Object.hasOwn(Object(chunk), "usage"))).toEqual([]);
  });

  test("remembers the rounds, and sees pictures", async () => {
    const content = [
      { type: "text", text: "这是什么" },
      { type: "image_url", image_url: { url: PICTURE, detail: "low" } },
      { type: "image_url", image_url: { url: "https://example.com/a.jpg" } },
    ];
    const messages = [
      { role: "system", content: "你是助手" },
      { role: "user", content: "你好" },
      { role: "assistant", content: "你好！" },
      { role: "user", content },
    ];
    expect((await messageOf("", { messages }))?.content).toBe(
      "你说：这是什么\n\n你发来了 2 张图片。\n\n这是我们的第 2 轮对话。",
    );
  });

  test.each([1, 4, 5, 17, 300, 2_000, 20_000])("writes exactly %i characters", async (characters) => {
    const { content } = await streamed(`写 ${characters} 字`, { seed: 7, tokensPerChunk: 50 });
    expect(content).toBe(writtenText({ characters, seed: 7 }));
    expect(Array.from(content)).toHaveLength(characters);
    const numbers = sentencesIn(content);
    expect(numbers).toEqual(range(numbers.length));
    if (characters >= 300) expect(numbers.length).toBeGreaterThan(characters / 50);
    if (characters >= 5) expect(content.endsWith("（全文完）")).toBe(true);
  });

  test.each([1, 2, 3, 15, 16, 17, 2_047, 2_048, 2_049])("writes exactly %i bytes", async (bytes) => {
    const content = (await messageOf(`write ${bytes} bytes, please`))?.content ?? "";
    expect(new TextEncoder().encode(content)).toHaveLength(bytes);
  });

  test("goes on with an answer that broke off, behind its last sentence", async () => {
    const text = writtenText({ characters: 600 });
    const begun = text.slice(0, text.indexOf("第5句"));
    const messages = [
      { role: "user", content: "写 600 字" },
      { role: "assistant", content: begun },
      { role: "user", content: "你的回答在这里中断了，请接着继续写完。" },
    ];
    const rest = (await messageOf("", { messages }))?.content ?? "";
    expect(sentencesIn(rest)).toEqual(sentencesIn(text).filter((number) => number > 4));
    expect(text.endsWith(rest)).toBe(true);
    const before = text.slice(0, text.indexOf("第9句"));
    expect(before).toMatch(/小节 2\s*$/);
    const [question, , wish] = messages;
    const resumed = [question, { role: "assistant", content: before }, wish];
    expect((await messageOf("", { messages: resumed }))?.content).toMatch(/^第9句/);
  });

  test("writes another text with another seed, and the same with the same", () => {
    expect(writtenText({ characters: 500, seed: 2 })).toBe(writtenText({ characters: 500, seed: 2 }));
    expect(writtenText({ characters: 500, seed: 2 })).not.toBe(writtenText({ characters: 500, seed: 3 }));
    expect(writtenText({ characters: 2_000 })).toMatch(/## .*\*\*.*- .*`code`.*```js/s);
  });

  test("is cut at max_tokens, and before a stop sequence", async () => {
    expect(await whole("你好", { max_tokens: 3 })).toMatchObject({
      choices: [{ message: { content: "你说：" }, finish_reason: "length" }],
      usage: { completion_tokens: 3 },
    });
    expect(await streamed("你好", { max_completion_tokens: 3 })).toMatchObject({
      content: "你说：",
      finishReason: "length",
    });
    expect(await whole("你好", { stop: ["\n", "轮"] })).toMatchObject({
      choices: [{ message: { content: "你说：你好" }, finish_reason: "stop" }],
    });
  });
});

describe("what is wrong is refused", () => {
  const user = (content: unknown) => ({ messages: [{ role: "user", content }] });
  const CASES: readonly [what: string, body: object, code: string | null, param: string | null][] = [
    ["no model", { model: undefined }, null, null],
    ["no messages", { messages: undefined }, "missing_required_parameter", "messages"],
    ["messages that are no list", { messages: "a" }, "invalid_type", "messages"],
    ["no message", { messages: [] }, "empty_array", "messages"],
    ["a message that is a text", { messages: ["a"] }, "invalid_type", "messages[0]"],
    ["no role", { messages: [{ content: "a" }] }, "missing_required_parameter", "messages[0].role"],
    ["a strange role", { messages: [{ role: "bot", content: "a" }] }, "invalid_value", "messages[0].role"],
    ["no content", user(null), "invalid_type", "messages[0].content"],
    ["a strange part", user([{ type: "video" }]), "invalid_value", "messages[0].content[0].type"],
    [
      "a part without text",
      user([{ type: "text" }]),
      "missing_required_parameter",
      "messages[0].content[0].text",
    ],
    [
      "a picture's address that is a text",
      user([{ type: "image_url", image_url: PICTURE }]),
      "invalid_type",
      "messages[0].content[0].image_url",
    ],
    [
      "a picture that is none",
      user([{ type: "image_url", image_url: { url: "data:text/plain,a" } }]),
      "invalid_image_url",
      "messages[0].content[0].image_url.url",
    ],
    [
      "a strange detail",
      user([{ type: "image_url", image_url: { url: PICTURE, detail: "best" } }]),
      "invalid_value",
      "messages[0].content[0].image_url.detail",
    ],
    [
      "a tool's answer to no call",
      { messages: [{ role: "tool", content: "a" }] },
      "missing_required_parameter",
      "messages[0].tool_call_id",
    ],
    ["stream as a text", { stream: "true" }, "invalid_type", "stream"],
    ["stream_options without stream", { stream_options: { include_usage: true } }, null, "stream_options"],
    ["no tokens at all", { max_tokens: 0 }, "integer_below_min_value", "max_tokens"],
    ["half a token", { max_tokens: 0.5 }, "invalid_type", "max_tokens"],
    ["two answers", { n: 2 }, "unsupported_value", "n"],
    ["five stops", { stop: ["1", "2", "3", "4", "5"] }, "array_above_max_length", "stop"],
    [
      "a tool without a name",
      { tools: [{ type: "function" }] },
      "missing_required_parameter",
      "tools[0].function.name",
    ],
  ];
  test.each(CASES)("%s", async (_, body, code, param) => {
    expect(await errorOf(await model.chat("你好", { ...body }))).toEqual([
      400,
      { message: expect.stringMatching(/\w/), type: "invalid_request_error", param, code },
    ]);
    expect(await model.calls()).toMatchObject([{ status: 400, ended: "failed", tokensSent: 0 }]);
  });

  const post = (body: BodyInit, path = "chat/completions", method = "POST") =>
    fetch(`${model.baseUrl}/${path}`, {
      method,
      headers: { Authorization: `Bearer ${DEVELOPMENT_MODEL_KEY}` },
      ...(method === "GET" ? {} : { body }),
    });

  test.each([["{"], ["[]"], ["null"], [""]])("a body %j that is no JSON object", async (body) => {
    expect(await errorOf(await post(body))).toMatchObject([
      400,
      { type: "invalid_request_error", code: null },
    ]);
  });

  test("another path, another method", async () => {
    expect(await errorOf(await post("{}", "embeddings"))).toMatchObject([
      404,
      { message: "Invalid URL (POST /v1/embeddings)" },
    ]);
    expect(await errorOf(await post("", "chat/completions", "GET"))).toMatchObject([405, { code: null }]);
  });

  test("no key, a wrong key, an unknown model", async () => {
    expect(await errorOf(await model.chat("你好", {}, { key: "" }))).toMatchObject([401, { code: null }]);
    const wrong = await errorOf(await model.chat("你好", {}, { key: "sk-secret-1234" }));
    expect(wrong).toMatchObject([401, { code: "invalid_api_key" }]);
    expect(JSON.stringify(wrong)).not.toContain("secret");
    expect(await errorOf(await model.chat("你好", { model: "gpt-9" }))).toMatchObject([
      404,
      { code: "model_not_found", message: expect.stringContaining("`gpt-9`") },
    ]);
    expect(await model.calls()).toMatchObject([
      { key: "" },
      { key: "1234" },
      { key: "ment", model: "gpt-9" },
    ]);
  });

  test("keys can be changed, and are back after a reset", async () => {
    await model.control("POST", "keys", { keys: ["sk-other"] });
    expect((await model.chat("你好")).status).toBe(401);
    expect((await model.chat("你好", {}, { key: "sk-other" })).status).toBe(200);
    await model.control("POST", "keys", { keys: null });
    expect((await model.chat("你好", {}, { key: "any" })).status).toBe(200);
    await model.reset();
    expect((await model.chat("你好", {}, { key: "any" })).status).toBe(401);
    expect((await model.chat("你好")).status).toBe(200);
    await expect(model.control("POST", "keys", { keys: "any" })).rejects.toThrow("keys 须为");
  });

  test("models are listed for who has a key", async () => {
    const get = (path: string, key: string) =>
      fetch(`${model.baseUrl}/${path}`, { headers: { Authorization: `Bearer ${key}` } });
    expect((await get("models", "no")).status).toBe(401);
    expect(await (await get("models", DEVELOPMENT_MODEL_KEY)).json()).toMatchObject({
      object: "list",
      data: expect.arrayContaining([expect.objectContaining({ id: "gpt-4o-mini", object: "model" })]),
    });
    expect(await (await get("models/deepseek-chat", DEVELOPMENT_MODEL_KEY)).json()).toMatchObject({
      id: "deepseek-chat",
    });
    expect((await get("models/gpt-9", DEVELOPMENT_MODEL_KEY)).status).toBe(404);
  });
});

describe("refusals that are ordered", () => {
  test.each([
    ["context_length_exceeded", 400, "invalid_request_error", "context_length_exceeded"],
    ["content_policy_violation", 400, "invalid_request_error", "content_policy_violation"],
    ["invalid_api_key", 401, "invalid_request_error", "invalid_api_key"],
    ["insufficient_balance", 402, "unknown_error", "invalid_request_error"],
    [
      "unsupported_country_region_territory",
      403,
      "request_forbidden",
      "unsupported_country_region_territory",
    ],
    ["model_not_found", 404, "invalid_request_error", "model_not_found"],
    ["rate_limit_exceeded", 429, "requests", "rate_limit_exceeded"],
    ["insufficient_quota", 429, "insufficient_quota", "insufficient_quota"],
    ["server_error", 500, "server_error", null],
    ["overloaded", 503, "server_error", null],
  ] as const)("%s, once", async (error, status, type, code) => {
    await model.set({ error });
    expect(await errorOf(await model.chat("你好", STREAM))).toMatchObject([status, { type, code }]);
    expect((await model.chat("你好")).status).toBe(200);
    expect(await model.calls()).toMatchObject([
      { status, fault: error, ended: "failed", tokensSent: 0 },
      { status: 200, ended: "completed" },
    ]);
  });

  test("a rate limit says when to come again", async () => {
    await model.set({ error: "rate_limit_exceeded" });
    expect((await model.chat("你好")).headers.get("retry-after")).toBe("20");
    await model.set({ error: "rate_limit_exceeded", retryAfterSeconds: 1 });
    expect((await model.chat("你好")).headers.get("retry-after")).toBe("1");
    await model.set({ error: "overloaded" });
    expect((await model.chat("你好")).headers.get("retry-after")).toBeNull();
  });

  test("a proxy's page", async () => {
    await model.set({ fault: "gateway" });
    const response = await model.chat("你好");
    expect([response.status, await response.text()]).toEqual([502, expect.stringContaining("Bad Gateway")]);
  });
});

describe("switches", () => {
  test("strike so often, after so many calls, by model and words; for ever until they are cleared", async () => {
    await model.set({ text: "一", times: 2, after: 1 });
    await model.set({ text: "二", times: 0, says: "唱歌" });
    await model.set({ text: "三", times: 0, model: "gpt-4o-mini" });
    const say = async (content: string, name = "simulated-chat") =>
      (await messageOf(content, { model: name }))?.content;
    const usual = "你说：好\n\n这是我们的第 1 轮对话。";
    expect([await say("好"), await say("好"), await say("好"), await say("好")]).toEqual([
      usual,
      "一",
      "一",
      usual,
    ]);
    expect([await say("唱歌吧"), await say("再唱歌吧"), await say("好", "gpt-4o-mini")]).toEqual([
      "二",
      "二",
      "三",
    ]);
    const { switches } = await model.control<{ switches: unknown[] }>("GET", "switches");
    expect(switches).toMatchObject([{ fired: 2 }, { fired: 2, says: "唱歌" }, { fired: 1 }]);
    await model.clear();
    expect(await say("唱歌吧")).toContain("唱歌吧");
  });

  test.each<[object | string, string]>([
    [{ fault: "boom" }, "fault must be one of hang"],
    [{ error: 500 }, "error must be one of"],
    [{ firstByteMS: 1 }, "there is no switch firstByteMS"],
    [{ firstByteMs: -1 }, "firstByteMs 必须是"],
    [{ tokensPerChunk: 0 }, "from 1 to"],
    [{ text: 1 }, "text must be a text"],
    [{ toolCalls: "yes" }, "toolCalls"],
    ["no JSON object", "JSON 对象"],
  ])("%j makes no sense", async (order, words) => {
    const response = await fetch(`${model.origin}/model/control/switches`, {
      method: "POST",
      body: JSON.stringify(order),
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: expect.stringContaining(words) },
    ]);
    expect(await model.control("GET", "switches")).toEqual({ switches: [] });
  });

  test("pages of another origin have no hand in them", async () => {
    const response = await fetch(`${model.origin}/model/control/reset`, {
      method: "POST",
      headers: { Origin: "https://example.com" },
      body: "{}",
    });
    expect(response.status).toBe(403);
  });
});

describe("thoughts, calls and reasons", () => {
  test("reasoning_content comes first, as DeepSeek sends it", async () => {
    for (const body of [{ model: "deepseek-reasoner" }, {}]) {
      if (!("model" in body)) await model.set({ reasoning: "field", times: 0 });
      const { reasoning, content, chunks } = await streamed("你好", body);
      expect(reasoning).toContain("我先想想");
      expect(content).toContain("你说：你好");
      expect(chunks[1]).toMatchObject({ choices: [{ delta: { content: null, reasoning_content: "用户" } }] });
      const message = await messageOf("你好", body);
      expect(message).toMatchObject({ content, reasoning_content: reasoning });
    }
    expect((await whole("你好")).usage).toMatchObject({
      completion_tokens_details: { reasoning_tokens: expect.any(Number) },
    });
  });

  test("or between tags in the text, the tags in pieces", async () => {
    await model.set({ reasoning: "tag", tokensPerChunk: 1, times: 0 });
    const { content, reasoning, chunks } = await streamed("你好");
    expect(content).toMatch(/^<think>\n用户.+\n<\/think>\n\n你说：你好/s);
    expect(reasoning).toBe("");
    expect(chunks[1]).toMatchObject({ choices: [{ delta: { content: "<" } }] });
  });

  test("a tool is called, in pieces, and its result is answered", async () => {
    await model.set({ toolCalls: true, times: 0 });
    const tools = [
      {
        type: "function",
        function: { name: "weather", parameters: { type: "object", properties: { city: {} } } },
      },
    ];
    expect(await whole("北京", { tools })).toMatchObject({
      choices: [
        {
          message: {
            content: null,
            tool_calls: [{ type: "function", function: { name: "weather", arguments: '{"city":"北京"}' } }],
          },
          finish_reason: "tool_calls",
        },
      ],
    });
    const { chunks, finishReason, content } = await streamed("北京", { tools });
    const deltas = chunks.flatMap((chunk) => Object(chunk).choices[0]?.delta.tool_calls ?? []);
    expect([finishReason, content]).toEqual(["tool_calls", ""]);
    expect(deltas[0]).toMatchObject({
      index: 0,
      id: expect.stringMatching(/^call_/),
      function: { arguments: "" },
    });
    expect(deltas.map((delta) => delta.function.arguments).join("")).toBe('{"city":"北京"}');
    const messages = [
      { role: "user", content: "北京" },
      { role: "assistant", content: null, tool_calls: [{ id: "call_1" }] },
      { role: "tool", tool_call_id: "call_1", content: "晴" },
    ];
    expect((await messageOf("", { messages, tools }))?.content).toBe("工具的结果是：晴");
  });

  test.each(["length", "content_filter"] as const)("half an answer for %s", async (finishReason) => {
    await model.set({ finishReason, text: "一二三四", times: 0 });
    expect(await streamed("你好")).toMatchObject({ content: "一二", finishReason, isDone: true });
    expect(await whole("你好")).toMatchObject({
      choices: [{ message: { content: "一二" }, finish_reason: finishReason }],
    });
  });
});

describe("time", () => {
  const timed = async (work: () => Promise<unknown>) => {
    const begun = Date.now();
    await work();
    return Date.now() - begun;
  };

  test("nothing comes before the first byte", async () => {
    await model.set({ firstByteMs: 300, times: 0 });
    expect(await timed(() => model.chat("你好", STREAM))).toBeGreaterThan(280);
    expect(await timed(() => model.chat("你好"))).toBeGreaterThan(280);
  });

  test("signs of life come before it, if they are ordered", async () => {
    await model.set({ firstByteMs: 300, keepAliveMs: 100, times: 0 });
    let response: Response | undefined;
    expect(await timed(async () => (response = await model.chat("你好", STREAM)))).toBeLessThan(250);
    const text = (await response?.text()) ?? "";
    expect(text.match(/: keep-alive\n\n/g)).toHaveLength(2);
    expect(streamIn(text).content).toContain("你好");
    const lines = await (await model.chat("你好")).text();
    expect(lines).toMatch(/^\n\n\{/);
    expect(JSON.parse(lines)).toMatchObject({ object: "chat.completion" });
  });

  test("the whole takes its time, and each piece its own", async () => {
    await model.set({ totalMs: 400, text: "一二三四五六七八九十" });
    const spread = await timed(() => streamed("你好"));
    expect(spread).toBeGreaterThan(380);
    expect(spread).toBeLessThan(900);
    await model.set({ chunkMs: 100, text: "一二三四" });
    expect(await timed(() => streamed("你好"))).toBeGreaterThan(180);
    await model.set({ chunkMs: 100, totalMs: 100, text: "一二三四" });
    expect(await timed(() => model.chat("你好"))).toBeGreaterThan(280);
  });
});

describe("answers that go wrong", () => {
  const LONG = { text: "一二三四五六七八", tokensPerChunk: 1, times: 0 } as const;

  test("end without a reason and without [DONE]", async () => {
    await model.set({ ...LONG, fault: "end" });
    expect(await streamed("你好")).toMatchObject({ content: "一二三四", finishReason: null, isDone: false });
    const text = await (await model.chat("你好")).text();
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(await model.calls()).toMatchObject([
      { ended: "failed", fault: "end", tokensSent: 4, status: 200 },
      { ended: "failed", fault: "end" },
    ]);
  });

  test("are cut off, at the piece that is ordered", async () => {
    await model.set({ ...LONG, fault: "reset" });
    const response = await model.chat("你好", STREAM);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await model.clear();
    await model.set({ ...LONG, fault: "reset", afterChunks: 0 });
    await expect(model.chat("你好", STREAM)).rejects.toThrow();
    await expect(model.chat("你好")).rejects.toThrow();
    const [middle, ...beginnings] = await model.calls();
    expect(middle).toMatchObject({ ended: "failed", fault: "reset", tokensSent: 4, status: 200 });
    for (const call of beginnings) expect(call).toMatchObject({ ended: "failed", tokensSent: 0, status: 0 });
  });

  test("have a chunk that is no JSON", async () => {
    await model.set({ ...LONG, fault: "malformed", afterChunks: 2 });
    const { content, chunks, isDone } = await streamed("你好");
    expect([content, isDone]).toEqual(["一二四五六七八", true]);
    expect(chunks.filter((chunk) => typeof chunk === "string")).toHaveLength(1);
    expect(await (await model.chat("你好")).text()).toContain("upstream connect error");
  });

  test("turn into an error in the middle", async () => {
    await model.set({ ...LONG, fault: "error-in-stream", error: "overloaded" });
    const { content, chunks, isDone } = await streamed("你好");
    expect([content, isDone]).toEqual(["一二三四", false]);
    expect(chunks.at(-1)).toMatchObject({ error: { message: expect.stringContaining("overloaded") } });
    expect((await model.chat("你好")).status).toBe(503);
  });

  test("are empty, or without choices", async () => {
    await model.set({ fault: "empty" });
    await model.set({ fault: "empty" });
    await model.set({ fault: "no-choices", times: 0 });
    expect(await streamed("你好")).toMatchObject({ content: "", finishReason: "stop", isDone: true });
    expect((await messageOf("你好"))?.content).toBe("");
    expect((await whole("你好")).choices).toEqual([]);
    expect(await streamed("你好")).toMatchObject({ chunks: [{ choices: [] }], isDone: true });
  });

  test("go on after a pause, or never", async () => {
    await model.set({ ...LONG, fault: "stall", stallMs: 200, times: 2 });
    const begun = Date.now();
    expect((await streamed("你好")).content).toBe("一二三四五六七八");
    expect((await messageOf("你好"))?.content).toBe("一二三四五六七八");
    expect(Date.now() - begun).toBeGreaterThan(380);
    await model.set({ ...LONG, fault: "stall", times: 1 });
    const response = await model.chat("一直等", STREAM);
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    while (!text.includes("四")) text += decoder.decode((await reader?.read())?.value, { stream: true });
    expect(await model.calls("一直等")).toMatchObject([{ ended: "running", tokensSent: 4 }]);
    await reader?.cancel();
    await vi.waitFor(async () =>
      expect(await model.calls("一直等")).toMatchObject([{ ended: "cancelled", tokensSent: 4 }]),
    );
  });
});

describe("a client that gives up", () => {
  test.each<[string, object, object]>([
    ["before the first byte of a stream", { firstByteMs: 60_000 }, STREAM],
    ["before a whole answer", { totalMs: 60_000 }, {}],
    ["where nothing ever comes", { fault: "hang" }, {}],
  ])("%s is recorded as cancelled", async (_, order, body) => {
    await model.set(order);
    const aborting = new AbortController();
    const asked = model.chat("你好", { ...body }, { signal: aborting.signal });
    const failed = expect(asked).rejects.toThrow();
    await vi.waitFor(async () => expect(await model.counts()).toMatchObject({ begun: 1, running: 1 }));
    aborting.abort();
    await failed;
    await vi.waitFor(async () =>
      expect(await model.calls()).toMatchObject([{ ended: "cancelled", status: 0 }]),
    );
    expect(await model.counts()).toEqual({ begun: 1, running: 0, completed: 0, cancelled: 1, failed: 0 });
  });

  test("in the middle of a slow stream is recorded with what it got", async () => {
    await model.set({ totalMs: 60_000, characters: 600 });
    const aborting = new AbortController();
    const response = await model.chat("你好", STREAM, { signal: aborting.signal });
    await response.body?.getReader().read();
    aborting.abort();
    await vi.waitFor(async () =>
      expect(await model.calls()).toMatchObject([{ ended: "cancelled", status: 200 }]),
    );
  });

  test("the record can be forgotten, and counts anew", async () => {
    await model.chat("你好");
    await model.control("DELETE", "calls");
    await model.chat("再见");
    expect(await model.calls()).toMatchObject([{ messages: [{ content: "再见" }] }]);
    expect(await model.counts()).toMatchObject({ begun: 1, completed: 1 });
    expect(await model.calls("你好")).toEqual([]);
  });
});

describe("a picture", () => {
  const hills = `${model.origin}/model/pictures/hills.jpg`;

  test("is served where an answer links to it; elsewhere there is none", async () => {
    const response = await fetch(hills);
    expect(response.headers.get("content-type")).toBe("image/jpeg");
    expect(new Uint8Array(await response.arrayBuffer()).subarray(0, 3)).toEqual(
      new Uint8Array([0xff, 0xd8, 0xff]),
    );
    expect((await fetch(`${hills}.png`)).status).toBe(404);
  });

  test.each([
    ["link", `![远山和太阳](${hills})`, undefined],
    ["data", "![远山和太阳](data:image/jpeg;base64,/9j/", undefined],
    ["field", "", "data:image/jpeg;base64,/9j/"],
  ] as const)("as a %s stands in the answer, answer and whole", async (picture, content, image) => {
    await model.set({ picture, text: "看：", times: 2 });
    const answer = await readStream(await model.chat("画", STREAM));
    expect(answer.content).toMatch(/^看：/);
    expect(answer.content).toContain(content);
    expect(JSON.stringify(answer.chunks).includes('"images"')).toBe(image !== undefined);
    const body = await (await model.chat("画")).text();
    expect(body).toContain(content);
    if (image !== undefined)
      expect(body).toContain(`"images":[{"type":"image_url","image_url":{"url":"${image}`);
  });

  test("is drawn for whoever says so", async () => {
    expect((await messageOf("画图，写 30 字"))?.content).toContain(hills);
    expect((await messageOf("画一只猫"))?.content).toContain("你说");
  });
});

describe("what a user says", () => {
  test("throws switches, so that a phone can play", async () => {
    expect((await model.chat("报错 429")).status).toBe(429);
    expect((await model.chat("error 503")).status).toBe(503);
    expect((await model.chat("报错 502")).status).toBe(502);
    expect((await messageOf("思考，写 300 字"))?.reasoning_content).toContain("想想");
    expect((await messageOf("思考，写 300 字，讲春天"))?.content).toHaveLength(300);
    expect((await messageOf("空答"))?.content).toBe("");
    await expect(model.chat("断线")).rejects.toThrow();
    const begun = Date.now();
    await model.chat("等 1 秒");
    expect(Date.now() - begun).toBeGreaterThan(950);
  });

  test.each(["我要写 300 字", "思考题怎么做", "cutting", "报错 4290", "报错 200"])(
    "%s is only something to be answered",
    async (said) => expect((await messageOf(said))?.content).toContain(`你说：${said}`),
  );

  test.each(SPOKEN_SWITCHES.flatMap(({ zh, en }) => [zh, en]))("%s is one of the switches", async (said) => {
    const answer = await model
      .chat(said, {}, { signal: AbortSignal.timeout(500) })
      .then((response) => response.text())
      .catch(() => "no answer");
    if (!answer.includes("reasoning_content")) expect(answer).not.toContain("你说");
  });
});

describe("in memory", () => {
  const simulator = createSimulator({ accounts: [], model: { keys: ["sk-mine"], models: ["mine"] } });
  const ask = (body: object, init: RequestInit = {}) =>
    simulator.request("http://localhost/model/v1/chat/completions", {
      method: "POST",
      headers: { Authorization: "Bearer sk-mine" },
      body: JSON.stringify({ model: "mine", messages: [{ role: "user", content: "写 600 字" }], ...body }),
      ...init,
    });
  const set = (order: object) =>
    simulator.request("http://localhost/model/control/switches", {
      method: "POST",
      body: JSON.stringify(order),
    });
  const last = async () => {
    const response = await simulator.request("http://localhost/model/control/calls");
    return (await response.json<{ calls: unknown[] }>()).calls.at(-1);
  };

  test("it has keys and models of its own, and streams", async () => {
    expect((await readStream(await ask(STREAM))).content).toBe(writtenText({ characters: 600 }));
    expect((await ask({ model: "simulated-chat" })).status).toBe(404);
  });

  test("chunks come cut in the middle of a character", async () => {
    await set({ fault: "split-character" });
    const reader = (await ask(STREAM)).body?.getReader();
    const parts: Uint8Array[] = [];
    for (let next = await reader?.read(); next?.done === false; next = await reader?.read())
      parts.push(next.value);
    const isCut = (part: Uint8Array) => {
      try {
        new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(part);
        return false;
      } catch {
        return true;
      }
    };
    expect(parts.filter(isCut).length).toBeGreaterThan(200);
    const { content } = await readStream(new Response(new Blob(parts)));
    expect(content).toBe(writtenText({ characters: 600 }));
  });

  test("a client that closes at [DONE] had all of it", async () => {
    const reader = (await ask(STREAM)).body?.getReader();
    const decoder = new TextDecoder();
    for (let text = ""; !text.includes("[DONE]"); text = decoder.decode((await reader?.read())?.value));
    await reader?.cancel();
    expect(await last()).toMatchObject({ ended: "completed", tokensSent: expect.any(Number) });
  });

  test("a picture is not kept whole, and old calls are forgotten but still counted", async () => {
    const url = `data:image/png;base64,${"A".repeat(100_000)}`;
    await ask({ messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }] });
    const kept = JSON.stringify(await last());
    expect(kept).toContain("data:image/png;base64,AAA");
    expect(kept.length).toBeLessThan(6_000);

    const calls = new ModelCalls(() => 1);
    calls.begin({ id: "first", key: "" });
    for (let at = 0; at < 3_000; at++) calls.begin({ id: String(at), key: "" }).end("failed");
    expect(calls.counts).toEqual({ begun: 3_001, running: 1, completed: 0, cancelled: 0, failed: 3_000 });
    expect(calls.all).toHaveLength(2_000);
    expect(calls.all[0]).toMatchObject({ id: "first", ended: "running" });
  });

  test("a body that is cancelled is recorded, and so is a signal", async () => {
    await set({ totalMs: 60_000 });
    const response = await ask(STREAM);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(await last()).toMatchObject({ ended: "cancelled" });
    await set({ fault: "hang" });
    await expect(ask({}, { signal: AbortSignal.timeout(50) })).rejects.toThrow("gave up");
    expect(await last()).toMatchObject({ ended: "cancelled", status: 0 });
  });

  test("where no socket can be cut, reading fails", async () => {
    await set({ fault: "reset" });
    await expect((await ask(STREAM)).text()).rejects.toThrow("the simulator cut the connection");
    expect(await last()).toMatchObject({ ended: "failed", fault: "reset" });
  });
});
