/** The tree that handlers are registered in. Every verb is one kind of step; `Bot` turns the tree into chains. */
import { JobError, SelectorError } from "../errors.ts";
import type { AnyPush } from "../protocol/pushes/wire.ts";
import type { Json } from "../protocol/replies.ts";
import type { Context, JobContext, JobHandler, Match, Middleware, SessionData } from "./context.ts";
import { deferralOf, jobOptions } from "./defer.ts";
import { type KeyKind, SELECTORS_BY_KIND } from "./keys.ts";
import { keysOf, type PushesBySelector, type Selector } from "./selectors.ts";
import type { Deferral, JobOptions } from "./work.ts";
import { type AnyMiddleware, patternOf, type Step } from "./step.ts";

type Pattern = string | RegExp | readonly (string | RegExp)[];

/** `ctx.match` is there for certain when only RegExps were given, and never when none was. */
type Matched<T> = T extends RegExp | readonly RegExp[]
  ? { readonly match: Match }
  : T extends string | readonly string[]
    ? { readonly match: undefined }
    : unknown;

type Words = PushesBySelector["text"] | PushesBySelector["voice"];
type Scan = PushesBySelector["event:SCAN"] | PushesBySelector["event:subscribe"];

/** A job as the registry keeps it. */
export interface Job {
  readonly handle: (ctx: JobContext<object>, payload: Json) => unknown;
  readonly options: Required<JobOptions>;
}

/** A handler that says itself which pushes it supports. */
export interface PushHandler<S extends object = SessionData> {
  supports(message: AnyPush): boolean;
  handle(ctx: Context<AnyPush, S>): unknown;
}

/**
 * A group of handlers. Groups can be mounted into a bot or another group with `use`, and, with `register`, added and
 * removed while running.
 *
 * All handlers that match a push run in order of registration, each handing on by `next`; the first that does not
 * ends the run.
 *
 * @example
 * const orders = new Composer();
 * orders.click("ORDERS", (ctx) => ctx.reply("…"));
 * bot.use(orders);
 */
export class Composer<S extends object = SessionData> {
  readonly #members: (Step | Composer<S>)[] = [];
  readonly #parents = new Set<Composer<S>>();
  readonly #jobs = new Map<string, Job>();

