/**
 * What must compile, and what must not. Checked by `npm run check`; nothing in here runs.
 */
import {
  Bot,
  Composer,
  type Context,
  defer,
  image,
  type Middleware,
  news,
  type PushesBySelector,
  raw,
  text,
  transfer,
} from "wechat-edge";

/** Fails to compile unless both types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_same: Same<A, B>): void {}

const bot = new Bot();

// Selectors narrow the push.
bot.on("text", (ctx) => {
  same<typeof ctx.message.Content, string>(true);
  same<typeof ctx.message.MsgType, "text">(true);
  // @ts-expect-error -- a text has no EventKey
  void ctx.message.EventKey;
  // @ts-expect-error -- misspelt
  void ctx.message.Contnet;
});
bot.on("event:CLICK", (ctx) => same<typeof ctx.message.EventKey, string>(true));
bot.on("event:subscribe", (ctx) => same<typeof ctx.message.EventKey, string | undefined>(true));
bot.on(["image", "voice"], (ctx) => {
  same<typeof ctx.message.MediaId, string>(true);
  if (ctx.message.MsgType === "voice") same<typeof ctx.message.Format, string>(true);
});
bot.on("event:PUBLISHJOBFINISH", (ctx) =>
  same<typeof ctx.message.PublishEventInfo.fail_idx, readonly string[] | undefined>(true),
);
bot.on("oa/event:SCAN", (ctx) => same<typeof ctx.message.Ticket, string>(true));
bot.on("event", (ctx) => {
  same<typeof ctx.message.Event, string>(true);
  void ctx.message["NobodyKnows"];
});
bot.on("message", (ctx) => same<typeof ctx.message.MsgId, string>(true));

// @ts-expect-error -- a misspelt event does not compile
bot.on("event:CLIK", () => {});
// @ts-expect-error -- case matters
bot.on("event:click", () => {});
// @ts-expect-error -- no such product yet
bot.on("wecom-app/text", () => {});

// match and scene are there exactly where they can be.
bot.hears(/(.+)/, (ctx) => ctx.reply(ctx.match[1]));
bot.hears("word", (ctx) => same<typeof ctx.match, undefined>(true));
bot.hears(["word", /pattern/], (ctx) => {
  // @ts-expect-error -- it may have been the word
  void ctx.match[1];
});
bot.scan(/^login-/, (ctx) => same<typeof ctx.scene, string>(true));
bot.on("text", (ctx) => same<typeof ctx.scene, string | undefined>(true));
bot.click("V1", (ctx) => same<typeof ctx.message.Event, "CLICK">(true));
bot.interrupt(["停"], (ctx) => void ctx.message.MsgType);

// A handler typed for any push fits everywhere; one typed for a text fits texts only.
const anywhere: Middleware<Context<PushesBySelector["text"] | PushesBySelector["image"]>> = (ctx) =>
  void ctx.message.MsgId;
bot.on(["text", "image"], anywhere);
const forText: Middleware<Context<PushesBySelector["text"]>> = () => {};
bot.on("text", forText);
// @ts-expect-error -- an image is no text
bot.on("image", forText);

// Deferred handlers know their push.
bot.on(
  "text",
  defer("ask", async (ctx) => void (await ctx.reply(ctx.message.Content))),
);
bot.on(
  "text",
  defer("ask-2", (ctx) => ctx.reply("x"), { via: "worker", timeoutMs: 1_000 }),
);
bot.job<{ day: string }>("digest", (ctx, payload) => {
  same<typeof payload.day, string>(true);
  // @ts-expect-error -- a job answers no push
  void ctx.message;
});

// Replies.
bot.use(async (ctx, next) => {
  await ctx.reply("text");
  await ctx.reply(text("text"));
  await ctx.reply(image("media"));
  await ctx.reply(transfer());
  await ctx.reply(raw({ ErrCode: 0 }));
  await ctx.reply(news({ Title: "t", Description: "d", PicUrl: "p", Url: "u" }));
  const receipt = await ctx.reply("text");
  same<typeof receipt.parts, number>(true);
  // @ts-expect-error -- a number is no reply
  await ctx.reply(42);
  // @ts-expect-error -- an article needs its Url
  news({ Title: "t", Description: "d", PicUrl: "p" });
  await next();
});
bot.outgoing((reply, _ctx, next) => {
  if (reply.MsgType === "text") return next({ ...reply, Content: reply.Content.trim() });
  // @ts-expect-error -- only a text has Content
  void reply.Content;
  return next(reply);
});

// Verbs chain; groups mount; register returns a remover.
new Bot()
  .use(new Composer().on("text", () => {}))
  .on("image", () => {})
  .catch(() => {});
const remove: () => void = bot.register({
  supports: (message) => message.Content === "x",
  handle: (ctx) => ctx.reply("y"),
});
remove();

// The account shows no secret.
bot.use((ctx) => {
  // @ts-expect-error -- never a token
  void ctx.account.tokens;
  // @ts-expect-error -- never the AppSecret
  void ctx.account.appSecret;
});
