import { readFileSync } from 'node:fs';
import { release, type } from 'node:os';
import { join } from 'node:path';
import type { AppSnapshot } from '../shared/app-snapshot';
import { textOfThrown } from '../shared/thrown';
import { reportView } from './report-view';

/** The report on this application, with the end of the log in `userData`. */
export function report(
  snapshot: AppSnapshot,
  { userData, home }: { readonly userData: string; readonly home: string },
  redacted: boolean,
): string {
  const surroundings = {
    electron: process.versions.electron,
    system: `${type()} ${release()}`,
    desktop: process.env['XDG_CURRENT_DESKTOP'] ?? '',
    home,
  };
  return reportView(snapshot, surroundings, readLog(join(userData, 'logs/mailmole.log')), redacted);
}

function readLog(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch (error) {
    return [`The log could not be read: ${textOfThrown(error)}`];
  }
}
