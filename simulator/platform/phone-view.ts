/** What a phone shows of an account. */
import type { AnswerStory } from "../answer-story.ts";
import { annotated } from "../message-notes.ts";
import type { Phone } from "../phones.ts";
import type { PhoneView } from "../timeline.ts";
import type { PlatformAccount } from "./platform-account.ts";

/**
 * The phone as `GET /api/phone/:account/:openid` tells it.
 *
 * @param storyOf what the Worker's log says about an exchange of that phone
 */
export function viewOf(
  platform: PlatformAccount,
  phone: Phone,
  storyOf: (exchange: string) => AnswerStory | undefined,
): PhoneView {
  const { openid, following, timeline, nickname, typingUntil } = phone;
  const user = { openid, tagIds: platform.tags.of(openid) };
  return {
    following,
    timeline: annotated(timeline, { texts: platform.account.texts ?? {}, storyOf }),
    nickname,
    menu: platform.has("menu") ? platform.menus.of(user) : [],
    ...(typingUntil === undefined ? {} : { typingUntil }),
  };
}
