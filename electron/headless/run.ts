import { askHere, wayHere } from '../asking/person-here';
import { openControl } from '../control/control-server';
import type { ProfilePaths } from '../control/profile-paths';
import { startCore, type Core, type CoreParts } from '../core/core';
import type { Translate } from '../shared/messages';
import type { KeepUnlocked } from '../shared/prompt';
import type { LogLevel } from '../tunnel/ports';
import { forkNode } from './fork-node';
import { watchNetwork } from './network-watch';
import { Questions } from './questions';
import { newsOf, type ToldStates } from './tell-states';

export interface HeadlessParts extends Omit<CoreParts, 'fork' | 'userData' | 'askAlways'> {
  readonly paths: ProfilePaths;
  /** How long what was typed is kept, as the person chose. */
  readonly keepUnlocked: KeepUnlocked;
  /** Tells who started this what has become of the mailboxes. */
  readonly say: (level: LogLevel, line: string) => void;
}

/** A Mailmole without windows that runs. */
export interface Headless {
  /** Hangs everything up; takes five seconds at most. */
  end(): Promise<void>;
}

/**
 * Starts everything but what needs a display: mailboxes, engine, control socket, and questions at the terminal or
 * through an askpass program. Whoever starts it where one of these can ask counts as a person; a program that
 * `SSH_ASKPASS_REQUIRE=force` names may be asked at any hour.
 *
 * @throws AlreadyServed when the profile has a running program; UnsafeFolder; an error of the system
 */
export async function startHeadless(parts: HeadlessParts): Promise<Headless> {
  const { paths, version, clock, log, t, say, keepUnlocked } = parts;
  // Before the mailboxes are read: what is damaged in their file would be set aside under the other program's feet.
  const control = await openControl({ paths, version, t, log });
  const way = wayHere();
  const askAlways = way.kind === 'askpass' && way.standing;
  const core = startCore({ ...parts, fork: forkNode, userData: paths.profile, askAlways });
  const { state, commands, engine } = core;
  const questions = new Questions(
    (question, signal) => askHere(question, { t, log }, signal),
    (id, answer) =>
      void commands.answerPrompt(
        id,
        answer.kind === 'secret' ? { ...answer, keep: keepUnlocked } : answer,
      ),
  );
  control.serve({
    ...{ ...core, clock, log, t, questions },
    actsFor: (ask) => (ask || askAlways ? 'person' : 'background'),
  });
  const stopListening = state.subscribe(({ prompts }) => questions.update(prompts));
  const stopTelling = tell(core, t, say);
  const stopWatching = watchNetwork(engine, state, log);
  await commands.resume(way.kind === 'nobody' ? 'background' : 'person');
  return {
    end: async () => {
      for (const stop of [stopWatching, stopTelling, stopListening]) stop();
      questions.stop();
      await control.close();
      await core.shutDown();
    },
  };
}

/** Says what becomes of the mailboxes, and notices once. */
function tell({ state }: Core, t: Translate, say: HeadlessParts['say']): () => void {
  let told: ToldStates = new Map();
  return state.subscribe((snapshot) => {
    const news = newsOf(snapshot, told, t);
    told = news.told;
    for (const { level, text } of news.lines) say(level, text);
    for (const { id, messageKey, params } of snapshot.notices) {
      say('warn', t(messageKey, params));
      state.dismissNotice(id);
    }
  });
}
