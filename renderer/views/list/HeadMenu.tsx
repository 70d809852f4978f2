import { Ellipsis, LockKeyhole, Power, PowerOff } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import { IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../../components/popover.css';

/** What concerns all mailboxes, and none in particular. */
export function HeadMenu({ hasMany }: { readonly hasMany: boolean }) {
  const t = useWords();
  const verbs = useVerbs();
  return (
    <MenuTrigger>
      <IconButton label={t('window:header.menu')}>
        <Ellipsis size={20} aria-hidden />
      </IconButton>
      <Popover className="popover" placement="bottom end" offset={4}>
        <Menu className="popover__list">
          {hasMany ? (
            <>
              <MenuItem className="popover__item" onAction={() => void verbs.setAllWanted(true)}>
                <Power size={16} aria-hidden />
                {t('window:header.all-on')}
              </MenuItem>
              <MenuItem className="popover__item" onAction={() => void verbs.setAllWanted(false)}>
                <PowerOff size={16} aria-hidden />
                {t('window:header.all-off')}
              </MenuItem>
              <Separator className="popover__separator" />
            </>
          ) : null}
          <MenuItem className="popover__item" onAction={() => void verbs.lock()}>
            <LockKeyhole size={16} aria-hidden />
            {t('window:header.lock')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
