import { literal } from "../../engine/sql.ts";

/** Digits with or without marks between thousands, and decimals behind a point or a comma. */
const digits = "([1-9][0-9]{0,2}([,.' ][0-9]{3})+|[0-9]+)([.,][0-9]+)?";
const signs = "[$€£¥]";
const units = `(${signs}|%|°[CF]?|kg|g|km|m|cm|mm|mi|lb|ft|s|ms|h|min|MB|GB)`;

/** Numbers with a mark of currency before them, or a mark or a unit behind them. */
const marked = `[-+(]?(${signs}\\s?[-+]?${digits}|${digits}\\s?${units})\\)?`;
/** Numbers with nothing but marks between their digits. */
const separated = `[-+]?${digits}`;

/** Ways of writing amounts, each as a regular expression (RE2) for whole values. */
export const amountPatterns = { marked, separated } as const;
export type Amount = { readonly as: keyof typeof amountPatterns; readonly comma: boolean };

/** Whether a text is an amount with a decimal comma. */
export function hasDecimalComma(text: string): string {
  return `regexp_matches(${text}, '[0-9],[0-9]{1,2}[^0-9,.]*$|[0-9][.][0-9]{3},[0-9]')`;
}

/** The number that an amount says; nothing where the text is none. */
export function amountOf({ as, comma }: Amount, text: string): string {
  const bare = `regexp_replace(${text}, '[^-+0-9.,]', '', 'g')`;
  const plain = comma
    ? `replace(replace(${bare}, '.', ''), ',', '.')`
    : `replace(${bare}, ',', '')`;
  return `CASE WHEN regexp_full_match(trim(${text}), ${literal(amountPatterns[as])}) THEN TRY_CAST(${plain} AS DOUBLE) END`;
}
