/** `npm run check`: types, lint rules and layout, side by side. */
import { bootstrap } from './lib/bootstrap.mjs';
import { checks, runChecks } from './lib/checks.mjs';
import { elapsed, say } from './lib/progress.mjs';
import { script } from './lib/script.mjs';

script(async () => {
  await bootstrap();
  let failed = 0;
  await runChecks(checks(), ({ name, passed, output, start }) => {
    process.stdout.write(output);
    say(`${passed ? 'ok  ' : 'FAIL'} ${name} (${elapsed(start)})`);
    if (!passed) failed += 1;
  });
  return failed === 0 ? 0 : 1;
});
