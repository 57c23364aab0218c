/** `npm start -- --tunnel-name`: what wrangler is told, what is reachable behind the tunnel, and what is refused. */
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../cli/variables.ts";
import { runCommand } from "./support/command.ts";
import { freePorts } from "./support/ports.ts";
import { start, type Started, untilGone } from "./support/started.ts";

const START = join(PACKAGE_ROOT, "cli", "start.ts");
const TUNNEL = "office-2";
const HOSTNAME = "dev.example.com";

/** Cloudflare's API, as far as wrangler asks it about tunnels: it knows one. */
function cloudflareApi(port: number, asked: URL[]): Server {
  return createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://cloudflare");
    asked.push(url);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ success: true, errors: [], messages: [], result: resultOf(url, port) }));
  });
}

function resultOf({ pathname, searchParams }: URL, port: number): unknown {
  if (pathname.endsWith("/cfd_tunnel"))
    return searchParams.get("name") === TUNNEL ? [{ id: "t1", name: TUNNEL }] : [];
  if (pathname.endsWith("/configurations"))
    return { config: { ingress: [{ hostname: HOSTNAME, service: `http://localhost:${port}` }] } };
  return pathname.endsWith("/token") ? "a-token" : {};
}

describe("a tunnel by its name", () => {
  let folder: string;
  let cloudflare: Server;
  let started: Started;
  let port: number;
  let env: Record<string, string>;
  const asked: URL[] = [];

  beforeAll(async () => {
    port = await freePorts();
    cloudflare = cloudflareApi(port, asked);
    await new Promise<void>((resolve) => {
      cloudflare.listen(0, "127.0.0.1", resolve);
    });
    const address = cloudflare.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    folder = await mkdtemp(join(tmpdir(), "wechat-edge-tunnel-"));
    const worker = JSON.stringify(join(PACKAGE_ROOT, "test", "worker.ts"));
    await writeFile(
      join(folder, "main.ts"),
      `export * from ${worker};\nexport { default } from ${worker};\n`,
    );
    const configuration = await readFile(join(PACKAGE_ROOT, "wrangler.toml"), "utf8");
    await writeFile(join(folder, "wrangler.toml"), configuration.replace(/^main = .*$/m, 'main = "main.ts"'));
    await writeFile(join(folder, ".dev.vars"), "WECHAT_TOKEN=tokenOfMyOwn\n");
    // The tunnel itself needs the internet.
    const cloudflared = join(folder, "cloudflared");
    await writeFile(cloudflared, '#!/bin/sh\necho "$@" > "$0.arguments"\nexec sleep 600\n');
    await chmod(cloudflared, 0o755);
    env = {
      PORT: String(port),
      CLOUDFLARE_API_BASE_URL: `http://127.0.0.1:${address.port}/client/v4`,
      CLOUDFLARE_API_TOKEN: "token-of-a-test",
      CLOUDFLARE_ACCOUNT_ID: "0123456789abcdef0123456789abcdef",
      CLOUDFLARED_PATH: cloudflared,
    };
    started = start(process.execPath, [START, "--tunnel-name", TUNNEL], { cwd: folder, env });
    await started.says(`https://${HOSTNAME}`);
    await started.says("is up · 已启动");
  });
  afterAll(async () => {
    started.child.kill("SIGTERM");
    cloudflare.close();
    await rm(folder, { recursive: true, force: true });
  });

  const statusOf = async (path: string): Promise<number> =>
    (await fetch(`http://localhost:${port}${path}`)).status;

  test("is the one that wrangler opens", async () => {
    const search = asked.find(({ pathname }) => pathname.endsWith("/cfd_tunnel"));
    expect(search?.searchParams.get("name")).toBe(TUNNEL);
    expect(await readFile(join(folder, "cloudflared.arguments"), "utf8")).toContain("run");
  });

  test("leads to the account of .dev.vars, and to no development account", async () => {
    expect(await statusOf("/wechat")).not.toBe(404);
    expect(await statusOf("/wechat/plain")).toBe(404);
    expect(await statusOf("/wechat/compatible")).toBe(404);
  });

  test("does not lead to what wrangler shows of the storage", async () => {
    expect(await statusOf("/cdn-cgi/explorer")).toBe(404);
    expect(await statusOf("/cdn-cgi/explorer/api/storage/kv/namespaces")).toBe(404);
  });

  test("is closed with all that was started", async () => {
    const family = started.family();
    started.child.kill("SIGTERM");
    await started.ended;
    expect(await untilGone(family, 20_000)).toEqual([]);
  });

  test("that Cloudflare does not know ends it, with wrangler's reason", async () => {
    const { code, stderr } = await runCommand("start.ts", ["--tunnel-name", "unknown"], { cwd: folder, env });
    expect(stderr).toContain('No Cloudflare Tunnel named "unknown"');
    expect(code).toBe(1);
  });
});

describe("refused before anything is started", () => {
  const OWN = { WECHAT_TOKEN: "tokenOfMyOwn" };
  test.each<[string, string[], Record<string, string>, string]>([
    ["a blank name", ["--tunnel-name", " "], OWN, "隧道的名字"],
    ["a name that is an option", ["--tunnel-name=--remote"], OWN, "隧道的名字"],
    ["no name", ["--tunnel-name"], OWN, "tunnel-name"],
    ["no credentials of one's own", ["--tunnel-name", TUNNEL], {}, "自己的凭据"],
    [
      "the public development token",
      ["--tunnel-name", TUNNEL],
      { WECHAT_TOKEN: "wechat-edge-development-token" },
      "自己的凭据",
    ],
  ])("%s", async (_, args, env, said) => {
    const cwd = await mkdtemp(join(tmpdir(), "wechat-edge-tunnel-"));
    await writeFile(join(cwd, "wrangler.toml"), "");
    const { code, stderr } = await runCommand("start.ts", args, { cwd, env });
    await rm(cwd, { recursive: true });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain("    at ");
    expect(code).toBe(1);
  });
});
