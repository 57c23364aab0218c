/** An echo by a handler that is deferred to the Worker that holds the push, and answers it at once. */
import { Bot, defer } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

const bot = new Bot();
bot.on(
  "text",
  defer("echo", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`), { via: "worker" }),
);

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
