const alphabet = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * The bytes of a text in base64 (RFC 4648, section 4), or undefined unless it is the one text that stands for them: with
 * padding, without line breaks, and with zeros in the bits that carry nothing. Otherwise one signature could be written in
 * many ways (CWE-347).
 */
export const parseBase64 = (text: string): Buffer | undefined => {
  if (text.length % 4 !== 0 || !alphabet.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
