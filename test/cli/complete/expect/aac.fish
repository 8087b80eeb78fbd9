# TAB for aac in fish. In ~/.config/fish/config.fish: aac completion fish | source
function __aac_complete
    set -l before (commandline -opc)
    set -l typed (commandline -ct)
    set -l files
    set -l found
    for line in (command aac __complete $before[2..-1] "$typed" 2>/dev/null)
        if test "$line" = :files
            set files 1
        else
            set -a found $line
        end
    end
    if test (count $found) -gt 0
        printf '%s\n' $found
    else if test -n "$files"
        __fish_complete_path "$typed"
    end
end
complete -c aac -f -k -a '(__aac_complete)'
