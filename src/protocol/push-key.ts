/**
 * What makes two pushes the same one. WeChat sends a push again when it gets no answer in time; messages carry an id,
 * events do not.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html
 */
import type { Push } from "./push.ts";

/**
 * The key of a push among those of its user. Events are told apart by all of their fields: two of one second differ
 * in some other field, or they are one.
 */
export function pushKey({ type, message }: Pick<Push, "type" | "message">): string {
  const { MsgId, CreateTime, EventKey = "" } = message;
  if (MsgId !== undefined && MsgId !== "") return `m:${MsgId}`;
  return `e:${CreateTime}:${type}:${EventKey.slice(0, MAX_EVENT_KEY)}:${hash53(JSON.stringify(message))}`;
}

const MAX_EVENT_KEY = 64;

/** A hash of 53 bits in hexadecimal digits. It tells texts apart; it protects nothing. */
export function hash53(text: string): string {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2_654_435_761);
    b = Math.imul(b ^ unit, 1_597_334_677);
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909);
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909);
  return (4_294_967_296 * (2_097_151 & b) + (a >>> 0)).toString(16).padStart(14, "0");
}
