/** `npm run check`: types, lint rules and layout. */
import { bootstrap } from './lib/bootstrap.mjs';
import { checks } from './lib/checks.mjs';
import { elapsed, say } from './lib/progress.mjs';
import { script } from './lib/script.mjs';

script(async () => {
  await bootstrap();
  const failed = [];
  for (const { name, passes } of checks()) {
    const start = Date.now();
    const passed = await passes();
    if (!passed) failed.push(name);
    say(`${passed ? 'ok  ' : 'FAIL'} ${name} (${elapsed(start)})`);
  }
  return failed.length === 0 ? 0 : 1;
});
