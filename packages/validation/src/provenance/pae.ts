/** What a model's envelope carries: an in-toto statement. */
export const inTotoPayloadType = 'application/vnd.in-toto+json'

/**
 * The bytes that an envelope's signature is over: the pre-authentication encoding of DSSE v1
 * (github.com/secure-systems-lab/dsse, protocol.md).
 */
export const preAuthenticationEncoding = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload])

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', "'": "\\'" }

/** By byte, for those that Python does not show as they are. */
const spellings: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  return escapes[String.fromCharCode(byte)] ?? `\\x${byte.toString(16).padStart(2, '0')}`
})

/** Bytes as Python writes them in source text, `b'…'`: in double quotes when there are single ones only. */
const pythonText = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes).toString('latin1')
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const special = quote === "'" ? /[^\x20-\x5b\x5d-\x7e]|'/g : /[^\x20-\x5b\x5d-\x7e]/g
  return `b${quote}${text.replaceAll(special, (character) => spellings[character.charCodeAt(0)] ?? '')}${quote}`
}

/**
 * The bytes that signatures of model_signing v0.2.0 are over: its encoding spelt the version in capitals and put the
 * payload in as Python shows bytes.
 */
export const legacyPreAuthenticationEncoding = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.from(`DSSEV1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} ${pythonText(payload)}`)
