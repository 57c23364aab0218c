/**
 * An answer as server-sent events, with what goes wrong in it.
 *
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 * @see https://api-docs.deepseek.com/quick_start/rate_limit
 */
import { Chunks, type Delta, firstDelta } from "./completion.ts";
import { failureOf } from "./model-failure.ts";
import { pause } from "./pause.ts";
import {
  deltasIn,
  lastPieceOf,
  Pace,
  type Piece,
  pieceOf,
  type Play,
  type PlayEnd,
  waiting,
} from "./play.ts";
import { tokensOf } from "./tokens.ts";

const DONE = "data: [DONE]\n\n";
const KEEP_ALIVE = ": keep-alive\n\n";
/** Long enough that both parts of a chunk travel by themselves. */
const SPLIT_MS = 2;
/** A reset loses what the client has not read yet: time to read what came before. */
const BEFORE_RESET_MS = 20;
const ASCII_END = 0x80;

/** The events of an answer. @param leadMs how long nothing but signs of life comes */
export async function* eventStream(play: Play, leadMs: number): AsyncGenerator<Piece, PlayEnd> {
  if (!(yield* waiting(leadMs, play, KEEP_ALIVE))) return "cancelled";
  const { answer, usage, includeUsage, behaviour, signal, head } = play;
  const chunks = new Chunks(head, includeUsage);
  if (behaviour.fault === "no-choices") {
    yield lastPieceOf(eventOf(chunks.without(null)) + DONE);
    return "completed";
  }
  yield pieceOf(eventOf(chunks.of(firstDelta(answer))));
  const deltas = deltasIn(play);
  const pace = new Pace(behaviour, deltas.length);
  const strikeAt = Math.min(behaviour.afterChunks ?? Math.floor(deltas.length / 2), deltas.length);
  for (const [at, delta] of deltas.entries()) {
    if (at === strikeAt) {
      const end = yield* strike(play);
      if (end !== undefined) return end;
    }
    if (!(await pace.untilDue(at + 1, signal))) return "cancelled";
    const event = eventOf(chunks.of(delta));
    if (at === strikeAt && behaviour.fault === "malformed") yield pieceOf(broken(event));
    else yield* delivered(event, tokensIn(delta), play);
  }
  if (strikeAt === deltas.length) {
    const end = yield* strike(play);
    if (end !== undefined) return end;
    if (behaviour.fault === "malformed") yield pieceOf(broken(eventOf(chunks.of({ content: "" }))));
  }
  const last = includeUsage ? eventOf(chunks.without(usage)) : "";
  yield lastPieceOf(eventOf(chunks.of({}, answer.finishReason)) + last + DONE);
  return "completed";
}

/** What goes wrong in the middle. @returns how the stream ends with it; `undefined` when it goes on */
async function* strike({ behaviour, signal }: Play): AsyncGenerator<Piece, PlayEnd | undefined> {
  switch (behaviour.fault) {
    case "stall":
      return (await pause(behaviour.stallMs ?? Infinity, signal)) ? undefined : "cancelled";
    case "reset":
      return (await pause(BEFORE_RESET_MS, signal)) ? "reset" : "cancelled";
    case "end":
      return "failed";
    case "error-in-stream":
      yield pieceOf(eventOf(failureOf(behaviour.error ?? "server_error").body));
      return "failed";
    default:
      return undefined;
  }
}

async function* delivered(
  event: string,
  tokens: number,
  { behaviour, signal }: Play,
): AsyncGenerator<Piece, void> {
  const piece = pieceOf(event, tokens);
  const inCharacter = piece.bytes.findIndex((byte) => byte >= ASCII_END) + 1;
  if (behaviour.fault !== "split-character" || inCharacter === 0) {
    yield piece;
    return;
  }
  yield { bytes: piece.bytes.slice(0, inCharacter), tokens: 0 };
  await pause(SPLIT_MS, signal);
  yield { bytes: piece.bytes.slice(inCharacter), tokens };
}

function eventOf(chunk: object): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function broken(event: string): string {
  return `${event.slice(0, event.length / 2)}\n\n`;
}

function tokensIn({ content, reasoning_content: thought, tool_calls: calls }: Delta): number {
  return tokensOf(`${content ?? ""}${thought ?? ""}`).length + (calls === undefined ? 0 : 1);
}
