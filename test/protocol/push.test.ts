import { describe, expect, test } from "vitest";
import { parsePush, PushFault } from "../../src/protocol/push.ts";

const xml = (inner: string): string =>
  `<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>${inner}</xml>`;
const text = xml("<MsgType>text</MsgType><Content>hi</Content>");

describe("a push is read when it is", () => {
  test.each<[string, string]>([
    ["flat", text],
    ["behind an XML declaration", `<?xml version="1.0" encoding="UTF-8"?>\n${text}`],
    ["behind a byte order mark", `\uFEFF${text}`],
    ["with comments", text.replace("<MsgType>", "<!-- <MsgType>event</MsgType> --><MsgType>")],
    ["with attributes", text.replace("<MsgType>", '<MsgType a="1">')],
    ["with entities", text.replace("<Content>hi", "<Content>&#104;&#x69;")],
    ["with blanks around CDATA", text.replace("hi", "\n<![CDATA[hi]]> ")],
    ["with a split CDATA section", text.replace("hi", "<![CDATA[h]]><![CDATA[i]]>")],
    ["followed by blanks", `${text}\r\n \n`],
  ])("%s", (_name, body) => {
    expect(parsePush(body, "oa")).toMatchObject({
      type: "text",
      message: { FromUserName: "o1", Content: "hi" },
    });
  });

  test("without a user: what is missing is empty", () => {
    const { message } = parsePush("<xml><MsgType>event</MsgType><Event>coin</Event></xml>", "oa");
    expect(message).toEqual({
      MsgType: "event",
      Event: "coin",
      ToUserName: "",
      FromUserName: "",
      CreateTime: "",
    });
  });
});

describe("a push is refused when it is", () => {
  test.each<[string, string]>([
    ["empty", ""],
    ["no XML", "hello"],
    ["without MsgType", xml("<Content>hi</Content>")],
    ["with a doubled MsgType", xml("<MsgType>text</MsgType><MsgType>event</MsgType>")],
    ["with a doubled FromUserName", xml("<MsgType>text</MsgType><FromUserName>o2</FromUserName>")],
    ["with a nested Content", xml("<MsgType>text</MsgType><Content><b>hi</b></Content>")],
    ["under another root", text.replaceAll("xml>", "root>")],
    ["two roots", text + text],
    ["not closed", text.replace("</xml>", "")],
    ["closed wrongly", text.replace("</Content>", "</content>")],
    ["with a DTD", `<!DOCTYPE xml [<!ENTITY e "x">]>${text.replace("hi", "&e;")}`],
    ["with an external entity", `<!DOCTYPE xml [<!ENTITY e SYSTEM "file:///etc/passwd">]>${text}`],
    ["with a processing instruction", text.replace("<MsgType>", "<?php ?><MsgType>")],
    ["with a comment that is not closed", text.replace("<MsgType>", "<!-- <MsgType>")],
    ["wide", xml(`<MsgType>text</MsgType><List>${"<a/>".repeat(3_000)}</List>`)],
    ["full of comments", xml(`${"<!---->".repeat(3_000)}<MsgType>text</MsgType>`)],
    ["deep", xml(`<MsgType>text</MsgType>${"<a>".repeat(40)}${"</a>".repeat(40)}`)],
    ["poisoned", xml("<MsgType>text</MsgType><__proto__><polluted>1</polluted></__proto__>")],
    ["a JSON list", "[1]"],
    ["broken JSON", '{"MsgType":"text"'],
    ["deep JSON", `{"MsgType":"text","a":${"[".repeat(40)}${"]".repeat(40)}}`],
    ["poisoned JSON", '{"MsgType":"text","__proto__":{"polluted":"1"}}'],
  ])("%s", (_name, body) => {
    expect(() => parsePush(body, "oa")).toThrow(PushFault);
    expect({}).not.toHaveProperty("polluted");
  });
});
