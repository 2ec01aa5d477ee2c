/** Names, tasks, tags: more than this is no name (CWE-770). */
const longestName = 512

/** A section of a model card. */
export const longestSection = 8192

/** Entries of one list of a model card. */
export const longestList = 1000

/**
 * A text of a stranger as the document may hold it: bounded, without what moves a cursor, reorders what is read, or has
 * no bytes (CWE-117, CWE-150). Nothing where nothing is left.
 */
export const plainText = (value: unknown, longest = longestName): string | undefined => {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const text = String(value)
    .trim()
    .slice(0, longest)
    .replace(/(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, '\uFFFD')
  return text === '' ? undefined : text
}

/** The texts of a list, or the one text that stands for a list of one. */
export const plainTexts = (value: unknown): string[] =>
  (Array.isArray(value) ? value.slice(0, longestList) : [value]).flatMap((item) => plainText(item) ?? [])

/** Whether a text may stand where the format wants an address (RFC 3987). */
export const isAddress = (text: string): boolean => /^[^\s<>"{}|\\^`\uFFFD]+$/.test(text)
