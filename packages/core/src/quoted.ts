// Names come from files and callers: they may be megabytes long or hold what a terminal obeys (CWE-117, CWE-150).
const longest = 64

/** A text with nothing in it that ends a line, moves a cursor or reorders what is read. */
export const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD')

/** A foreign text as it may stand in a message: quoted, short, without control characters. */
export const quoted = (text: string): string => {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return JSON.stringify(printable(short))
}
