# fish completion for mdev-preflight(8).

# The words before the current one that are no options, one a line, the command first: `check` where the first word
# is a FILE.
function __mdev_preflight_words
    set -l before (commandline -opc)
    set -l value
    set -l plain
    set -l command
    for word in $before[2..-1]
        if set -q value[1]
            set -e value[1]
        else if not set -q plain[1]; and string match -qr -- '^-.' $word
            switch $word
                case --
                    set plain yes
                case --xml --for --reason --connect --sysfs-root --config
                    set value yes
            end
        else if set -q command[1]
            printf '%s\n' $word
        else if contains -- $word check stamp allow list doctor demo hook
            set command $word
            printf '%s\n' $word
        else
            set command check
            printf '%s\n' check $word
        end
    end
end

# Whether the command is one of these. It is `check` as long as there is none.
function __mdev_preflight_takes
    set -l words (__mdev_preflight_words) check
    contains -- $words[1] $argv
end

# Whether the current word is the first, second, ... of a command: __mdev_preflight_at COMMAND NUMBER
function __mdev_preflight_at
    set -l words (__mdev_preflight_words)
    test "$words[1]" = $argv[1]; and test (count $words) -eq $argv[2]
end

function __mdev_preflight_no_command
    test (count (__mdev_preflight_words)) -eq 0
end

# Whether `stamp` takes guests here.
function __mdev_preflight_stamps
    set -l words (__mdev_preflight_words)
    test "$words[1]" = stamp; and not string match -qr -- '^--(?:all|xml)(?:=|$)' (commandline -opc)
end

# The names of this host's guests: __mdev_preflight_guests [--all]
# Read-only, so that nobody is asked for a password. Not on another host, where the command would not go either.
function __mdev_preflight_guests
    set -l before (commandline -opc)
    set -l uri qemu:///system
    set -l value
    for word in $before
        if set -q value[1]
            set uri $word
            set -e value[1]
        else if test "$word" = --connect
            set value yes
        else if set -l given (string replace -f -r -- '^--connect=' '' $word)
            set uri $given
        end
    end
    command -sq virsh; and string match -qr -- '^[a-z0-9-]+(?:\+unix)?:///' $uri; or return 0
    set -l names (timeout 3 virsh --quiet --readonly --connect $uri list --name $argv </dev/null 2>/dev/null)
    # One that begins with a dash goes behind --.
    contains -- -- $before; or set names (string match -vr -- '^-' $names)
    string match -r -- '^.+$' $names
end

complete -c mdev-preflight -f

complete -c mdev-preflight -n __mdev_preflight_no_command -a check -d 'Would this host take over the mdevs of a guest?'
complete -c mdev-preflight -n __mdev_preflight_no_command -a stamp -d 'Write this host\'s facts into running guests'
complete -c mdev-preflight -n __mdev_preflight_no_command -a allow -d 'Let one guest through, for a while, logged'
complete -c mdev-preflight -n __mdev_preflight_no_command -a list -d 'What this host has of mdevs'
complete -c mdev-preflight -n __mdev_preflight_no_command -a doctor -d 'Is the gate in force on this host?'
complete -c mdev-preflight -n __mdev_preflight_no_command -a demo -d 'Two simulated hosts, two migrations'
complete -c mdev-preflight -n __mdev_preflight_no_command -a hook -d 'libvirt\'s qemu hook, by hand'

# The words. A first word that is no command is a FILE to check.
complete -c mdev-preflight -n '__mdev_preflight_no_command; or __mdev_preflight_at check 1' -F
complete -c mdev-preflight -n __mdev_preflight_stamps -a '(__mdev_preflight_guests)' -d Guest
complete -c mdev-preflight -n '__mdev_preflight_at allow 1' -a '(__mdev_preflight_guests --all)' -d Guest
complete -c mdev-preflight -n '__mdev_preflight_at hook 2' -a 'migrate restore'
complete -c mdev-preflight -n '__mdev_preflight_at hook 3' -a begin
complete -c mdev-preflight -n '__mdev_preflight_at hook 4' -a -

# The options.
complete -c mdev-preflight -s h -l help -d 'Show help'
complete -c mdev-preflight -n __mdev_preflight_no_command -l version -d 'Show the version'
complete -c mdev-preflight -n '__mdev_preflight_takes check stamp list doctor' -l json -d 'One JSON object on standard output'
complete -c mdev-preflight -n '__mdev_preflight_takes check stamp doctor' -l quiet -d 'Say only what went wrong'
complete -c mdev-preflight -n '__mdev_preflight_takes stamp' -l xml -r -F -d 'Stamp a domain XML, without libvirt'
complete -c mdev-preflight -n '__mdev_preflight_takes stamp' -l all -d 'All running guests that have mdevs'
complete -c mdev-preflight -n '__mdev_preflight_takes stamp' -l follow -d 'Stay, and keep all stamps true'
complete -c mdev-preflight -n '__mdev_preflight_takes allow' -l for -x -a '10m 30m 1h 2h 8h 24h' -d 'How long, at most 24h'
complete -c mdev-preflight -n '__mdev_preflight_takes allow' -l reason -x -d 'Why; it is logged'
complete -c mdev-preflight -n '__mdev_preflight_takes stamp allow doctor' -l connect -x -a 'qemu:///system qemu:///session' -d 'The libvirt of this host'
complete -c mdev-preflight -n '__mdev_preflight_takes check stamp allow list doctor hook' -l sysfs-root -x -a '(__fish_complete_directories)' -d 'The sysfs to use'
complete -c mdev-preflight -n '__mdev_preflight_takes check stamp allow list doctor hook' -l config -r -F -d 'The configuration file'
