/** Makes the pieces of an answer a body, and tells how that ended. */
import type { Piece, PlayEnd } from "./play.ts";

/** Who is told of what becomes of a body. */
export interface BodyWatcher {
  /** So many tokens were handed out. */
  sent(tokens: number): void;
  ended(end: PlayEnd): void;
  /** The client wants no more. */
  givenUp(): void;
  /** Cuts the connection; `false` when nobody here can. */
  cut(): boolean;
}

/** A body that yields the pieces as fast as it is read. */
export function bodyOf(
  pieces: AsyncGenerator<Piece, PlayEnd>,
  watcher: BodyWatcher,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const next = await pieces.next();
      if (next.done !== true) {
        watcher.sent(next.value.tokens);
        controller.enqueue(next.value.bytes);
        if (next.value.isLast !== true) return;
        watcher.ended("completed");
        controller.close();
        return;
      }
      watcher.ended(next.value);
      if (next.value !== "reset") controller.close();
      else if (!watcher.cut()) controller.error(new TypeError("the simulator cut the connection"));
    },
    cancel() {
      watcher.givenUp();
    },
  });
}
