/** An app of Dify answers, piece by piece, and remembers the conversation. */
import { Bot, defer, type JobContext } from "wechat-edge";
import { ReadableTextStream, ThinkingFilter } from "wechat-edge/handlers";
import { EventSourceParserStream } from "eventsource-parser/stream";

/** Dify's id of the talk with this user. */
interface Session {
  conversation?: string;
}

/** What Dify sends, as far as it matters here. */
interface DifyEvent {
  event: string;
  answer?: string;
  conversation_id?: string;
  code?: string;
}

const bot = new Bot<Session>();

bot.hears(["重置", "/reset"], (ctx) => {
  delete ctx.session.conversation;
  return ctx.reply("好的，我们重新开始。");
});
bot.on(
  "text",
  defer(
    "dify",
    async (ctx) => {
      const said = [...ctx.skipped, ctx.message].map(({ Content = "" }) => Content).join("\n");
      await ctx.reply(answer(ctx, ctx.message.FromUserName, said));
    },
    // Never asked twice for one question: it would cost twice. 同一个问题不问两次。
    { via: "worker", retries: 0, overlap: "burst" },
  ),
);
bot.catch((_error, ctx) => ctx.reply("抱歉，助手暂时没有应答，请稍后再试。"));

/** The answer as it is written, without thoughts and markdown, and with the label that the law asks for. */
async function* answer(ctx: JobContext<Session>, user: string, query: string): AsyncGenerator<string> {
  const response = await fetch(`${setting(ctx.env, "DIFY_BASE_URL")}/chat-messages`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${setting(ctx.env, "DIFY_API_KEY")}`,
      "Content-Type": "application/json",
    },
    body: JSON.stringify({
      inputs: {},
      query,
      user,
      response_mode: "streaming",
      conversation_id: ctx.session.conversation ?? "",
    }),
    signal: ctx.signal,
  });
  // The conversation was deleted there, or belongs to another app: the next question begins a new one.
  if (response.status === 404) delete ctx.session.conversation;
  if (!response.ok || response.body === null) throw new Error(`Dify answered ${response.status}`);
  const thinking = new ThinkingFilter();
  const readable = new ReadableTextStream();
  let failure: unknown;
  try {
    for await (const { data } of response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream())) {
      const event: DifyEvent = JSON.parse(data);
      if (event.event === "error") throw new Error(`Dify broke off: ${event.code}`);
      if (event.conversation_id !== undefined) ctx.session.conversation = event.conversation_id;
      if (event.event === "message" || event.event === "agent_message")
        yield readable.push(thinking.push(event.answer ?? ""));
    }
  } catch (error) {
    failure = error;
  }
  yield readable.push(thinking.end()) + readable.end(); // what there is of a line
  if (failure !== undefined) throw failure;
  yield "\n\n（内容由 AI 生成）";
}

function setting(env: object, name: string): string {
  const value: unknown = Reflect.get(env, name);
  if (typeof value !== "string" || value === "") throw new Error(`${name} is not set`);
  return value;
}

export default bot;
