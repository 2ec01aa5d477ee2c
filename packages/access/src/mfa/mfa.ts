import {
  type AuditEntry,
  type Clock,
  entityText,
  isNootropicError,
  type Json,
  NootropicError,
  type Random,
  systemClock,
  systemRandom,
} from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import type { Owner } from '../credentials/owner.ts'
import { recordFailedCheck } from '../credentials/record-failed-check.ts'
import { createSteadyTime } from '../credentials/steady-time.ts'
import { type Factor, factorSchema } from '../sessions/session-record.ts'
import { createAttemptCounter } from './attempts.ts'
import { bindingOf, createChallenges, type StepUpOperation } from './challenges.ts'
import { migrations } from './mfa-table.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { createRecoveryCodes, type RecoveryCodes } from './recovery-codes.ts'
import { parseRelyingParty, type RelyingParty } from './relying-party.ts'
import { createSeedSeal, type SecretStore } from './seed-seal.ts'
import type { StepUpProof } from './sensitive-operations.ts'
import { createTotpGenerators, type TotpEnrolment, type TotpGenerators } from './totp.ts'

/** What somebody answers a challenge with. */
export type FactorAnswer =
  | { readonly factor: 'totp'; readonly code: string }
  | { readonly factor: 'recovery-code'; readonly code: string }
  /** What the browser's `navigator.credentials.get` gave, as JSON. */
  | { readonly factor: 'passkey'; readonly response: unknown }

/** An answer to a challenge, and what the host knows of who gives it. */
export interface StepUpAnswer {
  readonly challenge: string
  /** As the host sees it now, not as the caller says. */
  readonly operation: StepUpOperation
  /** Where it comes from, such as the client's address or network: failures count for it alone. */
  readonly source: string
  readonly answer: FactorAnswer
  /** Which factors will do; all by default. */
  readonly accepted?: readonly Factor[] | undefined
}

/**
 * Second factors of subjects, and proofs of them. Enrolling and removing are sensitive: ask for a proof first, of any subject
 * that has a factor; one that has none yet enrols its first right after it signed in.
 */
export interface Mfa {
  readonly totp: {
    /** Makes a generator; its seed is shown this once. It counts when a first code confirmed it, within ten minutes. */
    enrol(subject: Owner, label: { issuer: string; account: string }): Promise<TotpEnrolment>
    /** @throws NootropicError `CREDENTIAL_INVALID` for a wrong or late code, `LIMIT_EXCEEDED` for too many. */
    confirm(subject: Owner, id: string, code: string, source: string): Promise<void>
    remove(subject: Owner, id: string): Promise<boolean>
    list: TotpGenerators['list']
  }
  readonly recoveryCodes: Pick<RecoveryCodes, 'replace' | 'remaining'>
  readonly passkeys: Pick<Passkeys, 'beginRegistration' | 'remove' | 'list'> & {
    /** @throws NootropicError `CREDENTIAL_INVALID` for what does not answer an open challenge of this session. */
    finishRegistration(subject: Owner, session: string, response: unknown): Promise<string>
  }
  /** Begins a step-up: the challenge can be answered once, for this operation only, within five minutes. */
  challenge(operation: StepUpOperation): Promise<{ challenge: string; expiresAt: Date; passkey?: Json }>
  /**
   * Proves a second factor. The challenge is used up, whatever comes of it.
   *
   * @throws NootropicError `CREDENTIAL_INVALID`, with one message for every reason, `LIMIT_EXCEEDED` with
   * `details.retryAfterMs` for too many failures.
   */
  prove(answer: StepUpAnswer): Promise<StepUpProof>
  /** Removes what has expired. @returns how many rows. */
  removeExpired(): Promise<number>
}

const refusalMessage =
  'expected a right answer to an open challenge, got one that is wrong, used or late; ask for a new challenge'
const lifetimeMs = 5 * 60 * 1000
const isGuessable = (factor: Factor): boolean => factor === 'totp'

/**
 * Opens the second factors in a database, and makes their tables if they are not there.
 *
 * @param options.keys gives the secrets that seeds are sealed under: core's key store.
 * @param options.relyingParty the site that passkeys are for; without it there are none. Needs `@simplewebauthn/server`.
 * @param options.toleratedSteps 1 accepts a TOTP code for 30 seconds longer, for slow hands; 0 by default (ASVS 6.5.5).
 * @param options.record is handed what to audit. If it rejects, so does the call, and nothing counts as proved.
 */
