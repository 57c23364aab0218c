/** An answer as replies: each run of its text is one, and each picture between two of them. */
import { image } from "../../framework/replies.ts";
import type { ImageReply } from "../../protocol/replies.ts";
import type { UploadedPicture } from "../pictures/pictures.ts";
import type { AnswerPiece } from "./answer.ts";

const BETWEEN = "\n\n";

/** How far an answer was read. */
interface Progress {
  picture: UploadedPicture | undefined;
  isFirst: boolean;
  isOver: boolean;
}

/**
 * The replies in order. A text has to be read to its end before the next reply is asked for.
 *
 * @throws what the answer throws, out of the text that is being read
 */
export async function* answerReplies(
  answer: AsyncGenerator<AnswerPiece>,
): AsyncGenerator<AsyncGenerator<string> | ImageReply> {
  const progress: Progress = { picture: undefined, isFirst: true, isOver: false };
  while (!progress.isOver) {
    progress.picture = undefined;
    yield textRun(answer, progress);
    if (progress.picture !== undefined) yield pictureReply(progress.picture);
    progress.isFirst = false;
  }
}

function pictureReply({ mediaId }: UploadedPicture): ImageReply {
  return image(mediaId);
}

/** The text up to the next picture. White space between a picture and the text beside it goes. */
async function* textRun(answer: AsyncGenerator<AnswerPiece>, progress: Progress): AsyncGenerator<string> {
  let blank = "";
  let hasBegun = progress.isFirst;
  for (let next = await answer.next(); next.done !== true; next = await answer.next()) {
    const { value } = next;
    if (typeof value !== "string" && "mediaId" in value) {
      progress.picture = value;
      return;
    }
    const text = typeof value === "string" ? blank + value : BETWEEN + value.paragraph;
    const words = text.trimEnd();
    blank = text.slice(words.length);
    const shown = hasBegun ? words : words.trimStart();
    if (shown !== "") yield shown;
    hasBegun ||= shown !== "";
  }
  progress.isOver = true;
}
