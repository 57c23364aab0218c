/** What a user's phone shows of the messages that came by the customer-service API. */
import type { Platform } from "./platform.ts";
import { OPENID } from "./wechat.ts";

/** Their texts, the oldest first. */
export async function shownTexts(platform: Platform, user = OPENID): Promise<unknown[]> {
  const { timeline } = await platform.phone(user);
  return timeline
    .filter(({ via }) => via === "customer-service")
    .map(({ reply }) => Reflect.get(Object(Reflect.get(Object(reply), "fields")), "Content"));
}
