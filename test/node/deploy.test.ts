/** The Worker bundles for deployment as it is, and stays small. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { PACKAGE_ROOT } from "../../cli/variables.ts";

const MAX_GZIPPED_BYTES = 1_000_000;

test("wrangler deploy --dry-run passes without a warning", async () => {
  const folder = await mkdtemp(join(tmpdir(), "wechat-edge-deploy-"));
  try {
    const wrangler = join(PACKAGE_ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [wrangler, "deploy", "--dry-run", "--outdir", folder],
      {
        cwd: PACKAGE_ROOT,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false" },
      },
    );
    expect(stdout).toContain("--dry-run: exiting now.");
    expect(stdout + stderr).not.toMatch(/warning/i);
    const bundle = await readFile(join(folder, "index.js"));
    expect(gzipSync(bundle).length).toBeLessThan(MAX_GZIPPED_BYTES);
    expect(bundle.toString()).not.toContain("simulator/");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
