/** A bot with one handler per behaviour; what a test says chooses it. */
import { Bot, image, music, news, raw, text, transfer, video, voice } from "wechat-edge";

const ARTICLE = {
  Title: "标题 <&>",
  Description: "描述",
  PicUrl: "https://example.com/a.png",
  Url: "https://example.com",
};

/** A fresh bot. */
export function testBot(): Bot {
  const bot = new Bot();
  bot.hears("silent", () => {});
  bot.hears("throw", () => {
    throw new Error("handler on fire");
  });
  bot.hears("throw undefined", () => {
    throw undefined;
  });
  bot.hears("reject", async () => {
    await Promise.resolve();
    throw new TypeError("async handler on fire");
  });
  bot.hears("reply then throw", async (ctx) => {
    await ctx.reply("said before the fall");
    throw new Error("too late to matter");
  });
  bot.hears("hang", () => new Promise(() => {}));
  bot.hears("reply then hang", async (ctx) => {
    await ctx.reply("before hanging");
    await new Promise(() => {});
  });
  bot.hears("twice", async (ctx) => {
    await ctx.reply("one");
    await ctx.reply("two");
  });
  bot.hears("image", (ctx) => ctx.reply(image("media-1")));
  bot.hears("voice", (ctx) => ctx.reply(voice("media-2")));
  bot.hears("video", (ctx) => ctx.reply(video("media-3", { Title: "T", Description: "D" })));
  bot.hears("music", (ctx) =>
    ctx.reply(music({ ThumbMediaId: "thumb", Title: "歌", MusicUrl: "https://example.com/m.mp3" })),
  );
  bot.hears("news", (ctx) => ctx.reply(news(ARTICLE)));
  bot.hears("too much news", (ctx) => ctx.reply(news([ARTICLE, ARTICLE])));
  bot.hears("transfer", (ctx) => ctx.reply(transfer()));
  bot.hears("transfer to", (ctx) => ctx.reply(transfer("kf1@gh_test")));
  bot.hears("raw", (ctx) => ctx.reply(raw({ ErrCode: 0, ErrMsg: "ok" })));
  bot.hears("stream", (ctx) =>
    ctx.reply(
      (async function* () {
        yield "a";
        yield "b";
      })(),
    ),
  );
  bot.on("event:subscribe", (ctx) => ctx.reply("welcome"));
  bot.on("event:MASSSENDJOBFINISH", () => {});
  bot.click(["V1", /^V2-(\d+)$/], (ctx) =>
    ctx.reply(`click ${ctx.message.EventKey} ${ctx.match?.[1] ?? "-"}`),
  );
  bot.on("event:scancode_push", (ctx) => ctx.reply(ctx.message.ScanCodeInfo.ScanResult));
  bot.on("event:pic_sysphoto", (ctx) =>
    ctx.reply(`pictures ${ctx.message.SendPicsInfo.PicList.item.length}`),
  );
  bot.on("image", (ctx) => ctx.reply(image(ctx.message.MediaId)));
  bot.on("location", (ctx) => ctx.reply(text(`${ctx.message.Location_X},${ctx.message.Location_Y}`)));
  bot.on("text", (ctx) => ctx.reply(`echo: ${ctx.message.Content}`));
  return bot;
}
