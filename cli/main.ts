import module from 'node:module';
import v8 from 'node:v8';

// Only what is called ten times as often as usual is compiled for the last tenth of speed: with three threads that compiling
// took a sixth of a replay's processor time. And garbage is collected when the heap has grown by less than its double, not
// fourfold, as Node does on a machine with much memory (docs/performance.md).
v8.setFlagsFromString('--invocation-count-for-turbofan=30000');
v8.setFlagsFromString('--heap-growing-percent=80');
// keeps what Node makes of the sources, types stripped, in its cache: half of a short run
module.enableCompileCache();
const { runProgram } = await import('./program.ts');
await runProgram(process.argv);
