import { createSeededRandom, isNootropicError, type SeededRandom } from '@nootropic/core'
import { parseBundle } from '../../src/provenance/bundle.ts'
import type { Trust } from '../../src/provenance/contracts.ts'

interface Place {
  readonly path: string
  get(): unknown
  set(value: unknown): void
  remove(): void
}

const placesOf = (tree: unknown, path = ''): Place[] => {
  if (typeof tree !== 'object' || tree === null) return []
  const parent = tree as Record<string, unknown>
  return Object.keys(parent).flatMap((key) => [
    {
      path: `${path}/${key}`,
      get: () => parent[key],
      set: (value) => {
        parent[key] = value
      },
      remove: () => {
        if (Array.isArray(parent)) parent.splice(Number(key), 1)
        else delete parent[key]
      },
    },
    ...placesOf(parent[key], `${path}/${key}`),
  ])
}

const isBase64 = (text: string): boolean => text.length >= 8 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)

/** Texts change by a bit, a character, or their length; base64 also by a bit of the bytes that it stands for. */
const changedText = (text: string, random: SeededRandom): string => {
  const at = random.integer(text.length)
  const way = random.integer(4)
  if (isBase64(text) && way < 2) {
    const bytes = Buffer.from(text, 'base64')
    const index = random.integer(bytes.length)
    bytes[index] = (bytes[index] ?? 0) ^ (1 << random.integer(8))
    return (way === 0 ? bytes : bytes.subarray(0, index)).toString('base64')
  }
  if (way === 2) return text.slice(0, at)
  const character = String.fromCharCode(text.charCodeAt(at) ^ (1 << random.integer(7)))
  return `${text.slice(0, at)}${character}${text.slice(at + 1)}`
}

const changedValue = (value: unknown, random: SeededRandom): unknown => {
  if (typeof value === 'string') return value === '' ? 'a' : changedText(value, random)
  if (typeof value === 'number') return value + 1
  if (Array.isArray(value)) return value.length === 0 ? ['AAAA'] : [...value, value[0]]
  return typeof value === 'object' && value !== null ? { ...value, extra: 1 } : 1
}

/** Hints that nothing relies on, by design of the envelope. */
const hints = ['/dsseEnvelope/signatures/0/keyid']

/** Seeded changes of a bundle, one each, at any depth. Each is another document than the given one. */
function* mutationsOf(bundle: unknown, { seed, count }: { readonly seed: number; readonly count: number }) {
  const random = createSeededRandom(seed)
  const original = JSON.stringify(bundle)
  for (let made = 0; made < count; ) {
    const copy: unknown = JSON.parse(original)
    const places = placesOf(copy).filter(({ path }) => !hints.includes(path))
    const place = places[random.integer(places.length)]
    if (place === undefined) return
    if (random.integer(8) === 0) place.remove()
    else place.set(changedValue(place.get(), random))
    const json = JSON.stringify(copy)
    if (json === original) continue
    made += 1
    yield { place: place.path, json }
  }
}

/** The places at which a change of the bundle went unnoticed; the bundle itself must be accepted. */
export const acceptedMutations = async (
  trust: Trust,
  bundle: unknown,
  options: { readonly seed: number; readonly count: number },
): Promise<string[]> => {
  const isAccepted = async (json: string): Promise<boolean> => {
    try {
      const { isAuthentic, sightings } = await trust.check(parseBundle(Buffer.from(json)))
      return isAuthentic && sightings.length === 0
    } catch (error) {
      if (isNootropicError(error, 'SIGNATURE_INVALID')) return false
      throw error
    }
  }
  if (!(await isAccepted(JSON.stringify(bundle)))) return ['the bundle itself is refused']
  const accepted: string[] = []
  for (const { place, json } of mutationsOf(bundle, options)) {
    if (await isAccepted(json)) accepted.push(`${place}: ${json}`)
  }
  return accepted
}
