import { createHash, createHmac, type KeyObject } from 'node:crypto'
import { canonicalJson, type Json, jsonSchema, NootropicError } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import type { Owner } from '../credentials/owner.ts'
import type { Challenges } from './challenges.ts'
import type { MfaTables } from './mfa-table.ts'
import { assertionResponseSchema, challengeOf, registrationResponseSchema } from './passkey-response.ts'
import type { RelyingParty } from './relying-party.ts'
import type { SeedSeal } from './seed-seal.ts'
import { loadWebAuthn } from './webauthn-library.ts'

const maximumPerSubject = 20
// EdDSA, ES256, RS256 (COSE): what authenticators have, and nothing that is deprecated.
const algorithms = [-8, -7, -257]

/** What came of an answer by passkey. */
type PasskeyOutcome = 'right' | 'wrong' | 'counter-went-back'

/** Passkeys (WebAuthn): their public keys and counters. The user must be verified by the authenticator each time. */
export interface Passkeys {
  /** @returns options for `navigator.credentials.create`, as JSON. */
  beginRegistration(subject: Owner, session: string, account: string): Promise<Json>
  /** @returns the id of the new passkey, or undefined if the answer is not one to an open challenge of this session. */
  finishRegistration(subject: Owner, session: string, response: unknown): Promise<string | undefined>
  /** @returns options for `navigator.credentials.get`, as JSON; undefined for a subject without passkeys. */
  optionsFor(subject: Owner, nonce: string): Promise<Json | undefined>
  /** Verifies an answer to a challenge that was taken back already. */
  take(subject: Owner, nonce: string, response: unknown): Promise<PasskeyOutcome>
  remove(subject: Owner, id: string): Promise<boolean>
  list(subject: Owner): Promise<{ id: string; createdAt: string; lastUsedAt?: string }[]>
}

const registrationBinding = (subject: Owner, session: string): string =>
  createHash('sha256')
    .update(canonicalJson(['passkey-registration', subject.type, subject.id, session]))
    .digest('hex')

const transportsSchema = z.array(z.string())

// Sealed under it, a public key stays that of this passkey and this subject: whoever can write the table puts none of his own
// in its place (ASVS 6.7.1).
const publicKeyName = (id: string, { type, id: subjectId }: Owner): string =>
  JSON.stringify(['passkey', id, type, subjectId])

const verifyRoom = (count: number): void => {
  if (count < maximumPerSubject) return
  const found = `${count} already; remove one first`
  throw new NootropicError('LIMIT_EXCEEDED', `expected at most ${maximumPerSubject} passkeys, found ${found}`)
}

