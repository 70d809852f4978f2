import { readdirSync, readFileSync } from 'node:fs';

/** What a process has used so far, all its threads together. */
export interface Cost {
  /** CPU time in milliseconds. */
  readonly cpuMs: number;
  /** How often one of its threads woke up (it had gone to sleep of its own will). */
  readonly wakeUps: number;
  /** Memory in bytes that it holds now, what it shares counted in full. */
  readonly memory: number;
}

/** @throws Error when the process is gone */
export function costOf(pid: number): Cost {
  let cpuMs = 0;
  let wakeUps = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const folder = `/proc/${pid}/task/${thread}`;
    cpuMs += Number(readFileSync(`${folder}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    wakeUps += field(readFileSync(`${folder}/status`, 'utf8'), 'voluntary_ctxt_switches');
  }
  const memory = field(readFileSync(`/proc/${pid}/status`, 'utf8'), 'VmRSS') * 1024;
  return { cpuMs, wakeUps, memory };
}

export function sumOf(costs: readonly Cost[]): Cost {
  return costs.reduce((a, b) => ({
    cpuMs: a.cpuMs + b.cpuMs,
    wakeUps: a.wakeUps + b.wakeUps,
    memory: a.memory + b.memory,
  }));
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? NaN);
}
