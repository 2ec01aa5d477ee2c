import { createSecretKey } from 'node:crypto'
import type { z } from 'zod'
import { type Clock, systemClock } from '../../clock.ts'
import { NootropicError } from '../../errors.ts'
import { quoted } from '../../quoted.ts'
import { type Random, systemRandom } from '../../random.ts'
import { createChangeQueue, type KeyDraft } from './change-queue.ts'
import { fileProtection } from './file-protection.ts'
import {
  type KeyFilter,
  keyOfPurpose,
  modelSigningKeyOf,
  modelSigningPurpose,
  requireDataKey,
  requireKey,
  requireRemovable,
  requireState,
} from './key-choice.ts'
import { type KeyDescription, type KeyEntry, keyIdentitySchema, keyStateSchema, purposeSchema } from './key-entry.ts'
import { keyUnavailable } from './key-error.ts'
import { keyEncryptionKey, keyLength, rewrapRing, unwrapEntry, wrapEntry } from './key-ring.ts'
import type { KeyStore } from './key-store.ts'
import type { KeyProtection } from './protection.ts'
import { sealRecovery } from './recovery-file.ts'
import { type OpenRing, openRingFile } from './ring-file.ts'
import { useSecret } from './secret-bytes.ts'
import { type Curve, curveSchema, makeKey, parseEcdsaPem, type SigningKey, signingKeyFrom } from './signing-key.ts'

const parseText = <Text extends string>(schema: z.ZodType<Text>, value: unknown, expected: string): Text => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new NootropicError('USAGE', `expected ${expected}, got ${quoted(String(value))}`)
}
const parsePurpose = (purpose: string): string =>
  parseText(purposeSchema, purpose, 'a purpose of 1 to 63 of a-z, 0-9 and -')
const parseIdentity = (id: string): string =>
  parseText(keyIdentitySchema, id, 'a name of 1 to 512 characters, none of them a control character')

const parseCurve = (curve: string): Curve => parseText(curveSchema, curve, 'P-256, P-384 or P-521')

/**
 * Opens the keys in a directory (0700, its files 0600), or makes them. `keys.json` holds every key, wrapped by one
 * key-encryption key by AES-256-GCM, and is authenticated as a whole; `protection` keeps that one key.
 *
 * Whoever can read the memory of this process has the keys. JavaScript cannot wipe what is in a `KeyObject`, in a string,
 * or in a copy that the engine made; buffers of our own are wiped, and nothing is kept from being swapped to disk. An
 * older copy of the whole directory is a valid key store: that it is older cannot be seen. An older ring put beside a newer
 * history is refused, and so is a history with a line that was changed or taken out; one that was lost begins anew.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when the directory or a file is a link, belongs to another user, can be read
 * by others, has a second name, is damaged, or when the protection does not give the key. The directory and the ring are
 * verified again each time a key is read.
 * @example
 * ```ts
 * const keys = await openKeyStore({ directory: '/home/me/.nootropic/keys' })
 * const pepper = await keys.secret('api-keys')
 * const { keyId, key } = await keys.createDataKey({ purpose: 'vault', id: 'digits 1.0.0' })
 * ```
 */
