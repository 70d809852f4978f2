import {
  Download,
  Ellipsis,
  LockKeyhole,
  Plus,
  Power,
  PowerOff,
  Settings,
  Upload,
  type LucideIcon,
} from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../../components/popover.css';

interface HeadMenuProps {
  readonly accounts: readonly AccountView[];
  readonly onAdd: () => void;
  readonly onImport: () => void;
  readonly onPreferences: () => void;
}

interface EntryProps {
  readonly Icon: LucideIcon;
  readonly words: string;
  readonly onAction: () => void;
}

function Entry({ Icon, words, onAction }: EntryProps) {
  return (
    <MenuItem className="popover__item" onAction={onAction}>
      <Icon size={16} aria-hidden />
      {words}
    </MenuItem>
  );
}

/** Leads on once the menu is gone and has given the keyboard back: what is opened before that would lose it again. */
function whenClosed(lead: () => void): () => void {
  return () => void requestAnimationFrame(() => requestAnimationFrame(lead));
}

/** What concerns all mailboxes, and none in particular. */
export function HeadMenu({ accounts, onAdd, onImport, onPreferences }: HeadMenuProps) {
  const t = useWords();
  const verbs = useVerbs();
  const hasOwn = accounts.some(({ account }) => !account.practice);
  return (
    <MenuTrigger>
      <IconButton id="more-for-all" label={t('window:header.menu')}>
        <Ellipsis size={20} aria-hidden />
      </IconButton>
      <Popover className="popover" placement="bottom end" offset={4}>
        <Menu className="popover__list">
          {accounts.length > 1 ? (
            <>
              <Entry
                Icon={Power}
                words={t('window:header.all-on')}
                onAction={() => void verbs.setAllWanted(true)}
              />
              <Entry
                Icon={PowerOff}
                words={t('window:header.all-off')}
                onAction={() => void verbs.setAllWanted(false)}
              />
              <Separator className="popover__separator" />
            </>
          ) : null}
          <Entry Icon={Plus} words={t('window:header.add')} onAction={onAdd} />
          <Entry
            Icon={Download}
            words={t('window:header.import')}
            onAction={whenClosed(onImport)}
          />
          {hasOwn ? (
            <Entry
              Icon={Upload}
              words={t('window:header.export')}
              onAction={() => void verbs.exportAll()}
            />
          ) : null}
          <Separator className="popover__separator" />
          {accounts.length > 0 ? (
            <Entry
              Icon={LockKeyhole}
              words={t('window:header.lock')}
              onAction={() => void verbs.lock()}
            />
          ) : null}
          <Entry
            Icon={Settings}
            words={t('preferences:open')}
            onAction={whenClosed(onPreferences)}
          />
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
