"""Completion for bash: one function, looked up by the command's words."""

from __future__ import annotations

from tools.commands import HELP, Command
from tools.completion import words

_BODY = """\
_tcptune() {{
    local word=${{COMP_WORDS[COMP_CWORD]}} last=${{COMP_WORDS[COMP_CWORD - 1]}} command=${{COMP_WORDS[1]}} offered=
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        COMPREPLY=($(compgen -W "{commands} --help --version" -- "$word"))
        return
    fi
    case $command in
{groups}
    esac
    case "$command $last" in
{values}
    esac
    case $word in
    -*)
        case $command in
{options}
        esac
        ;;
    *)
        case $command in
{arguments}
        esac
        ;;
    esac
    if [ "$offered" = FILES ]; then
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$word"))
    else
        COMPREPLY=($(compgen -W "$offered" -- "$word"))
    fi
}}
complete -F _tcptune tcptune
"""

_VALUE = """\
    {pattern})
        {reply}
        return
        ;;"""
_FILES = 'compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word"))'


def text(commands: list[Command]) -> str:
    """Return the file."""
    leaves = [leaf for command in commands for leaf in command.leaves()]
    return "# Completion of tcptune for bash, written by tools/gen_completion.py.\n" + _BODY.format(
        commands=" ".join(command.words[0] for command in commands),
        groups="\n".join(_group(command) for command in commands if command.children),
        values="\n".join(_value(leaf, names, offered) for leaf in leaves for names, offered in _valued(leaf)),
        options="\n".join(_case(leaf, " ".join(_options(leaf))) for leaf in leaves),
        arguments="\n".join(_case(leaf, " ".join(words.arguments(leaf))) for leaf in leaves if words.arguments(leaf)),
    )


def _group(command: Command) -> str:
    children = " ".join(child.words[1] for child in command.children)
    return (
        f"    {command.words[0]})\n"
        "        if ((COMP_CWORD == 2)); then\n"
        f'            COMPREPLY=($(compgen -W "{children} --help" -- "$word"))\n'
        "            return\n"
        "        fi\n"
        '        command="$command ${COMP_WORDS[2]}"\n'
        "        ;;"
    )


def _valued(leaf: Command) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(option.names, words.of(option)) for option in leaf.options if option.value]


def _value(leaf: Command, names: tuple[str, ...], offered: tuple[str, ...]) -> str:
    pattern = " | ".join(f'"{" ".join(leaf.words)} {name}"' for name in names)
    if offered == (words.FILES,):
        reply = _FILES
    elif offered:
        reply = f'COMPREPLY=($(compgen -W "{" ".join(offered)}" -- "$word"))'
    else:
        reply = ":"
    return _VALUE.format(pattern=pattern, reply=reply)


def _options(leaf: Command) -> list[str]:
    return [*(name for option in leaf.options for name in option.names), *HELP.names]


def _case(leaf: Command, offered: str) -> str:
    return f"        \"{' '.join(leaf.words)}\") offered='{offered}' ;;"
