/**
 * What each shell is told. All of them ask `aac __complete` at each TAB, take its lines as text and never as code.
 */
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;
export type Shell = (typeof SHELLS)[number];

export const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# TAB for aac in bash. In ~/.bashrc: source <(aac completion bash)
_aac() {
  local line=\${COMP_LINE:0:COMP_POINT} words=() i blank value about files=
  # Bash takes words apart at = : and @; here they are put together again.
  for ((i = 0; i < COMP_CWORD; i++)); do
    blank=\${line%%[![:space:]]*}
    line=\${line#"$blank"}
    line=\${line#"\${COMP_WORDS[i]}"}
    if [[ -n $blank || $i -eq 0 ]]; then
      words+=("\${COMP_WORDS[i]}")
    else
      words[\${#words[@]}-1]+=\${COMP_WORDS[i]}
    fi
  done
  blank=\${line%%[![:space:]]*}
  line=\${line#"$blank"}
  if [[ -n $blank ]]; then words+=("$line"); else words[\${#words[@]}-1]+=$line; fi
  local typed=\${words[\${#words[@]}-1]}
  # Bash replaces only what it takes for the word.
  local lead=\${typed%"$2"}
  while IFS=$'\\t' read -r value about; do
    if [[ $value == :files ]]; then
      files=1
    elif [[ $value == "$lead"* ]]; then
      COMPREPLY+=("\${value#"$lead"}")
    fi
  done < <(command aac __complete "\${words[@]:1}" 2>/dev/null)
  type compopt &>/dev/null || return 0
  if [[ \${#COMPREPLY[@]} -eq 0 && -n $files ]]; then
    compopt -o default
  elif [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[/=] ]]; then
    compopt -o nospace
  fi
}
complete -F _aac aac
`,
  zsh: `#compdef aac
# TAB for aac in zsh. In ~/.zshrc, after compinit: source <(aac completion zsh)
_aac() {
  local value about files= i
  local -i wide=0
  local -a before values abouts plain shown open opened
  (( CURRENT > 2 )) && before=("\${(@Q)words[2,CURRENT-1]}")
  while IFS=$'\\t' read -r value about; do
    if [[ $value == :files ]]; then
      files=1
    else
      values+=("$value")
      abouts+=("$about")
      (( \${#value} > wide )) && wide=\${#value}
    fi
  done < <(command aac __complete "\${before[@]}" "\${(Q)PREFIX}" 2>/dev/null)
  for (( i = 1; i <= \${#values}; i++ )); do
    value=\${values[i]}
    about=\${abouts[i]:+\${(r:wide:)value}  -- \${abouts[i]}}
    about=\${about[1,COLUMNS-1]}
    if [[ $value == *[/=] ]]; then
      open+=("$value")
      opened+=("\${about:-$value}")
    else
      plain+=("$value")
      shown+=("\${about:-$value}")
    fi
  done
  if (( \${#values} )); then
    compadd -Q -l -V aac -d shown -a plain
    compadd -Q -l -V aac -S '' -d opened -a open
  elif [[ -n $files ]]; then
    _files
  fi
}
if [[ \${funcstack[1]} == _aac ]]; then _aac "$@"; else compdef _aac aac; fi
`,
  fish: `# TAB for aac in fish. In ~/.config/fish/config.fish: aac completion fish | source
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
        printf '%s\\n' $found
    else if test -n "$files"
        __fish_complete_path "$typed"
    end
end
complete -c aac -f -k -a '(__aac_complete)'
`,
  powershell: `# TAB for aac in PowerShell. In $PROFILE: aac completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName aac -ScriptBlock {
  param($typed, $line, $cursor)
  $before = @($line.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursor -or ($typed -eq '' -and $_.Extent.EndOffset -le $cursor) } |
    ForEach-Object { "$_" })
  # An empty word would not be passed on.
  if ($typed -eq '') { $typed = ' ' }
  aac __complete @before $typed 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
    $value, $about = $_ -split "\`t", 2
    if (-not $about) { $about = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
  }
}
`,
};
