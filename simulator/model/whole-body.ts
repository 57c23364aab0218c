/** An answer in one piece, where something goes wrong with it or signs of life come before it. */
import { completionOf } from "./completion.ts";
import { pause } from "./pause.ts";
import { lastPieceOf, type Piece, pieceOf, type Play, type PlayEnd, waiting } from "./play.ts";

const EMPTY_LINE = "\n";
/** What a proxy says in the model's place. */
const NO_JSON =
  "upstream connect error or disconnect/reset before headers. reset reason: connection termination";

/** The bytes of an answer. @param leadMs how long nothing but signs of life comes */
export async function* wholeBody(play: Play, leadMs: number): AsyncGenerator<Piece, PlayEnd> {
  if (!(yield* waiting(leadMs, play, EMPTY_LINE))) return "cancelled";
  const { behaviour, signal } = play;
  const text = wholeText(play);
  const half = text.slice(0, text.length / 2);
  const tokens = play.usage.completion_tokens;
  switch (behaviour.fault) {
    case "reset":
      return "reset";
    case "end":
      yield pieceOf(half);
      return "failed";
    case "malformed":
      yield lastPieceOf(NO_JSON);
      return "completed";
    case "stall":
      yield pieceOf(half);
      if (!(await pause(behaviour.stallMs ?? Infinity, signal))) return "cancelled";
      yield lastPieceOf(text.slice(half.length), tokens);
      return "completed";
    default:
      yield lastPieceOf(text, tokens);
      return "completed";
  }
}

/** The answer as JSON. */
export function wholeText({ head, answer, usage, behaviour }: Play): string {
  return JSON.stringify(completionOf(head, answer, usage, behaviour.fault !== "no-choices"));
}
