#!/bin/sh
# The command `mailmole` of the packages for Linux and macOS. A verb is answered by the program's own run-time as plain
# Node, since a browser takes a second to start; anything else starts the application.

here=$(dirname "$(readlink -f "$0")")
scripts=$here/../app.asar/out
program=$here/../../mailmole
[ -x "$program" ] || program=$here/../../MacOS/Mailmole

as_node() {
  script=$1
  shift
  ELECTRON_RUN_AS_NODE=1 exec "$program" "$scripts/$script" "$@"
}

# `--profile` may come first; the word after it says what is meant.
is_value=
for word in "$@"; do
  if [ -n "$is_value" ]; then
    is_value=
    continue
  fi
  case $word in
  --profile) is_value=yes ;;
  --profile=*) ;;
  --headless) as_node main/headless.js "$@" ;;
  # A link or a file is opened by the application.
  *:* | */* | *.mailmole) break ;;
  --help | -h | --version | [a-z]*) as_node cli/cli.cjs "$@" ;;
  *) break ;;
  esac
done
exec "$program" "$@"
