/** What a file's first bytes say it is. The name of the file plays no part. */
export type FileFormat =
  | 'onnx'
  | 'empty'
  | 'markdown'
  | 'zip'
  | 'gzip'
  | 'xz'
  | 'bzip2'
  | 'zstd'
  | '7z'
  | 'tar'
  | 'pickle'
  | 'numpy'
  | 'hdf5'
  | 'safetensors'
  | 'gguf'
  | 'tflite'
  | 'json'
  | 'text'
  | 'unknown'

/** How many bytes from the start a format is told by: the tar magic ends at 263; more makes text more certain. */
export const sniffedLength = 4096

const startsWith = (bytes: Uint8Array, magic: readonly number[], at = 0): boolean =>
  bytes.length >= at + magic.length && magic.every((byte, index) => bytes[at + index] === byte)

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0))

const magics: readonly { format: FileFormat; magic: readonly number[]; at?: number }[] = [
  { format: 'zip', magic: [0x50, 0x4b, 0x03, 0x04] },
  { format: 'zip', magic: [0x50, 0x4b, 0x05, 0x06] },
  { format: 'gzip', magic: [0x1f, 0x8b] },
  { format: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { format: 'bzip2', magic: ascii('BZh') },
  { format: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { format: '7z', magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c] },
  { format: 'tar', magic: ascii('ustar'), at: 257 },
  { format: 'numpy', magic: [0x93, ...ascii('NUMPY')] },
  { format: 'hdf5', magic: [0x89, ...ascii('HDF\r\n'), 0x1a, 0x0a] },
  { format: 'gguf', magic: ascii('GGUF') },
  { format: 'tflite', magic: ascii('TFL3'), at: 4 },
]

/** Pickle protocols 2 to 5 open with PROTO and their number. */
const isBinaryPickle = (bytes: Uint8Array): boolean => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 0) <= 5

/**
 * Protocols 0 and 1 have no magic. A GLOBAL (`c`) or INST (`i`) opcode with two lines, or a MARK, dictionary or list that
 * goes on with opcodes, is how they open.
 */
const textPickle = /^(?:[(\]}]|\(?[ci][\w.]+\r?\n[\w.]+\r?\n|\([dlt]|[SVIFL][^\n]*\r?\n(?:[.p(]|$))/

/** Field 1 (ir_version), 2 (producer), 7 (graph) or 8 (opset) of a ModelProto, in any order a writer may choose. */
const opensLikeModelProto = (bytes: Uint8Array): boolean =>
  (bytes[0] === 0x08 && (bytes[1] ?? 0) > 0 && (bytes[1] ?? 0) < 0x20) ||
  [0x12, 0x1a, 0x22, 0x32, 0x3a, 0x42].includes(bytes[0] ?? 0)

const decodeText = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return /[^\P{Cc}\t\n\f\r\v]/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

const opensLikeMarkdown = /^(?:---\r?\n[\s\S]*?\r?\n---\r?\n\s*)?#{1,6} \S/

/**
 * The format of a file by the bytes it opens with.
 *
 * @param head the first {@link sniffedLength} bytes, or all of a shorter file.
 */
export const recogniseFormat = (head: Uint8Array): FileFormat => {
  if (head.length === 0) return 'empty'
  for (const { format, magic, at } of magics) if (startsWith(head, magic, at)) return format
  if (isBinaryPickle(head)) return 'pickle'
  // safetensors: a 64-bit length whose upper half is 0, then the JSON header.
  if (startsWith(head, [0, 0, 0, 0], 4) && head[8] === 0x7b) return 'safetensors'
  const text = decodeText(head)
  if (text === undefined) return opensLikeModelProto(head) ? 'onnx' : 'unknown'
  if (textPickle.test(text) && !/^\s*[[{]\s*["\]}]/.test(text)) return 'pickle'
  if (/^\s*[{[]/.test(text)) return 'json'
  if (opensLikeMarkdown.test(text)) return 'markdown'
  // A model's version is a control character, so a text is no model that a runtime would load.
  return 'text'
}

// What a loader would run in a text: Jinja marks, Hydra targets, YAML tags, script elements.
const activeText = /\{\{|\{%|\{#|_target_|!!?python|<script/i

/**
 * GLOBAL and INST, the two ways in which a pickle of text only names what it calls: `c` or `i` and a module at the end of
 * a line, and a name alone on the next. Line by line, because one expression over both would take quadratic time.
 */
const hasPickledCall = (text: string): boolean => {
  const lines = text.split(/\r?\n/)
  return lines.some((line, index) => {
    if (!/^[A-Za-z_][\w.]*$/.test(lines[index + 1] ?? '')) return false
    let start = line.length
    while (start > 0 && /[\w.]/.test(line[start - 1] ?? '')) start -= 1
    return /[ci][A-Za-z_]/.test(line.slice(start))
  })
}

/** No opcode of pickle: a file that opens with one of these is no pickle from its start. */
const opensNoPickle = /^[#\-\s*=<A-Z][ A-Za-z#\-*=]/

/**
 * Whether a text only says something: it is UTF-8, and no loader finds an instruction in it. Text beyond ASCII must open
 * like prose, because some of its bytes are opcodes of pickle.
 *
 * @param bytes the whole file.
 */
export const isPassiveText = (bytes: Uint8Array): boolean => {
  const text = decodeText(bytes)
  if (text === undefined || activeText.test(text)) return false
  return (
    opensLikeMarkdown.test(text) || (/^\p{ASCII}*$/u.test(text) && opensNoPickle.test(text) && !hasPickledCall(text))
  )
}
