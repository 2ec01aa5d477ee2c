import { type Finding, isNootropicError } from '@nootropic/core'
import { type ByteRange, type OnnxModel, readOnnx } from '@nootropic/core/formats'
import { executableHeadLength, recogniseExecutable } from './executable.ts'
import { type FileFormat, isPassiveText, recogniseFormat, sniffedLength } from './format.ts'
import { checkOnnx } from './onnx/check-onnx.ts'
import type { FileScan } from './report.ts'

/** Where an archive's directory ends: at most a comment of 65,535 bytes before the end of the file. */
const archiveTailLength = 22 + 65_535

/** Text that is longer is not read whole (CWE-770). */
const maximumTextLength = 1 << 20

/** Where the bytes of a file come from: memory, or an open file of which little is read. */
export interface FileContent {
  readonly size: number
  /** Reads a range; shorter at the end of the file. */
  read(range: ByteRange): Uint8Array
  /** All of it, when it is in memory. */
  readonly bytes?: Uint8Array
  /** The ONNX model in it. */
  model(): Promise<OnnxModel>
}

/** The content of a file that is in memory. */
export const contentOf = (bytes: Uint8Array): FileContent => ({
  size: bytes.length,
  bytes,
  read: ({ offset, length }) => bytes.subarray(offset, offset + length),
  model: async () => readOnnx(bytes),
})

const fileFinding = (
  path: string,
  finding: Pick<Finding, 'rule' | 'severity' | 'title' | 'message' | 'tags'>,
): Finding => ({
  ...finding,
  location: { path },
  remediation: 'Get the file again from its source and compare its digest.',
  references: [],
})

/** A zip directory at the very end of a file that is read as something else from its start. */
const endsLikeArchive = (content: FileContent): boolean => {
  const offset = Math.max(0, content.size - archiveTailLength)
  const tail = Buffer.from(content.read({ offset, length: content.size - offset }))
  for (let end = tail.lastIndexOf('PK\x05\x06'); end > 0; end = tail.lastIndexOf('PK\x05\x06', end - 1)) {
    if (end + 22 <= tail.length && end + 22 + tail.readUInt16LE(end + 20) === tail.length) return true
  }
  return false
}

const checkModel = async (content: FileContent, path: string): Promise<Omit<FileScan, 'format'>> => {
  try {
    const model = await content.model()
    const findings = checkOnnx(model, { path, file: content.bytes, readBytes: (range) => content.read(range) })
    if (!endsLikeArchive(content)) return { findings }
    const polyglot = fileFinding(path, {
      rule: 'file/polyglot',
      severity: 'high',
      title: 'The file is two things at once',
      message: 'expected an ONNX model, found one that is also a zip archive: other readers would open the archive',
      tags: ['CWE-434', 'CWE-436'],
    })
    return { findings: [polyglot, ...findings] }
  } catch (error) {
    if (isNootropicError(error, 'MODEL_MALFORMED')) {
      const { offset } = error.details
      const malformed = fileFinding(path, {
        rule: 'onnx/malformed',
        severity: 'high',
        title: 'The file is not a well-formed ONNX model',
        message: error.message,
        tags: ['CWE-20'],
      })
      return { findings: [typeof offset === 'number' ? { ...malformed, location: { path, offset } } : malformed] }
    }
    if (isNootropicError(error, 'LIMIT_EXCEEDED')) return { findings: [], incomplete: error.message }
    throw error
  }
}

const archives: readonly FileFormat[] = ['zip', 'gzip', 'xz', 'bzip2', 'zstd', '7z', 'tar']

const unreadReason = (format: FileFormat): string => {
  if (format === 'pickle')
    return 'a pickle can run any code when it is loaded, and this version cannot read pickles yet'
  if (format === 'unknown') return 'its format is not recognised'
  if (archives.includes(format)) return `the files inside this ${format} container are not read yet`
  return `files of format ${format} are recognised but not read yet`
}

/** Looks at one file by its content; its name plays no part. */
export const checkContent = async (content: FileContent, path: string): Promise<FileScan> => {
  const head = content.read({ offset: 0, length: sniffedLength })
  const format = recogniseFormat(head)
  if (format === 'empty') {
    const finding = fileFinding(path, {
      rule: 'file/empty',
      severity: 'high',
      title: 'The file is empty',
      message: 'expected a model, found no bytes',
      tags: ['CWE-20'],
    })
    return { format, findings: [finding] }
  }
  if (format === 'onnx') return { format, ...(await checkModel(content, path)) }
  const program = recogniseExecutable(content.read({ offset: 0, length: executableHeadLength }))
  if (program !== undefined) {
    const finding = fileFinding(path, {
      rule: 'file/executable',
      severity: 'high',
      title: 'The file is a program',
      message: `expected a model or its documentation, found a program (${program})`,
      tags: ['CWE-434', 'AML.T0011.000'],
    })
    return { format, findings: [finding] }
  }
  if (format === 'markdown' || format === 'text') {
    const isRead = content.size <= maximumTextLength
    if (isRead && isPassiveText(content.read({ offset: 0, length: content.size }))) return { format, findings: [] }
  }
  return { format, findings: [], incomplete: `not scanned: ${unreadReason(format)}` }
}
