/**
 * What must compile, and what must not. Checked by `npm run check`; nothing in here runs.
 */
import {
  type AutoReplyArticle,
  Bot,
  Composer,
  type Context,
  defer,
  image,
  type JsSdkConfig,
  type ListedNews,
  type MenuButton,
  type Middleware,
  news,
  type PushesBySelector,
  raw,
  type TemplateData,
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

// Users, tags, web login, notices and operations.
bot.on("text", async ({ api, message }) => {
  const user = await api.users.info(message.FromUserName);
  // @ts-expect-error -- nothing is told of somebody who does not follow
  void user.remark;
  if (user.subscribe === 1) same<typeof user.tagid_list, readonly number[]>(true);
  for await (const openid of api.users.all()) same<typeof openid, string>(true);
  // @ts-expect-error -- not a language of WeChat's
  await api.users.batchInfo([user.openid], { lang: "de" });
  await api.users.blacklist.add([user.openid]);
  const { id } = await api.tags.create("VIP");
  await api.tags.tag(id, [user.openid]);
  // @ts-expect-error -- a tag is told by its id
  await api.tags.delete("VIP");

  same<ReturnType<typeof api.webLogin.authorizeUrl>, string>(true);
  // @ts-expect-error -- a login needs a state
  api.webLogin.authorizeUrl({ redirectUri: "https://example.com/", scope: "snsapi_base" });
  // @ts-expect-error -- no scope of WeChat's
  api.webLogin.authorizeUrl({ redirectUri: "https://example.com/", scope: "openid", state: "1" });
  const { profile } = await api.webLogin.user("code");
  // @ts-expect-error -- there is none with snsapi_base
  void profile.nickname;
  const config: JsSdkConfig = await api.jsSdk.config("https://example.com/", { apis: ["scanQRCode"] });
  void config;

  const data: TemplateData = { thing1: { value: "x" } };
  same<string, Awaited<ReturnType<typeof api.templates.send>>>(true);
  await api.templates.send({ touser: user.openid, template_id: "t", client_msg_id: "1", data });
  // @ts-expect-error -- a value is an object
  await api.templates.send({ touser: user.openid, template_id: "t", data: { thing1: "x" } });
  await api.subscribeMessages.send({ touser: user.openid, template_id: "t", data });
  await api.subscribeMessages.sendOneTime({
    touser: user.openid,
    template_id: "t",
    scene: 1,
    title: "x",
    // @ts-expect-error -- a one-time message has a content and nothing else
    data,
  });

  // @ts-expect-error -- no network that WeChat has
  await api.operations.checkCallback({ check_operator: "CMCC" });
  const { keyword_autoreply_info: rules } = await api.operations.autoReplyInfo();
  for (const reply of rules?.list[0]?.reply_list_info ?? []) {
    if (reply.type === "news") same<typeof reply.news_info.list, readonly AutoReplyArticle[]>(true);
    else same<typeof reply.content, string>(true);
  }
});

// Media: what a download is decides what it has.
bot.use(async ({ api }) => {
  const stream = { stream: () => new ReadableStream<Uint8Array>(), bytes: 1 };
  const { media_id } = await api.media.upload("video", { content: stream, filename: "a.mp4" });
  // @ts-expect-error -- a stream must say how long it is
  await api.media.upload("image", { content: new ReadableStream<Uint8Array>(), filename: "a.png" });
  // @ts-expect-error -- no such type of media
  await api.media.upload("news", { content: new Blob(), filename: "a.png" });
  const media = await api.media.get(media_id);
  if (media.kind === "video") same<typeof media.video_url, string>(true);
  else same<typeof media.body, ReadableStream<Uint8Array>>(true);
  // @ts-expect-error -- it may be a video's address
  void media.body;

  await api.materials.add("image", { content: new Uint8Array(1), filename: "a.png" });
  await api.materials.add("video", { content: stream, filename: "a.mp4" }, { title: "t", introduction: "i" });
  // @ts-expect-error -- a permanent video needs a description
  await api.materials.add("video", { content: stream, filename: "a.mp4" });
  // @ts-expect-error -- thumbs cannot be listed
  await api.materials.list("thumb");
  for await (const listed of api.materials.all("news")) same<typeof listed, ListedNews>(true);
  for await (const listed of api.materials.all("image")) same<typeof listed.name, string>(true);
});

// Menus: a button's type decides what it needs.
bot.use(async ({ api }) => {
  const more: MenuButton = {
    name: "m",
    sub_button: [{ type: "view", name: "v", url: "https://example.com/" }],
  };
  await api.menu.create([{ type: "click", name: "c", key: "k" }, more]);
  // @ts-expect-error -- a click needs a key
  await api.menu.create([{ type: "click", name: "c" }]);
  // @ts-expect-error -- a view has no key
  await api.menu.create([{ type: "view", name: "c", url: "https://example.com/", key: "k" }]);
  // @ts-expect-error -- no such type
  await api.menu.create([{ type: "text", name: "c", key: "k" }]);
  // @ts-expect-error -- menus have two levels
  await api.menu.create([{ name: "m", sub_button: [more] }]);
  await api.menu.create((await api.menu.get()).menu.button);
  same<Awaited<ReturnType<typeof api.menu.addConditional>>, string>(true);
  // @ts-expect-error -- a rule must say something
  await api.menu.addConditional([more], {});
  // @ts-expect-error -- WeChat matches no menus by sex
  await api.menu.addConditional([more], { tag_id: 2, sex: "1" });
});

// QR codes: only temporary ones have an end.
bot.use(async ({ api }) => {
  same<Awaited<ReturnType<typeof api.qrCodes.createTemporary>>["expire_seconds"], number>(true);
  // @ts-expect-error -- how long?
  await api.qrCodes.createTemporary(1);
  const code = await api.qrCodes.createPermanent("scene");
  // @ts-expect-error -- for ever
  void code.expire_seconds;
  same<ReturnType<typeof api.qrCodes.imageUrl>, string>(true);
});
