# Completion of meterctl for bash. Printed by `meterctl __complete bash`.

_meterctl() {
    local line=${COMP_LINE:0:COMP_POINT} word cut='' reply also=''
    local -a words
    read -r -a words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=('')
    words=("${words[@]//[\\\'\"]/}")
    word=${words[-1]}
    # readline replaces only what stands behind the last of its word breaks.
    [[ $word == *[:=]* ]] && cut=${word%"${word##*[:=]}"}
    COMPREPLY=()
    while IFS= read -r reply; do
        if [[ $reply == :* ]]; then
            also=$reply
        else
            reply=${reply%%$'\t'*}
            COMPREPLY+=("${reply#"$cut"}")
        fi
    done < <("${words[0]}" __complete -- "${words[@]:1}" 2>/dev/null)
    if [[ $also == *files* ]]; then
        compopt -o filenames
        while IFS= read -r reply; do COMPREPLY+=("${reply#"$cut"}"); done < <(compgen -f -- "$word")
    fi
    [[ $also == *nospace* ]] && compopt -o nospace
    return 0
}

complete -F _meterctl meterctl
