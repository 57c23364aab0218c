/** Makes pushes: the catalog's sample, a fresh id and time, and whatever a test wants to be different. */
import { parsePush } from "../src/protocol/push.ts";
import type { PushesBySelector } from "../src/protocol/pushes/selectors.ts";
import type { AnyPush, WireValue } from "../src/protocol/pushes/wire.ts";
import { sampleXml } from "./catalog.ts";

/** The user that pushes come from, unless a test names another one. */
export const SAMPLE_OPENID = "oVq8r5kT0wEdgeTestUser000001";
/** The account that pushes go to: its original id. */
export const SAMPLE_ACCOUNT = "gh_3f9a61c07b2e";

/** Everything that can be made: each selector of one kind of push. */
export type PushSelector = Exclude<keyof PushesBySelector, "message" | "event">;

/** How a push is made. */
export interface PushOptions {
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
  /** A variant that docs/pushes.md lists, such as `qr-scene` of `event:subscribe`. */
  readonly variant?: string | undefined;
}

/** Fields to change, by WeChat's names. */
export type FieldChanges = Readonly<Record<string, WireValue | undefined>>;

/**
 * Makes a push as WeChat would send it: `CreateTime` is now, `MsgId` is new (and greater than every one before), the
 * other fields are those of the catalog's sample unless `fields` says otherwise. A selector that no catalog lists gets
 * the envelope alone.
 *
 * @param fields by WeChat's names; nested elements as objects, repeated ones as arrays, every leaf a string.
 *   `undefined` leaves a field out.
 * @example
 * createPush("text", { Content: "你好" });
 * createPush("event:subscribe", { EventKey: "qrscene_42" }, { variant: "qr-scene" });
 */
export function createPush<K extends PushSelector>(
  selector: K,
  fields?: { readonly [name in keyof PushesBySelector[K]]?: PushesBySelector[K][name] | undefined },
  options?: PushOptions,
): PushesBySelector[K];
export function createPush(selector: string, fields?: FieldChanges, options?: PushOptions): AnyPush;
export function createPush(
  selector: string,
  fields: FieldChanges = {},
  { now = Date.now, variant }: PushOptions = {},
): AnyPush {
  const ms = now();
  const sample = sampleXml(selector, variant);
  const base = sample === undefined ? envelopeOf(selector) : parsePush(sample, "oa").message;
  const own = base.MsgId === undefined ? {} : { MsgId: nextMessageId(ms) };
  return { ...base, CreateTime: String(Math.floor(ms / 1000)), ...own, ...fields };
}

function envelopeOf(selector: string): AnyPush {
  const [type = "", ...event] = selector.split(":");
  const envelope = {
    ToUserName: SAMPLE_ACCOUNT,
    FromUserName: SAMPLE_OPENID,
    CreateTime: "",
    MsgType: type,
  };
  return type === "event" ? { ...envelope, Event: event.join(":") } : { ...envelope, MsgId: "" };
}

const IDS_PER_MS = 10_000n;
let lastMessageId = 0n;

/** Ids exceed 2^53, as the real ones do, and grow with time: two runs of a program do not meet. */
function nextMessageId(ms: number): string {
  const first = BigInt(Math.floor(ms)) * IDS_PER_MS + BigInt(Math.floor(Math.random() * 1_000));
  lastMessageId = first > lastMessageId ? first : lastMessageId + 1n;
  return String(lastMessageId);
}
