/** The one text of a push that `hears`, `click` and `scan` compare. */
import type { Push } from "../protocol/push.ts";

/** Which verb compares: words with words, menu keys with menu keys. */
export type KeyKind = "words" | "menu" | "scene";

/** EventKey of a QR code that was scanned by somebody who was no follower yet. */
const SCENE_PREFIX = "qrscene_";

/** A push's text to compare, and the verb that it is for. */
export interface PushKey {
  readonly kind: KeyKind;
  readonly text: string;
}

/** What `hears`, `click` or `scan` compare in this push; `undefined` when none of them applies. */
export function keyOfPush({ type, message }: Push): PushKey | undefined {
  switch (type) {
    case "text":
      return { kind: "words", text: message.Content ?? "" };
    case "voice":
      return message.Recognition ? { kind: "words", text: message.Recognition } : undefined;
    case "event:CLICK":
      return { kind: "menu", text: message.EventKey ?? "" };
    case "event:SCAN":
      return { kind: "scene", text: message.EventKey ?? "" };
    case "event:subscribe":
      return message.EventKey?.startsWith(SCENE_PREFIX)
        ? { kind: "scene", text: message.EventKey.slice(SCENE_PREFIX.length) }
        : undefined;
    default:
      return undefined;
  }
}

/** The selectors that each verb listens to. */
export const SELECTORS_BY_KIND = {
  words: ["text", "voice"],
  menu: ["event:CLICK"],
  scene: ["event:SCAN", "event:subscribe"],
} as const satisfies Record<KeyKind, readonly string[]>;