export const openMfa = async (options: {
  database: Database
  keys: SecretStore
  relyingParty?: RelyingParty
  toleratedSteps?: 0 | 1
  clock?: Clock
  random?: Random
  record?: (entry: AuditEntry) => unknown
}): Promise<Mfa> => {
  const { database, keys, toleratedSteps = 0, clock = systemClock, random = systemRandom, record } = options
  const relyingParty = options.relyingParty === undefined ? undefined : parseRelyingParty(options.relyingParty)
  await database.migrate('accessmfa', migrations)
  const time = createSteadyTime(clock)
  const attempts = createAttemptCounter(database, time)
  const challenges = createChallenges(database, time, random, lifetimeMs)
  const seal = await createSeedSeal(keys, random)
  const generators = createTotpGenerators(database, seal, time, random, toleratedSteps)
  const codes = createRecoveryCodes(database, time, random)
  const keyring =
    relyingParty &&
    createPasskeys(database, relyingParty, await keys.secret('mfa-user-handles'), challenges, seal, time)
  const passkeys = (): Passkeys => {
    if (keyring !== undefined) return keyring
    throw new NootropicError(
      'CONFIGURATION_INVALID',
      'expected a relying party for passkeys, got none; set relyingParty',
    )
  }

  const audit = async (
    subject: Owner,
    action: string,
    resource: string,
    outcome: AuditEntry['outcome'],
    reason: string,
  ): Promise<void> => {
    const actor = entityText(subject)
    await record?.({ category: 'security', actor, action, resource, outcome, reason })
  }
  const changed = async (subject: Owner, what: string, factor: Factor): Promise<void> =>
    audit(subject, what, `factor:${factor}`, 'succeeded', factor)
  const refuse = async (subject: Owner, action: string, resource: string, reason: string): Promise<never> => {
    await audit(subject, action, resource, 'denied', reason)
    throw new NootropicError('CREDENTIAL_INVALID', refusalMessage)
  }
  const recorded = <Result>(
    subject: Owner,
    action: string,
    resource: string,
    check: () => Promise<Result>,
  ): Promise<Result> => recordFailedCheck(check, (code) => audit(subject, action, resource, 'failed', code))
  const admit = async (subject: Owner, source: string, factor: Factor, resource: string): Promise<void> => {
    try {
      await attempts.admit(subject, source, isGuessable(factor))
    } catch (error) {
      if (isNootropicError(error, 'LIMIT_EXCEEDED')) await audit(subject, 'mfa.prove', resource, 'denied', 'throttled')
      throw error
    }
  }

  const take = async (subject: Owner, nonce: string, answer: FactorAnswer): Promise<'right' | string> => {
    switch (answer.factor) {
      case 'totp':
        return (await generators.take(subject, answer.code)) ? 'right' : 'wrong'
      case 'recovery-code':
        return (await codes.take(subject, answer.code)) ? 'right' : 'wrong'
      case 'passkey':
        return passkeys().take(subject, nonce, answer.response)
    }
  }

  return {
    totp: {
      async enrol(subject, label) {
        const enrolment = await generators.enrol(subject, label)
        await changed(subject, 'mfa.enrol', 'totp')
        return enrolment
      },
      confirm: (subject, id, code, source) =>
        recorded(subject, 'mfa.confirm', 'factor:totp', async () => {
          await admit(subject, source, 'totp', 'factor:totp')
          if (!(await generators.confirm(subject, id, code)))
            return refuse(subject, 'mfa.confirm', 'factor:totp', 'wrong')
          await changed(subject, 'mfa.confirm', 'totp')
          await attempts.succeed(subject, source, isGuessable('totp'))
        }),
      async remove(subject, id) {
        const isRemoved = await generators.remove(subject, id)
        if (isRemoved) await changed(subject, 'mfa.remove', 'totp')
        return isRemoved
      },
      list: generators.list,
    },
    recoveryCodes: {
      async replace(subject) {
        const shown = await codes.replace(subject)
        await changed(subject, 'mfa.enrol', 'recovery-code')
        return shown
      },
      remaining: codes.remaining,
    },
    passkeys: {
      beginRegistration: async (subject, session, account) => passkeys().beginRegistration(subject, session, account),
      finishRegistration: (subject, session, response) =>
        recorded(subject, 'mfa.enrol', 'factor:passkey', async () => {
          const id = await passkeys().finishRegistration(subject, session, response)
          if (id === undefined) return refuse(subject, 'mfa.enrol', 'factor:passkey', 'wrong')
          await changed(subject, 'mfa.enrol', 'passkey')
          return id
        }),
      async remove(subject, id) {
        const isRemoved = await passkeys().remove(subject, id)
        if (isRemoved) await changed(subject, 'mfa.remove', 'passkey')
        return isRemoved
      },
      list: async (subject) => passkeys().list(subject),
    },

    async challenge(operation) {
      const { nonce, expiresAt } = await challenges.give(bindingOf(operation))
      const passkey = await keyring?.optionsFor(operation.subject, nonce)
      return { challenge: nonce, expiresAt: new Date(expiresAt), ...(passkey === undefined ? {} : { passkey }) }
    },

    async prove({ challenge, operation, source, answer, accepted }) {
      const { subject, action, resource } = operation
      const target = entityText(resource)
      const no = (reason: string) => refuse(subject, 'mfa.prove', target, reason)
      // The answer comes from a caller, as whatever JSON it was.
      if (!factorSchema.safeParse(answer?.factor).success) return no('unknown-factor')
      if (accepted !== undefined && !accepted.includes(answer.factor)) return no('factor-not-accepted')
      return recorded(subject, 'mfa.prove', target, async () => {
        await admit(subject, source, answer.factor, target)
        const binding = bindingOf(operation)
        if (!(await challenges.take(challenge, binding))) return no('challenge-not-open')
        const outcome = await take(subject, challenge, answer)
        if (outcome !== 'right') return no(outcome)
        // Recorded before anything counts: without the record there is no proof.
        await audit(subject, 'mfa.prove', target, 'succeeded', `${answer.factor} for ${action}`)
        await attempts.succeed(subject, source, isGuessable(answer.factor))
        return { factor: answer.factor, provedAt: new Date(time()).toISOString(), binding }
      })
    },

    removeExpired: async () => (await challenges.removeExpired()) + (await attempts.removeForgotten()),
  }
}
