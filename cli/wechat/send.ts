/** `send`: a customer-service message, to see whether they arrive. */
import { SEND_PATH } from "../../src/api/calls/customer-service.ts";
import type { Command, Given, Outcome } from "./command.ts";
import type { Session } from "./session.ts";

export const SEND_COMMAND: Command = {
  name: "send",
  operands: ["OPENID", "TEXT…"],
  options: [],
  changes: true,
  summary: "a customer-service message · 发送一条客服消息",
  run: send,
};

async function send({ operands: [openid = "", ...words] }: Given, session: Session): Promise<Outcome> {
  const text = words.join(" ");
  const api = await session.api();
  await session.progress.during("sending · 正在发送", api.customerService.send(openid, text));
  return {
    json: { path: SEND_PATH, touser: openid, text },
    lines: [`✓ WeChat has accepted the message to ${openid} · 微信已接受发给 ${openid} 的消息`],
  };
}
