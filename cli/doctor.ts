/** `npm run doctor`: why a callback URL is refused, or its pushes are not answered. */
import { knockWithin } from "./doctor/knock.ts";
import { systemResolve } from "./doctor/names.ts";
import { runDoctor } from "./doctor/run.ts";

const { stdout, stderr, env: environment } = process;
process.exitCode = await runDoctor(process.argv.slice(2), {
  environment,
  cwd: process.cwd(),
  stdout,
  stderr,
  knock: knockWithin(),
  resolve: systemResolve,
  clock: Date.now,
});
