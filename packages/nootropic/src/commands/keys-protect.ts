import { NootropicError } from '@nootropic/core'
import type { PassphraseDerivation } from '@nootropic/core/crypto'
import { protectionBy, protectionKinds } from '../key-protection.ts'
import { requiredOption, textOption, type Verb } from '../verb.ts'
import { choose } from './choose.ts'
import { homeOptions } from './installation.ts'
import { newPassphrase } from './keys-passphrase.ts'
import { changeKeys, keysDirectory } from './keys-store.ts'

const resource = 'key-store:this'

// Argon2id at the key store's own cost; scrypt at the least that OWASP's Password Storage Cheat Sheet recommends.
const derivations = ['argon2id', 'scrypt'] as const
const scrypt: PassphraseDerivation = { name: 'scrypt', logN: 17, r: 8, p: 1 }

export const keysRotate: Verb = {
  name: 'keys rotate',
  operands: '',
  summary: 'replace the key that encrypts the keys; no model is sealed again',
  options: homeOptions,
  run: (invocation, streams) =>
    changeKeys(invocation, streams, { action: 'rotate-keys', resource }, async (keys) => {
      await keys.rotate()
      const { length } = await keys.list()
      return {
        exit: 0,
        document: { rotated: length },
        text: `${length} keys are encrypted anew\n`,
        changed: { keys: length },
      }
    }),
}

export const keysProtect: Verb = {
  name: 'keys protect',
  operands: '',
  summary: 'what opens the key store from now on: a file beside it, a passphrase, or the keychain of this user',
  options: {
    ...homeOptions,
    by: { type: 'string', value: 'KIND', description: protectionKinds.join(', ') },
    'new-passphrase-file': {
      type: 'string',
      value: 'FILE',
      description: 'a private file with the passphrase to set (default: ask twice at the terminal)',
    },
    derivation: {
      type: 'string',
      value: 'HASH',
      description: `what makes guessing the passphrase slow: ${derivations.join(', ')} (default argon2id)`,
    },
  },
  run: async (invocation, streams) => {
    const by = choose('by', requiredOption(invocation, 'by'), protectionKinds)
    const given = ['new-passphrase-file', 'derivation'].find((name) => textOption(invocation, name) !== undefined)
    if (by !== 'passphrase' && given !== undefined) {
      throw new NootropicError('USAGE', `expected --${given} with --by passphrase only, got it with --by ${by}`)
    }
    const derivation = choose('derivation', textOption(invocation, 'derivation') ?? 'argon2id', derivations)
    const protection = protectionBy(by, {
      directory: await keysDirectory(invocation, streams),
      ...(by === 'passphrase' ? { passphrase: newPassphrase(invocation, streams, 'new-passphrase-file') } : {}),
      ...(derivation === 'scrypt' ? { derivation: scrypt } : {}),
    })
    return changeKeys(invocation, streams, { action: 'protect-keys', resource, details: { by } }, async (keys) => {
      await keys.changeProtection(protection)
      // The key that a former protection kept must not open what is written from now on.
      await keys.rotate()
      return { exit: 0, document: { protection: by }, text: `the key store is protected by a ${by}\n` }
    })
  },
}
