/** What a phone tells of an account's messages when nobody hands the Worker's log over: by the configured texts alone. */
import { expect, test } from "vitest";
import { createSimulator, type PhoneView } from "wechat-edge/testing";
import { parsePush } from "../../src/protocol/push.ts";
import { encodeReply } from "../../src/protocol/reply-encode.ts";

const MORE = "（未完）";
const TEXTS = { more: MORE, mailbox: "请稍后再问。", apology: "抱歉。", busy: "太忙了。" };
const ACCOUNT = {
  id: "a",
  url: "http://localhost/wechat",
  kind: "service",
  mode: "plain",
  token: "token",
  appId: "wx0123456789abcdef",
  appSecret: "secret",
  texts: TEXTS,
} as const;

/** A phone whose account answers with the text of the question itself. */
function phone(account: object = ACCOUNT) {
  const simulator = createSimulator({
    accounts: [account as typeof ACCOUNT],
    fetch: async (request) => {
      const { FromUserName: to, ToUserName: from, Content } = parsePush(await request.text(), "oa").message;
      const reply = { MsgType: "text", Content: String(Content) } as const;
      return new Response(encodeReply(reply, { to, from, createTime: 1 }, "xml"));
    },
  });
  const ask = async <T>(path: string, body?: object): Promise<T> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await simulator.request(`http://localhost${path}`, init)).json<T>();
  };
  return {
    say: (Content: string) => ask("/api/phone/a/oUser/push", { action: "text", Content }),
    send: async (content: string) => {
      const token = `grant_type=client_credential&appid=${ACCOUNT.appId}&secret=${ACCOUNT.appSecret}`;
      const { access_token } = await ask<{ access_token: string }>(`/cgi-bin/token?${token}`);
      const message = { touser: "oUser", msgtype: "text", text: { content } };
      await ask(`/cgi-bin/message/custom/send?access_token=${access_token}`, message);
    },
    notes: async () => {
      const { timeline } = await ask<PhoneView>("/api/phone/a/oUser");
      return timeline.flatMap((entry) => (entry.from === "account" ? [entry.note] : []));
    },
  };
}

test("fixed texts are told from answers; only the last hint can be answered with 继续", async () => {
  const { say, notes } = phone();
  for (const text of ["你好", TEXTS.apology, TEXTS.busy, TEXTS.mailbox]) await say(text);
  expect(await notes()).toEqual([
    undefined,
    { role: "apology" },
    { role: "busy" },
    { role: "hint", asks: true },
  ]);
  await say("又来了");
  expect((await notes()).slice(3)).toEqual([{ role: "hint" }, undefined]);
});

test("parts are counted from an answer on, and end with what says nothing of more", async () => {
  const { say, notes } = phone();
  for (const text of [`一${MORE}`, `二${MORE}`, "三", "四"]) await say(text);
  expect(await notes()).toEqual([
    { part: { number: 1, hasMore: true } },
    { part: { number: 2, hasMore: true } },
    { part: { number: 3, hasMore: false } },
    undefined,
  ]);
});

test("a part that the API has sent gets no number: what came before it does not say that it is one", async () => {
  const { say, send, notes } = phone();
  await say("一");
  await send(`五${MORE}`);
  expect(await notes()).toEqual([undefined, { part: { hasMore: true }, asks: true }]);
  await say("六");
  expect((await notes()).slice(1)).toEqual([{ part: { hasMore: true } }, { part: { hasMore: false } }]);
});

test("nothing is marked where no texts are known", async () => {
  const { say, notes } = phone({ ...ACCOUNT, texts: undefined });
  for (const text of [`一${MORE}`, TEXTS.mailbox]) await say(text);
  expect(await notes()).toEqual([undefined, undefined]);
});
