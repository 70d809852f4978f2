import { ArrowLeft } from 'lucide-react';
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { TUNNEL_MODES } from '../../../electron/shared/account';
import type { Preferences as Wanted } from '../../../electron/shared/preferences';
import { LANGUAGES, NOTIFICATIONS, THEMES } from '../../../electron/shared/preferences';
import { KEEP_UNLOCKED } from '../../../electron/shared/prompt';
import { IconButton } from '../../components/Button';
import { CheckRow, Choices } from '../../components/Choices';
import { SelectRow } from '../../components/SelectRow';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import { HelpSection } from './HelpSection';
import { LockNow } from './LockNow';
import '../form/form.css';
import './preferences.css';

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
}

function Section({ title, children }: SectionProps) {
  const id = useId();
  return (
    <section className="form__section" aria-labelledby={id}>
      <h2 className="form__section-title" id={id}>
        {title}
      </h2>
      {children}
    </section>
  );
}

/** What a section shows, and how it changes it: at once, as there is nothing here that cannot be changed back. */
export interface PreferencesHandle {
  readonly preferences: Wanted;
  readonly change: (change: Partial<Wanted>) => void;
}

function ApplicationSection({ preferences, change }: PreferencesHandle) {
  const t = useWords();
  return (
    <Section title={t('preferences:section.application')}>
      <CheckRow
        label={t('preferences:start-at-login')}
        hint={t('preferences:start-at-login-hint')}
        isSelected={preferences.startAtLogin}
        onChange={(startAtLogin) => change({ startAtLogin })}
      />
      <div className="preferences__pair">
        <SelectRow
          id="language"
          label={t('preferences:language.label')}
          value={preferences.language}
          choices={(['system', ...LANGUAGES] as const).map((key) => ({
            key,
            label: t(`preferences:language.${key}`),
            hint: '',
          }))}
          onChange={(language) => change({ language })}
        />
        <SelectRow
          id="theme"
          label={t('preferences:theme.label')}
          value={preferences.theme}
          choices={THEMES.map((key) => ({ key, label: t(`preferences:theme.${key}`), hint: '' }))}
          onChange={(theme) => change({ theme })}
        />
      </div>
      <SelectRow
        id="notifications"
        label={t('preferences:notifications.label')}
        value={preferences.notifications}
        choices={NOTIFICATIONS.map((key) => ({
          key,
          label: t(`preferences:notifications.${key}`),
          hint: t(`preferences:notifications.${key}-hint`),
        }))}
        onChange={(notifications) => change({ notifications })}
      />
    </Section>
  );
}

function SecretsSection({ preferences, change }: PreferencesHandle) {
  const t = useWords();
  return (
    <Section title={t('preferences:section.secrets')}>
      <SelectRow
        id="keep-unlocked"
        label={t('preferences:keep-unlocked.label')}
        value={preferences.keepUnlocked}
        choices={KEEP_UNLOCKED.map((key) => ({
          key,
          label: t(`preferences:keep-unlocked.${key}`),
          hint: '',
        }))}
        onChange={(keepUnlocked) => change({ keepUnlocked })}
      />
      <CheckRow
        label={t('preferences:lock-with-screen')}
        hint={t('preferences:lock-with-screen-hint')}
        isSelected={preferences.lockWithScreen}
        onChange={(lockWithScreen) => change({ lockWithScreen })}
      />
      <LockNow />
    </Section>
  );
}

interface PreferencesProps {
  readonly preferences: Wanted;
  readonly onBack: () => void;
}

/** What holds for the whole application. Every change is made at once. */
export function Preferences({ preferences, onBack }: PreferencesProps) {
  const t = useWords();
  const verbs = useVerbs();
  const handle: PreferencesHandle = {
    preferences,
    change: (change) => void verbs.setPreferences({ ...preferences, ...change }),
  };
  const heading = useRef<HTMLHeadingElement>(null);
  // Read out on entering, and the keyboard goes on from there.
  useEffect(() => heading.current?.focus(), []);
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape' && !event.defaultPrevented) onBack();
  };
  return (
    <div className="window" onKeyDown={escape}>
      <header className="window__head form__head">
        <IconButton label={t('preferences:back')} onPress={onBack}>
          <ArrowLeft size={20} aria-hidden className="mirrored" />
        </IconButton>
        <h1 className="page-title form__title" ref={heading} tabIndex={-1}>
          {t('preferences:title')}
        </h1>
      </header>
      <main className="window__body">
        <div className="window__column form">
          <ApplicationSection {...handle} />
          <Section title={t('preferences:section.mailboxes')}>
            <Choices
              id="default-mode"
              label={t('preferences:default-mode')}
              value={preferences.defaultMode}
              choices={TUNNEL_MODES.map((key) => ({
                key,
                label: t(`form:mode.${key}`),
                hint: t(`form:mode.${key}-hint`),
              }))}
              onChange={(defaultMode) => handle.change({ defaultMode })}
            />
          </Section>
          <SecretsSection {...handle} />
          <Section title={t('preferences:section.help')}>
            <HelpSection {...handle} />
          </Section>
        </div>
      </main>
    </div>
  );
}
