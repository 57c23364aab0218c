/** An echo that also puts a job on record: what it costs to give work to the queue. The job itself does nothing. */
import { Bot } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

const bot = new Bot();
bot.job("note", () => {});
bot.on("text", async (ctx) => {
  await ctx.enqueue("note", {});
  await ctx.reply(`echo: ${ctx.message.Content}`);
});

export * from "../../../src/objects.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
