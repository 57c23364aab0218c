/** What the model says to a request. */
import { toBase64 } from "../../src/protocol/bytes.ts";
import { samplePicture } from "../sample-media.ts";
import type { Behaviour } from "./behaviour.ts";
import { begunIn, type ChatRequest, saidIn } from "./chat-request.ts";
import { DRAWN_PICTURE, PICTURES_PATH } from "./picture-routes.ts";
import { tokensOf } from "./tokens.ts";
import { sentencesIn, writtenText } from "./written-text.ts";

/** A function that is to be called. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON */
  readonly arguments: string;
}

/** An answer in tokens, complete as far as it goes. */
export interface Answer {
  readonly reasoning: readonly string[];
  readonly content: readonly string[];
  /** The address of a picture that is no part of the text. */
  readonly image: string | undefined;
  readonly toolCall: ToolCall | undefined;
  readonly finishReason: "stop" | "length" | "content_filter" | "tool_calls";
}

const REASONING =
  "用户说了一句话，我先想想它要什么。\n第一步，看它问的是什么；第二步，看前面说过什么；第三步，用最少的话回答。";
const DRAWN = "这是你要的图：";
const MAX_ECHO_CHARACTERS = 200;
/** At the beginning of a text that goes on with another, which may have ended with it. */
const HEADING = /^## (.+)\n\n/;

/** What an answer is made with. */
export interface AnswerFacts {
  /** Of the call; a tool call's id is made of it. */
  readonly id: string;
  /** Where the model is: `http://localhost:8788`. */
  readonly origin: string;
}

/** The answer to a request, as the behaviour wants it. */
export function answerTo(request: ChatRequest, behaviour: Behaviour, { id, origin }: AnswerFacts): Answer {
  const toolCall = behaviour.toolCalls === true ? toolCallOf(request, id) : undefined;
  const reasoning = behaviour.reasoning === "field" ? tokensOf(REASONING) : [];
  const thought = behaviour.reasoning === "tag" ? `<think>\n${REASONING}\n</think>\n\n` : "";
  const said = toolCall === undefined && behaviour.fault !== "empty" ? textOf(request, behaviour) : "";
  const drawn = said === "" ? "" : said + drawingOf(behaviour, origin);
  const image = said !== "" && behaviour.picture === "field" ? pictureData() : undefined;
  const whole = { reasoning, content: tokensOf(drawn === "" ? "" : thought + drawn), image, toolCall };
  return shortened(whole, request, behaviour);
}

function shortened(
  whole: Omit<Answer, "finishReason">,
  { maxTokens = Infinity }: ChatRequest,
  { finishReason }: Behaviour,
): Answer {
  const { reasoning, content, image, toolCall } = whole;
  const wanted = reasoning.length + content.length;
  const room = finishReason === undefined ? maxTokens : Math.min(maxTokens, Math.ceil(wanted / 2));
  if (room >= wanted && finishReason === undefined) {
    return { ...whole, finishReason: toolCall === undefined ? "stop" : "tool_calls" };
  }
  return {
    reasoning: reasoning.slice(0, room),
    content: content.slice(0, Math.max(0, room - reasoning.length)),
    image,
    toolCall,
    finishReason: finishReason ?? "length",
  };
}

/** A picture in markdown. */
function drawingOf({ picture }: Behaviour, origin: string): string {
  if (picture !== "link" && picture !== "data") return "";
  const address = picture === "link" ? `${origin}${PICTURES_PATH}/${DRAWN_PICTURE}` : pictureData();
  return `\n\n![远山和太阳](${address})\n\n画好了。`;
}

function pictureData(): string {
  return `data:image/jpeg;base64,${toBase64(samplePicture())}`;
}

function textOf(request: ChatRequest, behaviour: Behaviour): string {
  const { text, characters, bytes, seed = request.seed } = behaviour;
  const isWritten = characters !== undefined || bytes !== undefined;
  const begun = begunIn(request.messages) ?? "";
  const written = (): string => {
    const rest = writtenText({ characters, bytes, seed, after: sentencesIn(begun).at(-1) });
    const [line = "", heading] = HEADING.exec(rest) ?? [];
    return heading !== undefined && begun.includes(heading) ? rest.slice(line.length) : rest;
  };
  const full = text ?? (isWritten ? written() : unwrittenAnswer(request, behaviour));
  const ends = request.stop.map((stop) => (stop === "" ? -1 : full.indexOf(stop))).filter((at) => at >= 0);
  return full.slice(0, Math.min(full.length, ...ends));
}

function unwrittenAnswer(request: ChatRequest, { picture }: Behaviour): string {
  return picture === undefined ? usualAnswer(request) : DRAWN;
}

/** What it says where nothing else is ordered. */
function usualAnswer({ messages }: ChatRequest): string {
  const last = messages.at(-1);
  if (last?.role === "tool") return `工具的结果是：${shown(last.text)}`;
  const round = messages.filter(({ role }) => role === "user").length;
  const images = messages.findLast(({ role }) => role === "user")?.images ?? 0;
  const said = saidIn(messages);
  const received = [
    ...(said === "" ? [] : [`你说：${shown(said)}`]),
    ...(images === 0 ? [] : [`你发来了 ${images} 张图片。`]),
  ];
  return [...received, `这是我们的第 ${round} 轮对话。`].join("\n\n");
}

function shown(text: string): string {
  const characters = Array.from(text);
  return characters.length <= MAX_ECHO_CHARACTERS
    ? text
    : `${characters.slice(0, MAX_ECHO_CHARACTERS).join("")}……`;
}

/** A tool is called once: its result is answered with words. */
function toolCallOf({ messages, tools }: ChatRequest, id: string): ToolCall | undefined {
  if (messages.at(-1)?.role === "tool") return undefined;
  const [{ name, parameters } = { name: "lookup", parameters: ["query"] }] = tools;
  const values = parameters.slice(0, 1).map((parameter) => [parameter, saidIn(messages)] as const);
  return {
    id: id.replace("chatcmpl-", "call_"),
    name,
    arguments: JSON.stringify(Object.fromEntries(values)),
  };
}
