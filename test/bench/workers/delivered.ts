/** For the delivered answers: a handler that takes as long as the text says, and logs that it ran. */
import { Bot } from "wechat-edge";
import { createApp } from "../../../src/app.ts";
import { conversationObject } from "../../../src/conversation/conversation.ts";

const FILLING = "这是一段较长的回答，用来检查它是否完整送达。";
const FILLING_REPEATED = 20;

const bot = new Bot();
bot.hears(/^wait (\d+) (\S+)$/, async (ctx) => {
  const [, ms, name] = ctx.match;
  ctx.log.info("handler_ran", { name });
  await new Promise((resolve) => setTimeout(resolve, Number(ms)));
  await ctx.reply(`answer ${name}: ${FILLING.repeat(FILLING_REPEATED)}end ${name}`);
});
bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));

export { RefusalLog } from "../../../src/accounts/refusal-log.ts";
export { TokenKeeper } from "../../../src/api/token/token-keeper.ts";
export class Conversation extends conversationObject(bot) {}
export default createApp();
