/** For the kills: every reply tells how many pushes the session has counted, and in which run it was made. */
import { Bot } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

/** Texts that begin so are answered by a handler that waits. */
const SLOW = "slow";
const WAIT_MS = 5;

const bot = new Bot<{ count: number }>({ session: { initial: () => ({ count: 0 }) } });
bot.on("text", async (ctx) => {
  const run = crypto.randomUUID();
  if (ctx.message.Content.startsWith(SLOW)) await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  ctx.session.count++;
  await ctx.reply(`${ctx.session.count} ${run}`);
});

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
