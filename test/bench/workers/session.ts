/** An echo that changes the user's session on every push: two rows instead of one. */
import { Bot } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

const bot = new Bot<{ count: number }>({ session: { initial: () => ({ count: 0 }) } });
bot.on("text", (ctx) => {
  ctx.session.count++;
  return ctx.reply(`echo: ${ctx.message.Content}`);
});

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
