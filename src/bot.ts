/**
 * Your bot: the one file to edit. Save it and `npm start` reloads.
 * 你的机器人：只需要改这个文件，保存后 `npm start` 会自动重新加载。
 */
import { Bot, defer, Flow, image } from "wechat-edge";

/** What is remembered of each user. 每个用户的会话。 */
interface Session {
  messages: number;
}

const bot = new Bot<Session>({ session: { initial: () => ({ messages: 0 }) } });

// Middleware: runs for every push. 中间件：每次推送都会经过。
bot.use((ctx, next) => {
  if (ctx.message.MsgType !== "event") ctx.session.messages++;
  return next();
});

// Somebody follows the account. 有人关注了公众号。
bot.on("event:subscribe", (ctx) => ctx.reply("欢迎关注！发送「菜单」看看我会做什么。"));

// A flow: questions, one message at a time. 多轮对话：一次问一个问题。
const booking = new Flow<Session>("booking")
  .ask("day", "哪一天？（1 到 31，发送「取消」退出）", {
    check: (day) => /^([1-9]|[12]\d|3[01])$/.test(day) || "请输入 1 到 31 的数字。",
  })
  .ask("people", ({ day }) => `${day} 号，几位？`)
  .end((ctx, { day, people }) => ctx.reply(`已预订：${day} 号，${people} 位。`));
bot.use(booking);
bot.hears("订位", (ctx) => booking.start(ctx));

// Words, whole or by pattern. 关键词：完全匹配，或者正则表达式。
bot.hears(["菜单", "帮助", "help"], (ctx) =>
  ctx.reply(
    [
      "发送「时间」：现在几点",
      "发送「天气 城市」：一个带参数的例子",
      "发送「次数」：你发过几条消息",
      "发送「订位」：多轮对话",
      "发送「慢 8」：8 秒后才有答案，看看它怎么到达",
      "发送「客服」：稍后收到一条客服消息",
      "发送一张图片：原样返回",
      "其他文字：回声",
    ].join("\n"),
  ),
);
bot.hears("时间", (ctx) =>
  ctx.reply(
    new Date().toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "full", timeStyle: "short" }),
  ),
);
bot.hears(/^天气\s*(.+)$/, (ctx) => ctx.reply(`${ctx.match[1]}：晴，26℃（这是示例，请换成你的接口）`));
bot.hears("次数", (ctx) => ctx.reply(`这是你的第 ${ctx.session.messages} 条消息。`));

// Slow, failing, hanging: WeChat is answered in time all the same. 慢、出错、卡住：微信总能按时得到回应。
bot.hears(/^慢\s*(\d{1,2})$/, async (ctx) => {
  await new Promise((resolve) => setTimeout(resolve, Number(ctx.match[1]) * 1000));
  await ctx.reply(`等了 ${ctx.match[1]} 秒的答案。`);
});
bot.hears("出错", () => {
  throw new Error("这是一个示例错误");
});
bot.hears("卡住", () => new Promise(() => {}));

// WeChat's API: one more message after the answer, where the account may send any. 微信接口：回复之后再发一条客服消息。
bot.hears(
  "客服",
  defer("customer-service", async (ctx) => {
    if (ctx.can.push) await ctx.api.customerService.send(ctx.message.FromUserName, "这是一条客服消息。");
    else ctx.log.warn("customer_service_unavailable");
  }),
);

// A tap on a menu button, by its key. 菜单点击，按 EventKey。
bot.click("V1", (ctx) => ctx.reply(`你点击了菜单 ${ctx.message.EventKey}。`));

// A picture comes back as a picture. 图片原样返回。
bot.on("image", (ctx) => ctx.reply(image(ctx.message.MediaId)));

// Everything else that is text. 其他文字。
bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));

export default bot;
