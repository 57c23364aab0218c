/** What users say goes to a workflow tool or a server of your own, signed; what that returns is the answer. */
import { Bot, defer } from "wechat-edge";

const bot = new Bot();

bot.on(
  "text",
  defer(
    "workflow",
    async (ctx) => {
      const said = [...ctx.skipped, ctx.message].map(({ Content = "" }) => Content).join("\n");
      const body = JSON.stringify({
        id: ctx.requestId, // the same when the call is made again
        account: ctx.account.id,
        user: ctx.message.FromUserName,
        text: said,
      });
      const timestamp = String(Math.floor(Date.now() / 1000));
      const response = await fetch(setting(ctx.env, "WORKFLOW_URL"), {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-Timestamp": timestamp,
          "X-Signature": await hmac(setting(ctx.env, "WORKFLOW_SECRET"), `${timestamp}.${body}`),
        },
        body,
        redirect: "manual",
        signal: ctx.signal,
      });
      // Thrown: the queue makes the run again. 抛出错误：队列会重新执行。
      if (response.status === 429 || response.status >= 500)
        throw new Error(`the tool answered ${response.status}`);
      const answer = response.ok ? answerIn(await response.text()) : "";
      if (answer === "") ctx.log.warn("workflow_no_answer", { status: response.status });
      await ctx.reply(answer || "这个问题我暂时回答不了。");
    },
    // Waiting is free here, and a tool that answers within 4.5 s answers the push itself.
    { via: "worker", timeoutMs: 25_000, retries: 2, overlap: "burst" },
  ),
);

/** `{ "answer": "…" }`, a list of one such, as n8n returns its items, or plain text. */
function answerIn(body: string): string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return body.trim();
  }
  const [first]: unknown[] = Array.isArray(value) ? value : [value];
  if (typeof first !== "object" || first === null) return typeof first === "string" ? first : "";
  const answer: unknown = Reflect.get(first, "answer");
  return typeof answer === "string" ? answer.trim() : "";
}

async function hmac(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(text));
  return new Uint8Array(signature).toHex();
}

function setting(env: object, name: string): string {
  const value: unknown = Reflect.get(env, name);
  if (typeof value !== "string" || value === "") throw new Error(`${name} is not set`);
  return value;
}

export default bot;
