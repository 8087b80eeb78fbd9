#compdef aac
# TAB for aac in zsh. In ~/.zshrc, after compinit: source <(aac completion zsh)
_aac() {
  local value about files= i
  local -i wide=0
  local -a before values abouts plain shown open opened
  (( CURRENT > 2 )) && before=("${(@Q)words[2,CURRENT-1]}")
  while IFS=$'\t' read -r value about; do
    if [[ $value == :files ]]; then
      files=1
    else
      values+=("$value")
      abouts+=("$about")
      (( ${#value} > wide )) && wide=${#value}
    fi
  done < <(command aac __complete "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)
  for (( i = 1; i <= ${#values}; i++ )); do
    value=${values[i]}
    about=${abouts[i]:+${(r:wide:)value}  -- ${abouts[i]}}
    about=${about[1,COLUMNS-1]}
    if [[ $value == *[/=] ]]; then
      open+=("$value")
      opened+=("${about:-$value}")
    else
      plain+=("$value")
      shown+=("${about:-$value}")
    fi
  done
  if (( ${#values} )); then
    compadd -Q -l -V aac -d shown -a plain
    compadd -Q -l -V aac -S '' -d opened -a open
  elif [[ -n $files ]]; then
    _files
  fi
}
if [[ ${funcstack[1]} == _aac ]]; then _aac "$@"; else compdef _aac aac; fi
