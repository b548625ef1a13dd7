#!/usr/bin/env -S node --max-semi-space-size=8
import module from 'node:module';
import v8 from 'node:v8';

// Nothing but a check, so that an older Node says what is missing instead of failing inside an import.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(
    `launchtrail needs Node 24 and runs on ${process.version}. Run it as \`npx launchtrail\` or \`npm run launchtrail --\` in the project folder after \`npm ci\`: that brings its own Node 24.\n`,
  );
  process.exitCode = 1;
} else {
  // Only what is called ten times as often as usual is compiled for the last tenth of speed: with three threads that compiling
  // took a sixth of a replay's processor time. And garbage is collected when the heap has grown by less than its double, not
  // fourfold, as Node does on a machine with much memory (docs/performance.md, also on the nursery in the first line).
  v8.setFlagsFromString('--invocation-count-for-turbofan=30000');
  v8.setFlagsFromString('--heap-growing-percent=80');
  // keeps what Node makes of the sources, types stripped, in its cache: half of a short run
  module.enableCompileCache();
  const { runProgram } = await import('./program.ts');
  await runProgram(process.argv);
}
