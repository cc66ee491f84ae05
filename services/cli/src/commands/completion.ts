import type { Command } from "commander";
import { exitCodes, UsageError } from "../errors.ts";
import type { Io } from "../io.ts";

/** Words that may follow some others: subcommands and options. */
interface Words {
  /** The commands before, separated by spaces; empty at the beginning. */
  readonly after: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

/** `troupe completion`: prints a script for a shell, made from the commands as they are. */
export function completion(io: Io, program: Command, shell: string): number {
  const words = wordsOf(program, "");
  switch (shell) {
    case "bash":
      io.out.write(bashScript(words));
      return exitCodes.ok;
    case "zsh":
      io.out.write(`autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`);
      return exitCodes.ok;
    case "fish":
      io.out.write(fishScript(words));
      return exitCodes.ok;
    default:
      throw new UsageError(`no completion for '${shell}': use bash, zsh or fish`);
  }
}

function wordsOf(command: Command, after: string): readonly Words[] {
  const commands = command.commands.map((one) => one.name());
  const options = command.options.flatMap(({ long }) =>
    long === undefined || long === null ? [] : [long],
  );
  const below = command.commands.flatMap((one) =>
    wordsOf(one, after === "" ? one.name() : `${after} ${one.name()}`),
  );
  return [{ after, commands, options: [...options, "--help"] }, ...below];
}

function bashScript(words: readonly Words[]): string {
  const cases = words
    .map(
      ({ after, commands, options }) =>
        `    "${after}") words="${[...commands, ...options].join(" ")}" ;;`,
    )
    .join("\n");
  const known = words.map(({ after }) => after).filter((after) => after !== "");
  return `_troupe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" after="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${after:+$after }$word" in
${known.map((after) => `      "${after}") after="${after}" ;;`).join("\n")}
    esac
  done
  case "$after" in
${cases}
  esac
  COMPREPLY=( $(compgen -W "$words" -- "$current") )
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=( $(compgen -f -- "$current") )
}
complete -F _troupe troupe
`;
}

function fishScript(words: readonly Words[]): string {
  const lines = words.flatMap(({ after, commands, options }) => {
    const seen =
      after === ""
        ? "__fish_use_subcommand"
        : `__fish_seen_subcommand_from ${after.split(" ").at(-1)}`;
    const begin = `complete -c troupe -n '${seen}'`;
    return [
      ...commands.map((name) => `${begin} -f -a ${name}`),
      ...options.map((option) => `${begin} -l ${option.slice(2)}`),
    ];
  });
  return `${lines.join("\n")}\n`;
}
