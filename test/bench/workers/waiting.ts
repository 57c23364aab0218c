/** An echo that has to wait for something: so that it was begun is written down, and that it was done. */
import { Bot } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

const WAIT_MS = 1;

const bot = new Bot();
bot.on("text", async (ctx) => {
  await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  await ctx.reply(`echo: ${ctx.message.Content}`);
});

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
