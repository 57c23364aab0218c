/** How the Worker came to an answer, read from the lines of its log about one push. */

/** One line of the Worker's log: its name, its time, the request it belongs to, and its fields. */
export interface LogLine {
  /** `push_answered`, `push_repeated` … */
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly requestId: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** One request of WeChat's as the Worker met it. */
export interface Delivery {
  /** The Worker's count of the push's deliveries, from 1. */
  readonly number: number;
  /** `duplicate`: not run again. `resumed`: the run had died, and was made again. */
  readonly handled: "first" | "duplicate" | "resumed";
  /** By which way it was answered: `passive`, `hold`, `push`, `mailbox` or `text`; unset for silence. */
  readonly route?: string;
  /** The type of the reply; `none` and `silence` for none. Unset when the request ended without an answer. */
  readonly outcome?: string;
  readonly durationMs?: number;
}

/** A reply that did not simply arrive: what became of it, and why. */
export interface Trouble {
  /** Its number in the run, from 1. */
  readonly n: number;
  readonly became: "delayed" | "unknown" | "refused" | "dropped";
  readonly why: string;
}

/** What `GET /api/phone/:account/:openid/log?exchange=…` answers. */
export interface AnswerStory {
  readonly deliveries: readonly Delivery[];
  /** The way by which the answer came, or will come; unset while that is not known, and for silence. */
  readonly way?: string;
  /** Present when the handler was not ready at the deadline: the way that was chosen for its answer, if any was open. */
  readonly late?: { readonly route?: string };
  /** The handler's error. */
  readonly failed?: string;
  /** How often the handler was begun, when more than once. */
  readonly runs?: number;
  /** How the run ended, when not by itself: it took too long, it died too often, or nothing took the push. */
  readonly ended?: "cut_off" | "given_up" | "no_handler";
  readonly troubles: readonly Trouble[];
  /** Why the handler never saw the push: `user_rate`, or the store could not be reached and what was done then. */
  readonly unhandled?: string;
}

/** Lines that tell something about one push. */
export const TELLING: ReadonlySet<string> = new Set([
  "push_answered",
  "push_repeated",
  "push_dropped",
  "answer_late",
  "run_resumed",
  "run_cut_off",
  "run_given_up",
  "push_unhandled",
  "handler_failed",
  "conversation_unreachable",
  "reply_delayed",
  "reply_unknown",
  "reply_refused",
  "reply_dropped",
]);

/** The two streams that lines come by are not in step: these belong to the same moment. */
const SAME_MOMENT_MS = 100;

/** Tells the story of one push from all lines about it, in any order. */
export function storyOf(unordered: readonly LogLine[]): AnswerStory {
  const lines = [...unordered].sort((a, b) => a.at - b.at);
  const last = (name: string): LogLine | undefined => lines.findLast((line) => line.name === name);
  const deliveries = deliveriesOf(lines);
  const late = last("answer_late");
  const failed = last("handler_failed");
  const resumed = last("run_resumed");
  const dropped = last("push_dropped");
  const unreachable = last("conversation_unreachable");
  const route = late && textOf(late, "route");
  const way = wayOf(deliveries, route);
  const runs = resumed?.fields["runs"];
  const ended = lines.flatMap(({ name }) => (isEnd(name) ? [ENDED[name]] : [])).at(-1);
  const unhandled = (dropped && textOf(dropped, "cause")) ?? (unreachable && textOf(unreachable, "outcome"));
  return {
    deliveries,
    ...(way === undefined ? {} : { way }),
    ...(late === undefined ? {} : { late: route === undefined ? {} : { route } }),
    ...(failed === undefined ? {} : { failed: textOf(failed, "error") ?? "" }),
    ...(typeof runs === "number" ? { runs } : {}),
    ...(ended === undefined ? {} : { ended }),
    troubles: troublesOf(lines),
    ...(unhandled === undefined ? {} : { unhandled }),
  };
}

function deliveriesOf(lines: readonly LogLine[]): readonly Delivery[] {
  const resumptions = lines.filter(({ name }) => name === "run_resumed");
  const answers = new Map(
    lines.filter(({ name }) => name === "push_answered").map((line) => [line.requestId, line]),
  );
  const repeated = lines
    .filter(({ name }) => name === "push_repeated")
    .map((line) => {
      const answer = answers.get(line.requestId);
      answers.delete(line.requestId);
      const wasResumed = resumptions.some(({ at }) => Math.abs(at - line.at) <= SAME_MOMENT_MS);
      return { line, answer, handled: wasResumed ? ("resumed" as const) : ("duplicate" as const) };
    });
  // What is left was no repetition.
  const first = [...answers.values()].map((answer) => deliveryOf(1, "first", answer));
  return [
    ...first,
    ...repeated.map(({ line, answer, handled }, index) => {
      const { attempt } = line.fields;
      return deliveryOf(typeof attempt === "number" ? attempt : index + 2, handled, answer);
    }),
  ];
}

function deliveryOf(number: number, handled: Delivery["handled"], answer: LogLine | undefined): Delivery {
  if (answer === undefined) return { number, handled };
  const [route, outcome] = [textOf(answer, "route"), textOf(answer, "outcome")];
  const { duration_ms: durationMs } = answer.fields;
  return {
    number,
    handled,
    ...(route === undefined ? {} : { route }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(typeof durationMs === "number" ? { durationMs } : {}),
  };
}

/** The last delivery that was answered decides, except that what is said meanwhile is not the answer itself. */
function wayOf(deliveries: readonly Delivery[], late: string | undefined): string | undefined {
  const route = deliveries.findLast(({ outcome }) => outcome !== undefined && outcome !== "silence")?.route;
  return route === undefined || route === "text" ? (late ?? route) : route;
}

const BECAME = {
  reply_delayed: "delayed",
  reply_unknown: "unknown",
  reply_refused: "refused",
  reply_dropped: "dropped",
} as const;

/** The last word on each reply. */
function troublesOf(lines: readonly LogLine[]): readonly Trouble[] {
  const byNumber = new Map<number, Trouble>();
  for (const line of lines) {
    const became = isTrouble(line.name) ? BECAME[line.name] : undefined;
    const { n } = line.fields;
    if (became === undefined || typeof n !== "number") continue;
    byNumber.set(n, { n, became, why: textOf(line, "cause") ?? textOf(line, "error") ?? "" });
  }
  return [...byNumber.values()].sort((a, b) => a.n - b.n);
}

const ENDED = {
  run_cut_off: "cut_off",
  run_given_up: "given_up",
  push_unhandled: "no_handler",
} as const;

function isEnd(name: string): name is keyof typeof ENDED {
  return Object.hasOwn(ENDED, name);
}

function isTrouble(name: string): name is keyof typeof BECAME {
  return Object.hasOwn(BECAME, name);
}

function textOf({ fields }: LogLine, name: string): string | undefined {
  const value = fields[name];
  return typeof value === "string" ? value : undefined;
}
