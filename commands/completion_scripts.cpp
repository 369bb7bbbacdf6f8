// The shells' side of completion: each script asks `meterctl __complete` and shows what it answers, so that points,
// models and targets complete as well as options do.
#include "commands/complete.hpp"

#include <algorithm>
#include <array>

namespace meterctl::commands {

namespace {

constexpr std::string_view bash_script =
    R"SCRIPT(# Completion of meterctl for bash. Printed by `meterctl __complete bash`.

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
)SCRIPT";

constexpr std::string_view zsh_script = R"SCRIPT(#compdef meterctl
# Completion of meterctl for zsh. Printed by `meterctl __complete zsh`.

_meterctl() {
    local reply also=''
    local -a shown space
    for reply in "${(@f)$("${(Q)words[1]}" __complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
        if [[ $reply == :* ]]; then
            also=$reply
        else
            shown+=("${${reply%%$'\t'*}//:/\\:}:${reply#*$'\t'}")
        fi
    done
    [[ $also == *nospace* ]] && space=(-S '')
    (( $#shown )) && _describe -t values value shown $space
    [[ $also == *files* ]] && _files
}

_meterctl "$@"
)SCRIPT";

constexpr std::string_view fish_script =
    R"SCRIPT(# Completion of meterctl for fish. Printed by `meterctl __complete fish`.

function __meterctl_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct | string unescape)
    for reply in ($words[1] __complete -- $words[2..-1] "$word" 2>/dev/null)
        if string match -q ':*' -- $reply
            string match -q '*files*' -- $reply; and __fish_complete_path "$word"
        else
            echo $reply
        end
    end
end

complete -c meterctl -f -a '(__meterctl_complete)'
)SCRIPT";

struct Script {
    std::string_view shell, text;
};
constexpr std::array scripts{Script{"bash", bash_script}, Script{"zsh", zsh_script}, Script{"fish", fish_script}};

} // namespace

std::string_view completion_script(std::string_view shell) {
    const auto* const found = std::ranges::find(scripts, shell, &Script::shell);
    return found == scripts.end() ? std::string_view() : found->text;
}

} // namespace meterctl::commands
