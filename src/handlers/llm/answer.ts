/** A model's answer on its way to the user: what it says, ended in time, with the label that the law asks for. */
import type { Pictures, UploadedPicture } from "../pictures/pictures.ts";
import { ReadableTextStream } from "../text/readable-text.ts";
import { ThinkingFilter, type ThinkingOptions } from "../text/thinking.ts";
import { ModelError } from "./provider.ts";

/** How an answer is shown. */
export interface AnswerOptions {
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** When the answer has to be over, in milliseconds since the epoch. */
  readonly endBy: number;
  /** Goes behind the answer, as a paragraph of its own. */
  readonly label: string | undefined;
  /** Goes behind what there is of an answer that broke off. */
  readonly brokenOff: string;
  readonly thinking: ThinkingOptions | undefined;
  readonly pictures: Pictures;
  /** Ends the model's call. */
  readonly stop: () => void;
}

/** What became of the answer, for the memory and the log. */
export interface AnswerRecord {
  /** What the model has said, as it said it, without what it thought. */
  text: string;
  /** Why it broke off. */
  failure: unknown;
}

/** Words of the assistant's own, which stand by themselves. */
export interface Paragraph {
  readonly paragraph: string;
}

/** What an answer is made of, in order. */
export type AnswerPiece = string | Paragraph | UploadedPicture;

/**
 * The answer's text, piece by piece, as it is to be shown, and its pictures where they stand in it.
 *
 * @param record is filled in on the way
 * @throws what the model's stream throws before its first word
 */
export async function* shownAnswer(
  stream: AsyncIterable<string>,
  { clock, endBy, label, brokenOff, thinking: marks, pictures, stop }: AnswerOptions,
  record: AnswerRecord,
): AsyncGenerator<AnswerPiece> {
  const timer = setTimeout(
    () => {
      record.failure ??= new ModelError("model_stalled", "the answer took longer than a run may", {
        isStarted: true,
      });
      stop();
    },
    Math.max(0, endBy - clock()),
  );
  const thinking = new ThinkingFilter(marks);
  const readable = new ReadableTextStream(pictures.place);
  const shown = (said: string): string => {
    record.text += said;
    return readable.push(said);
  };
  try {
    for await (const piece of stream) {
      yield* pictures.shown(shown(thinking.push(pictures.take(piece))));
    }
  } catch (error) {
    record.failure ??= error;
  } finally {
    clearTimeout(timer);
  }
  const last = thinking.push(pictures.end()) + thinking.end();
  yield* pictures.shown(shown(last) + readable.end());
  if (record.text.trim() === "") {
    throw record.failure ?? new ModelError("model_empty", "the model's answer is empty", { isStarted: true });
  }
  if (record.failure !== undefined) yield { paragraph: brokenOff };
  if (label !== undefined) yield { paragraph: label };
}
