import { randomUUID } from 'node:crypto'
import { isEqualConstantTime } from '../../bytes.ts'
import { NootropicError } from '../../errors.ts'
import { keyUnavailable } from './key-error.ts'
import type { KeychainRecord, KeyProtection } from './protection.ts'

/** What is used of the `@napi-rs/keyring` module. */
export interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options: { linux: { store: 'secret-service' } },
  ) => {
    setSecret(secret: Uint8Array): Promise<void>
    getSecret(): Promise<ArrayLike<number> | null>
    deleteCredential(): Promise<boolean>
  }
}

const install = 'npm i @napi-rs/keyring'

const loadKeyring = async (load: () => Promise<Keyring>): Promise<Keyring> => {
  try {
    return await load()
  } catch (cause) {
    const message = `expected the package @napi-rs/keyring for ${process.platform}-${process.arch}; it could not be loaded`
    throw new NootropicError('PEER_DEPENDENCY_MISSING', `${message}. Install it with: ${install}`, {
      cause,
      details: { package: '@napi-rs/keyring', install },
    })
  }
}

/**
 * Keeps the key-encryption key in the keychain of the operating system: Keychain, Credential Manager or Secret Service.
 * The kernel's keyring is not used, because it forgets at a restart. What the keychain hands out passes through a plain
 * array, which is wiped too.
 */
export const keychainProtection = (
  options: { service?: string; load?: () => Promise<Keyring> } = {},
): KeyProtection<KeychainRecord> => {
  const { service = 'nootropic', load = () => import('@napi-rs/keyring') } = options

  const withEntry = async <Result>(
    { service, account }: KeychainRecord,
    work: (entry: InstanceType<Keyring['AsyncEntry']>) => Promise<Result>,
  ): Promise<Result> => {
    const { AsyncEntry } = await loadKeyring(load)
    try {
      return await work(new AsyncEntry(service, account, { linux: { store: 'secret-service' } }))
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error)
      const advice = 'unlock it, or protect the keys by a passphrase where nobody is logged in to a desktop'
      throw keyUnavailable(`expected the keychain of this user to answer, found ${JSON.stringify(found)}; ${advice}`, {
        cause: error,
      })
    }
  }

  const read = async (record: KeychainRecord): Promise<Uint8Array | undefined> => {
    const secret = await withEntry(record, (entry) => entry.getSecret())
    if (secret === null) return undefined
    const key = Uint8Array.from(secret)
    if (Array.isArray(secret)) secret.fill(0)
    return key
  }

  return {
    kind: 'keychain',
    async protect(key) {
      const record: KeychainRecord = { kind: 'keychain', service, account: randomUUID() }
      await withEntry(record, (entry) => entry.setSecret(key))
      const kept = await read(record)
      if (kept === undefined || !isEqualConstantTime(kept, key)) {
        throw keyUnavailable('expected the keychain to give back the key it was given, found another answer')
      }
      kept.fill(0)
      return record
    },
    async reveal(record) {
      const key = await read(record)
      if (key !== undefined) return key
      const place = `${record.account} of ${JSON.stringify(record.service)}`
      throw keyUnavailable(`expected ${place} in the keychain of this user, found nothing; import a recovery file`)
    },
    async forget(record) {
      await withEntry(record, (entry) => entry.deleteCredential())
    },
  }
}
