/** For the delivered answers: handlers that take as long as the text says, in each place, and log that they ran. */
import { Bot, type Context, defer } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

const FILLING = "这是一段较长的回答，用来检查它是否完整送达。";
const FILLING_REPEATED = 20;

const bot = new Bot();

/** `object 8000 x`: an answer called x after 8 s. */
async function answer(
  ctx: Pick<Context, "log" | "reply">,
  [, ms, name = ""]: readonly string[],
): Promise<void> {
  ctx.log.info("handler_ran", { name });
  await new Promise((resolve) => setTimeout(resolve, Number(ms)));
  await ctx.reply(`answer ${name}: ${FILLING.repeat(FILLING_REPEATED)}end ${name}`);
}

bot.hears(/^object (\d+) (\S+)$/, (ctx) => answer(ctx, ctx.match));
bot.hears(
  /^worker (\d+) (\S+)$/,
  defer("worker", (ctx) => answer(ctx, ctx.match), { via: "worker" }),
);
bot.hears(
  /^queue (\d+) (\S+)$/,
  defer("queue", (ctx) => answer(ctx, ctx.match)),
);
bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
