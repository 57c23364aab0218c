/** One registration: who it listens to, and the handlers that run then. */
import type { AnyPush } from "../protocol/pushes/wire.ts";
import type { KeyKind } from "./keys.ts";
import type { Context, Middleware } from "./context.ts";

/**
 * A handler as the registry keeps it. The compiler has checked at registration that it fits its selector; from there
 * on all handlers are kept in one list, where that type cannot be told any more.
 */
export type AnyMiddleware = Middleware<Context>;

/** One call of a verb. */
export interface Step {
  /** Keys (`product/type`) it listens to; `undefined` for every push. */
  readonly keys: ReadonlySet<string> | undefined;
  /** The texts and patterns of `hears`, `click` or `scan`. */
  readonly pattern: StepPattern | undefined;
  /** The predicate of `filter` or `register`. */
  readonly predicate: ((message: AnyPush) => boolean) | undefined;
  readonly handlers: readonly AnyMiddleware[];
  /** Whether its handlers count as having handled a push; middleware of `use` does not. */
  readonly handles: boolean;
  /** Whether its words get through while another run of the same user is under way. */
  readonly interrupts?: boolean;
}

/** What `hears`, `click` or `scan` compare with. */
export interface StepPattern {
  readonly kind: KeyKind;
  readonly exact: ReadonlySet<string>;
  readonly expressions: readonly RegExp[];
}

/** Splits the argument of `hears`, `click` or `scan`. */
export function patternOf(kind: KeyKind, given: string | RegExp | readonly (string | RegExp)[]): StepPattern {
  const exact = new Set<string>();
  const expressions: RegExp[] = [];
  for (const one of typeof given === "string" || given instanceof RegExp ? [given] : given) {
    if (typeof one === "string") exact.add(one.trim());
    // A global or sticky expression remembers where it stopped: the next message would start there.
    else expressions.push(new RegExp(one.source, one.flags.replace(/[gy]/g, "")));
  }
  return { kind, exact, expressions };
}
