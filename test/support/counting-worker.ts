/** A Worker whose session counts what was handled; every message takes its time. */
import { Bot, defer } from "wechat-edge";
import { createApp } from "../../src/app.ts";
import { conversationObject } from "../../src/conversation/conversation.ts";
import { pause } from "./waiting.ts";

export * from "../../src/objects.ts";

const bot = new Bot<{ count: number }>({ session: { initial: () => ({ count: 0 }) } });
bot.hears("count", (ctx) => ctx.reply(`count ${ctx.session.count}`));
bot.hears(/^wait (\d+)$/, async (ctx) => {
  ctx.session.count++;
  await pause(Number(ctx.match[1]));
  await ctx.reply(`waited ${ctx.session.count}`);
});

bot.hears(
  /^work (\d+)$/,
  defer(
    "work",
    async (ctx) => {
      await pause(Number(ctx.match[1]));
      ctx.session.count++;
      await ctx.reply(`worked ${ctx.session.count}`);
    },
    { via: "worker" },
  ),
);
bot.hears(/^remind (\d+)$/, async (ctx) => {
  await ctx.enqueue("remind", {}, { delaySeconds: Number(ctx.match[1]) });
  await ctx.reply("on record");
});
bot.job("remind", async (ctx) => {
  ctx.session.count++;
  await ctx.reply("reminded");
});

export class Conversation extends conversationObject(bot) {}
export default createApp(bot);
