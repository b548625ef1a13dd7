import module from 'node:module';

// what Node makes of the sources is kept by the main thread; without it a worker takes three times as long to start
module.enableCompileCache();
const { serve } = await import('./serve.ts');
serve();
