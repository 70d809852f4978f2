import { rest, startApp, type Kind, type Shows } from './apps.ts';
import { interleave, measureOf, type Row } from './rounds.ts';

/** With no window, of that of the bare application. */
const MEMORY_RATIO = 1.25;
const BARE = 'bare Electron application';

/** From the execution of the program to what a person sees of it. */
function start(name: string, shows: Shows, title: string, atMost: number): Row {
  return {
    name,
    title,
    peer: BARE,
    rounds: 7,
    run: async (rounds, say) => {
      const once = (kind: Kind) => async () => {
        const app = await startApp(kind, shows);
        try {
          await rest();
          return { ...app.start, settled: app.cpu(), memory: app.memory() };
        } finally {
          await app.stop();
        }
      };
      // Once each for the system's own memory of files.
      await once('peer')();
      await once('mailmole')();
      const taken = await interleave(rounds, say, {
        peer: once('peer'),
        mailmole: once('mailmole'),
      });
      const goal = { ratioAtMost: atMost };
      return {
        notes: ['Processor time of all processes, also of those that have ended.'],
        measures: [
          measureOf(taken, 'cpu', { what: 'CPU time', unit: 's', goal }, 1 / 1000),
          measureOf(taken, 'wall', { what: 'time', unit: 's', goal: {} }, 1 / 1000),
          measureOf(
            taken,
            'settled',
            { what: 'CPU time until 6 s later', unit: 's', goal: {} },
            1 / 1000,
          ),
          measureOf(taken, 'memory', {
            what: 'memory 6 s later',
            unit: 'MiB',
            goal: shows === 'tray' ? { ratioAtMost: MEMORY_RATIO } : {},
          }),
        ],
      };
    },
  };
}

/** The application as a whole. */
export const APP_ROWS: readonly Row[] = [
  start('start-tray', 'tray', 'Start to tray', 1.2),
  start('start-window', 'window', 'Start to first painted window', 1.25),
];