export const createPasskeys = (
  database: Database,
  relyingParty: RelyingParty,
  userHandleKey: KeyObject,
  challenges: Challenges,
  seal: SeedSeal,
  time: () => number,
): Passkeys => {
  const tables = database.tables<MfaTables>()
  const ofSubject = (subject: Owner) =>
    tables
      .selectFrom('access_passkeys')
      .selectAll()
      .where('subject_type', '=', subject.type)
      .where('subject_id', '=', subject.id)
      .orderBy('created_at')
  const descriptors = async (subject: Owner) => {
    const rows = await ofSubject(subject).execute()
    return rows.map(({ id, transports }) => ({ id, transports: transportsSchema.parse(JSON.parse(transports)) }))
  }
  // WebAuthn section 14.6.1: authenticators keep it and must not learn a name from it.
  const handleOf = (subject: Owner): Uint8Array<ArrayBuffer> =>
    new Uint8Array(
      createHmac('sha256', userHandleKey)
        .update(canonicalJson([subject.type, subject.id]))
        .digest(),
    )
  const expected = {
    expectedOrigin: relyingParty.origins,
    expectedRPID: relyingParty.id,
    requireUserVerification: true,
  }

  return {
    async beginRegistration(subject, session, account) {
      const { generateRegistrationOptions } = await loadWebAuthn()
      const excludeCredentials = await descriptors(subject)
      verifyRoom(excludeCredentials.length)
      const { nonce } = await challenges.give(registrationBinding(subject, session))
      const options = await generateRegistrationOptions({
        rpName: relyingParty.name,
        rpID: relyingParty.id,
        userName: account,
        userID: handleOf(subject),
        challenge: new Uint8Array(Buffer.from(nonce, 'base64url')),
        excludeCredentials,
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
      })
      return jsonSchema.parse(JSON.parse(JSON.stringify(options)))
    },

    async finishRegistration(subject, session, response) {
      const parsed = registrationResponseSchema.safeParse(response)
      const nonce = parsed.success ? challengeOf(parsed.data.response.clientDataJSON) : undefined
      if (!parsed.success || nonce === undefined) return undefined
      if (!(await challenges.take(nonce, registrationBinding(subject, session)))) return undefined
      const { verifyRegistrationResponse } = await loadWebAuthn()
      const { id, rawId, type, response: given } = parsed.data
      const { clientDataJSON, attestationObject, transports = [] } = given
      const verified = await verifyRegistrationResponse({
        ...expected,
        response: { id, rawId, type, clientExtensionResults: {}, response: { clientDataJSON, attestationObject } },
        expectedChallenge: nonce,
        supportedAlgorithmIDs: algorithms,
      }).catch(() => undefined)
      if (verified?.verified !== true) return undefined
      // Many registrations may have begun while there was room.
      verifyRoom((await descriptors(subject)).length)
      const { credential } = verified.registrationInfo
      const row = await tables
        .insertInto('access_passkeys')
        .values({
          id: credential.id,
          subject_type: subject.type,
          subject_id: subject.id,
          created_at: time(),
          public_key: seal.seal(publicKeyName(credential.id, subject), credential.publicKey),
          counter: credential.counter,
          transports: JSON.stringify(transports),
          last_used_at: null,
        })
        // A credential that is somebody's already stays theirs (WebAuthn section 7.1, step 26).
        .onConflict((conflict) => conflict.column('id').doNothing())
        .returning('id')
        .executeTakeFirst()
      return row?.id
    },

    async optionsFor(subject, nonce) {
      const allowCredentials = await descriptors(subject)
      if (allowCredentials.length === 0) return undefined
      const { generateAuthenticationOptions } = await loadWebAuthn()
      const options = await generateAuthenticationOptions({
        rpID: relyingParty.id,
        allowCredentials,
        challenge: new Uint8Array(Buffer.from(nonce, 'base64url')),
        userVerification: 'required',
      })
      return jsonSchema.parse(JSON.parse(JSON.stringify(options)))
    },

    async take(subject, nonce, response) {
      const parsed = assertionResponseSchema.safeParse(response)
      if (!parsed.success || challengeOf(parsed.data.response.clientDataJSON) !== nonce) return 'wrong'
      const { id, rawId, type, response: given } = parsed.data
      const row = await ofSubject(subject).where('id', '=', id).executeTakeFirst()
      if (row === undefined) return 'wrong'
      const { verifyAuthenticationResponse } = await loadWebAuthn()
      const publicKey = new Uint8Array(seal.open(publicKeyName(id, subject), row.public_key))
      const verified = await verifyAuthenticationResponse({
        ...expected,
        response: { id, rawId, type, clientExtensionResults: {}, response: given },
        expectedChallenge: nonce,
        // The counter is compared below, in the statement that writes it: for one of all processes.
        credential: { id, publicKey, counter: 0 },
      }).catch(() => undefined)
      if (verified?.verified !== true) return 'wrong'
      const { newCounter } = verified.authenticationInfo
      const used = await tables
        .updateTable('access_passkeys')
        .set({ counter: newCounter, last_used_at: time() })
        .where('id', '=', id)
        // WebAuthn section 6.1.1: an authenticator without a counter says 0 each time; any other only counts up.
        .where((eb) => (newCounter === 0 ? eb('counter', '=', 0) : eb('counter', '<', newCounter)))
        .returning('id')
        .executeTakeFirst()
      return used === undefined ? 'counter-went-back' : 'right'
    },

    async remove(subject, id) {
      const row = await tables
        .deleteFrom('access_passkeys')
        .where('id', '=', id)
        .where('subject_type', '=', subject.type)
        .where('subject_id', '=', subject.id)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    async list(subject) {
      const rows = await ofSubject(subject).execute()
      return rows.map(({ id, created_at, last_used_at }) => ({
        id,
        createdAt: new Date(created_at).toISOString(),
        ...(last_used_at === null ? {} : { lastUsedAt: new Date(last_used_at).toISOString() }),
      }))
    },
  }
}
