/** Ends of lines for YAML 1.1 beside the line feed; YAML 1.2 and its parsers take them for characters like others. */
const olderLineEnds = /\r(?!\n)|[\u0085\u2028\u2029]/g

/** A text with its lines as PyYAML sees them, which reads YAML 1.1 (section 4.2). */
export const withOlderLineEnds = (text: string): string => {
  // It runs on every text file: four searches for a character are faster than one by the expression.
  const mayHold = text.includes('\r') || text.includes('\u0085') || text.includes('\u2028') || text.includes('\u2029')
  return mayHold ? text.replace(olderLineEnds, '\n') : text
}
