import { costOf } from './costs.ts';
import { startTarget } from './place.ts';
import { measureOf, onStage, type Row } from './rounds.ts';

const MIB = 1024 * 1024;
/** A fetch every five minutes for a week. */
const FETCHES = 7 * 24 * 12;
/** So many fetches in a row are looked at, since memory goes up and down with the garbage collector. */
const WATCHED = 250;

/**
 * The HOWTO's loop, week in, week out: switched on, dialled by the mail program, switched off. Whether memory stays flat
 * is seen by its most in the middle of the week, long after everything has run hot, and at the week's end.
 */
const week: Row = {
  name: 'week',
  title: `${FETCHES} fetches, a week of one every 5 minutes, each with a dial of its own`,
  peer: 'the same Mailmole in the middle of the week',
  rounds: 1,
  run: (rounds, say) =>
    onStage(null, async ({ mailmole, load, task }) => {
      const target = await startTarget();
      const account = await mailmole.account(task([target.port]), 'on-demand');
      /** The most that the process holds, in MiB, during the last fetches of so many. */
      const fetch = async (count: number): Promise<number> => {
        let most = 0;
        for (let done = 1; done <= count; done++) {
          await account.up();
          await load.ask('greet', { port: account.ports[0] });
          await account.down();
          if (done > count - WATCHED) most = Math.max(most, costOf(mailmole.pid).memory / MIB);
          if (done % 252 === 0)
            say(
              `${done} of ${count} fetches: ${(costOf(mailmole.pid).memory / MIB).toFixed(1)} MiB`,
            );
        }
        return most;
      };
      const taken = { peer: [] as { most: number }[], mailmole: [] as { most: number }[] };
      for (let round = 0; round < rounds; round++) {
        taken.peer.push({ most: await fetch(FETCHES / 2) });
        taken.mailmole.push({ most: await fetch(FETCHES / 2) });
      }
      await target.stop();
      return {
        notes: [],
        measures: [
          measureOf(taken, 'most', {
            what: 'memory held',
            unit: 'MiB',
            goal: { ratioAtMost: 1.05 },
          }),
        ],
      };
    }),
};

export const WEEK_ROWS: readonly Row[] = [week];
