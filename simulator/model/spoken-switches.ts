/**
 * Switches that a user throws by what it says, so that a phone can play with the model too. They outdo the switches that
 * are set for all calls, and are outdone by those that are set for some.
 */
import type { Behaviour, ModelFault } from "./behaviour.ts";
import { failureOfStatus } from "./model-failure.ts";

/** What can be said, for people: any of it, one after the other, at the beginning of a message. */
export const SPOKEN_SWITCHES: readonly { readonly zh: string; readonly en: string }[] = [
  { zh: "写 2000 字", en: "write 2000 characters" },
  { zh: "写 6000 字节", en: "write 6000 bytes" },
  { zh: "等 6 秒", en: "wait 6 seconds" },
  { zh: "用 30 秒", en: "take 30 seconds" },
  { zh: "思考", en: "think" },
  { zh: "画图", en: "draw" },
  { zh: "卡住", en: "stall" },
  { zh: "断线", en: "cut" },
  { zh: "空答", en: "say nothing" },
  { zh: "报错 429", en: "error 429" },
];

const SECOND_MS = 1_000;
const MAX_CHARACTERS = 200_000;

const within = (number: string): number => Math.min(Number(number), MAX_CHARACTERS);
const fault = (name: ModelFault): Behaviour => ({ fault: name });

/** Each is tried at the beginning of what is left of a message. */
const SPOKEN: readonly (readonly [RegExp, (number: string) => Behaviour | undefined])[] = [
  [/^写\s*(\d{1,6})\s*字节|^write\s+(\d{1,6})\s+bytes?\b/i, (number) => ({ bytes: within(number) })],
  [
    /^写\s*(\d{1,6})\s*字|^write\s+(\d{1,6})\s+(?:characters?|words?)\b/i,
    (number) => ({ characters: within(number) }),
  ],
  [
    /^等\s*(\d{1,4})\s*秒|^wait\s+(\d{1,4})\s*(?:seconds?|s)\b/i,
    (number) => ({ firstByteMs: Number(number) * SECOND_MS }),
  ],
  [
    /^用\s*(\d{1,4})\s*秒|^take\s+(\d{1,4})\s*(?:seconds?|s)\b/i,
    (number) => ({ totalMs: Number(number) * SECOND_MS }),
  ],
  [/^报错\s*(\d{3})(?!\d)|^error\s+(\d{3})\b/i, (number) => failing(Number(number))],
  [/^(?:思考|think)(?![\p{L}\d])/iu, () => ({ reasoning: "field" })],
  [/^(?:画图|画画|画|draw)(?![\p{L}\d])/iu, () => ({ picture: "link" })],
  [/^(?:卡住|stall)(?![\p{L}\d])/iu, () => fault("stall")],
  [/^(?:断线|cut)(?![\p{L}\d])/iu, () => fault("reset")],
  [/^(?:空答|say nothing)(?![\p{L}\d])/iu, () => fault("empty")],
];
const BETWEEN = /^[\s,，、。;；]+/;

function failing(status: number): Behaviour | undefined {
  if (status === 502) return fault("gateway");
  const error = failureOfStatus(status);
  return error === undefined ? undefined : { error };
}

/** What a message orders: the switches at its beginning, up to the first words that are none. */
export function spokenIn(message: string): Behaviour {
  let behaviour: Behaviour = {};
  let rest = message.trim();
  for (let read = readOne(rest); read !== undefined; read = readOne(rest)) {
    behaviour = { ...behaviour, ...read.behaviour };
    rest = rest.slice(read.length).replace(BETWEEN, "");
  }
  return behaviour;
}

function readOne(text: string): { readonly behaviour: Behaviour; readonly length: number } | undefined {
  for (const [pattern, orderOf] of SPOKEN) {
    const match = pattern.exec(text);
    const behaviour = match === null ? undefined : orderOf(match[1] ?? match[2] ?? "");
    if (match !== null && behaviour !== undefined) return { behaviour, length: match[0].length };
  }
  return undefined;
}
