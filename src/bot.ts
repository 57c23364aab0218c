/**
 * Your bot: the one file to edit. Save it and `npm start` reloads.
 * 你的机器人：只需要改这个文件，保存后 `npm start` 会自动重新加载。
 */
import { Bot, defer, Flow, image } from "wechat-edge";
import { llm } from "wechat-edge/handlers";

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
      "发送「想一想 问题」：边等边做，通常还来得及直接回复",
      "发送「研究 主题」：交给队列，几秒后收到结果",
      "发送「提醒 10」：10 秒后收到一条提醒",
      "发送「失败」：一个总是失败的任务，看看它变成死信",
      "发送「客服」：稍后收到一条客服消息",
      "发送一张图片：原样返回",
      "其他文字：回声；设置了 MODEL_API_KEY 时由大模型回答",
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

// Put off: nothing of it holds the answer. In the Worker that holds the push, up to 25 s: for what waits, a model for one.
// 延后执行，不耽误回应。在收到推送的 Worker 里做，最长 25 秒：适合等待别人的工作，比如调用大模型。
bot.hears(
  /^想一想\s*(.+)$/,
  defer(
    "think",
    async (ctx) => {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      await ctx.reply(`想好了：${ctx.match[1]}，可以先从小处做起。`);
    },
    { via: "worker" },
  ),
);
// On the queue: minutes of time, and a run that fails or dies is made again. 在队列里做：有几分钟时间，失败或中断都会重来。
bot.hears(
  /^研究\s*(.+)$/,
  defer("research", async (ctx) => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    await ctx.reply(`「${ctx.match[1]}」的研究结果（这是示例，请换成你的工作）`);
  }),
);
// A job, now or up to 30 days later. 任务：马上执行，或者最多推迟 30 天。
bot.job<{ seconds: number }>("remind", (ctx, { seconds }) =>
  ctx.reply(`${seconds} 秒到了，这是你要的提醒。`),
);
bot.hears(/^提醒\s*(\d{1,3})$/, async (ctx) => {
  const seconds = Number(ctx.match[1]);
  await ctx.enqueue("remind", { seconds }, { delaySeconds: seconds });
  await ctx.reply(`好的，${seconds} 秒后提醒你。`);
});
// Fails on purpose: run once more after five seconds, then it is a dead letter. 故意失败：五秒后重试一次，然后成为死信。
bot.hears(
  "失败",
  defer(
    "fail",
    () => {
      throw new Error("这个示例任务总是失败");
    },
    { retries: 1 },
  ),
);

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

// An assistant, off until MODEL_API_KEY is set: a language model answers what no handler above does (docs/assistant.md).
// 助手：设置 MODEL_API_KEY 后，上面的处理函数都不处理的消息由大模型回答。没有密钥也能试：npm start -- --model
bot.use(llm({ system: "你是公众号里的助手，用简短的中文回答。", caps: { perHour: 20, perDay: 100 } }));

// Everything else that is text. 其他文字。
bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));

export default bot;
