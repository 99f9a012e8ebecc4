# SPDX-License-Identifier: MIT
# Completion of imaboot and imactl for fish: verbs and options are asked of the program itself when this is loaded.

# The rows of one list in a help: "Verbs:" or "Options:".
function __imaboot_rows
    set -l title $argv[1]
    set -l inside 0
    for line in (command $argv[2..-1] 2> /dev/null)
        if test "$line" = "$title"
            set inside 1
        else if test -z "$line"
            set inside 0
        else if test $inside = 1
            echo $line
        end
    end
end

# __imaboot_register PROGRAM CONDITION [VERB OF VERBS]
function __imaboot_register
    set -l program $argv[1]
    set -l group $argv[2..-1]
    set -l verbs
    for row in (__imaboot_rows 'Verbs:' $program $group help)
        set verbs $verbs (string match --regex '[a-z]+' -- $row)
    end
    set -l first "__fish_use_subcommand"
    if test -n "$group"
        set first "__fish_seen_subcommand_from $group; and not __fish_seen_subcommand_from $verbs"
    end
    for row in (__imaboot_rows 'Verbs:' $program $group help)
        set -l verb (string match --regex '[a-z]+' -- $row)
        set -l summary (string replace --regex '^.*  ' '' -- $row)
        complete -c $program -f -n "$first" -a $verb -d "$summary"
        set -l condition "__fish_seen_subcommand_from $verb"
        if test -n "$group"
            set condition "__fish_seen_subcommand_from $group; and $condition"
        end
        for option in (__imaboot_rows 'Options:' $program $group $verb --help)
            set -l part (string match --regex '^ *--([a-z0-9-]+) ?([A-Z]*) *(.*)$' -- $option)
            set -l name $part[2]
            set -l text $part[4]
            switch $part[3]
                case ''
                    complete -c $program -n "$condition" -l $name -d "$text"
                case DIR
                    complete -c $program -n "$condition" -l $name -d "$text" -x -a '(__fish_complete_directories)'
                case '*'
                    complete -c $program -n "$condition" -l $name -d "$text" -r
            end
        end
    end
end

set -l program (string replace --regex '.*/' '' -- (status basename) | string replace '.fish' '')
if command -q $program
    __imaboot_register $program
    if test $program = imactl
        __imaboot_register imactl key
    end
end
