/**
 * Your bot: the one file to edit. Save it and `npm start` reloads.
 * 你的机器人：只需要改这个文件，保存后 `npm start` 会自动重新加载。
 */
import { Bot, defer, image } from "wechat-edge";

const bot = new Bot();

// Somebody follows the account. 有人关注了公众号。
bot.on("event:subscribe", (ctx) => ctx.reply("欢迎关注！发送「菜单」看看我会做什么。"));

// Words, whole or by pattern. 关键词：完全匹配，或者正则表达式。
bot.hears(["菜单", "帮助", "help"], (ctx) =>
  ctx.reply(
    "发送「时间」：现在几点\n发送「天气 城市」：一个带参数的例子\n发送「客服」：稍后收到一条客服消息\n发送一张图片：原样返回\n其他文字：回声",
  ),
);
bot.hears("时间", (ctx) =>
  ctx.reply(
    new Date().toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "full", timeStyle: "short" }),
  ),
);
bot.hears(/^天气\s*(.+)$/, (ctx) => ctx.reply(`${ctx.match[1]}：晴，26℃（这是示例，请换成你的接口）`));

// A tap on a menu button, by its key. 菜单点击，按 EventKey。
bot.click("V1", (ctx) => ctx.reply(`你点击了菜单 ${ctx.message.EventKey}。`));

// A picture comes back as a picture. 图片原样返回。
bot.on("image", (ctx) => ctx.reply(image(ctx.message.MediaId)));

// WeChat's API: one more message after the answer, where the account may send any. 微信接口：回复之后再发一条客服消息。
bot.hears(
  "客服",
  defer("customer-service", async (ctx) => {
    if (ctx.can.push) await ctx.api.customerService.send(ctx.message.FromUserName, "这是一条客服消息。");
    else ctx.log.warn("customer_service_unavailable");
  }),
);

// Everything else that is text. 其他文字。
bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));

export default bot;
