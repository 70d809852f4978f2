# Completion of the command mailmole for bash.

_mailmole_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

# What was typed, as the shell will read it but for what it would run.
_mailmole_plain() {
  local word=${1//[\\\"\']/}
  [[ $word == '~'/* ]] && word=$HOME/${word:2}
  printf '%s' "$word"
}

# Mailboxes of the program that runs; none when none runs. A name with spaces is written as the shell reads it.
_mailmole_names() {
  local name typed
  typed=$(_mailmole_plain "$1")
  COMPREPLY=()
  while IFS= read -r name; do
    [[ ${name,,} == "${typed,,}"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
  done < <("${COMP_WORDS[0]}" "${_mailmole_profile[@]}" names 2>/dev/null)
}

_mailmole() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} verb='' word at
  local -a _mailmole_profile=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=${COMP_WORDS[at]}
    if [[ $word == --profile ]]; then
      at=$((at + 1))
      # Bash makes `--profile=FOLDER` three words of it.
      [[ ${COMP_WORDS[at]} == = ]] && at=$((at + 1))
      _mailmole_profile=(--profile "$(_mailmole_plain "${COMP_WORDS[at]}")")
    elif [[ $word != -* && -z $verb ]]; then
      verb=$word
    fi
  done

  case $before in
  --profile)
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
    return
    ;;
  --key | -i | --known-hosts | --host-keys | --input)
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
    ;;
  --for)
    _mailmole_words 'plain thunderbird outlook apple-mail claws-mail sylpheed seamonkey fetchmail mpop getmail mbsync msmtp' "$current"
    return
    ;;
  --mode)
    _mailmole_words 'on-demand always-on manual' "$current"
    return
    ;;
  --forward | -L)
    _mailmole_words 'pop3 imap smtp submission pop3s imaps' "$current"
    return
    ;;
  --server | -s | --user | -u | --timeout | --jump | -J | --proxy | --keepalive | --keepalive-count | --connect-timeout | --idle | --name | --hint)
    return
    ;;
  esac

  local ask='--ask --no-ask'
  local mailbox="--server --user --forward --mode --key --agent --password --automatic --jump --proxy --direct --compress --no-compress --session-channel --no-session-channel --old-server --no-old-server --keepalive --keepalive-count --connect-timeout --idle --known-hosts --input $ask"
  if [[ $current == -* ]]; then
    case $verb in
    '') _mailmole_words '--profile --headless --version --help' "$current" ;;
    list | status) _mailmole_words '--json --help' "$current" ;;
    settings) _mailmole_words '--for --json --help' "$current" ;;
    up) _mailmole_words "$ask --help" "$current" ;;
    wait | check) _mailmole_words "--timeout $ask --json --help" "$current" ;;
    add) _mailmole_words "$mailbox --off --json --help" "$current" ;;
    edit) _mailmole_words "$mailbox --name --help" "$current" ;;
    import) _mailmole_words "--server --user --forward --off --dry-run --json $ask --help" "$current" ;;
    setup-file) _mailmole_words '--server --forward --host-keys --user --mode --password --compress --session-channel --hint --link --help' "$current" ;;
    *) _mailmole_words '--help' "$current" ;;
    esac
    return
  fi
  case $verb in
  '') _mailmole_words 'list status settings up down lock wait check network trust add import edit export remove setup-file help' "$current" ;;
  list | status | settings | up | down | wait | check | trust | edit | export | remove) _mailmole_names "$current" ;;
  network) _mailmole_words 'up down' "$current" ;;
  setup-file)
    compopt -o filenames
    if [[ $before == setup-file ]]; then
      _mailmole_words 'new check' "$current"
    else
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
    fi
    ;;
  help) _mailmole_words 'list status settings up down lock wait check network trust add import edit export remove setup-file' "$current" ;;
  import)
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    ;;
  esac
}

complete -F _mailmole mailmole
