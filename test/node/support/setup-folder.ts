/** A project folder of its own for `npm run setup`, and what the wizard said there. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { parseEnv } from "node:util";
import { runSetup, type SetupSurroundings } from "../../../cli/setup/run.ts";
import { PACKAGE_ROOT } from "../../../cli/variables.ts";

/** What came of a run. */
export interface SetupEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A stream that remembers what was written. */
export class Recorder extends Writable {
  text = "";
  /** Prompts are drawn for this width. */
  readonly columns = 200;
  readonly rows = 50;
  readonly isTTY: boolean;

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A terminal's keyboard: what is written to it was typed. */
export class Keyboard extends PassThrough {
  readonly isTTY = true;

  setRawMode(): this {
    return this;
  }
}

/** The project in a temporary folder, with the sources where they are. */
export class SetupFolder {
  readonly root: string;

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<SetupFolder> {
    const folder = new SetupFolder(await mkdtemp(join(tmpdir(), "wechat-edge-setup-test-")));
    await folder.reset();
    return folder;
  }

  /** As in a fresh clone. */
  async reset(): Promise<void> {
    const toml = await readFile(join(PACKAGE_ROOT, "wrangler.toml"), "utf8");
    const main = JSON.stringify(join(PACKAGE_ROOT, "src", "index.ts"));
    await this.write("wrangler.toml", toml.replace('main = "src/index.ts"', `main = ${main}`));
    await rm(join(this.root, ".dev.vars"), { force: true });
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(join(this.root, name), text);
  }

  read(name: string): Promise<string> {
    return readFile(join(this.root, name), "utf8");
  }

  /** `.dev.vars` as Node reads it. */
  async variables(): Promise<Readonly<Record<string, string | undefined>>> {
    return parseEnv(await this.read(".dev.vars"));
  }

  /** Permissions of a file, in octal. */
  async permissionsOf(name: string): Promise<string> {
    return ((await stat(join(this.root, name))).mode & 0o777).toString(8);
  }

  /** Runs the wizard where nobody sits; what it says goes into a file unless a terminal is given. */
  async run(
    args: readonly string[],
    more: Partial<SetupSurroundings> = {},
    stdout = new Recorder(),
  ): Promise<SetupEnd> {
    const stderr = new Recorder();
    const surroundings = {
      environment: {},
      cwd: this.root,
      stdin: new PassThrough(),
      stdout,
      stderr,
      ...more,
    };
    const code = await runSetup(args, surroundings);
    return { code, stdout: stdout.text, stderr: stderr.text };
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
