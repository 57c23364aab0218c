/** Ends a model's call that has been silent for too long, or that its caller ends. */
import { ModelError } from "./provider.ts";

/** One call. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  #forget = (): void => {};
  #silentMs: number | undefined;
  readonly #abort = (): void => this.#controller.abort(this.#outer.reason);

  constructor(outer: AbortSignal) {
    this.#outer = outer;
    if (outer.aborted) this.#abort();
    else outer.addEventListener("abort", this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The next piece has to come within so many milliseconds. */
  within(ms: number): void {
    this.#forget();
    const timer = setTimeout(() => {
      this.#silentMs = ms;
      this.#controller.abort(new DOMException(`the model was silent for ${ms} ms`, "TimeoutError"));
    }, ms);
    this.#forget = () => clearTimeout(timer);
  }

  end(): void {
    this.#forget();
    this.#outer.removeEventListener("abort", this.#abort);
  }

  /** What a failure comes from: our own time-out, the caller's end, or something else. */
  explained(error: unknown): unknown {
    if (this.#silentMs !== undefined) {
      return new ModelError("model_stalled", `the model was silent for ${this.#silentMs} ms`, {
        cause: error,
        isStarted: true,
      });
    }
    if (this.#outer.aborted || error instanceof ModelError) return error;
    return new ModelError("model_stalled", "the answer broke off", { cause: error, isStarted: true });
  }
}
