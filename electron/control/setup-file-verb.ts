import type { VerbMaker } from './cli-verbs';
import type { NewFlags } from './setup-file-work';

/** The verbs for administrators; they need no running program. What they do is loaded when one of them is used. */
export function addSetupFileVerbs(maker: VerbMaker): void {
  const { t, everyWord, ...parts } = maker.parts;
  const collect = (value: string, before: readonly string[] = []): readonly string[] => [
    ...before,
    value,
  ];
  const group = maker.verb('setup-file', t('cli:help.setup-file'));
  group
    .command('new <NAME>')
    .description(t('cli:help.setup-new'))
    .requiredOption('-s, --server <HOST[:PORT]>', t('cli:help.server'))
    .option('-L, --forward <FORWARD>', t('cli:help.forward'), collect)
    .option('--host-keys <FILE>', t('cli:help.setup-host-keys'))
    .option('-u, --user <USER>', t('cli:help.setup-user'))
    .option('--mode <MODE>', t('cli:help.mode'))
    .option('--password', t('cli:help.password'))
    .option('-C, --compress', t('cli:help.compress'))
    .option('--session-channel', t('cli:help.session-channel'))
    .option('--hint <TEXT>', t('cli:help.setup-hint'))
    .option('--link', t('cli:help.setup-link'))
    .action(async (name: string, flags: NewFlags) => {
      const { printNew } = await import('./setup-file-work');
      await printNew(name, flags, { ...parts, everyWord, t: await everyWord() });
    });
  group
    .command('check <FILE>')
    .description(t('cli:help.setup-check'))
    .option('--link', t('cli:help.setup-link'))
    .action(async (file: string, flags: { readonly link?: true }) => {
      const { printChecked } = await import('./setup-file-work');
      await printChecked(file, flags, { ...parts, everyWord, t: await everyWord() });
    });
}
