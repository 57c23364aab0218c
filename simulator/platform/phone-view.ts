/** What a phone shows of an account. */
import type { Phone } from "../phones.ts";
import type { PhoneView } from "../timeline.ts";
import type { PlatformAccount } from "./platform-account.ts";

/** The phone as `GET /api/phone/:account/:openid` tells it. */
export function viewOf(platform: PlatformAccount, phone: Phone): PhoneView {
  const { openid, following, timeline, nickname, typingUntil } = phone;
  const user = { openid, tagIds: platform.tags.of(openid) };
  return {
    following,
    timeline,
    nickname,
    menu: platform.has("menu") ? platform.menus.of(user) : [],
    ...(typingUntil === undefined ? {} : { typingUntil }),
  };
}
