# fish completion for nitroctl
# SPDX-License-Identifier: 0BSD
#
# Completes options, commands, and the names of services as a running nitro lists them (nothing, silently, if
# none answers within a second).

# The command on the line so far, without options; fails when there is none yet.
function __nitroctl_command
    set -l words (commandline -opc)
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case -t
                set skip 1
            case '-*'
            case '*'
                echo $word
                return 0
        end
    end
    return 1
end

# Does the cursor stand where a service is named?
function __nitroctl_wants_service
    set -l command (__nitroctl_command)
    or return 1
    not contains -- $command info rescan scan s events trace Shutdown Reboot
end

# A list line is: STATE NAME (pid N) (wstatus W) Ss, the pid optional.
function __nitroctl_services
    set -l program (commandline -opc)[1]
    $program -t 1 list 2>/dev/null | string replace -rf '^[A-Z]+ (.*?)(?: \(pid \d+\))? \(wstatus -?\d+\) \d+s$' '$1'
end

# Directories, only where a path was begun: a bare word is a name.
function __nitroctl_wants_path
    __nitroctl_wants_service
    and string match -qr '/|^\.\.?$' -- (commandline -ct)
end

complete -c nitroctl -f
complete -c nitroctl -s t -x -d 'Wait at most so many seconds'
complete -c nitroctl -s v -d 'Print changes of state while waiting'
complete -c nitroctl -l json -d 'Print JSON'
complete -c nitroctl -s h -l help -d 'Print a summary of the usage'
complete -c nitroctl -l version -d 'Print the version'

complete -c nitroctl -n 'not __nitroctl_command' -a list -d 'List services and their states'
complete -c nitroctl -n 'not __nitroctl_command' -a info -d 'Print numbers of nitro'
complete -c nitroctl -n 'not __nitroctl_command' -a rescan -d 'Read the service directory again'
complete -c nitroctl -n 'not __nitroctl_command' -a up -d 'Bring services up, do not wait'
complete -c nitroctl -n 'not __nitroctl_command' -a down -d 'Bring services down and wait'
complete -c nitroctl -n 'not __nitroctl_command' -a start -d 'Bring services up and wait'
complete -c nitroctl -n 'not __nitroctl_command' -a restart -d 'Bring services down and up again and wait'
complete -c nitroctl -n 'not __nitroctl_command' -a stop -d 'Bring services down and wait'
complete -c nitroctl -n 'not __nitroctl_command' -a fast-start -d 'Start, done at STARTING'
complete -c nitroctl -n 'not __nitroctl_command' -a fast-restart -d 'Restart, done at STARTING'
complete -c nitroctl -n 'not __nitroctl_command' -a fast-stop -d 'Stop, done at SHUTDOWN'
complete -c nitroctl -n 'not __nitroctl_command' -a ready -d 'Tell nitro that services are ready'
complete -c nitroctl -n 'not __nitroctl_command' -a wait-up -d 'Wait until services are up'
complete -c nitroctl -n 'not __nitroctl_command' -a wait-down -d 'Wait until services are down'
complete -c nitroctl -n 'not __nitroctl_command' -a wait-starting -d 'Wait until services are starting'
complete -c nitroctl -n 'not __nitroctl_command' -a pause -d 'Send SIGSTOP'
complete -c nitroctl -n 'not __nitroctl_command' -a cont -d 'Send SIGCONT'
complete -c nitroctl -n 'not __nitroctl_command' -a hup -d 'Send SIGHUP'
complete -c nitroctl -n 'not __nitroctl_command' -a alarm -d 'Send SIGALRM'
complete -c nitroctl -n 'not __nitroctl_command' -a interrupt -d 'Send SIGINT'
complete -c nitroctl -n 'not __nitroctl_command' -a quit -d 'Send SIGQUIT'
complete -c nitroctl -n 'not __nitroctl_command' -a 1 -d 'Send SIGUSR1'
complete -c nitroctl -n 'not __nitroctl_command' -a 2 -d 'Send SIGUSR2'
complete -c nitroctl -n 'not __nitroctl_command' -a term -d 'Send SIGTERM'
complete -c nitroctl -n 'not __nitroctl_command' -a kill -d 'Send SIGKILL'
complete -c nitroctl -n 'not __nitroctl_command' -a pidof -d 'Print the pids of services'
complete -c nitroctl -n 'not __nitroctl_command' -a check -d 'Exit 0 if services have a pid'
complete -c nitroctl -n 'not __nitroctl_command' -a events -d 'Print changes of state as they happen'
complete -c nitroctl -n 'not __nitroctl_command' -a trace -d 'Print steps of nitro as they happen'
complete -c nitroctl -n 'not __nitroctl_command' -a Shutdown -d 'Shut the system down'
complete -c nitroctl -n 'not __nitroctl_command' -a Reboot -d 'Reboot the system'

complete -c nitroctl -n __nitroctl_wants_service -a '(__nitroctl_services)' -d Service
complete -c nitroctl -n __nitroctl_wants_path -a '(__fish_complete_directories)'
