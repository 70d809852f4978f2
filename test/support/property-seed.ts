import fc from 'fast-check';

/**
 * Property tests try the same inputs in every run, so that a change is judged by what it changes. A hunt for new inputs:
 * `MAILMOLE_SEED=random npx vitest run --project unit`; what it finds prints its seed, which is taken here as well.
 */
const wanted = process.env.MAILMOLE_SEED ?? '20261124';
if (wanted !== 'random') fc.configureGlobal({ seed: Number.parseInt(wanted, 10) });
