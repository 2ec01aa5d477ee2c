import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, lstatSync, openSync, type Stats } from 'node:fs'
import { join, sep } from 'node:path'
import {
  externalLocation,
  type OnnxModel,
  refuseLocation,
  type TensorProto,
  walkTensors,
} from '@nootropic/core/formats'
import type { Sighting } from '../rule.ts'
import { type ByteSource, fileSource } from '../source.ts'
import { byteNumber, externalEntry, isOpenable } from './checks/external-data.ts'
import { expectedBytes } from './element-size.ts'
import { onnxRules } from './rules.ts'

/** Gaps between aligned tensors together; more of a file that no tensor uses is no alignment. */
const maximumSlack = 2 ** 20

const hashedLength = 2 ** 20

/** A tensor's part of a file, as the model says it. */
interface Extent {
  readonly place: string
  readonly offset: number
  /** Absent: up to the end of the file. */
  readonly end: number | undefined
}

const extentOf = (tensor: TensorProto, place: string): Extent => {
  const offset = byteNumber(externalEntry(tensor, 'offset') ?? '') ?? 0
  const length = byteNumber(externalEntry(tensor, 'length') ?? '') ?? Number(expectedBytes(tensor) ?? Number.NaN)
  return { place, offset, end: Number.isSafeInteger(offset + length) ? offset + length : undefined }
}

/** What stands at a relative path, every part of it looked at without following a link. */
const problemAt = (directory: string, location: string): { found: string; tags: string[] } | undefined => {
  const parts = location.split('/').filter((part) => part !== '' && part !== '.')
  for (const [index] of parts.entries()) {
    const status = lstatSync(join(directory, parts.slice(0, index + 1).join(sep)), { throwIfNoEntry: false })
    if (status === undefined) return { found: 'no such file', tags: ['CWE-1104'] }
    if (status.isSymbolicLink())
      return { found: 'a symbolic link', tags: ['CWE-59', 'CVE-2026-27489', 'CVE-2026-34447'] }
    const isLast = index === parts.length - 1
    if (isLast && !status.isFile()) return { found: 'no regular file', tags: ['CWE-59'] }
    if (isLast && status.nlink > 1) return { found: 'a hard link', tags: ['CWE-62', 'CVE-2026-34446'] }
  }
  return undefined
}

/** Opens what was looked at; nothing when another file stands there by now (CWE-367). */
const openSame = (path: string): { descriptor: number; status: Stats } | undefined => {
  const before = lstatSync(path)
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  const status = fstatSync(descriptor)
  if (status.ino === before.ino && status.dev === before.dev && status.isFile()) return { descriptor, status }
  closeSync(descriptor)
  return undefined
}

const sha1Of = (content: ByteSource, checkTime: () => void): string => {
  const hash = createHash('sha1')
  for (let offset = 0; offset < content.size; offset += hashedLength) {
    checkTime()
    hash.update(content.read(offset, hashedLength))
  }
  return hash.digest('hex')
}

/** Bytes of a file that lie in none of the extents. */
const slackOf = (extents: readonly Extent[], size: number): number => {
  let [reached, slack] = [0, 0]
  for (const { offset, end = size } of extents.toSorted((left, right) => left.offset - right.offset)) {
    slack += Math.max(0, offset - reached)
    reached = Math.max(reached, end)
  }
  return slack + Math.max(0, size - reached)
}

function* checkContent(
  content: ByteSource,
  location: string,
  extents: readonly Extent[],
  checksums: ReadonlySet<string>,
  checkTime: () => void,
): Generator<Sighting> {
  const short = extents.find(({ offset, end }) => (end ?? offset) > content.size)
  if (short !== undefined) {
    yield {
      rule: onnxRules['external-file-short'],
      message: `expected ${location} to hold ${short.end ?? short.offset} bytes for ${short.place}, found ${content.size}`,
      inside: location,
      evidence: { size: content.size, end: short.end ?? short.offset },
    }
  }
  if (checksums.size > 0) {
    const found = sha1Of(content, checkTime)
    const other = [...checksums].find((checksum) => checksum !== found)
    if (other !== undefined) {
      yield {
        rule: onnxRules['external-file-changed'],
        message: `expected ${location} to have the SHA-1 ${other}, found ${found}`,
        inside: location,
        evidence: { expected: other, found },
      }
    }
  }
  const slack = slackOf(extents, content.size)
  if (slack > maximumSlack) {
    yield {
      rule: onnxRules['external-file-slack'],
      message: `expected tensors to use all but ${maximumSlack} bytes of ${location}, found ${slack} that none uses`,
      inside: location,
      evidence: { bytes: slack },
    }
  }
}

/** The files in a directory that a model's external data names: plain files beside it, as long as the model says. */
export function* checkExternalFiles(model: OnnxModel, directory: string, checkTime: () => void): Generator<Sighting> {
  const files = new Map<string, { extents: Extent[]; checksums: Set<string> }>()
  for (const { tensor, place } of walkTensors(model)) {
    const location = externalEntry(tensor, 'location') ?? ''
    // A location that leads elsewhere, or can be no file, is reported by its own rule, and never looked at.
    const isBeside = location !== '' && refuseLocation(location) === undefined && isOpenable(location)
    if (tensor.dataLocation !== externalLocation || !isBeside) continue
    const file = files.get(location) ?? { extents: [], checksums: new Set<string>() }
    files.set(location, file)
    file.extents.push(extentOf(tensor, place))
    const checksum = externalEntry(tensor, 'checksum')
    if (checksum !== undefined && /^[0-9a-f]{40}$/i.test(checksum)) file.checksums.add(checksum.toLowerCase())
  }
  for (const [location, { extents, checksums }] of files) {
    checkTime()
    const problem = problemAt(directory, location)
    const opened = problem === undefined ? openSame(join(directory, location)) : undefined
    if (opened === undefined) {
      const { found, tags } = problem ?? { found: 'another file a moment later', tags: ['CWE-367'] }
      yield {
        rule: onnxRules[found === 'no such file' ? 'external-file-missing' : 'external-file-linked'],
        message: `expected external data in a regular file with one name beside the model, found ${found}`,
        inside: location,
        tags,
      }
      continue
    }
    try {
      const content = fileSource(opened.descriptor, opened.status.size)
      yield* checkContent(content, location, extents, checksums, checkTime)
    } finally {
      closeSync(opened.descriptor)
    }
  }
}
