// What makes a file something else as well, or acts where metadata is shown (CWE-646): starts of programs, archives and
// documents, and markup that runs.
const signs: readonly (readonly [sign: string, what: string, onlyAtStart?: true])[] = [
  ['<script', 'a script'],
  ['<svg', 'an SVG'],
  ['<iframe', 'a frame'],
  ['<!doctype html', 'a page'],
  ['javascript:', 'a script'],
  ['onerror=', 'a script'],
  ['<?php', 'a program of PHP'],
  ['<%', 'a program of a page', true],
  ['#!/', 'a program', true],
  ['%pdf-', 'a PDF'],
  ['pk\x03\x04', 'an archive'],
  ['pk\x05\x06', 'an archive'],
  ['rar!\x1a\x07', 'an archive'],
  ['7z\xbc\xaf\x27\x1c', 'an archive'],
  ['\x7felf', 'a program'],
  ['mz\x90\0', 'a program'],
  ['\xca\xfe\xba\xbe\0', 'a program'],
]

/** What else than comments stands in some bytes. */
export const findForeignContent = (bytes: Uint8Array): string[] => {
  if (bytes.length === 0) return []
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1').toLowerCase()
  return signs
    .filter(([sign, , onlyAtStart]) =>
      onlyAtStart === true ? text.startsWith(sign.toLowerCase()) : text.includes(sign.toLowerCase()),
    )
    .map(([, what]) => what)
}
