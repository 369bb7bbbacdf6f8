# Completion of meterctl for fish. Printed by `meterctl __complete fish`.

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
