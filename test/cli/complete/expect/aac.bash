# TAB for aac in bash. In ~/.bashrc: source <(aac completion bash)
_aac() {
  local line=${COMP_LINE:0:COMP_POINT} words=() i blank value about files=
  # Bash takes words apart at = : and @; here they are put together again.
  for ((i = 0; i < COMP_CWORD; i++)); do
    blank=${line%%[![:space:]]*}
    line=${line#"$blank"}
    line=${line#"${COMP_WORDS[i]}"}
    if [[ -n $blank || $i -eq 0 ]]; then
      words+=("${COMP_WORDS[i]}")
    else
      words[${#words[@]}-1]+=${COMP_WORDS[i]}
    fi
  done
  blank=${line%%[![:space:]]*}
  line=${line#"$blank"}
  if [[ -n $blank ]]; then words+=("$line"); else words[${#words[@]}-1]+=$line; fi
  local typed=${words[${#words[@]}-1]}
  # Bash replaces only what it takes for the word.
  local lead=${typed%"$2"}
  while IFS=$'\t' read -r value about; do
    if [[ $value == :files ]]; then
      files=1
    elif [[ $value == "$lead"* ]]; then
      COMPREPLY+=("${value#"$lead"}")
    fi
  done < <(command aac __complete "${words[@]:1}" 2>/dev/null)
  type compopt &>/dev/null || return 0
  if [[ ${#COMPREPLY[@]} -eq 0 && -n $files ]]; then
    compopt -o default
  elif [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/=] ]]; then
    compopt -o nospace
  fi
}
complete -F _aac aac
