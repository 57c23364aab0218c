/** Operator requests as their program makes them, written a second time with node:crypto. */
import { createHash, createHmac, hkdfSync } from "node:crypto";
import { now } from "./wechat.ts";

/** What is signed, and with what. `appId` is empty where the account has none. */
export interface OperatorAsk {
  readonly target: string;
  readonly secret: string;
  readonly appId: string;
  readonly method?: string;
  readonly timestamp?: string;
  readonly body?: string;
}

/** What stands in its `Authorization`. */
export function operatorAuthorization({
  target,
  secret,
  appId,
  method = "GET",
  timestamp = now(),
  body = "",
}: OperatorAsk): string {
  const key = Buffer.from(hkdfSync("sha256", secret, appId, "wechat-edge/operator/v1", 32));
  const digest = createHash("sha256").update(body).digest("hex");
  const mac = createHmac("sha256", key).update(`${method}\n${target}\n${timestamp}\n${digest}`).digest("hex");
  return `WE1 ${timestamp}.${mac}`;
}

/** The signed request. */
export function operatorRequest(ask: OperatorAsk): Request {
  const { target, method = "GET", body = "" } = ask;
  return new Request(`https://bot.example.com${target}`, {
    method,
    headers: { authorization: operatorAuthorization(ask) },
    ...(body === "" ? {} : { body }),
  });
}
