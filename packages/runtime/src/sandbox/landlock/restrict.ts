import { type Kernel, SystemCallError } from '../native/kernel.ts'
import { encodeRule, encodeRuleset, type FileRight, networkVersion, scopeVersion } from './rights.ts'

const createRulesetVersion = 1
const rulePathBeneath = 1

/** The version of Landlock's interface. @throws SystemCallError ENOSYS (not built in) or EOPNOTSUPP (switched off at boot) */
export const landlockVersion = (kernel: Kernel): number =>
  kernel.call('landlock_create_ruleset', null, 0, createRulesetVersion)

/** Leaves this thread, and what it becomes, no files but these. Needs no new privileges (PR_SET_NO_NEW_PRIVS). */
export const enterDomain = (
  kernel: Kernel,
  version: number,
  reachable: readonly { readonly rights: readonly FileRight[]; readonly descriptor: number }[],
): void => {
  const attribute = encodeRuleset(version)
  const ruleset = kernel.call('landlock_create_ruleset', attribute, attribute.length, 0)
  for (const { rights, descriptor } of reachable) {
    // A rule that gives back nothing is an error.
    if (rights.length > 0) {
      kernel.call('landlock_add_rule', ruleset, rulePathBeneath, encodeRule(rights, descriptor), 0)
    }
  }
  kernel.call('landlock_restrict_self', ruleset, 0)
  kernel.call('close', ruleset)
}

const currentDirectory = -100
const internet = 2
const streamClosedOnExec = 0x80001
// The port "discard" of 127.0.0.1, where hardly anybody listens: an open way there says "connection refused".
const discard = Uint8Array.of(internet, 0, 0, 9, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)

/** What a domain must refuse from which version on, and by which error. Once the filter is set nobody could tell who refuses. */
const forbidden: readonly { what: string; since: number; code: string; attempt: (kernel: Kernel) => void }[] = [
  {
    what: 'files',
    since: 1,
    code: 'EACCES',
    attempt: (kernel) => kernel.call('openat', currentDirectory, '/proc/self/status', 0),
  },
  {
    what: 'TCP',
    since: networkVersion,
    code: 'EACCES',
    attempt: (kernel) =>
      kernel.call('connect', kernel.call('socket', internet, streamClosedOnExec, 0), discard, discard.length),
  },
  {
    what: 'signals',
    since: scopeVersion,
    code: 'EPERM',
    // A parent in another process id namespace has the number 0, which would mean the own group.
    attempt: (kernel) => kernel.call('kill', Math.max(1, kernel.call('getppid')), 0),
  },
]

/**
 * Tries what the domain of this thread forbids.
 *
 * @throws Error when it could do it
 */
export const verifyDomain = (kernel: Kernel, version: number): void => {
  for (const { what, code, attempt } of forbidden.filter(({ since }) => version >= since)) {
    try {
      attempt(kernel)
    } catch (error) {
      // EPERM of a call that the host forbids altogether is as good.
      if (error instanceof SystemCallError && (error.code === code || error.code === 'EPERM')) continue
      throw new Error(`expected Landlock to refuse ${what} (${code}), found ${String(error)}`)
    }
    throw new Error(`expected Landlock to refuse ${what} (${code}), found that it does not`)
  }
}
