/**
 * What is known of an account's messages beyond their words: by which way one came, whether it is one of the account's
 * fixed texts, whether it is a part of something longer. Nothing is guessed: it is told by the Worker's log, or by texts
 * that the account is configured with.
 */
import type { AccountTexts } from "./account.ts";
import type { AnswerStory } from "./answer-story.ts";
import type { MessageNote, TimelineEntry } from "./timeline.ts";

/** What the notes are made of. */
export interface NoteSources {
  /** As the account is configured; empty where nobody tells. */
  readonly texts: AccountTexts;
  /** What the Worker's log says about an exchange; `undefined` where there is none. */
  readonly storyOf: (exchange: string) => AnswerStory | undefined;
}

type Said = Extract<TimelineEntry, { from: "account" }>;
type Role = NonNullable<MessageNote["role"]>;

/** Parts that follow each other. */
interface Chain {
  /** Of the part before; unset where it is not known how many came before that. */
  readonly number: number | undefined;
  /** Whether the user has asked for the next one. */
  hasAsked: boolean;
}

const ROLES = ["apology", "wait", "busy"] as const;

/** The timeline with a note on each message of the account of which there is something to say. */
export function annotated(
  timeline: readonly TimelineEntry[],
  sources: NoteSources,
): readonly TimelineEntry[] {
  const lastSaid = timeline.findLastIndex(({ from }) => from === "user");
  let chain: Chain | undefined;
  return timeline.map((entry, at) => {
    if (entry.from === "user" && chain !== undefined) chain.hasAsked = true;
    if (entry.from !== "account") return entry;
    const story = "exchange" in entry ? sources.storyOf(entry.exchange) : undefined;
    const role = roleOf(entry, story, sources.texts);
    const route = story && routeOf(story);
    const way = role === undefined && isWay(route) ? route : undefined;
    const hasMore = role === undefined && endsWithMore(entry, sources.texts);
    const part = role === undefined ? partOf(entry, chain, hasMore, way) : undefined;
    if (role === undefined) chain = hasMore && part ? { number: part.number, hasAsked: false } : undefined;
    const asks = at > lastSaid && (hasMore || role === "hint");
    const note: MessageNote = {
      ...(way === undefined ? {} : { way }),
      ...(role === undefined ? {} : { role }),
      ...(part === undefined ? {} : { part }),
      ...(asks ? { asks } : {}),
    };
    return Object.keys(note).length === 0 ? entry : { ...entry, note };
  });
}

/** A message is a part when it says that there is more, or when it is what the user has asked for by then. */
function partOf(
  entry: Said,
  chain: Chain | undefined,
  hasMore: boolean,
  way: MessageNote["way"],
): MessageNote["part"] {
  const isNext = chain?.hasAsked === true && textOf(entry) !== undefined && (way ?? "mailbox") === "mailbox";
  if (!isNext && !hasMore) return undefined;
  // What the API has sent may have been preceded by parts that do not say so.
  const first = "exchange" in entry ? 1 : undefined;
  const number = isNext ? chain.number && chain.number + 1 : first;
  return number === undefined ? { hasMore } : { number, hasMore };
}

function roleOf(entry: Said, story: AnswerStory | undefined, texts: AccountTexts): Role | undefined {
  const text = textOf(entry);
  if (text === undefined) return undefined;
  if (text === texts.mailbox) return "hint";
  const named = ROLES.find((name) => text === texts[name]);
  if (named !== undefined || story === undefined) return named;
  if (routeOf(story) === "text") return story.late?.route === "mailbox" ? "hint" : "wait";
  return story.unhandled === undefined ? undefined : "busy";
}

/** The way of the answer that WeChat has shown. */
function routeOf({ deliveries }: AnswerStory): string | undefined {
  return deliveries.findLast(({ outcome }) => outcome !== undefined && outcome !== "silence")?.route;
}

function isWay(route: string | undefined): route is NonNullable<MessageNote["way"]> {
  return route === "passive" || route === "hold" || route === "mailbox";
}

function endsWithMore(entry: Said, { more = "" }: AccountTexts): boolean {
  return more.trim() !== "" && textOf(entry)?.trimEnd().endsWith(more.trim()) === true;
}

function textOf({ reply: { MsgType, fields } }: Said): string | undefined {
  const content = MsgType === "text" ? fields["Content"] : undefined;
  return typeof content === "string" ? content : undefined;
}
