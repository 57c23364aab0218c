/** `createSimulator` as a user's own tests in workerd would use it: all of WeChat, in memory. */
import { describe, expect, test } from "vitest";
import { createSimulator, type PhoneView } from "wechat-edge/testing";
import { AES_KEY, APP_ID, TOKEN } from "../support/wechat.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const API = "https://api.weixin.qq.com";
const PHONE = "http://localhost/api/phone/default/oUser";
const FAULTS = "http://localhost/api/platform/default/faults";

/** A simulator whose callback answers pushes with a customer-service message, sent before `success`. */
function simulated() {
  const simulator = createSimulator({
    accounts: [
      {
        id: "default",
        kind: "service",
        url: "https://bot.example.com/wechat",
        token: TOKEN,
        encodingAesKey: AES_KEY,
        appId: APP_ID,
        appSecret: SECRET,
      },
    ],
    fetch: async () => {
      const query = `grant_type=client_credential&appid=${APP_ID}&secret=${SECRET}`;
      const issued = await simulator.request(`${API}/cgi-bin/token?${query}`);
      const { access_token } = await issued.json<{ access_token: string }>();
      const message = { touser: "oUser", msgtype: "text", text: { content: "稍后" } };
      const sending = simulator.request(`${API}/cgi-bin/message/custom/send?access_token=${access_token}`, {
        method: "POST",
        body: JSON.stringify(message),
      });
      answers.push(await (await sending).text().catch((error: unknown) => String(error)));
      return new Response("success");
    },
  });
  const answers: string[] = [];
  const say = async (): Promise<PhoneView["timeline"]> => {
    const body = JSON.stringify({ action: "text", Content: "你好" });
    await simulator.request(`${PHONE}/push`, { method: "POST", body });
    return (await (await simulator.request(PHONE)).json<PhoneView>()).timeline;
  };
  return { simulator, answers, say };
}

describe("in workerd", () => {
  test("a push goes to the handler, and what the handler sends stands on the phone", async () => {
    const { answers, say } = simulated();
    expect(await say()).toMatchObject([
      { from: "user", push: { Content: "你好" } },
      { from: "account", via: "customer-service", reply: { fields: { Content: "稍后" } } },
    ]);
    expect(answers).toEqual(['{"errcode":0,"errmsg":"ok"}']);
  });

  test.each<[string, RegExp, number]>([
    ["reset", /cut/, 1],
    ["reset-after", /cut/, 2],
    ["truncated", /^\{"errcode":\d?$|^\{"errcode/, 2],
    ["drip", /"errmsg":"ok"\}$/, 2],
    ["oversized", /^\{"errcode":0,.+"\}$/, 1],
  ])("an ordered fault strikes: %s", async (kind, answer, lines) => {
    const { simulator, answers, say } = simulated();
    const order = { kind, path: "/cgi-bin/message/custom/send", ms: 1 };
    await simulator.request(FAULTS, { method: "POST", body: JSON.stringify(order) });
    expect(await say()).toHaveLength(lines);
    expect(answers).toEqual([expect.stringMatching(answer)]);
  });
});
