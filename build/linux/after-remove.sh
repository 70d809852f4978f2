#!/bin/sh
# After the package is removed; electron-builder fills the names in.

# Also called when another version takes the place of this one: by dpkg with a word, by rpm with the number of versions
# that are left, and by rpm after the new one is set up. What that one has made must stay.
case ${1-} in
remove | purge | 0 | '') ;;
*) exit 0 ;;
esac

if type update-alternatives >/dev/null 2>&1; then
  # The program is gone already, of which it would warn.
  update-alternatives --remove '${executable}' '/opt/${sanitizedProductName}/resources/bin/${executable}' 2>/dev/null
else
  rm -f '/usr/bin/${executable}'
fi

target='/etc/apparmor.d/${executable}'
if [ -f "$target" ]; then
  if apparmor_status --enabled >/dev/null 2>&1 && ! ischroot 2>/dev/null; then
    apparmor_parser --remove "$target" || true
  fi
  rm -f "$target"
fi
exit 0
