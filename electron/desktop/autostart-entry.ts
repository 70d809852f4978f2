/** Quotes one argument of `Exec=` (Desktop Entry Specification, "The Exec key"), in which a percent sign is doubled. */
function quoted(argument: string): string {
  const escaped = argument.replaceAll('%', '%%').replaceAll(/["`$\\]/gu, (found) => `\\${found}`);
  // The whole value is a string once more, in which a backslash is escaped by itself.
  return `"${escaped}"`.replaceAll('\\', '\\\\');
}

/** The file that has a Linux desktop run `command` at login (XDG Autostart specification). */
export function autostartEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Mailmole',
    `Exec=${command.map(quoted).join(' ')}`,
    'Icon=mailmole',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}
