/** The servers that a run compares, in the order in which they take turns. */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { Unstable_Config } from "wrangler";
import { accountVars, MODES, type Mode } from "./account.ts";
import { judgeEcho, judgeEmpty, type Judge } from "./judge.ts";
import { startPeer, type Peer, type PeerNode } from "./peers.ts";
import type { Server } from "./server.ts";
import type { Clientele } from "./users.ts";
import { withoutBindings, type Bundle, type Entry } from "./worker.ts";
import { startWorkerd } from "./workerd.ts";

/** The Workers by the names they have in the table. */
export const OURS = "wechat-edge";
export const WAITING = "wechat-edge, handler waits";
export const ENQUEUING = "wechat-edge, handler enqueues";
export const EMPTY = "empty Worker";
/** The peer that the aims name; the Node that it runs on follows. */
export const REFERENCE_PEER = "co-wechat";

/** What a server runs. */
type Runs =
  | { readonly kind: "worker"; readonly entry: Entry }
  | { readonly kind: "empty" }
  | { readonly kind: "peer"; readonly peer: Peer; readonly node: string };

/** One row of the table: a server in one mode. */
export interface Contender {
  readonly name: string;
  readonly mode: Mode;
  readonly runs: Runs;
  readonly clientele: Clientele;
}

/** What servers are started with. */
export interface Ground {
  readonly bundles: ReadonlyMap<Entry, Bundle>;
  readonly empty: Bundle;
  readonly config: Unstable_Config;
  /** A folder in memory, in which every server gets a fresh one. */
  readonly directory: string;
}

/** How a peer's name is completed. */
export function onNode(name: string, { major }: Pick<PeerNode, "major">): string {
  return `${name}, Node ${major}`;
}

/** All servers whose "name mode" matches. `nodes`: the one with `node:sqlite` first. */
export function selectContenders(only: RegExp, nodes: readonly [PeerNode, ...PeerNode[]]): Contender[] {
  const contender = (name: string, runs: Runs, clientele: Clientele = "returning", modes = MODES) =>
    modes.map((mode): Contender => ({ name, mode, runs, clientele }));
  const ours = (name: string, entry: Entry, clientele: Clientele = "returning") =>
    contender(name, { kind: "worker", entry }, clientele, ["secure"]);
  const peer = (name: string, of: Peer, node: PeerNode, modes = MODES) =>
    contender(onNode(name, node), { kind: "peer", peer: of, node: node.executable }, "returning", modes);
  const [newest] = nodes;
  const all = [
    contender(EMPTY, { kind: "empty" }),
    contender(OURS, { kind: "worker", entry: "shipped" }),
    ours("wechat-edge, session changes", "session"),
    ours(WAITING, "waiting"),
    ours(ENQUEUING, "enqueuing"),
    ours("wechat-edge, handler deferred via worker", "deferring"),
    contender("wechat-edge, stateless", { kind: "worker", entry: "stateless" }),
    ours("wechat-edge, woken users", "shipped", "woken"),
    ours("wechat-edge, new users", "shipped", "new"),
    ...nodes.map((node) => peer(REFERENCE_PEER, "co-wechat", node)),
    peer("co-wechat with rows", "co-wechat-rows", newest, ["secure"]),
    peer("wechat", "wechat", newest),
    peer("node-easywechat", "node-easywechat", newest),
  ].flat();
  return all.filter(({ name, mode }) => only.test(`${name} ${mode}`));
}

/** Starts one server. The floor has our runtime settings, so that only the code differs. */
export function startContender({ mode, runs }: Contender, ground: Ground): Promise<Server> {
  const directory = mkdtempSync(join(ground.directory, "server-"));
  if (runs.kind === "peer") return startPeer(runs.peer, mode, runs.node, directory);
  const worker =
    runs.kind === "empty"
      ? { bundle: ground.empty, config: withoutBindings(ground.config), vars: {} }
      : { bundle: bundleOf(runs.entry, ground), config: ground.config, vars: accountVars(mode) };
  return startWorkerd({ ...worker, mode, directory });
}

/** How this server's replies are verified. */
export function judgeOf({ runs }: Contender): Judge {
  return runs.kind === "empty" ? judgeEmpty : judgeEcho;
}

function bundleOf(entry: Entry, { bundles }: Ground): Bundle {
  const bundle = bundles.get(entry);
  if (!bundle) throw new TypeError(`${entry} is not bundled`);
  return bundle;
}
