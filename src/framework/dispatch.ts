/**
 * From registered steps to the handlers of a push: a chain per selector, compiled once and found by name.
 *
 * However many handlers there are, a push costs at most three look-ups for its chain and one for its exact key. Only
 * patterns and predicates are walked.
 */
import { SelectorError } from "../errors.ts";
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

/** All handlers of a bot, ready to run. Made anew after every change. */
export class Dispatcher {
  readonly #steps: readonly OrderedStep[];
  readonly #listenedTo = new Set<string>();
  readonly #chains = new Map<string, Chain>();

  constructor(steps: readonly Step[]) {
    this.#steps = steps.map((step, order) => ({ ...step, order }));
    for (const { keys } of steps) for (const key of keys ?? []) this.#listenedTo.add(key);
  }

  /** Runs the handlers of `push` in order of registration, until one does not hand on. */
  async run(push: Push, ctx: RunContext): Promise<Outcome> {
    const outcome = { handled: false };
    const key = keyOfPush(push);
    await walk({ steps: candidates(this.#chainOf(push), key), key, push, ctx, outcome }, 0);
    return outcome;
  }

  #chainOf(push: Push): Chain {
    const keys = keysOfPush(push);
    const known = keys.findIndex((key) => this.#listenedTo.has(key));
    // Pushes that nobody listens to by name share the chain of the least specific key: the number of chains is
    // bounded by what was registered, not by what comes in.
    const from = known < 0 ? keys.length - 1 : known;
    const name = keys[from] ?? "";
    let chain = this.#chains.get(name);
    if (!chain) {
      chain = this.#compile(new Set(keys.slice(from)));
      this.#chains.set(name, chain);
    }
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

async function walk(state: Walk, from: number): Promise<void> {
  const { steps, push, key, ctx, outcome } = state;
  for (let i = from; i < steps.length; i++) {
    const step = steps[i];
    if (!step) break;
    const found = matchOf(step, push, key);
    if (found === undefined) continue;
    const { match, scene } = ctx;
    ctx.match = found.match;
    ctx.scene = step.pattern?.kind === "scene" ? key?.text : undefined;
    if (step.handles) outcome.handled = true;
    const handedOn = await call(state, step, 0, i);
    // A `use` that keeps a push to itself has dealt with it; one that hands on has not.
    if (!handedOn) outcome.handled = true;
    ctx.match = match;
    ctx.scene = scene;
    return;
  }
}

/** Calls the handlers of one step from `index` on; whether they handed on to the steps behind. */
async function call(state: Walk, step: OrderedStep, index: number, position: number): Promise<boolean> {
  const handler = step.handlers[index];
  if (!handler) {
    await walk(state, position + 1);
    return true;
  }
  let handedOn: Promise<boolean> | undefined;
  const { ctx } = state;
  await handler(ctx, async () => {
    if (handedOn) throw new SelectorError("next_called_twice", "A handler has called next() a second time.");
    const { match, scene } = ctx;
    handedOn = call(state, step, index + 1, position);
    await handedOn;
    ctx.match = match;
    ctx.scene = scene;
  });
  return handedOn ? handedOn : false;
}

const PLAIN_MATCH: { readonly match: undefined } = { match: undefined };

function matchOf(step: Step, push: Push, key: PushKey | undefined): { match: Match | undefined } | undefined {
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
