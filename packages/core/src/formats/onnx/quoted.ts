// Names come from the file: they may be megabytes long or hold what a terminal obeys (CWE-150).
const longest = 64

/** A text of the model as it may stand in a message: quoted, short, without control characters. */
export const quoted = (text: string): string => {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text
  return JSON.stringify(short.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '\uFFFD'))
}
