#!/bin/sh
# After the package is unpacked. electron-builder fills the names in; its own script would link the browser's program
# itself to the command.

command='/opt/${sanitizedProductName}/resources/bin/${executable}'
if type update-alternatives >/dev/null 2>&1; then
  update-alternatives --install '/usr/bin/${executable}' '${executable}' "$command" 100 ||
    ln -sf "$command" '/usr/bin/${executable}'
else
  ln -sf "$command" '/usr/bin/${executable}'
fi

# Where the kernel gives normal users no namespaces, the sandbox needs the helper's rights.
sandbox='/opt/${sanitizedProductName}/chrome-sandbox'
if [ -L /proc/self/ns/user ] && unshare --user true; then
  chmod 0755 "$sandbox" || true
else
  chmod 4755 "$sandbox" || true
fi

if type update-mime-database >/dev/null 2>&1; then
  update-mime-database /usr/share/mime || true
fi
if type update-desktop-database >/dev/null 2>&1; then
  update-desktop-database /usr/share/applications || true
fi

# AppArmor of Ubuntu 24 and later lets programs have namespaces only by a profile; older ones do not read ours.
profile='/opt/${sanitizedProductName}/resources/apparmor-profile'
target='/etc/apparmor.d/${executable}'
if apparmor_status --enabled >/dev/null 2>&1 &&
  apparmor_parser --skip-kernel-load --debug "$profile" >/dev/null 2>&1; then
  cp -f "$profile" "$target"
  if ! ischroot 2>/dev/null; then
    apparmor_parser --replace --write-cache --skip-read-cache "$target"
  fi
fi
exit 0
