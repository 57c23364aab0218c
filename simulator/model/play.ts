/** An answer under way: what is to be sent, in which pieces and when. */
import type { Answer } from "./answer.ts";
import type { Behaviour } from "./behaviour.ts";
import { type CompletionHead, type Delta, deltasOf, type Usage } from "./completion.ts";
import type { CallEnd } from "./model-calls.ts";
import { pause } from "./pause.ts";
import { piecesOf } from "./tokens.ts";

/** All there is to know for sending an answer. */
export interface Play {
  readonly head: CompletionHead;
  readonly answer: Answer;
  readonly usage: Usage;
  readonly includeUsage: boolean;
  readonly behaviour: Behaviour;
  /** Aborts when the client gives up. */
  readonly signal: AbortSignal;
}

/** Bytes to be sent, and how many tokens of the answer they are. */
export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly tokens: number;
  /** With it the answer is complete, whether or not the client waits for the connection's end. */
  readonly isLast?: boolean;
}

/** What becomes of an answer; `reset`: the connection is to be cut. */
export type PlayEnd = CallEnd | "reset";

const TOKENS_PER_CHUNK = 2;
const encoder = new TextEncoder();

/** A piece that is this text. @param tokens of the answer in it */
export function pieceOf(text: string, tokens = 0): Piece {
  return { bytes: Uint8Array.from(encoder.encode(text)), tokens };
}

/** The piece with which an answer is complete. */
export function lastPieceOf(text: string, tokens = 0): Piece {
  return { ...pieceOf(text, tokens), isLast: true };
}

/** The answer's deltas, one to a chunk. */
export function deltasIn({ answer, behaviour }: Pick<Play, "answer" | "behaviour">): readonly Delta[] {
  const { tokensPerChunk = TOKENS_PER_CHUNK } = behaviour;
  return deltasOf(answer, (tokens) => piecesOf(tokens, tokensPerChunk));
}

/** How long the model thinks about a whole answer that has so many pieces. */
export function wholeMs({ firstByteMs = 0, chunkMs = 0, totalMs = 0 }: Behaviour, pieces: number): number {
  return firstByteMs + chunkMs * pieces + totalMs;
}

/**
 * Waits with a sign of life from time to time.
 *
 * @returns whether the time came to its end: `false` when the client gave up before
 */
export async function* waiting(
  ms: number,
  { behaviour: { keepAliveMs = Infinity }, signal }: Pick<Play, "behaviour" | "signal">,
  signOfLife: string,
): AsyncGenerator<Piece, boolean> {
  for (let left = ms; left > 0; left -= keepAliveMs) {
    if (!(await pause(Math.min(left, keepAliveMs), signal))) return false;
    if (left > keepAliveMs) yield pieceOf(signOfLife);
  }
  return !signal.aborted;
}

/** When the pieces of a stream are due. */
export class Pace {
  readonly #behaviour: Behaviour;
  readonly #pieces: number;
  readonly #startedAt = Date.now();

  /** Begins now. @param pieces how many there will be */
  constructor(behaviour: Behaviour, pieces: number) {
    this.#behaviour = behaviour;
    this.#pieces = pieces;
  }

  /**
   * Waits until a piece is due, counted from 1. Late ones are not waited for, so that the whole takes its time and not
   * more.
   *
   * @returns `false` when the client gave up before
   */
  async untilDue(piece: number, signal: AbortSignal): Promise<boolean> {
    const { chunkMs = 0, totalMs = 0 } = this.#behaviour;
    const dueMs = chunkMs * piece + (totalMs * piece) / this.#pieces;
    return pause(this.#startedAt + dueMs - Date.now(), signal);
  }
}
