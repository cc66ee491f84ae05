/** Whether a text has characters that stand for others in a pattern of file names. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * Whether a file's name is like a pattern: `*` stands for any characters, `?` for one, `[a-c]` for one of these, `[!a-c]`
 * for one that is none of these. As in shells, a point at the beginning has to be written. Linear in the length of
 * the name for each `*`: a pattern of many stars costs no more time.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const tokens = tokensOf(pattern);
  const letters = [...name];
  let [at, token] = [0, 0];
  // Where to go on when what follows the last star does not fit: the star takes one letter more.
  let [star, resume] = [-1, 0];
  while (at < letters.length) {
    const wanted = tokens[token];
    if (wanted === "*") {
      [star, resume] = [token, at];
      token += 1;
    } else if (wanted?.(letters[at] ?? "") === true) {
      at += 1;
      token += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, token] = [resume, star + 1];
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === "*");
}

type Token = "*" | ((letter: string) => boolean);

function tokensOf(pattern: string): readonly Token[] {
  const parts = pattern.match(/\*+|\?|\[!?\]?[^\]]*\]|./gsu) ?? [];
  return parts.map((part): Token => {
    if (part.startsWith("*")) return "*";
    if (part === "?") return () => true;
    if (part.length > 2 && part.startsWith("[")) return setOf(part.slice(1, -1));
    return (letter) => letter === part;
  });
}

function setOf(inside: string): (letter: string) => boolean {
  const negated = inside.startsWith("!");
  const ranges = [...(negated ? inside.slice(1) : inside).matchAll(/(.)-(.)|(.)/gsu)];
  const holds = (letter: string): boolean =>
    ranges.some(([, from, to, one]) =>
      one === undefined ? letter >= (from ?? "") && letter <= (to ?? "") : letter === one,
    );
  return (letter) => holds(letter) !== negated;
}
