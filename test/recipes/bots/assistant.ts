/** An assistant in a bot that can do other things too. */
import { Bot, transfer } from "wechat-edge";
import { llm, moderateMessages, moderateReplies } from "wechat-edge/handlers";

const bot = new Bot();

// What is neither heard nor said; a service can judge as well (docs/moderation.md). 不听也不说的词，也可以接审核服务。
const BLOCKED = { words: ["赌博", "代开发票"] };
bot.use(moderateMessages(BLOCKED));
bot.outgoing(moderateReplies(BLOCKED));

bot.on("event:subscribe", (ctx) =>
  ctx.reply("你好！有问题直接问我。发送「重置」换个话题，「停止」打断回答，「人工」找客服。"),
);
// What has one right answer needs no model: it is registered first. 有固定答案的，不必问大模型：写在前面。
bot.hears(["营业时间", "几点开门"], (ctx) => ctx.reply("每天 9:00 到 21:00。"));
bot.hears(["人工", "转人工"], (ctx) => ctx.reply(transfer()));

// Everything else that is text, voice or a picture. 其余的文字、语音和图片。
bot.use(
  llm({
    system: [
      "你是「小花花店」公众号的客服，只回答和花店有关的问题，用简短的中文。",
      "营业时间 9:00 到 21:00，地址：人民路 1 号。不知道的就说不知道，请用户发送「人工」。",
    ].join("\n"),
    caps: { perHour: 20, perDay: 100 },
    memory: { turns: 10, tokens: 4_000 },
  }),
);
// Only when there is no MODEL_API_KEY. 没有 MODEL_API_KEY 时。
bot.on("message", (ctx) => ctx.reply("助手还没有启用。发送「人工」找客服。"));

export default bot;
