import { externalLocation, refuseLocation, type TensorProto, walkTensors } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { expectedBytes } from '../element-size.ts'
import { onnxRules } from '../rules.ts'

/** The keys that onnx.proto defines for external data; runtimes have set attributes from any other (CVE-2026-34445). */
const knownKeys = new Set(['location', 'offset', 'length', 'checksum', 'basepath'])

/** Names that Windows gives to devices, with whatever ending. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i

/** Linux and Windows open no longer names (PATH_MAX, and 255 for each part). */
const longestPath = 4096
const longestName = 255

/** Whether a file of this name can be. */
export const isOpenable = (location: string): boolean =>
  location.length < longestPath && location.split('/').every((part) => Buffer.byteLength(part) <= longestName)

/** Why a location that leads nowhere else names another file on another system, or nothing. */
const portabilityProblem = (location: string): string | undefined => {
  if (!isOpenable(location)) return 'a name longer than any file has'
  if (/%[0-9a-f]{2}/i.test(location)) return 'a percent-encoded name'
  if (location.includes('\\')) return 'a backslash'
  if (location.includes(':')) return 'a colon, which names a stream of another file on Windows'
  const parts = location.split('/')
  if (parts.some((part) => device.test(part))) return 'the name of a device of Windows'
  if (parts.some((part) => part !== '.' && /[. ]$/.test(part))) return 'a dot or a space at its end'
  if (/\p{Cf}/u.test(location)) return 'characters that cannot be seen'
  return undefined
}

/** A number of bytes as external data writes it, or nothing when it is not one that a file could have. */
export const byteNumber = (text: string): number | undefined => {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : undefined
}

/** The first value of a key of a tensor's external data. */
export const externalEntry = (tensor: TensorProto, key: string): string | undefined =>
  tensor.externalData.find((entry) => entry.key === key)?.value

function* checkTensor(tensor: TensorProto, place: string): Generator<Sighting> {
  if (tensor.dataLocation !== externalLocation && tensor.externalData.length === 0) return
  const sighting = (rule: Sighting['rule'], found: string): Sighting => ({
    rule,
    message: `expected the name of a file beside the model, with offset and length inside it; found ${found}`,
    inside: place,
    evidence: { tensor: printable(tensor.name) },
  })
  const malformed = (found: string): Sighting => sighting(onnxRules['external-data-malformed'], found)

  const locations = tensor.externalData.filter(({ key }) => key === 'location').map(({ value }) => value)
  if (locations.every((location) => location === '')) yield malformed('no location')
  for (const location of locations) {
    const refusal = refuseLocation(location)
    const problem = portabilityProblem(location)
    if (refusal !== undefined) {
      yield {
        ...sighting(onnxRules[refusal.kind], refusal.found),
        evidence: { tensor: printable(tensor.name), location: printable(location) },
      }
    } else if (problem !== undefined) {
      yield sighting(onnxRules['external-data-name'], `${problem} in "${printable(location)}"`)
    }
  }
  const basePath = externalEntry(tensor, 'basepath')
  if (basePath !== undefined && basePath !== '') yield malformed('a base path, which moves every location')

  const keys = tensor.externalData.map(({ key }) => key)
  for (const key of new Set(keys.filter((name) => !knownKeys.has(name)))) {
    yield sighting(onnxRules['external-data-key'], `the unknown key "${printable(key)}"`)
  }
  if (new Set(keys).size < keys.length) yield malformed('the same key twice, which readers resolve differently')
  if (tensor.dataLocation !== externalLocation) yield malformed('an entry in a tensor that is stored inside')

  for (const key of ['offset', 'length']) {
    const text = externalEntry(tensor, key)
    if (text !== undefined && byteNumber(text) === undefined) yield malformed(`"${printable(text)}" as ${key}`)
  }
  const checksum = externalEntry(tensor, 'checksum')
  if (checksum !== undefined && !/^[0-9a-f]{40}$/i.test(checksum)) yield malformed('a checksum that is no SHA-1')
  const length = byteNumber(externalEntry(tensor, 'length') ?? '')
  const expected = expectedBytes(tensor)
  if (length !== undefined && expected !== undefined && BigInt(length) !== expected) {
    yield malformed(`length ${length} for a tensor of ${expected} bytes`)
  }
}

/** External data, wherever a tensor can stand: initialisers, attributes, subgraphs, functions, training information. */
export const externalDataCheck: OnnxCheck = {
  name: 'external-data',
  *check({ model }) {
    for (const { tensor, place } of walkTensors(model)) yield* checkTensor(tensor, place)
  },
}