  /** Runs for every push. Mounts a group when given one. */
  use(...members: (Middleware<Context<AnyPush, S>> | Composer<S>)[]): this {
    for (const member of members) {
      if (member instanceof Composer) this.#mount(member);
      else
        this.#add({
          keys: undefined,
          pattern: undefined,
          predicate: undefined,
          handlers: erase([member]),
          handles: false,
        });
    }
    return this;
  }

  /**
   * Runs for the pushes that a selector names. Several selectors share one handler.
   *
   * @throws {SelectorError} for a selector that names no push
   */
  on<K extends Selector>(
    selector: K | readonly K[],
    ...handlers: Middleware<Context<PushesBySelector[K], S>>[]
  ): this {
    const selectors: readonly K[] = typeof selector === "string" ? [selector] : selector;
    const keys = new Set(selectors.flatMap((one) => keysOf(one)));
    return this.#add({
      keys,
      pattern: undefined,
      predicate: undefined,
      handlers: erase(handlers),
      handles: true,
    });
  }

  /** Runs when a user says one of these: a text is compared whole (blanks around it aside), a RegExp is searched for. */
  hears<const T extends Pattern>(words: T, ...handlers: Middleware<Context<Words, S> & Matched<T>>[]): this {
    return this.#listen("words", words, erase(handlers));
  }

  /** Runs when a user taps the menu button of this key. */
  click<const T extends Pattern>(
    key: T,
    ...handlers: Middleware<Context<PushesBySelector["event:CLICK"], S> & Matched<T>>[]
  ): this {
    return this.#listen("menu", key, erase(handlers));
  }

  /** Runs when a user scans the QR code of this scene, follower already or following by it. */
  scan<const T extends Pattern>(
    scene: T,
    ...handlers: Middleware<Context<Scan, S> & Matched<T> & { readonly scene: string }>[]
  ): this {
    return this.#listen("scene", scene, erase(handlers));
  }

  /** Runs for the pushes that `predicate` accepts, those of no selector included. */
  filter(predicate: (message: AnyPush) => boolean, ...handlers: Middleware<Context<AnyPush, S>>[]): this {
    return this.#add({
      keys: undefined,
      pattern: undefined,
      predicate,
      handlers: erase(handlers),
      handles: true,
    });
  }

  /**
   * `hears` for words that get through at once, whatever else of the same user is being worked on. `ctx.cancel()` ends
   * that work: its `ctx.signal` aborts, and what it still replies is dropped.
   */
  interrupt(
    words: string | readonly string[],
    ...handlers: Middleware<Context<Words, S> & { readonly match: undefined }>[]
  ): this {
    return this.#listen("words", words, erase(handlers), true);
  }

  /**
   * Adds a handler or a group while running. Holds for this isolate only: an operator's rules belong into storage.
   *
   * @returns a function that removes it again
   */
  register(member: PushHandler<S> | Composer<S>): () => void {
    if (member instanceof Composer) {
      this.#mount(member);
      return () => this.#remove(member);
    }
    const step: Step = {
      keys: undefined,
      pattern: undefined,
      predicate: (message) => member.supports(message),
      handlers: erase([(ctx: Context<AnyPush, S>) => member.handle(ctx)]),
      handles: true,
    };
    this.#add(step);
    return () => this.#remove(step);
  }

  /**
   * Gives a job its name, for `ctx.enqueue(name, payload)`.
   *
   * @throws {JobError} when the name is taken or empty, or an option is out of range
   */
  job<P extends Json>(name: string, handler: JobHandler<S, P>, options: JobOptions = {}): this {
    this.#claim(name, handler);
    this.#jobs.set(name, {
      // What its session and payload are, only the handler and those who enqueue know.
      handle: handler as Job["handle"],
      options: jobOptions(name, options),
    });
    this.changed();
    return this;
  }

  /** @internal The steps in order, those of mounted groups in their places. */
  protected steps(): Step[] {
    return this.#members.flatMap((member) => (member instanceof Composer ? member.steps() : [member]));
  }

  /** @internal The job of that name, here or in a mounted group. */
  protected findJob(name: string): Job | undefined {
    const own = this.#jobs.get(name);
    if (own) return own;
    for (const member of this.#members) {
      const found = member instanceof Composer ? member.findJob(name) : undefined;
      if (found) return found;
    }
    return undefined;
  }

  /** @internal The deferred handler of that name, with the step that leads to it. */
  protected findDeferred(name: string): { deferral: Deferral; step: Step } | undefined {
    for (const step of this.steps()) {
      for (const handler of step.handlers) {
        const deferral = deferralOf(handler);
        if (deferral?.name === name) return { deferral, step };
      }
    }
    return undefined;
  }

  /** @internal Called after every change, here or in a mounted group. */
  protected changed(): void {
    for (const parent of this.#parents) parent.changed();
  }

  #listen(kind: KeyKind, given: Pattern, handlers: readonly AnyMiddleware[], interrupts = false): this {
    const keys = new Set(SELECTORS_BY_KIND[kind].flatMap((selector) => keysOf(selector)));
    return this.#add({
      keys,
      pattern: patternOf(kind, given),
      predicate: undefined,
      handlers,
      handles: true,
      interrupts,
    });
  }

  #add(step: Step): this {
    for (const [name, owner] of namesOf(step)) this.#claim(name, owner);
    this.#members.push(step);
    this.changed();
    return this;
  }

  #mount(group: Composer<S>): void {
    if (group === this || group.#contains(this)) {
      throw new SelectorError(
        "composer_cycle",
        "This Composer is already around the one it is mounted into.",
      );
    }
    for (const [name, owner] of group.#names()) this.#claim(name, owner);
    this.#members.push(group);
    group.#parents.add(this);
    this.changed();
  }

  #remove(member: Step | Composer<S>): void {
    const index = this.#members.indexOf(member);
    if (index < 0) return;
    this.#members.splice(index, 1);
    if (member instanceof Composer && !this.#members.includes(member)) member.#parents.delete(this);
    this.changed();
  }

  #contains(group: Composer<S>): boolean {
    return this.#members.some(
      (member) => member instanceof Composer && (member === group || member.#contains(group)),
    );
  }

  /** Names of deferred handlers and jobs, with who has them. */
  #names(): [name: string, owner: unknown][] {
    const own = this.#members.flatMap((member): [string, unknown][] =>
      member instanceof Composer ? member.#names() : namesOf(member),
    );
    return [...[...this.#jobs].map(([name, { handle }]): [string, unknown] => [name, handle]), ...own];
  }

  /** A name leads from a stored job back to its handler, so no two may share one anywhere in the tree. */
  #claim(name: string, owner: unknown): void {
    if (this.#parents.size > 0) {
      for (const parent of this.#parents) parent.#claim(name, owner);
      return;
    }
    if (this.#names().some(([taken, by]) => taken === name && by !== owner)) {
      throw new JobError("job_name_taken", `"${name}" already names another deferred handler or job.`);
    }
  }
}

/** Forgets which selector a handler was typed for; see `AnyMiddleware`. */
function erase(handlers: readonly Middleware<never>[]): readonly AnyMiddleware[] {
  return handlers as readonly AnyMiddleware[];
}

function namesOf(step: Step): [name: string, owner: unknown][] {
  return step.handlers.flatMap((handler): [string, unknown][] => {
    const name = deferralOf(handler)?.name;
    return name === undefined ? [] : [[name, handler]];
  });
}
