/** What can become of a connection instead of an answer. */

const MARK = "X-Simulator-Connection";

/**
 * A response that stands for a cut connection. Whoever serves the simulator destroys the socket when `isCut` says so;
 * where nobody does, reading the body fails.
 */
export function cutConnection(): Response {
  const body = new ReadableStream({
    pull(controller) {
      controller.error(new TypeError("the simulator cut the connection"));
    },
  });
  return new Response(body, { headers: { [MARK]: "cut" } });
}

/** Whether the connection is to be cut instead of sending this response. */
export function isCut(response: Response): boolean {
  return response.headers.get(MARK) === "cut";
}

/** Never resolves; rejects when the client gives up. */
export function untilGivenUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const giveUp = (): void => reject(new DOMException("the client gave up", "AbortError"));
    if (signal.aborted) giveUp();
    else signal.addEventListener("abort", giveUp, { once: true });
  });
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
