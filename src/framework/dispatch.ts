/**
 * From registered steps to the handlers of a push: a chain per selector, compiled once and found by name.
 *
 * However many handlers there are, a push costs at most three look-ups for its chain and one for its exact key. Only
 * patterns and predicates are walked.
 */
import { SelectorError } from "../errors.ts";
import type { ProductId } from "../protocol/dialects/index.ts";
import type { Push } from "../protocol/push.ts";
import type { Match } from "./context.ts";
import { keyOfPush, type PushKey } from "./keys.ts";
import type { RunContext } from "./run-context.ts";
import { keysOfPush } from "./selectors.ts";
import type { Step } from "./step.ts";

/** How a walk through the handlers ended. */
export interface Outcome {
  /** Whether a handler matched; middleware of `use` does not count unless it kept the push to itself. */
  handled: boolean;
}

interface OrderedStep extends Step {
  readonly order: number;
}

/** The steps that one kind of push can meet. */
interface Chain {
  /** Those that must be looked at for every push of the kind, in order. */
  readonly walked: readonly OrderedStep[];
  /** Those that match one exact key. */
  readonly exact: ReadonlyMap<string, readonly OrderedStep[]>;
}

/** Kinds of pushes whose chain is kept; a bot that listens to fewer needs fewer, and strangers cannot make more. */
const MAX_KEPT_CHAINS = 1_024;

/** All handlers of a bot, ready to run. Made anew after every change. */
export class Dispatcher {
  readonly #steps: readonly OrderedStep[];
  readonly #listenedTo = new Set<string>();
  readonly #chains = new Map<string, Chain>();
  readonly #chainsByType = new Map<ProductId, Map<string, Chain>>();

  constructor(steps: readonly Step[]) {
    this.#steps = steps.map((step, order) => ({ ...step, order }));
    for (const { keys } of steps) for (const key of keys ?? []) this.#listenedTo.add(key);
  }

  /** Runs the handlers of `push` in order of registration, until one does not hand on. */
  async run(push: Push, ctx: RunContext): Promise<Outcome> {
    const outcome = { handled: false };
    const key = keyOfPush(push);
    await walk({ steps: candidates(this.#chainOf(push), key), key, push, ctx, outcome }, 0, 0);
    return outcome;
  }

  #chainOf(push: Push): Chain {
    const { product, type } = push;
    let chains = this.#chainsByType.get(product);
    if (!chains) this.#chainsByType.set(product, (chains = new Map<string, Chain>()));
    const known = chains.get(type);
    if (known) return known;
    const chain = this.#sharedChain(push);
    if (chains.size < MAX_KEPT_CHAINS) chains.set(type, chain);
    return chain;
  }

  /** Pushes that nobody listens to by name share the chain of the least specific key. */
  #sharedChain(push: Push): Chain {
    const keys = keysOfPush(push);
    const known = keys.findIndex((key) => this.#listenedTo.has(key));
    const from = known < 0 ? keys.length - 1 : known;
    const name = keys[from] ?? "";
    let chain = this.#chains.get(name);
    if (!chain) this.#chains.set(name, (chain = this.#compile(new Set(keys.slice(from)))));
    return chain;
  }

  #compile(keys: ReadonlySet<string>): Chain {
    const walked: OrderedStep[] = [];
    const exact = new Map<string, OrderedStep[]>();
    for (const step of this.#steps) {
      if (step.keys && keys.isDisjointFrom(step.keys)) continue;
      if (!step.pattern || step.pattern.expressions.length > 0) walked.push(step);
      for (const text of step.pattern?.exact ?? []) {
        const others = exact.get(text);
        if (others) others.push(step);
        else exact.set(text, [step]);
      }
    }
    return { walked, exact };
  }
}

function candidates({ walked, exact }: Chain, key: PushKey | undefined): readonly OrderedStep[] {
  const hits = key && exact.get(key.text.trim());
  if (!hits) return walked;
  return [...new Set([...walked, ...hits])].sort((a, b) => a.order - b.order);
}

interface Walk {
  readonly steps: readonly OrderedStep[];
  readonly key: PushKey | undefined;
  readonly push: Push;
  readonly ctx: RunContext;
  readonly outcome: Outcome;
}

/** Runs the first handler that matches at or behind a position: step `at`, and within it handler `index`. */
async function walk(state: Walk, at: number, index: number): Promise<void> {
  const { steps, push, key, ctx, outcome } = state;
  for (let position = at, start = index; position < steps.length; position++, start = 0) {
    const step = steps[position];
    if (!step) return;
    if (start === 0) {
      const found = matchOf(step, push, key);
      if (!found) continue;
      ctx.match = found.match;
      ctx.scene = step.pattern?.kind === "scene" ? key?.text : undefined;
    }
    const handler = step.handlers[start];
    if (!handler) continue;
    if (step.handles) outcome.handled = true;
    const { match, scene } = ctx;
    let handedOn = false;
    await handler(ctx, async () => {
      if (handedOn)
        throw new SelectorError("next_called_twice", "A handler has called next() a second time.");
      handedOn = true;
      await walk(state, position, start + 1);
      ctx.match = match;
      ctx.scene = scene;
    });
    // A `use` that keeps a push to itself has dealt with it; one that hands on has not.
    if (!handedOn) outcome.handled = true;
    return;
  }
}

const PLAIN_MATCH: { readonly match: undefined } = { match: undefined };

/** What a step finds in a push; `undefined` when it does not match. */
export function matchOf(
  step: Step,
  push: Push,
  key: PushKey | undefined,
): { match: Match | undefined } | undefined {
  const { pattern, predicate } = step;
  if (predicate) return predicate(push.message) ? PLAIN_MATCH : undefined;
  if (!pattern) return PLAIN_MATCH;
  if (key?.kind !== pattern.kind) return undefined;
  if (pattern.exact.has(key.text.trim())) return PLAIN_MATCH;
  for (const expression of pattern.expressions) {
    const match = expression.exec(key.text);
    if (match) return { match: match as Match }; // absent groups are typed as text on purpose, see `Match`
  }
  return undefined;
}
