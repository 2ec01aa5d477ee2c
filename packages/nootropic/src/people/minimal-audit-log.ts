import type { AuditEntry, AuditReceipt } from '@nootropic/core'
import { userIn } from './mentions.ts'
import type { Appendable } from './personal-audit-log.ts'

/** What is needed of an entry about a person: which model, how it ended, by which rule, key, factor or quota. */
const needed: ReadonlySet<string> = new Set([
  'version',
  'digest',
  'originalDigest',
  'code',
  'stage',
  'rules',
  'quota',
  'factor',
  'keyId',
  'policyVersion',
])

// A word such as a code or a factor; a sentence may repeat what was sent.
const word = /^[\w.:-]{1,64}$/

const isAboutPerson = ({ actor, resource }: AuditEntry): boolean =>
  userIn(actor) !== undefined || userIn(resource) !== undefined

/** An entry about a person with what is needed and nothing else. Why access was given or denied is needed. */
const minimise = (entry: AuditEntry): AuditEntry => {
  if (!isAboutPerson(entry)) return entry
  const { reason, details, ...rest } = entry
  const kept = Object.entries(details ?? {}).filter(([name]) => needed.has(name))
  const isReasonNeeded = reason !== undefined && (entry.category === 'access' || word.test(reason))
  return {
    ...rest,
    ...(isReasonNeeded ? { reason } : {}),
    ...(kept.length === 0 ? {} : { details: Object.fromEntries(kept) }),
  }
}

/** A log that keeps of people only what is needed: how long something took, where it came from and what was sent are not. */
export const createMinimalAuditLog = <Receipt extends AuditReceipt | undefined>(
  log: Appendable<Receipt>,
): Appendable<Receipt> => ({ append: (entry) => log.append(minimise(entry)) })
