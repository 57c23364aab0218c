/** How the model behaves in one call, and the switches that order it. */
import { Impossible } from "../impossible.ts";
import { isJsonObject, type JsonObject } from "../platform/endpoint.ts";
import { FAILURE_NAMES, type FailureName } from "./model-failure.ts";

/**
 * What goes wrong with an answer, after `afterChunks` pieces of it (default: half of them):
 *
 * - `hang`: the request is never answered
 * - `gateway`: an HTML page with status 502, as a proxy before the model sends it
 * - `stall`: silence, for `stallMs` or until the client gives up
 * - `reset`: the connection is cut; with `afterChunks: 0` before any answer
 * - `end`: the answer ends as if it were whole: no `finish_reason`, no `[DONE]`
 * - `malformed`: a chunk's JSON is cut short, and the answer goes on after it; of a whole answer: it is no JSON
 * - `error-in-stream`: the stream says `error` (default: `server_error`) and ends
 * - `split-character`: every chunk comes in two parts, cut in the middle of a character where it has one of several bytes
 * - `empty`: an answer without a text
 * - `no-choices`: `choices` is empty
 */
export const MODEL_FAULTS = [
  "hang",
  "gateway",
  "stall",
  "reset",
  "end",
  "malformed",
  "error-in-stream",
  "split-character",
  "empty",
  "no-choices",
] as const;
export type ModelFault = (typeof MODEL_FAULTS)[number];

/** `field`: in `reasoning_content`, as DeepSeek has it; `tag`: in the content, between `<think>` and `</think>`. */
export const REASONINGS = ["field", "tag"] as const;
export type Reasoning = (typeof REASONINGS)[number];

/**
 * How the model gives a picture: `link`, markdown with an address; `data`, markdown with the picture in it; `field`, in
 * `images` beside the text, as OpenRouter and LiteLLM have it.
 */
export const PICTURES = ["link", "data", "field"] as const;
export type PictureWay = (typeof PICTURES)[number];

const FINISH_REASONS = ["length", "content_filter"] as const;

/** How a call is answered; what is not said is as usual. */
export interface Behaviour {
  /** The answer, word by word. */
  readonly text?: string;
  /** The answer is a text of so many characters, with numbered sentences. */
  readonly characters?: number;
  /** The same in bytes. */
  readonly bytes?: number;
  readonly seed?: number;
  /** So long nothing comes: no status either, unless `keepAliveMs` is set. */
  readonly firstByteMs?: number;
  /** Before each piece of the answer. */
  readonly chunkMs?: number;
  /** The answer's pieces are spread over so long a time, after the first byte. */
  readonly totalMs?: number;
  /** While nothing comes, a sign of life so often: `: keep-alive`, or an empty line where nothing is streamed. */
  readonly keepAliveMs?: number;
  /** Default: 2. */
  readonly tokensPerChunk?: number;
  readonly reasoning?: Reasoning;
  /** A picture behind the text. */
  readonly picture?: PictureWay;
  /** The model calls the first tool that the request names. */
  readonly toolCalls?: boolean;
  /** Why the answer is not whole: half of it comes. */
  readonly finishReason?: (typeof FINISH_REASONS)[number];
  /** The refusal that comes instead of an answer. */
  readonly error?: FailureName;
  readonly retryAfterSeconds?: number;
  readonly fault?: ModelFault;
  readonly afterChunks?: number;
  /** Default: until the client gives up. */
  readonly stallMs?: number;
}

/** A switch: calls that it strikes behave so. */
export interface ModelSwitch extends Behaviour {
  /** How many calls it strikes; 0 = all until it is cleared. */
  readonly times: number;
  /** So many calls pass before. */
  readonly after: number;
  /** Strikes only calls of this model. */
  readonly model?: string;
  /** Strikes only calls whose last message of a user has these words. */
  readonly says?: string;
}

