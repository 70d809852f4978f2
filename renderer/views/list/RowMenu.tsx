import { Copy, Ellipsis, FileUp, Pencil, RotateCw, Trash2 } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover, Separator } from 'react-aria-components';
import type { AccountView } from '../../../electron/shared/app-snapshot';
import { canTryNow } from '../../../electron/shared/tunnel-state';
import { IconButton } from '../../components/Button';
import { useWords } from '../../i18n/use-words';
import { useVerbs } from '../../state/verbs';
import '../../components/popover.css';

/** What a person can do with a mailbox, besides switching it. */
export interface RowActions {
  readonly onEdit: () => void;
  readonly onDuplicate: () => void;
  readonly onRemove: () => void;
}

interface RowMenuProps {
  readonly view: AccountView;
  readonly actions: RowActions;
}

/** What can be done with a mailbox, besides switching it. */
export function RowMenu({ view, actions }: RowMenuProps) {
  const t = useWords();
  const verbs = useVerbs();
  const { account, state } = view;
  return (
    <MenuTrigger>
      <IconButton label={t('window:row.menu', { name: account.name })}>
        <Ellipsis size={16} aria-hidden />
      </IconButton>
      <Popover className="popover" placement="bottom end" offset={4}>
        <Menu className="popover__list">
          <MenuItem className="popover__item" onAction={actions.onEdit}>
            <Pencil size={16} aria-hidden />
            {t('window:row.edit')}
          </MenuItem>
          {account.practice ? null : (
            <MenuItem className="popover__item" onAction={actions.onDuplicate}>
              <Copy size={16} aria-hidden />
              {t('window:row.duplicate')}
            </MenuItem>
          )}
          {canTryNow(state) ? (
            <MenuItem className="popover__item" onAction={() => void verbs.tryNow(account.id)}>
              <RotateCw size={16} aria-hidden />
              {t('window:row.try-now')}
            </MenuItem>
          ) : null}
          {account.practice ? null : (
            <MenuItem className="popover__item" onAction={() => void verbs.exportSetup(account.id)}>
              <FileUp size={16} aria-hidden />
              {t('window:row.export')}
            </MenuItem>
          )}
          <Separator className="popover__separator" />
          <MenuItem className="popover__item" onAction={actions.onRemove}>
            <Trash2 size={16} aria-hidden />
            {t('window:row.remove')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
