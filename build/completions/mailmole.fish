# Completion of the command mailmole for fish.

function __mailmole_names
    # The folder that was typed before the verb, if any, holds other mailboxes.
    set -l words (commandline -opc)
    set -l profile
    for at in (seq (count $words))
        switch $words[$at]
            case --profile
                set -q words[(math $at + 1)]; and set profile --profile $words[(math $at + 1)]
            case '--profile=*'
                set profile $words[$at]
        end
    end
    mailmole $profile names 2>/dev/null
end

set -l verbs list status settings up down lock wait check network trust add import edit export remove setup-file help
set -l named list status settings up down wait check trust edit export remove

complete -c mailmole -f
complete -c mailmole -n "not __fish_seen_subcommand_from $verbs" -a "$verbs"
complete -c mailmole -l profile -x -a '(__fish_complete_directories)' -d 'Use another folder for everything'
complete -c mailmole -n "not __fish_seen_subcommand_from $verbs" -l headless -d 'Run without windows'
complete -c mailmole -n "not __fish_seen_subcommand_from $verbs" -l version -d 'Show the version'
complete -c mailmole -s h -l help -d 'Show help'
complete -c mailmole -n "__fish_seen_subcommand_from $named; and not __fish_seen_subcommand_from setup-file" -a '(__mailmole_names)'
complete -c mailmole -n '__fish_seen_subcommand_from network' -a 'up down'
complete -c mailmole -n '__fish_seen_subcommand_from setup-file; and not __fish_seen_subcommand_from new check' -a 'new check'
complete -c mailmole -n '__fish_seen_subcommand_from setup-file; and __fish_seen_subcommand_from check' -F
complete -c mailmole -n '__fish_seen_subcommand_from setup-file' -l host-keys -r -F -d 'File of the keys of the server'
complete -c mailmole -n '__fish_seen_subcommand_from setup-file' -l hint -x -d 'Words for the person who opens it'
complete -c mailmole -n '__fish_seen_subcommand_from setup-file' -l link -d 'Print the link'
complete -c mailmole -n '__fish_seen_subcommand_from list status settings wait check add import' -l json -d 'Print JSON'
complete -c mailmole -n '__fish_seen_subcommand_from up wait check add edit import' -l ask -d 'Let a person be asked'
complete -c mailmole -n '__fish_seen_subcommand_from up wait check add edit import' -l no-ask -d 'Never ask'
complete -c mailmole -n '__fish_seen_subcommand_from wait check' -l timeout -x -d 'How long to wait, in seconds'
complete -c mailmole -n '__fish_seen_subcommand_from settings' -l for -x -a 'plain thunderbird outlook apple-mail claws-mail sylpheed seamonkey fetchmail mpop getmail mbsync msmtp' -d 'The mail program'
complete -c mailmole -n '__fish_seen_subcommand_from add import' -l off -d 'Leave it switched off'
complete -c mailmole -n '__fish_seen_subcommand_from import' -l dry-run -d 'Only say what would be added'
complete -c mailmole -n '__fish_seen_subcommand_from import' -F
complete -c mailmole -n '__fish_seen_subcommand_from edit' -l name -x -d 'Another name'
complete -c mailmole -n '__fish_seen_subcommand_from add edit import setup-file' -s s -l server -x -d 'The SSH server'
complete -c mailmole -n '__fish_seen_subcommand_from add edit import setup-file' -s u -l user -x -d 'The user name there'
complete -c mailmole -n '__fish_seen_subcommand_from add edit import setup-file' -s L -l forward -x -a 'pop3 imap smtp submission pop3s imaps' -d 'A protocol, or as for ssh -L'
complete -c mailmole -n '__fish_seen_subcommand_from add edit setup-file' -l mode -x -a 'on-demand always-on manual' -d 'When to connect'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -s i -l key -r -F -d 'Sign in with this private key'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l agent -d 'Sign in with the agent'
complete -c mailmole -n '__fish_seen_subcommand_from add edit setup-file' -l password -d 'Sign in with a password'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l automatic -d 'Sign in with what works'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -s J -l jump -x -d 'Through other servers'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l proxy -x -d 'Through a proxy'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l direct -d 'Reach the server directly'
complete -c mailmole -n '__fish_seen_subcommand_from add edit setup-file' -s C -l compress -d 'Compress'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l no-compress -d 'Do not compress'
complete -c mailmole -n '__fish_seen_subcommand_from add edit setup-file' -l session-channel -d 'Run a command that does nothing, for long lines'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l no-session-channel -d 'Run nothing on the server'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l old-server -d 'Offer what old servers need'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l no-old-server -d 'Offer safe algorithms only'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l keepalive -x -d 'Seconds of silence'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l keepalive-count -x -d 'Signs of life owed'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l connect-timeout -x -d 'Seconds'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l idle -x -d 'Seconds'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l known-hosts -r -F -d 'File of trusted servers'
complete -c mailmole -n '__fish_seen_subcommand_from add edit' -l input -r -F -d 'JSON from a file'