const DAY_MS = 86_400_000;
/** Names of switches that are numbers, and the greatest value of each. */
const NUMBERS = {
  characters: 1_000_000,
  bytes: 3_000_000,
  seed: 2 ** 31,
  firstByteMs: DAY_MS,
  chunkMs: DAY_MS,
  totalMs: DAY_MS,
  keepAliveMs: DAY_MS,
  tokensPerChunk: 1_000,
  retryAfterSeconds: 86_400,
  afterChunks: 1_000_000,
  stallMs: DAY_MS,
  times: 1_000_000,
  after: 1_000_000,
} as const;
const CHOICES = {
  reasoning: REASONINGS,
  picture: PICTURES,
  finishReason: FINISH_REASONS,
  error: FAILURE_NAMES,
  fault: MODEL_FAULTS,
} as const;
const TEXTS = ["text", "model", "says"] as const;
const LEAST_ONE: readonly string[] = ["tokensPerChunk", "keepAliveMs"];
const NAMES = [...Object.keys(NUMBERS), ...Object.keys(CHOICES), ...TEXTS, "toolCalls"];

/**
 * Reads a switch as it is ordered.
 *
 * @throws {Impossible} when it makes no sense
 */
export function readSwitch(body: unknown): ModelSwitch {
  if (!isJsonObject(body)) throw new Impossible("send a JSON object", "请发送 JSON 对象");
  const unknown = Object.keys(body).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new Impossible(
      `there is no switch ${unknown}; there are ${NAMES.join(", ")}`,
      `没有开关 ${unknown}；可用的有 ${NAMES.join("、")}`,
    );
  }
  return {
    times: numberOf(body, "times") ?? 1,
    after: numberOf(body, "after") ?? 0,
    ...given("text", textOf(body, "text")),
    ...given("model", textOf(body, "model")),
    ...given("says", textOf(body, "says")),
    ...given("characters", numberOf(body, "characters")),
    ...given("bytes", numberOf(body, "bytes")),
    ...given("seed", numberOf(body, "seed")),
    ...given("firstByteMs", numberOf(body, "firstByteMs")),
    ...given("chunkMs", numberOf(body, "chunkMs")),
    ...given("totalMs", numberOf(body, "totalMs")),
    ...given("keepAliveMs", numberOf(body, "keepAliveMs")),
    ...given("tokensPerChunk", numberOf(body, "tokensPerChunk")),
    ...given("retryAfterSeconds", numberOf(body, "retryAfterSeconds")),
    ...given("afterChunks", numberOf(body, "afterChunks")),
    ...given("stallMs", numberOf(body, "stallMs")),
    ...given("reasoning", choiceOf(body, "reasoning")),
    ...given("picture", choiceOf(body, "picture")),
    ...given("finishReason", choiceOf(body, "finishReason")),
    ...given("error", choiceOf(body, "error")),
    ...given("fault", choiceOf(body, "fault")),
    ...given("toolCalls", truthOf(body, "toolCalls")),
  };
}

function given<N extends string, V>(name: N, value: V | undefined): { readonly [K in N]?: V } {
  const fields: { [K in N]?: V } = {};
  if (value !== undefined) fields[name] = value;
  return fields;
}

function numberOf(json: JsonObject, name: keyof typeof NUMBERS): number | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  const [least, most] = [LEAST_ONE.includes(name) ? 1 : 0, NUMBERS[name]];
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Impossible(
    `${name} must be a whole number from ${least} to ${most}`,
    `${name} 必须是 ${least} 到 ${most} 的整数`,
  );
}

function textOf(json: JsonObject, name: (typeof TEXTS)[number]): string | undefined {
  const value = json[name];
  if (value === undefined || typeof value === "string") return value;
  throw new Impossible(`${name} must be a text`, `${name} 必须是文本`);
}

function truthOf(json: JsonObject, name: "toolCalls"): boolean | undefined {
  const value = json[name];
  if (value === undefined || typeof value === "boolean") return value;
  throw new Impossible(`${name} must be true or false`, `${name} 只能是 true 或 false`);
}

function choiceOf<N extends keyof typeof CHOICES>(
  json: JsonObject,
  name: N,
): (typeof CHOICES)[N][number] | undefined {
  const value = json[name];
  if (value === undefined) return undefined;
  const choices: readonly (typeof CHOICES)[N][number][] = CHOICES[name];
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw new Impossible(
    `${name} must be one of ${choices.join(", ")}`,
    `${name} 只能是 ${choices.join("、")}`,
  );
}
