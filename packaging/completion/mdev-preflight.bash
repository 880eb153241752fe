# bash completion for mdev-preflight(8). It needs nothing of the bash-completion library.

# The names of this host's guests, one a line: _mdev_preflight_guests URI [--all]
# Read-only, so that nobody is asked for a password. Not on another host, where the command would not go either.
_mdev_preflight_guests() {
    local here='^[a-z0-9-]+(\+unix)?:///'
    [[ $1 =~ $here ]] && type -P virsh >/dev/null || return 0
    timeout 3 virsh --quiet --readonly --connect "$1" list --name "${@:2}" </dev/null 2>/dev/null
}

# Offers what begins with $current: _mdev_preflight_offer WORD...
_mdev_preflight_offer() {
    local word
    for word; do
        [[ -n $word && $word == "$current"* ]] || continue
        if [[ -z $quote ]]; then
            printf -v word %q "$word"
        elif [[ $word == *[\'\"\$\`\\]* ]]; then
            # It does not stand for itself inside quotes, or not inside all.
            continue
        fi
        word=$option$word
        COMPREPLY+=("${word#"$kept"}")
    done
}

_mdev_preflight() {
    local rest=${COMP_LINE:0:COMP_POINT} word current quote='' option='' kept=''
    local value='' plain='' command='' some='' uri=qemu:///system
    local -i i count=0
    local -a words=() takes=() guests=()
    COMPREPLY=()

    # The words as the command will get them: bash has taken them apart at = and : (COMP_WORDBREAKS).
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $i == 0 || $rest == [[:blank:]]* ]]; then words+=(''); fi
        rest=${rest#"${rest%%[![:blank:]]*}"}
        # Behind the cursor may stand more of the last one.
        if ((i == COMP_CWORD)); then word=$rest; fi
        words[-1]+=$word
        rest=${rest#"$word"}
    done
    current=${words[-1]}
    unset 'words[-1]'

    for word in "${words[@]:1}"; do
        word=${word//[\'\"\\]/}
        if [[ -n $value ]]; then
            if [[ $value == --connect ]]; then uri=$word; fi
            value=''
        elif [[ -z $plain && $word == -?* ]]; then
            case $word in
            --) plain=yes ;;
            --all | --xml=*) some=no ;;
            --connect=*) uri=${word#*=} ;;
            --xml) some=no value=$word ;;
            --for | --reason | --connect | --sysfs-root | --config) value=$word ;;
            esac
        elif [[ -n $command ]]; then
            count+=1
        else
            case $word in
            check | stamp | allow | list | doctor | demo | hook) command=$word ;;
            *) command=check count=1 ;;
            esac
        fi
    done

    if [[ -z $value$plain && $current == --*=* ]]; then
        value=${current%%=*}
        option=$value=
        current=${current#*=}
    fi
    case $current in
    [\'\"]*)
        quote=yes option=''
        current=${current:1}
        ;;
    *)
        # What bash takes for a word before this one stays.
        word=$option$current
        if [[ $COMP_WORDBREAKS == *:* && $word == *:* ]]; then
            kept=${word%"${word##*:}"}
        elif [[ $COMP_WORDBREAKS == *=* ]]; then
            kept=$option
        fi
        current=${current//\\/}
        ;;
    esac

    case $value in
    --for) _mdev_preflight_offer 10m 30m 1h 2h 8h 24h ;;
    --connect) _mdev_preflight_offer qemu:///system qemu:///session ;;
    --xml | --config) compopt -o default ;;
    --sysfs-root) compopt -o dirnames ;;
    esac
    [[ -z $value ]] || return 0

    if [[ -z $plain && $current == -* ]]; then
        case $command in
        '') takes=(json quiet sysfs-root config version) ;;
        check) takes=(json quiet sysfs-root config) ;;
        stamp) takes=(xml all follow connect json quiet sysfs-root config) ;;
        allow) takes=(for reason connect sysfs-root config) ;;
        list) takes=(json sysfs-root config) ;;
        doctor) takes=(connect json quiet sysfs-root config) ;;
        hook) takes=(sysfs-root config) ;;
        esac
        _mdev_preflight_offer "${takes[@]/#/--}" --help
        return 0
    fi

    case $command/$count in
    /*)
        _mdev_preflight_offer check stamp allow list doctor demo hook
        # A first word that is no command is a FILE to check.
        if ((${#COMPREPLY[@]} == 0)); then
            compopt -o default
        else
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
            compopt -o filenames
        fi
        ;;
    check/0) compopt -o default ;;
    stamp/* | allow/0)
        if [[ $command == stamp ]]; then
            [[ -z $some ]] || return 0
            mapfile -t guests < <(_mdev_preflight_guests "$uri")
        else
            mapfile -t guests < <(_mdev_preflight_guests "$uri" --all)
        fi
        # One that begins with a dash goes behind --.
        if [[ -z $plain ]]; then guests=("${guests[@]/#-*/}"); fi
        _mdev_preflight_offer "${guests[@]}"
        ;;
    hook/1) _mdev_preflight_offer migrate restore ;;
    hook/2) _mdev_preflight_offer begin ;;
    hook/3) _mdev_preflight_offer - ;;
    esac
}

complete -F _mdev_preflight mdev-preflight
