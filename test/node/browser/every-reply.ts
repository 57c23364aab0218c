/** A callback that knows every kind of reply. */
import { encodeReply } from "../../../src/protocol/reply-encode.ts";
import type { Reply } from "../../../src/protocol/replies.ts";
import { readXml } from "../../../src/protocol/xml-read.ts";
import type { CallbackServer } from "../support/callback-server.ts";

/**
 * Answers a text that is the name of a kind of reply with one of it, an event `LOCATION` with several articles, and
 * anything else with nothing, ever.
 *
 * @param picture an address that the page may show pictures of
 */
export function answeringWithEveryKind(picture: string): CallbackServer["answer"] {
  const replies = repliesOfEveryKind(picture);
  return ({ body }, response) => {
    const { Content, Event, FromUserName: to, ToUserName: from } = readXml(body);
    const reply = replies.get(String(Content ?? Event));
    if (reply === undefined) return;
    const createTime = Math.floor(Date.now() / 1_000);
    response.setHeader("Content-Type", "text/xml; charset=utf-8");
    response.end(encodeReply(reply, { to: String(to), from: String(from), createTime }, "xml"));
  };
}

/** The replies by the texts that ask for them. */
function repliesOfEveryKind(picture: string): ReadonlyMap<string, Reply> {
  const Content =
    '<a href="https://example.com/?a=1&b=2">link</a> https://example.com/bare，\n第二行 <a href="javascript:alert(1)">no link</a>';
  const article = { Title: "标题", Description: "描述", PicUrl: picture, Url: "https://example.com/" };
  const MediaId = "sample";
  // A text is answered with one article at most, an event with up to eight.
  return new Map<string, Reply>([
    ["text", { MsgType: "text", Content }],
    ["image", { MsgType: "image", Image: { MediaId } }],
    ["voice", { MsgType: "voice", Voice: { MediaId } }],
    ["video", { MsgType: "video", Video: { MediaId, Title: "演示", Description: "一分钟看懂" } }],
    [
      "music",
      {
        MsgType: "music",
        Music: { ThumbMediaId: MediaId, Title: "平凡之路", MusicUrl: "https://example.com/song.mp3" },
      },
    ],
    ["news", { MsgType: "news", Articles: [article] }],
    ["LOCATION", { MsgType: "news", Articles: [article, article, article] }],
    ["transfer", { MsgType: "transfer_customer_service", TransInfo: { KfAccount: "kf1@gh_test" } }],
  ]);
}
