#!/bin/sh
# After the package is removed; electron-builder fills the names in.

if type update-alternatives >/dev/null 2>&1; then
  update-alternatives --remove '${executable}' '/opt/${sanitizedProductName}/resources/bin/${executable}'
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
