/**
 * Reads the body of `POST /chat/completions`, and refuses it in OpenAI's words. Parameters that only change what a model
 * would say (`temperature`, `response_format` …) are taken and change nothing.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
import { isJsonObject, type JsonObject, numberIn, textIn } from "../platform/endpoint.ts";
import { type ChatMessage, readMessages } from "./chat-messages.ts";
import { badParameter } from "./model-failure.ts";
import { tokensOf } from "./tokens.ts";
import { missing, wrongType } from "./wrong-parameter.ts";

/** A function that the model may call. */
export interface Tool {
  readonly name: string;
  /** Names of its parameters. */
  readonly parameters: readonly string[];
}

/** What is asked of the model. */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** As they came. */
  readonly rawMessages: readonly unknown[];
  readonly stream: boolean;
  /** `stream_options.include_usage` */
  readonly includeUsage: boolean;
  readonly maxTokens: number | undefined;
  readonly seed: number | undefined;
  readonly stop: readonly string[];
  readonly tools: readonly Tool[];
  readonly promptTokens: number;
}

const NOT_JSON =
  "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)";
const MAX_STOPS = 4;
const TOKENS_OF_MESSAGE = 4;
const TOKENS_OF_IMAGE = 85;

/** @throws {ModelFailure} 400 when the body is no JSON object */
export function jsonBodyOf(body: Uint8Array): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(body));
  } catch {
    throw badParameter(NOT_JSON, null, null);
  }
  if (!isJsonObject(json)) throw badParameter(NOT_JSON, null, null);
  return json;
}

/**
 * The request that stands in a body.
 *
 * @throws {ModelFailure} 400 with the first parameter that is wrong
 */
export function readChatRequest(json: JsonObject): ChatRequest {
  const model = textIn(json, "model");
  if (model === undefined || model === "")
    throw badParameter("you must provide a model parameter", null, null);
  const messages = readMessages(json["messages"]);
  const stream = flagOf(json, "stream");
  const { stream_options: streamOptions } = json;
  if (isGiven(streamOptions) && !stream) {
    throw badParameter(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
      null,
    );
  }
  const n = positiveOf(json, "n");
  if (n !== undefined && n !== 1) {
    throw badParameter("Unsupported value: 'n' must be 1 with this model.", "n", "unsupported_value");
  }
  return {
    model,
    messages,
    rawMessages: Array.isArray(json["messages"]) ? json["messages"] : [],
    stream,
    includeUsage: isJsonObject(streamOptions) && flagOf(streamOptions, "include_usage"),
    maxTokens: positiveOf(json, "max_completion_tokens") ?? positiveOf(json, "max_tokens"),
    seed: numberIn(json, "seed"),
    stop: readStops(json["stop"]),
    tools: readTools(json["tools"]),
    promptTokens: messages.reduce(
      (sum, { text, images }) => sum + tokensOf(text).length + images * TOKENS_OF_IMAGE + TOKENS_OF_MESSAGE,
      0,
    ),
  };
}

/** The last words of a user; empty when there are none. Asked to go on with an answer, those that it answers. */
export function saidIn(messages: readonly ChatMessage[]): string {
  const asked = begunIn(messages) === undefined ? messages : messages.slice(0, -1);
  return asked.findLast(({ role }) => role === "user")?.text ?? "";
}

/** What there is of an answer that the user asks to go on with. */
export function begunIn(messages: readonly ChatMessage[]): string | undefined {
  const [before, last] = messages.slice(-2);
  const isAsked = last?.role === "user" && /中断.*继续写|go on from where/s.test(last.text);
  return isAsked && before?.role === "assistant" ? before.text : undefined;
}

/** OpenAI takes null for a parameter that is not given. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function flagOf(json: JsonObject, name: string): boolean {
  const value = json[name];
  if (!isGiven(value)) return false;
  if (typeof value !== "boolean") throw wrongType(name, "a boolean", value);
  return value;
}

function positiveOf(json: JsonObject, name: string): number | undefined {
  const value = json[name];
  if (!isGiven(value)) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(name, "an integer", value);
  if (value >= 1) return value;
  throw badParameter(
    `Invalid '${name}': integer below minimum value. Expected a value >= 1, but got ${value} instead.`,
    name,
    "integer_below_min_value",
  );
}

function readStops(value: unknown): readonly string[] {
  if (!isGiven(value)) return [];
  const stops: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (stops.length > MAX_STOPS) {
    throw badParameter(`Invalid 'stop': at most ${MAX_STOPS} sequences.`, "stop", "array_above_max_length");
  }
  return stops.map((stop) => {
    if (typeof stop !== "string") throw wrongType("stop", "a string or an array of strings", stop);
    return stop;
  });
}

function readTools(value: unknown): readonly Tool[] {
  if (!isGiven(value)) return [];
  if (!Array.isArray(value)) throw wrongType("tools", "an array of objects", value);
  return value.map((tool: unknown, at) => {
    const described = isJsonObject(tool) && isJsonObject(tool["function"]) ? tool["function"] : {};
    const name = textIn(described, "name");
    if (name === undefined) throw missing(`tools[${at}].function.name`);
    const { parameters } = described;
    const properties = isJsonObject(parameters) ? parameters["properties"] : undefined;
    return { name, parameters: isJsonObject(properties) ? Object.keys(properties) : [] };
  });
}