export const openKeyStore = async (options: {
  directory: string
  protection?: KeyProtection
  random?: Random
  clock?: Clock
}): Promise<KeyStore> => {
  const { directory, protection = fileProtection(), random = systemRandom, clock = systemClock } = options
  const now = (): string => clock.now().toISOString()

  const create = (): Promise<OpenRing> =>
    useSecret(random.bytes(keyLength), async (bytes) => ({
      ring: {
        schemaVersion: 1,
        store: random.uuid(),
        generation: 1,
        last: { revision: 1, at: now(), changes: [{ action: 'store-created' }] },
        protection: await protection.protect(bytes, { directory, generation: 1 }),
        keys: [],
      },
      key: keyEncryptionKey(bytes),
    }))

  const file = await openRingFile({ directory, protection, clock, create })
  const queue = createChangeQueue(file)

  const add = (
    { ring, key, keys }: KeyDraft,
    what: Pick<KeyDescription, 'purpose' | 'id' | 'algorithm'>,
    bytes: Uint8Array,
  ): string => {
    const keyId = random.uuid()
    if (keys.has(keyId)) throw new NootropicError('INTERNAL', `expected a new key id, got ${keyId} again`)
    keys.set(keyId, wrapEntry(ring, key, { keyId, ...what, created: now(), state: 'active' }, bytes, random))
    return keyId
  }

  const use = async <Result>(
    choose: (keys: readonly KeyEntry[]) => KeyEntry,
    work: (bytes: Uint8Array, entry: KeyEntry) => Result,
  ): Promise<Result> => {
    const { ring, key } = await file.read()
    const entry = choose(ring.keys)
    return useSecret(unwrapEntry(ring, key, entry), (bytes) => work(bytes, entry))
  }

  // The newest one counts: those that it replaced only open and verify.
  const useNewest = <Result>(
    isWanted: KeyFilter,
    label: string,
    work: (bytes: Uint8Array, entry: KeyEntry) => Result,
  ) =>
    use((keys) => {
      const entry = keys.findLast(isWanted)
      if (entry === undefined)
        throw keyUnavailable(`expected a key of ${label} in ${directory}, found none; make it first`)
      return requireState(entry, 'make')
    }, work)

  const makeOnFirstUse = async (purpose: string, algorithm: 'HMAC-SHA-256' | 'Ed25519'): Promise<KeyFilter> => {
    const isWanted = keyOfPurpose(parsePurpose(purpose), algorithm)
    if ((await file.read()).ring.keys.some(isWanted)) return isWanted
    await useSecret(makeKey(algorithm, random), (bytes) =>
      queue.submit((draft) => {
        // Another caller or process may have been first: what counts is what is on disk.
        if ([...draft.keys.values()].some(isWanted)) return { result: undefined, changes: [] }
        const keyId = add(draft, { purpose, algorithm }, bytes)
        return { result: undefined, changes: [{ action: 'key-created', keyId }] }
      }),
    )
    return isWanted
  }

  const addModelSigningKey = (
    name: string,
    curve: Curve,
    pkcs8: Buffer,
    action: 'key-created' | 'key-imported',
  ): Promise<SigningKey> =>
    useSecret(pkcs8, async (bytes) => {
      const id = parseIdentity(name)
      const keyId = await queue.submit((draft) => {
        if ([...draft.keys.values()].some(modelSigningKeyOf(id))) {
          const message = `expected a name that no model-signing key has, got ${quoted(id)}`
          throw new NootropicError('USAGE', `${message}; choose another name, or replace that key`)
        }
        const added = add(draft, { purpose: modelSigningPurpose, id, algorithm: `ECDSA-${curve}` }, bytes)
        return { result: added, changes: [{ action, keyId: added }] }
      })
      return signingKeyFrom(keyId, bytes)
    })

  return {
    async createDataKey(name) {
      const what = {
        purpose: parsePurpose(name.purpose),
        id: parseIdentity(name.id),
        algorithm: 'FLOE-AES-256-GCM',
      } as const
      return useSecret(makeKey(what.algorithm, random), async (bytes) => {
        const keyId = await queue.submit((draft) => {
          const added = add(draft, what, bytes)
          return { result: added, changes: [{ action: 'key-created', keyId: added }] }
        })
        return { keyId, key: createSecretKey(bytes) }
      })
    },
    dataKey: (keyId, name, options = {}) =>
      use(
        (keys) => requireState(requireDataKey(keys, keyId, name), options.use === 'seal' ? 'make' : 'open'),
        (bytes) => createSecretKey(bytes),
      ),
    secret: async (purpose) =>
      useNewest(await makeOnFirstUse(purpose, 'HMAC-SHA-256'), quoted(purpose), (bytes) => createSecretKey(bytes)),
    signingKey: async (purpose) =>
      useNewest(await makeOnFirstUse(purpose, 'Ed25519'), quoted(purpose), (bytes, { keyId }) =>
        signingKeyFrom(keyId, bytes),
      ),
    createModelSigningKey: async (name, curve) =>
      addModelSigningKey(name, curve, makeKey(`ECDSA-${parseCurve(curve)}`, random), 'key-created'),
    async importModelSigningKey(name, pem, options = {}) {
      const { curve, pkcs8 } = parseEcdsaPem(pem, options.passphrase)
      return addModelSigningKey(name, curve, pkcs8, 'key-imported')
    },
    modelSigningKey: (name) =>
      useNewest(modelSigningKeyOf(name), `model signing called ${quoted(name)}`, (bytes, { keyId }) =>
        signingKeyFrom(keyId, bytes),
      ),
    publicKey: (keyId) =>
      use(
        (keys) => {
          const entry = requireState(requireKey(keys, keyId), 'open')
          if (/^Ed25519$|^ECDSA/.test(entry.algorithm)) return entry
          throw keyUnavailable(`expected ${keyId} to be a key pair, found a key of ${entry.algorithm}`)
        },
        (bytes) => signingKeyFrom(keyId, bytes).publicKey,
      ),
    async list() {
      const { ring } = await file.read()
      return ring.keys.map(({ wrappedKey: _, ...description }) => description)
    },
    async setState(keyId, state) {
      const wanted = parseText(keyStateSchema, state, 'active, verify-only or revoked')
      await queue.submit(({ keys }) => {
        const entry = requireKey([...keys.values()], keyId)
        if (entry.state === wanted) return { result: undefined, changes: [] }
        keys.set(keyId, { ...requireState(entry, 'open'), state: wanted })
        return { result: undefined, changes: [{ action: 'state-changed', keyId, state: wanted }] }
      })
    },
    removeKey: (keyId) =>
      queue.submit(({ keys }) => {
        requireRemovable(requireKey([...keys.values()], keyId))
        keys.delete(keyId)
        return { result: undefined, changes: [{ action: 'key-removed', keyId }] }
      }),
    async replaceKey(keyId) {
      const { algorithm } = requireKey((await file.read()).ring.keys, keyId)
      if (algorithm === 'FLOE-AES-256-GCM') {
        const message = `expected a secret or a key pair to replace, got the data key ${quoted(keyId)}`
        throw new NootropicError('USAGE', `${message}; seal its content again instead`)
      }
      return useSecret(makeKey(algorithm, random), (bytes) =>
        queue.submit((draft) => {
          const entry = requireKey([...draft.keys.values()], keyId)
          const added = add(draft, { purpose: entry.purpose, id: entry.id, algorithm }, bytes)
          const created = { action: 'key-created', keyId: added } as const
          if (entry.state !== 'active') return { result: added, changes: [created] }
          draft.keys.set(keyId, { ...entry, state: 'verify-only' })
          return { result: added, changes: [created, { action: 'state-changed', keyId, state: 'verify-only' }] }
        }),
      )
    },
    rotate: () =>
      file.update(({ ring, key }, protection) =>
        useSecret(random.bytes(keyLength), async (bytes) => {
          const next = keyEncryptionKey(bytes)
          const rewrapped = await rewrapRing(ring, key, next, random)
          const record = await protection.protect(bytes, { directory, generation: rewrapped.generation })
          return { ring: { ...rewrapped, protection: record }, key: next, changes: [{ action: 'rotated' }] }
        }),
      ),
    changeProtection: (next) =>
      file.update(async ({ ring, key }) => {
        const { generation } = ring
        const record = await useSecret(key.key.export(), (bytes) => next.protect(bytes, { directory, generation }))
        const changes = [{ action: 'protection-changed' as const }]
        return { ring: { ...ring, protection: record }, key, changes, protection: next }
      }),
    async exportRecovery(readers) {
      let exported: Buffer = Buffer.alloc(0)
      await file.update(async (current) => {
        exported = await sealRecovery(current, readers, now())
        return { ...current, changes: [{ action: 'recovery-exported' }] }
      })
      return exported
    },
  }
}
